from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.text.parts import Placed, Uncarried, cut_text
from spojka.network.messaging.text.previewing import preview


@pytest.mark.parametrize(("letters", "parts", "fits"), [(70, 1, 70), (71, 2, 134)])
@pytest.mark.clause("o2/1.4")
def test_one_letter_makes_a_text_two_messages(letters, parts, fits):
    seen = preview("a" * (letters - 1) + "ř")

    assert (seen.parts, seen.coding, seen.units, seen.fits) == (parts, "ucs2", letters, fits)
    assert seen.because == (Placed("ř", letters),)


def test_the_reason_is_said_in_both_languages():
    seen = preview("ř" + "a" * 70)

    assert seen.explain("cs") == (
        "Text zabere 2 SMS v kódování UCS-2 kvůli „ř“ (1. znak), délka 71 z 134. "
        "S náhradou znaků (gsm7-translit) by zabral 1 SMS."
    )
    assert seen.explain("en") == (
        "The text takes 2 SMS in UCS-2 because of “ř” (character 1), length 71 of 134. "
        "With characters replaced (gsm7-translit) it would take 1 SMS."
    )


def test_each_character_is_named_once_and_the_first_five_only():
    seen = preview("řřž aáíýůú")

    assert seen.because == (Placed("ř", 1), Placed("ž", 3), Placed("á", 6), Placed("í", 7), Placed("ý", 8))


def test_characters_nobody_sees_are_named_by_their_code_point():
    said = preview("a\u200be\u0301\u00a0").explain("en")

    assert "“U+200B” (character 2), “U+0301” (character 4), “U+00A0” (character 5)" in said


def test_a_text_of_the_gsm_alphabet_needs_no_reason():
    seen = preview("Cena 5 €")

    assert (seen.because, seen.plain_parts) == ((), None)
    assert seen.explain("cs") == "Text zabere 1 SMS v abecedě GSM-7, délka 9 z 160."


def test_asking_for_ucs2_is_no_fault_of_a_character():
    seen = preview("kůň", wish="ucs2")

    assert (seen.because, seen.plain_parts) == ((), None)
    assert seen.explain("en") == "The text takes 1 SMS in UCS-2, length 3 of 70."


@pytest.mark.clause("o2/7.1")
def test_a_preview_shows_what_replacing_would_send():
    seen = preview("Kůň", wish="gsm7-translit")

    assert (seen.texts, seen.altered, seen.coding) == (("Kun",), True, "gsm7")
    assert seen.explain("en").endswith("Characters outside the GSM-7 alphabet are replaced, as asked.")


def test_replacing_is_not_offered_where_it_spares_no_message():
    assert preview("Kůň").plain_parts is None


def test_replacing_is_not_offered_where_it_does_not_reach():
    assert preview("ж" * 80).plain_parts is None


@pytest.mark.parametrize(("bits", "fits"), [(8, 306), (16, 304)])
def test_room_depends_on_the_reference(bits, fits):
    assert preview("a" * 200, bits=bits).fits == fits


def test_a_text_no_coding_carries_has_no_preview():
    assert preview("\ud800") == Uncarried((Placed("\ud800", 1),))


@given(st.text(max_size=300), st.sampled_from(["auto", "gsm7-translit", "ucs2"]), st.sampled_from([8, 16]))
def test_a_preview_is_what_is_sent(text, wish, bits):
    seen, sent = preview(text, wish=wish, bits=bits), cut_text(text, reference=1, wish=wish, bits=bits)

    assert seen.texts == tuple(part.text for part in sent.parts)
    assert (seen.parts, seen.coding, seen.units, seen.altered) == (
        len(sent.parts),
        sent.coding,
        sent.units,
        sent.altered,
    )
    assert sent.units <= seen.fits
