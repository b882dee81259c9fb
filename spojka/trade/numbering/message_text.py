"""How many parts a short message has: GSM 7-bit text (3GPP TS 23.038) or UCS-2, whole or in parts (nej/2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
)
"""Characters of one septet: the default alphabet (3GPP TS 23.038, 6.2.1)."""

GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Characters of two septets, an escape and one more (3GPP TS 23.038, 6.2.1.1)."""

Encoding = Literal["gsm7", "ucs2"]
Counting = Literal["network", "literal"]


@dataclass(frozen=True, slots=True)
class PartLimits:
    """How many units fit: `whole` when the message is one, `part` in each part of a longer one."""

    whole: int
    part: int


LIMITS: Final[Mapping[Encoding, PartLimits]] = {"gsm7": PartLimits(160, 153), "ucs2": PartLimits(70, 67)}
"""Septets for GSM 7-bit, UTF-16 units for UCS-2; a part gives up room for its header (nej/2.7)."""


@dataclass(frozen=True, slots=True)
class Segments:
    """
    A text as it is sent.

    Args:
        encoding: `gsm7` when every character is in the GSM alphabet, else `ucs2`.
        units: its length in septets or UTF-16 units.
        parts: how many messages it takes; an empty text is one.

    """

    encoding: Encoding
    units: int
    parts: int


def _packed(sizes: list[int], room: int) -> int:
    """Parts needed when characters of the given sizes are laid in order and none is split."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts


def segments(text: str, *, counting: Counting = "network", limits: Mapping[Encoding, PartLimits] = LIMITS) -> Segments:
    """
    Count a message's parts (nej/2.7, sms_max_chars_gsm7 and the others).

    Neither an escape pair nor a surrogate pair is split between parts. `literal` counts every begun 160 or 70 units as
    another message, without room for a part's header (nej/2.7, sms_part_counting).

    Args:
        text: the whole message.
        counting: `network` parts, or the `literal` count.
        limits: room by encoding, where a clause sets its own.

    >>> segments("a" * 160).parts, segments("a" * 161).parts, segments("ř" * 71).parts, segments("a" * 159 + "€").parts
    (1, 2, 2, 2)
    """
    gsm = all(character in GSM_BASIC or character in GSM_EXTENSION for character in text)
    encoding: Encoding = "gsm7" if gsm else "ucs2"
    if gsm:
        sizes = [2 if character in GSM_EXTENSION else 1 for character in text]
    else:
        sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
    units, room = sum(sizes), limits[encoding]
    if units <= room.whole:
        return Segments(encoding, units, 1)
    parts = -(-units // room.whole) if counting == "literal" else _packed(sizes, room.part)
    return Segments(encoding, units, parts)
