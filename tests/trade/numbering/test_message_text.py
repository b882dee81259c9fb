from __future__ import annotations

import pytest

from spojka.trade.numbering.message_text import GSM_BASIC, GSM_EXTENSION, Segments, segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ř" * 70, 1),
        ("ř" + "a" * 69, 1),
        ("ř" * 71, 2),
        ("ř" * 134, 2),
        ("ř" * 135, 3),
        ("a" * 159 + "€", 2),
        ("a" * 158 + "€", 1),
    ],
)
@pytest.mark.clause("nej/2.7")
def test_parts_of_a_message(text, parts):
    assert segments(text).parts == parts


@pytest.mark.parametrize(("length", "parts"), [(160, 1), (161, 2), (320, 2), (321, 3)])
@pytest.mark.clause("nej/2.7")
def test_the_literal_count_takes_every_begun_160(length, parts):
    assert segments("a" * length, counting="literal").parts == parts


def test_an_escape_pair_is_not_split_between_parts():
    split_free = segments("a" * 152 + "€" + "a" * 152)

    assert (split_free.units, split_free.parts) == (306, 3)


def test_a_surrogate_pair_is_not_split_between_parts():
    split_free = segments("ř" * 66 + "😀" + "ř" * 66)

    assert split_free == Segments("ucs2", 134, 3)


@pytest.mark.parametrize("character", ["é", "ä", "à", "@", "\n"])
def test_letters_of_the_gsm_alphabet_cost_one(character):
    assert segments(character) == Segments("gsm7", 1, 1)


@pytest.mark.parametrize("character", ["^", "{", "}", "\\", "[", "]", "~", "|", "€"])
@pytest.mark.clause("nej/2.7")
def test_extension_characters_cost_two(character):
    assert segments(character) == Segments("gsm7", 2, 1)


@pytest.mark.parametrize("character", ["č", "ř", "ě", "„", "`"])
def test_other_characters_make_it_ucs2(character):
    assert segments(character) == Segments("ucs2", 1, 1)


def test_the_alphabet_has_127_characters_and_10_extensions():
    assert (len(GSM_BASIC), len(GSM_EXTENSION)) == (127, 10)
