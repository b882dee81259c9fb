"""What a text will take before it is sent: parts, coding, and which characters make it dearer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from spojka.network.messaging.text.headers import ReferenceBits
from spojka.network.messaging.text.parts import (
    Coding,
    Placed,
    Uncarried,
    Wish,
    choose,
    ends_of,
    pieces_of,
    room,
)
from spojka.terms.clauses import Language
from spojka.terms.wording import fill
from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET

SHOWN: Final = 5
"""How many different characters a preview names."""

_WORDS: Final = {
    ("gsm7", "cs"): "Text zabere {parts} SMS v abecedě GSM-7, délka {units} z {fits}.",
    ("gsm7", "en"): "The text takes {parts} SMS in the GSM-7 alphabet, length {units} of {fits}.",
    ("ucs2", "cs"): "Text zabere {parts} SMS v kódování UCS-2, délka {units} z {fits}.",
    ("ucs2", "en"): "The text takes {parts} SMS in UCS-2, length {units} of {fits}.",
    ("because", "cs"): "Text zabere {parts} SMS v kódování UCS-2 kvůli {because}, délka {units} z {fits}.",
    ("because", "en"): "The text takes {parts} SMS in UCS-2 because of {because}, length {units} of {fits}.",
    ("altered", "cs"): "Znaky mimo abecedu GSM-7 se na přání nahradí.",
    ("altered", "en"): "Characters outside the GSM-7 alphabet are replaced, as asked.",
    ("plain", "cs"): "S náhradou znaků (gsm7-translit) by zabral {plain_parts} SMS.",
    ("plain", "en"): "With characters replaced (gsm7-translit) it would take {plain_parts} SMS.",
    ("one", "cs"): "„{character}“ ({position}. znak)",
    ("one", "en"): "“{character}” (character {position})",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """
    What a text takes.

    Args:
        parts: how many short messages.
        coding: `gsm7` or `ucs2`.
        units: its length in septets or UTF-16 units.
        fits: how many units so many parts have room for.
        texts: the text of every part.
        because: the first characters that GSM 7-bit lacks, each once, with their places; empty where UCS-2 was asked
            for or is not needed.
        altered: whether the texts are transliterated, as asked.
        plain_parts: how many parts the text would take transliterated, where that saves some; else None.

    """

    parts: int
    coding: Coding
    units: int
    fits: int
    texts: tuple[str, ...]
    because: tuple[Placed, ...]
    altered: bool
    plain_parts: int | None

    def explain(self, language: Language) -> str:
        """The preview in words: parts, coding and why."""
        facts = {"parts": self.parts, "units": self.units, "fits": self.fits, "plain_parts": self.plain_parts}
        named = ", ".join(
            fill(_WORDS["one", language], {"character": _shown(one.character), "position": one.position}, language)
            for one in self.because
        )
        sentences = [_WORDS["because" if named else self.coding, language]]
        if self.altered:
            sentences.append(_WORDS["altered", language])
        if self.plain_parts is not None:
            sentences.append(_WORDS["plain", language])
        return fill(" ".join(sentences), {**facts, "because": named}, language)


def preview(text: str, *, wish: Wish = "auto", bits: ReferenceBits = 8) -> Preview | Uncarried:
    """
    What a text will take in the default alphabet (o2/1.4); nothing is refused for its length here.

    >>> preview("Kůň").explain("en")
    'The text takes 1 SMS in UCS-2 because of “ů” (character 2), “ň” (character 3), length 3 of 70.'
    """
    chosen = choose(text, wish=wish)
    if isinstance(chosen, Uncarried):
        return chosen
    ends = ends_of(chosen, bits=bits)
    forced = chosen.coding == "ucs2" and wish != "ucs2"
    return Preview(
        parts=len(ends),
        coding=chosen.coding,
        units=ends[-1],
        fits=_fits(chosen.coding, len(ends), bits),
        texts=tuple(pieces_of(chosen, ends)[1]),
        because=_lacking(text) if forced else (),
        altered=chosen.altered,
        plain_parts=_fewer(text, than=len(ends), bits=bits) if forced else None,
    )


def _lacking(text: str) -> tuple[Placed, ...]:
    """The first characters that the default alphabet lacks, each once."""
    known, found = DEFAULT_ALPHABET.characters, dict[str, int]()
    for position, one in enumerate(text, start=1):
        if one not in known and one not in found:
            found[one] = position
            if len(found) == SHOWN:
                break
    return tuple(Placed(*one) for one in found.items())


def _fewer(text: str, *, than: int, bits: ReferenceBits) -> int | None:
    plain = choose(text, wish="gsm7-translit")
    if isinstance(plain, Uncarried) or plain.coding != "gsm7":
        return None
    parts = len(ends_of(plain, bits=bits))
    return parts if parts < than else None


def _fits(coding: Coding, parts: int, bits: ReferenceBits) -> int:
    if parts == 1:
        return room(coding)
    return parts * room(coding, header_octets=6 if bits == 8 else 7)


def _shown(character: str) -> str:
    """A character as a sentence can show it: by its code point where it is invisible or clings to another."""
    visible = character.isprintable() and unicodedata.category(character)[0] != "M" and not character.isspace()
    return character if visible else f"U+{ord(character):04X}"
