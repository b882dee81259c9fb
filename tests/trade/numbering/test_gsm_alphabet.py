from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET, GSM_ALPHABET
from spojka.trade.numbering.message_text import GSM_BASIC, GSM_EXTENSION


@pytest.mark.parametrize(
    ("septet", "character"),
    list(zip(bytes.fromhex("00 02 09 0A 0D 10 24 40 5B 60 7F"), "@$Ç\n\rΔ¤¡Ä¿à", strict=True)),
)
def test_characters_stand_at_their_septets(septet, character):
    encoded = DEFAULT_ALPHABET.encode(character)

    assert (GSM_ALPHABET[septet], encoded) == (character, bytes((septet,)))


@pytest.mark.parametrize(
    ("behind", "character"),
    list(zip(bytes.fromhex("0A 14 28 29 2F 3C 3D 3E 40 65"), "\f^{}\\[~]|€", strict=True)),
)
def test_extension_characters_follow_an_escape(character, behind):
    assert DEFAULT_ALPHABET.encode(character) == bytes((0x1B, behind))


@pytest.mark.parametrize("character", ["`", "\t", "\0", "\x1b", "ç", "\ufffe", "\ufffd", "😀"])
def test_what_the_alphabet_lacks_has_no_septets(character):
    assert DEFAULT_ALPHABET.encode(f"a{character}@€") is None


def test_of_czech_letters_only_e_with_an_acute_is_in_the_alphabet():
    czech = "áčďéěíňóřšťúůýž" + "áčďéěíňóřšťúůýž".upper()

    assert [letter for letter in czech if DEFAULT_ALPHABET.encode(letter)] == ["é", "É"]


@pytest.mark.parametrize(
    ("septets", "text"),
    [
        (b"\x1bA", "A"),
        (b"\x1b\x1b", " "),
        (b"\x1b\x1be", " e"),
        (b"\x1b\x1b\x1be", " €"),
        (b"a\x1b", "a "),
        (b"\x1b", " "),
        (b"", ""),
        (b"\xe1", "a"),
    ],
)
def test_odd_escapes_are_read_as_the_standard_wants(septets, text):
    assert DEFAULT_ALPHABET.decode(septets) == text


@given(st.text(st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)), max_size=400))
def test_a_text_of_the_alphabet_comes_back(text):
    septets = DEFAULT_ALPHABET.encode(text)

    assert DEFAULT_ALPHABET.decode(septets) == text
    assert len(septets) == sum(2 if one in GSM_EXTENSION else 1 for one in text)


@given(st.text(max_size=40))
def test_a_text_has_septets_exactly_when_all_of_it_is_in_the_alphabet(text):
    assert (DEFAULT_ALPHABET.encode(text) is not None) == (set(text) <= GSM_BASIC | GSM_EXTENSION)
