"""How many parts a short message has: GSM 7-bit text (3GPP TS 23.038) or UCS-2, whole or in parts (nej/2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET, ESCAPE, GSM_EXTENSION_CODES

GSM_EXTENSION: Final = frozenset(GSM_EXTENSION_CODES.values())
"""Characters of two septets, an escape and one more (3GPP TS 23.038, 6.2.1.1)."""

GSM_BASIC: Final = DEFAULT_ALPHABET.characters - GSM_EXTENSION
"""Characters of one septet: the default alphabet (3GPP TS 23.038, 6.2.1)."""

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


def cut_septets(septets: bytes, *, room: int) -> list[int]:
    """
    Where parts of at most `room` septets end, no escape pair cut; the last end is the length.

    >>> cut_septets(b"aa" + bytes((0x1B, 0x65)) + b"a", room=3)
    [2, 5]
    """
    ends, end, length = [], room, len(septets)
    while end < length:
        if septets[end - 1] == ESCAPE:
            end -= 1
        ends.append(end)
        end += room
    return [*ends, length]


def cut_utf16(octets: bytes, *, room: int) -> list[int]:
    """
    Where parts of at most `room` UTF-16 units end in big-endian text, in units, no surrogate pair cut.

    >>> cut_utf16("ř😀ř".encode("utf-16-be"), room=2)
    [1, 3, 4]
    """
    ends, end, length = [], room, len(octets) // 2
    while end < length:
        if 0xD8 <= octets[2 * end - 2] <= 0xDB:
            end -= 1
        ends.append(end)
        end += room
    return [*ends, length]


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
    septets = DEFAULT_ALPHABET.encode(text)
    encoding: Encoding = "gsm7" if septets is not None else "ucs2"
    octets = b"" if septets is not None else text.encode("utf-16-be", "surrogatepass")
    units, room = len(octets) // 2 if septets is None else len(septets), limits[encoding]
    if units <= room.whole:
        return Segments(encoding, units, 1)
    if counting == "literal":
        return Segments(encoding, units, -(-units // room.whole))
    ends = cut_utf16(octets, room=room.part) if septets is None else cut_septets(septets, room=room.part)
    return Segments(encoding, units, len(ends))
