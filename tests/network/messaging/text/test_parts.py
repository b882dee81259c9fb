from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.text.headers import PartOf, port_element, read_header
from spojka.network.messaging.text.languages import alphabet_of
from spojka.network.messaging.text.parts import (
    InParts,
    Placed,
    TooManyParts,
    Uncarried,
    choose,
    cut_octets,
    cut_text,
    room,
)
from spojka.network.messaging.text.septets import unpack
from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET
from spojka.trade.numbering.message_text import LIMITS, segments

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e8\U0001f1ff"
GSM = st.text(st.sampled_from(sorted(DEFAULT_ALPHABET.characters)), max_size=900)
ANY = st.text(max_size=300) | st.text(st.sampled_from(f"ař€😀\u0301{FAMILY}{FLAG}"), max_size=400)


def lengths(text, **asked):
    return [part.units for part in cut_text(text, reference=1, **asked).parts]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [0]),
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 306, [153, 153]),
        ("a" * 307, [153, 153, 1]),
        ("a" * 459, [153] * 3),
        ("a" * 460, [153, 153, 153, 1]),
        ("€" * 80, [160]),
        ("€" * 81, [152, 10]),
        ("ř" * 70, [70]),
        ("ř" * 71, [67, 4]),
        ("ř" * 134, [67, 67]),
        ("ř" * 135, [67, 67, 1]),
        ("ř" * 201, [67] * 3),
        ("😀" * 35, [70]),
        ("😀" * 36, [66, 6]),
    ],
)
@pytest.mark.clause("o2/1.4")
def test_a_part_is_153_septets_or_67_units_when_one_message_does_not_hold_all(text, parts):
    assert lengths(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [152, 9]),
        ("a" * 304, [152, 152]),
        ("a" * 305, [152, 152, 1]),
        ("ř" * 71, [66, 5]),
        ("ř" * 132, [66, 66]),
        ("ř" * 133, [66, 66, 1]),
    ],
)
def test_a_reference_of_16_bits_takes_another_unit_of_room(text, parts):
    assert lengths(text, bits=16) == parts


def test_no_euro_and_no_emoji_is_cut():
    euros, emoji = cut_text("€" * 81, reference=1), cut_text("😀" * 36, reference=1)

    assert [len(part.text) for part in euros.parts] == [76, 5]
    assert [len(part.text) for part in emoji.parts] == [33, 3]


@pytest.mark.parametrize(("before", "first"), [(151, 153), (152, 152)])
def test_an_escape_pair_at_the_border_moves_to_the_next_part(before, first):
    assert lengths("a" * before + "€" + "a" * 100)[0] == first


@pytest.mark.parametrize(("before", "first"), [(65, 67), (66, 66)])
def test_a_surrogate_pair_at_the_border_moves_to_the_next_part(before, first):
    assert lengths("ř" * before + "😀" + "ř" * 60)[0] == first


@pytest.mark.parametrize(
    ("shown", "first"), [("e\u030c", 66), (FAMILY, 66), (FLAG, 66), ("\U0001f44d\U0001f3fd", 66), ("\r\n", 66)]
)
def test_what_is_shown_as_one_character_moves_to_the_next_part_whole(shown, first):
    parts = cut_text("ř" * 66 + shown + "ř" * 10, reference=1).parts

    assert (parts[0].units, parts[1].text) == (first, shown + "ř" * 10)


def test_what_is_shown_as_one_character_is_cut_rather_than_paid_as_another_part():
    text = "ř" * 66 + "e\u030c" + "ř" * 66

    assert lengths(text) == [67, 67]


def test_marks_without_end_are_cut_where_the_part_is_full():
    assert lengths("e" + "\u030c" * 100) == [67, 34]


@pytest.mark.clause("o2/7.1")
def test_czech_text_goes_out_as_ucs2_unaltered():
    text = "Příliš žluťoučký kůň"

    sent = cut_text(text, reference=1)

    assert (sent.coding, len(sent.parts), sent.text, sent.altered) == ("ucs2", 1, text, False)
    assert sent.parts[0].payload.decode("utf-16-be") == text


@pytest.mark.clause("o2/7.1")
def test_letters_are_replaced_only_when_asked():
    sent = cut_text("Příliš žluťoučký kůň", reference=1, wish="gsm7-translit")

    assert (sent.coding, sent.text, sent.altered) == ("gsm7", "Prilis zlutoucky kun", True)


@pytest.mark.clause("o2/7.1")
def test_replacing_that_does_not_spare_ucs2_replaces_nothing():
    sent = cut_text("Kůň 😀", reference=1, wish="gsm7-translit")

    assert (sent.coding, sent.text, sent.altered) == ("ucs2", "Kůň 😀", False)


def test_nothing_is_replaced_where_the_gsm_alphabet_has_all():
    assert cut_text("é €", reference=1, wish="gsm7-translit").altered is False


def test_ucs2_is_used_when_asked():
    assert lengths("a" * 71, wish="ucs2") == [67, 4]


@pytest.mark.clause("o2/7.1")
def test_half_of_a_pair_is_refused_with_its_place():
    assert cut_text("a\ud83db", reference=1) == Uncarried((Placed("\ud83d", 2),))


@pytest.mark.parametrize(
    ("text", "sent"), [("a" * 306, True), ("a" * 307, False), ("ř" * 134, True), ("ř" * 135, False)]
)
@pytest.mark.clause("o2/7.1")
def test_a_text_of_too_many_parts_is_refused_and_not_cut(text, sent):
    answer = cut_text(text, reference=1, max_parts=2)

    if sent:
        assert "".join(part.text for part in answer.parts) == text
    else:
        assert answer == TooManyParts("gsm7" if text[0] == "a" else "ucs2", len(text), 3, 2)


@pytest.mark.parametrize(("septets", "sent"), [(255 * 153, True), (255 * 153 + 1, False)])
def test_there_are_never_more_than_255_parts(septets, sent):
    answer = cut_text("a" * septets, reference=1, max_parts=1000)

    assert len(answer.parts) == 255 if sent else answer == TooManyParts("gsm7", septets, 256, 255)


def test_parts_are_numbered_in_their_headers():
    parts = cut_text("a" * 320, reference=0xABCD, bits=16).parts

    assert [read_header(part.octets).part for part in parts] == [PartOf(0xABCD, 3, n, bits=16) for n in (1, 2, 3)]


def test_a_single_part_has_no_header():
    part = cut_text("a" * 160, reference=1).parts[0]

    assert (part.header, part.octets, len(part.packed())) == (b"", b"a" * 160, 140)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_full_part_is_140_octets_in_the_air(bits):
    gsm, ucs = (cut_text(one * 400, reference=1, bits=bits).parts[0] for one in "ař")

    assert (len(gsm.packed()), len(ucs.octets)) == (140, 140 if bits == 8 else 139)


def test_packed_parts_hold_their_septets_on_a_septet_border():
    part = cut_text("ab€" * 60, reference=1).parts[0]

    assert unpack(part.packed()[6:], count=part.units, fill=1) == part.payload


@pytest.mark.parametrize(("letters", "parts"), [(155, [155]), (156, [149, 7])])
def test_a_national_alphabet_is_named_in_every_header_and_takes_room(letters, parts):
    turkish = alphabet_of(locking=1)

    sent = cut_text("ğ" * letters, reference=1, alphabet=turkish)

    assert [part.units for part in sent.parts] == parts
    assert {read_header(part.octets).locking for part in sent.parts} == {1}


@pytest.mark.parametrize(
    ("octets", "bits", "parts"),
    [
        (140, 8, [140]),
        (141, 8, [134, 7]),
        (268, 8, [134, 134]),
        (269, 8, [134, 134, 1]),
        (141, 16, [133, 8]),
        (266, 16, [133, 133]),
        (267, 16, [133, 133, 1]),
    ],
)
def test_data_is_cut_by_octets(octets, bits, parts):
    data = bytes(range(256)) * 2

    sent = cut_octets(data[:octets], reference=1, bits=bits)

    assert [part.units for part in sent.parts] == parts
    assert b"".join(part.payload for part in sent.parts) == data[:octets]


@pytest.mark.parametrize(("octets", "parts"), [(133, [133]), (134, [128, 6])])
def test_ports_take_room_of_data(octets, parts):
    ports = port_element(destination=2948, source=9200)

    sent = cut_octets(bytes(octets), reference=1, elements=ports)

    assert [part.units for part in sent.parts] == parts
    assert all(read_header(part.octets).ports == (2948, 9200) for part in sent.parts)


@pytest.mark.parametrize(("octets", "sent"), [(268, True), (269, False)])
def test_data_of_too_many_parts_is_refused(octets, sent):
    answer = cut_octets(bytes(octets), reference=1, max_parts=2)

    assert isinstance(answer, InParts) if sent else answer == TooManyParts("octets", 269, 3, 2)


def test_room_is_what_rating_counts_with():
    assert {coding: (room(coding), room(coding, header_octets=6)) for coding in ("gsm7", "ucs2")} == {
        coding: (limits.whole, limits.part) for coding, limits in LIMITS.items()
    }


@given(GSM | ANY, st.sampled_from([8, 16]), st.sampled_from(["auto", "ucs2"]))
def test_parts_joined_are_the_text_and_none_is_too_long(text, bits, wish):
    sent = cut_text(text, reference=1, bits=bits, wish=wish)

    assert "".join(part.text for part in sent.parts) == text
    assert b"".join(part.payload for part in sent.parts) == choose(text, wish=wish).encoded
    assert all(len(part.packed() if sent.coding == "gsm7" else part.octets) <= 140 for part in sent.parts)
    assert sum(part.units for part in sent.parts) == sent.units


@given(GSM | ANY)
def test_every_part_can_be_read_alone(text):
    sent = cut_text(text, reference=1)

    for part in sent.parts:
        if sent.coding == "gsm7":
            assert DEFAULT_ALPHABET.decode(part.payload) == part.text
        else:
            assert part.payload.decode("utf-16-be") == part.text


@given(GSM | ANY)
@pytest.mark.clause("o2/1.4")
def test_what_is_sent_has_as_many_parts_as_rating_counts(text):
    sent, counted = cut_text(text, reference=1), segments(text)

    assert (len(sent.parts), sent.units, sent.coding) == (counted.parts, counted.units, counted.encoding)
