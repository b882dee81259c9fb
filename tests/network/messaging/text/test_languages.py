from __future__ import annotations

import unicodedata

import pytest

from spojka.network.messaging.text.languages import LANGUAGES, LOCKING, SINGLE, alphabet_of


@pytest.mark.parametrize(
    ("locking", "single", "text", "septets"),
    [
        (1, 0, "ığşçİĞŞ€", "070c1d60400b1c04"),
        (0, 1, "ığşçİĞŞ", "1b691b671b731b631b491b471b53"),
        (0, 2, "áéíóúÁÍÓÚç", "1b61051b691b6f1b751b411b491b4f1b551b09"),
        (3, 0, "ãõçáêóÃ", "7b7c090f04085b"),
        (0, 3, "ãõçáêóÃÂâ", "1b7b1b7c1b091b0f1b051b6f1b5b1b611b7f"),
        (3, 3, "ºª∞Φ", "2412151b12"),
    ],
)
def test_letters_of_a_language_stand_at_their_septets(locking, single, text, septets):
    alphabet = alphabet_of(locking=locking, single=single)

    assert alphabet.encode(text).hex() == septets
    assert alphabet.decode(bytes.fromhex(septets)) == text


@pytest.mark.parametrize(
    ("language", "septets", "text"),
    [
        (4, "2f151b19", "\u09a8\u0995\u09e6"),
        (5, "361b1c", "6\u0ae6"),
        (6, "3d3c1b19", "\u092a\u0929\u0964"),
        (7, "15604f1b26", "\u0c95\u0cd5\u0cbd\u0cde"),
        (8, "011b34", "\u0d02\u0d7f"),
        (9, "607b1b2a", "\u0b56\u0b57\u0b5f"),
        (10, "7f1b2d", "\u0a74\u0a75"),
        (11, "3c3d7f1b2e", "\u0ba9\u0baa\u0bf9\u0bfa"),
        (12, "001b32", "\u0c01\u0c7f"),
        (13, "004f5b1b3f", "\u0627\u0646\u06d2\u06d4"),
    ],
)
def test_the_scripts_of_india_and_urdu_are_read(language, septets, text):
    alphabet = alphabet_of(locking=language, single=language)

    assert alphabet.decode(bytes.fromhex(septets)) == text


@pytest.mark.parametrize("language", sorted(LOCKING))
def test_every_locking_table_keeps_line_ends_the_escape_and_latin_letters(language):
    table = LOCKING[language]

    assert (len(table), table[0x0A], table[0x0D], table[0x1B], table[0x61:0x7B]) == (
        128,
        "\n",
        "\r",
        "\x1b",
        "abcdefghijklmnopqrstuvwxyz",
    )


@pytest.mark.parametrize("language", sorted(SINGLE))
def test_every_single_shift_table_keeps_the_default_extension(language):
    kept = {septet: SINGLE[language].get(septet) for septet in SINGLE[0]}

    assert kept == SINGLE[0]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_tables_hold_only_characters_that_exist(language):
    places = [*LOCKING.get(language, ""), *SINGLE[language].values()]

    assert [one for one in places if unicodedata.category(one) == "Cn"] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_character_of_a_language_comes_back(language):
    alphabet = alphabet_of(locking=language if language in LOCKING else 0, single=language)

    assert {alphabet.decode(alphabet.encode(one)) for one in alphabet.characters} == alphabet.characters


def test_a_place_without_a_character_is_shown_as_unknown():
    assert alphabet_of(locking=5).decode(bytes((0x0E, 0x0F))) == "\ufffd\u0a8f"


@pytest.mark.parametrize(("locking", "single"), [(2, 0), (14, 0), (0, 14)])
def test_a_language_without_a_table_has_no_alphabet(locking, single):
    assert alphabet_of(locking=locking, single=single) is None
