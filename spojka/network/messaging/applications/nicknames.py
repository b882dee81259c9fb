"""What a nickname may be: its form, its words, protected names in it (o2/2.5, 8.5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.terms import NicknameTerms
from spojka.terms.findings import refuse


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words of the pack that a nickname must not hold, and names that only whoever is entitled may use."""

    offensive: tuple[str, ...]
    unlawful: tuple[str, ...]
    protected: tuple[str, ...]


def word_lists(given: Mapping[str, Sequence[str]]) -> WordLists:
    """The lists of a pack's table `nickname_words`; one that is left out is empty."""
    return WordLists(
        tuple(given.get("offensive", ())), tuple(given.get("unlawful", ())), tuple(given.get("protected", ()))
    )


def fold(nickname: str) -> str:
    """A nickname as two of them are compared: letter case does not tell them apart (o2/8.5)."""
    return nickname.casefold()


def written(text: str, terms: NicknameTerms) -> str | Refusal:
    """
    A nickname as it is registered, or why its form is wrong, in this order (o2/8.5).

    Tested are emptiness, diacritics, characters, length, and that it has a letter.
    """
    nickname = unicodedata.normalize("NFC", text).strip()
    figures = {"nickname": nickname}
    if len(nickname) < terms.nickname_min_chars.value:
        return refuse("NICKNAME_EMPTY", terms.nickname_min_chars)
    if any(unicodedata.combining(mark) for mark in unicodedata.normalize("NFD", nickname)):
        return refuse("NICKNAME_DIACRITICS", terms.nickname_min_chars, terms.nickname_max_chars, figures=figures)
    allowed = terms.default_nickname_characters
    bad = re.sub(f"[{allowed.value}]", "", nickname)
    if bad:
        shown = {"character": bad[0], "allowed": allowed.value}
        return refuse("NICKNAME_BAD_CHARACTER", allowed, figures=figures | shown)
    most = terms.nickname_max_chars
    if len(nickname) > most.value:
        return refuse("NICKNAME_TOO_LONG", most, figures=figures | {"length": len(nickname), "most": most.value})
    if not any(character.isalpha() for character in nickname):
        return refuse("NICKNAME_NUMERIC_ONLY", allowed, figures=figures)
    return nickname


def refuse_taken(nickname: str, terms: NicknameTerms) -> Refusal:
    """`NICKNAME_TAKEN`: another subscriber has the nickname or asks for it; once it ends it is free at once."""
    free_after = terms.default_nickname_release_wait_days
    assert free_after.value == 0, free_after
    return refuse("NICKNAME_TAKEN", terms.nickname_uniqueness, free_after, figures={"nickname": nickname})


def refuse_words(nickname: str, lists: WordLists, terms: NicknameTerms) -> Refusal | None:
    """Why the provider may refuse a nickname for its words, whatever stands between their letters, or `None`."""
    letters = "".join(character for character in fold(nickname) if character.isalnum())
    for code, listed in (("NICKNAME_OFFENSIVE", lists.offensive), ("NICKNAME_UNLAWFUL", lists.unlawful)):
        if any(word in letters for word in listed):
            return refuse(code, terms.nickname_forbidden, figures={"nickname": nickname})
    return None


def protected_name(nickname: str, lists: WordLists) -> str | None:
    """The first protected name whose words stand one after another in a nickname, or `None`."""
    own = _words_of(nickname)
    for name in lists.protected:
        wanted = _words_of(name)
        if any(own[place : place + len(wanted)] == wanted for place in range(len(own))):
            return name
    return None


def _words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(text))


def refuse_protected(nickname: str, lists: WordLists, terms: NicknameTerms) -> Refusal | None:
    """Why a nickname needs a document of entitlement, or `None` (o2/8.5)."""
    name = protected_name(nickname, lists)
    if name is None:
        return None
    return refuse("NICKNAME_TRADEMARK", terms.nickname_forbidden, figures={"nickname": nickname, "name": name})
