"""Signs that the GSM alphabet lacks, replaced by ones it has: only where a sender asked for it (o2/7.1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET

_SIGNS: Final[Mapping[str, str]] = {
    '"': "„“”‟«»″",
    "'": "‚‘’‛‹›′`´",
    "-": "‐‑‒–—―−",
    " ": "\t\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "": "\u00ad\u200b\u2060\ufeff",
    "...": "…",
    "*": "•·",
    "x": "×",
    "/": "÷⁄",
    "oe": "œ",
    "OE": "Œ",
    "th": "þ",
    "Th": "Þ",
    "d": "đð",
    "D": "ĐÐ",
    "l": "ł",
    "L": "Ł",
    "h": "ħ",
    "H": "Ħ",
    "t": "ŧ",
    "T": "Ŧ",
    "i": "ı",
    "(c)": "©",
    "(R)": "®",
    "TM": "™",
    "1/2": "½",
    "1/4": "¼",
    "3/4": "¾",
    "fi": "ﬁ",
    "fl": "ﬂ",
    "SS": "ẞ",
}
_LETTERS: Final = (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00))
_MARKS: Final = range(0x0300, 0x0370)


def _bare_letters() -> dict[int, str]:
    bare = {}
    for point in _LETTERS:
        first = unicodedata.normalize("NFD", chr(point))[0]
        if chr(point) not in DEFAULT_ALPHABET.characters and first.isascii() and first.isalpha():
            bare[point] = first
    return bare


_TABLE: Final[Mapping[int, str]] = {
    **_bare_letters(),
    **dict.fromkeys(_MARKS, ""),
    **{ord(sign): plain for plain, signs in _SIGNS.items() for sign in signs},
}


def transliterate(text: str) -> str:
    """
    The text with letters bared of marks and typographic signs made plain, as far as the GSM alphabet lacks them.

    Letters that the alphabet has stay (é, ä, ö, ü, à and others); what has no plain counterpart stays too, so the
    answer may still need UCS-2. Letters written with separate marks are put together first.

    >>> transliterate("„Příliš žluťoučký kůň“ – é, 5 € …")
    '"Prilis zlutoucky kun" - é, 5 € ...'
    """
    return unicodedata.normalize("NFC", text).translate(_TABLE)
