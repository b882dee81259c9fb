"""A text or data as the parts that are sent: coding chosen without loss, nothing cut in two, headers in place."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from spojka.network.messaging.text.headers import PartOf, ReferenceBits, language_elements, part_element, with_length
from spojka.network.messaging.text.septets import fill_bits, pack
from spojka.network.messaging.text.transliteration import transliterate
from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET, ESCAPE, Alphabet
from spojka.trade.numbering.message_text import cut_septets, cut_utf16

Coding = Literal["gsm7", "octets", "ucs2"]
Wish = Literal["auto", "gsm7-translit", "ucs2"]

MESSAGE_OCTETS: Final = 140
"""What one short message carries, header included (3GPP TS 23.040, 9.2.3.24)."""

MOST_PARTS: Final = 255
"""The number of parts is one octet (3GPP TS 23.040, 9.2.3.24.1)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A character and its place in the text, counted from 1 as people count."""

    character: str
    position: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    A text with its coding.

    Args:
        text: what is sent; another than was given only when the wish was `gsm7-translit`.
        coding: `gsm7` or `ucs2`.
        encoded: septets one to a byte, or UTF-16 big-endian.
        altered: whether `text` differs from what was given.

    """

    text: str
    coding: Coding
    encoded: bytes
    altered: bool = False


@dataclass(frozen=True, slots=True)
class Uncarried:
    """No coding carries the text: halves of surrogate pairs stand alone in it (ENCODING_ERROR, o2/7.1)."""

    characters: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class TooManyParts:
    """More parts than are allowed: the text is refused and never cut short (MESSAGE_TOO_LONG, o2/7.1)."""

    coding: Coding
    units: int
    parts: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Part:
    """
    One short message.

    Args:
        header: its user data header with the length octet; empty when there is none.
        payload: septets one to a byte, octets, or UTF-16 big-endian.
        units: length of the payload in septets, octets or UTF-16 units.
        text: its piece of the text; empty of data.

    """

    header: bytes
    payload: bytes
    units: int
    text: str = ""

    @property
    def octets(self) -> bytes:
        """The user data as SMPP carries it: septets unpacked."""
        return self.header + self.payload

    def packed(self) -> bytes:
        """The user data as the air carries it, of `gsm7`: septets packed, on a septet border after the header."""
        return self.header + pack(self.payload, fill=fill_bits(len(self.header)))


@dataclass(frozen=True, slots=True)
class InParts:
    """
    A message as its parts.

    Args:
        coding: how all of them are coded.
        units: length of the whole in septets, octets or UTF-16 units.
        parts: in order.
        text: the text that is sent; empty of data.
        altered: whether it was transliterated.

    """

    coding: Coding
    units: int
    parts: tuple[Part, ...]
    text: str = ""
    altered: bool = False


def room(coding: Coding, *, header_octets: int = 0) -> int:
    """
    Units that fit behind a header of so many octets, its length octet counted.

    >>> [room(coding, header_octets=octets) for coding in ("gsm7", "octets", "ucs2") for octets in (0, 6, 7)]
    [160, 153, 152, 140, 134, 133, 70, 67, 66]
    """
    left = MESSAGE_OCTETS - header_octets
    if coding == "gsm7":
        return left * 8 // 7
    return left if coding == "octets" else left // 2


def choose(text: str, *, wish: Wish = "auto", alphabet: Alphabet = DEFAULT_ALPHABET) -> Chosen | Uncarried:
    """
    The coding of a text: GSM 7-bit when that loses nothing, else UCS-2 (o2/7.1).

    `gsm7-translit` replaces signs (see `transliterate`) when that is enough for GSM 7-bit; when it is not, the text
    goes unaltered in UCS-2. `ucs2` asks for UCS-2 in any case.

    >>> choose("Příliš žluťoučký kůň").coding, choose("5 €").coding, choose("kůň", wish="gsm7-translit").text
    ('ucs2', 'gsm7', 'kun')
    """
    if wish != "ucs2":
        septets = alphabet.encode(text)
        if septets is not None:
            return Chosen(text, "gsm7", septets)
        if wish == "gsm7-translit":
            plain = transliterate(text)
            septets = alphabet.encode(plain)
            if septets is not None:
                return Chosen(plain, "gsm7", septets, altered=True)
    try:
        return Chosen(text, "ucs2", text.encode("utf-16-be"))
    except UnicodeEncodeError:
        halves = (Placed(one, at) for at, one in enumerate(text, start=1) if "\ud800" <= one <= "\udfff")
        return Uncarried(tuple(halves))


def cut_text(
    text: str,
    *,
    reference: int,
    wish: Wish = "auto",
    bits: ReferenceBits = 8,
    max_parts: int = MOST_PARTS,
    alphabet: Alphabet = DEFAULT_ALPHABET,
) -> InParts | TooManyParts | Uncarried:
    """
    A text as the parts that are sent; joined they are the text (o2/7.1).

    One part up to 160 septets or 70 units, else parts of 153 or 67, or 152 or 66 with a 16-bit reference (o2/1.4).
    Escape pairs and surrogate pairs stay whole; so does what is shown as one character, as long as that takes no part
    more.

    Args:
        text: the message.
        reference: the message's number in the headers, 0 to 255 or to 65535; not used by a single part.
        wish: see `choose`.
        bits: width of the reference.
        max_parts: how many parts are allowed; never more than 255.
        alphabet: a national one, for receivers known to read it; its tables are named in every header.

    """
    chosen = choose(text, wish=wish, alphabet=alphabet)
    if isinstance(chosen, Uncarried):
        return chosen
    language = chosen.coding == "gsm7"
    elements = language_elements(locking=alphabet.locking, single=alphabet.single) if language else b""
    ends = _ends_of(chosen, elements, bits)
    units = ends[-1]
    allowed = min(max_parts, MOST_PARTS)
    if len(ends) > allowed:
        return TooManyParts(chosen.coding, units, len(ends), allowed)
    payloads, texts = pieces_of(chosen, ends)
    headers = _headers(len(ends), reference=reference, bits=bits, elements=elements)
    lengths = _lengths(ends)
    parts = (Part(*one) for one in zip(headers, payloads, lengths, texts, strict=True))
    return InParts(chosen.coding, units, tuple(parts), chosen.text, chosen.altered)


def cut_octets(
    data: bytes, *, reference: int, bits: ReferenceBits = 8, max_parts: int = MOST_PARTS, elements: bytes = b""
) -> InParts | TooManyParts:
    """
    Data as parts: 140 octets in one, else 134 in each, or 133 with a 16-bit reference.

    `elements` are further elements of every header, as `port_element` makes them; they take room too.
    """
    whole = room("octets", header_octets=len(with_length(elements)))
    size = whole if len(data) <= whole else room("octets", header_octets=_header_octets(elements, bits))
    ends = [*range(size, len(data), size), len(data)]
    allowed = min(max_parts, MOST_PARTS)
    if len(ends) > allowed:
        return TooManyParts("octets", len(data), len(ends), allowed)
    headers = _headers(len(ends), reference=reference, bits=bits, elements=elements)
    pieces = [data[start:end] for start, end in _spans(ends)]
    parts = tuple(Part(header, piece, len(piece)) for header, piece in zip(headers, pieces, strict=True))
    return InParts("octets", len(data), parts)


def ends_of(chosen: Chosen, *, bits: ReferenceBits = 8, alphabet: Alphabet = DEFAULT_ALPHABET) -> list[int]:
    """Where the parts of a chosen coding end, in units; the last end is the length."""
    elements = b""
    if chosen.coding == "gsm7":
        elements = language_elements(locking=alphabet.locking, single=alphabet.single)
    return _ends_of(chosen, elements, bits)


def pieces_of(chosen: Chosen, ends: list[int]) -> tuple[list[bytes], list[str]]:
    """The payload and the text of every part."""
    if len(ends) == 1:
        return [chosen.encoded], [chosen.text]
    if chosen.coding == "ucs2":
        payloads = [chosen.encoded[2 * start : 2 * end] for start, end in _spans(ends)]
        return payloads, [payload.decode("utf-16-be") for payload in payloads]
    payloads = [chosen.encoded[start:end] for start, end in _spans(ends)]
    places, at = [], 0
    for payload in payloads:
        at += len(payload) - payload.count(ESCAPE)
        places.append(at)
    return payloads, [chosen.text[start:end] for start, end in _spans(places)]


def _ends_of(chosen: Chosen, elements: bytes, bits: ReferenceBits) -> list[int]:
    encoded, coding = chosen.encoded, chosen.coding
    units = len(encoded) if coding == "gsm7" else len(encoded) // 2
    if units <= room(coding, header_octets=len(with_length(elements))):
        return [units]
    size = room(coding, header_octets=_header_octets(elements, bits))
    if coding == "gsm7":
        return cut_septets(encoded, room=size)
    return _gently(cut_utf16(encoded, room=size), chosen.text, size)


def _header_octets(elements: bytes, bits: ReferenceBits) -> int:
    return 1 + len(part_element(PartOf(0, 1, 1, bits))) + len(elements)


def _headers(total: int, *, reference: int, bits: ReferenceBits, elements: bytes) -> list[bytes]:
    if total == 1:
        return [with_length(elements)]
    numbers = range(1, total + 1)
    return [with_length(part_element(PartOf(reference, total, number, bits)) + elements) for number in numbers]


def _spans(ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in ends:
        yield start, end
        start = end


def _lengths(ends: list[int]) -> list[int]:
    return [end - start for start, end in _spans(ends)]


def _gently(ends: list[int], text: str, size: int) -> list[int]:
    """Ends moved forward out of what is shown as one character, unless that takes more parts: those cost money."""
    borders = _borders(text)
    known = frozenset(borders)
    if all(end in known for end in ends):
        return ends
    start, gentle = 0, []
    while start < ends[-1]:
        end = borders[bisect_right(borders, start + size) - 1]
        if end <= start:
            return ends
        gentle.append(end)
        start = end
    return gentle if len(gentle) == len(ends) else ends


def _borders(text: str) -> list[int]:
    """Where one shown character ends and another begins, in UTF-16 units, 0 and the length with them."""
    borders, at, before, flags = [], 0, "", 0
    for one in text:
        flag = "\U0001f1e6" <= one <= "\U0001f1ff"
        if not (_clings(one) or before == "\u200d" or (before == "\r" and one == "\n") or (flag and flags % 2)):
            borders.append(at)
        flags = flags + 1 if flag else 0
        at += 2 if one > "\uffff" else 1
        before = one
    if not borders or borders[0] != 0:
        borders.insert(0, 0)
    return [*borders, at]


def _clings(one: str) -> bool:
    """Whether a character is shown with the one before it: marks, joiners, skin tones and tags."""
    if one < "\u0300":
        return False
    joins = one == "\u200d" or "\U0001f3fb" <= one <= "\U0001f3ff" or "\U000e0020" <= one <= "\U000e007f"
    return joins or unicodedata.category(one)[0] == "M"
