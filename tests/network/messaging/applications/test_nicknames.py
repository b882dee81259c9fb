"""What a nickname may be: its form in the order of the checks, its words, protected names."""

from __future__ import annotations

import pytest

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.nicknames import (
    WordLists,
    fold,
    protected_name,
    refuse_protected,
    refuse_words,
    word_lists,
    written,
)
from spojka.network.messaging.terms import NicknameTerms
from tests.network.messaging.applications.sheets import sheet

LISTS = WordLists(("idiot",), ("siegheil",), ("O2", "T-Mobile"))


@pytest.fixture(scope="module")
def terms() -> NicknameTerms:
    return sheet(NicknameTerms)


@pytest.mark.clause("o2/8.5")
@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("PEKARNA", "PEKARNA"),
        ("  TAXI-PRAHA1 ", "TAXI-PRAHA1"),
        ("ABCDEFGHIJK", "ABCDEFGHIJK"),
        ("a", "a"),
        ("1a", "1a"),
        ("A.b_c-D 9", "A.b_c-D 9"),
    ],
)
def test_a_form_that_is_allowed_is_kept_as_written_and_trimmed(terms, asked, kept):
    assert written(asked, terms) == kept


@pytest.mark.clause("o2/8.5")
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("", "NICKNAME_EMPTY"),
        (" \t ", "NICKNAME_EMPTY"),
        ("Lékárna", "NICKNAME_DIACRITICS"),
        ("Le\u0301karna", "NICKNAME_DIACRITICS"),
        ("ěěěěěěěěěěěě!", "NICKNAME_DIACRITICS"),
        ("SLEVA 50%!!!!!!!!", "NICKNAME_BAD_CHARACTER"),
        ("ПЕКАРНА", "NICKNAME_BAD_CHARACTER"),
        ("DŁUG", "NICKNAME_BAD_CHARACTER"),
        ("A\nB", "NICKNAME_BAD_CHARACTER"),
        ("ABCDEFGHIJKL", "NICKNAME_TOO_LONG"),
        ("123456789012", "NICKNAME_TOO_LONG"),
        ("12345678901", "NICKNAME_NUMERIC_ONLY"),
        ("- . _", "NICKNAME_NUMERIC_ONLY"),
    ],
)
def test_the_first_check_that_fails_gives_the_reason(terms, asked, code):
    refusal = written(asked, terms)

    assert isinstance(refusal, Refusal)
    assert refusal.code == code


@pytest.mark.clause("o2/2.5")
def test_a_refusal_for_the_length_says_both_lengths(terms):
    refusal = written("ABCDEFGHIJKL", terms)

    assert isinstance(refusal, Refusal)
    assert (refusal.figures["length"], refusal.figures["most"], refusal.clauses) == (12, 11, ("o2/2.5",))


def test_letter_case_does_not_tell_nicknames_apart():
    assert fold("KINO") == fold("Kino") == fold("kino")


@pytest.mark.clause("o2/8.5")
@pytest.mark.parametrize(
    ("nickname", "code"),
    [
        ("Idiot", "NICKNAME_OFFENSIVE"),
        ("I-D-I.O T", "NICKNAME_OFFENSIVE"),
        ("superidiot", "NICKNAME_OFFENSIVE"),
        ("SIEG HEIL", "NICKNAME_UNLAWFUL"),
        ("IDIO", None),
        ("PEKARNA", None),
    ],
)
def test_words_of_the_lists_are_found_whatever_stands_between_their_letters(terms, nickname, code):
    refusal = refuse_words(nickname, LISTS, terms)

    assert (refusal and refusal.code) == code


@pytest.mark.clause("o2/8.5")
@pytest.mark.parametrize(
    ("nickname", "name"),
    [
        ("O2 Info", "O2"),
        ("info-o2", "O2"),
        ("T-MOBILE", "T-Mobile"),
        ("t mobile cz", "T-Mobile"),
        ("FOTO2000", None),
        ("MOBILE-T", None),
        ("O", None),
    ],
)
def test_protected_names_are_found_as_whole_words(terms, nickname, name):
    assert protected_name(nickname, LISTS) == name
    assert (refuse_protected(nickname, LISTS, terms) is None) == (name is None)


def test_a_pack_without_lists_forbids_nothing(terms):
    lists = word_lists({})

    assert refuse_words("Idiot", lists, terms) is None
    assert refuse_protected("O2 Info", lists, terms) is None
