"""The alphabets of 7-bit short messages: characters to septets and back, table driven (3GPP TS 23.038, 6.2)."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ESCAPE: Final = 0x1B
"""The septet after which the next one is read from the extension table."""

GSM_ALPHABET: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet by septet, 0 to 127; the escape stands at its place (3GPP TS 23.038, 6.2.1)."""

GSM_EXTENSION_CODES: Final[Mapping[int, str]] = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""What stands behind an escape, by septet (3GPP TS 23.038, 6.2.1.1)."""

_UNDEFINED: Final = "\ufffe"  # what Python's character maps take for no character
_ZERO: Final = 0x80 | ESCAPE  # an escape behind an escape is never a character, so its place is free
_LOWER: Final = bytes(range(0x80))
_WHOLE: Final = bytes(range(_ZERO)) + b"\0" + bytes(range(_ZERO + 1, 0x100))


@dataclass(frozen=True, slots=True)
class Alphabet:
    r"""
    A basic table of 128 septets and what an escape adds.

    Inside, a text is one byte for each character: the septet, or 0x80 more for one that follows an escape. Python's
    own character maps do that step, a hundred characters in about a microsecond. Those maps are quick only when code 0
    means NUL, so the first character of the table travels as `_ZERO` and is put right afterwards.

    Args:
        basic: 128 characters by septet; `\ufffd` where none is defined.
        extension: characters behind the escape, by septet.
        locking: the national language of the basic table, 0 the default (3GPP TS 23.038, 6.2.1.2.4).
        single: the national language of the extension, 0 the default.

    """

    basic: str
    extension: Mapping[int, str]
    locking: int = 0
    single: int = 0
    _encoding: Any = field(init=False, repr=False, compare=False)
    _decoding: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        assert len(self.basic) == 128, len(self.basic)
        places = [_UNDEFINED] * 256
        known: set[str] = {_UNDEFINED, "\ufffd", "\x1b"}
        for septet, character in [
            *enumerate(self.basic),
            *((0x80 | code, one) for code, one in self.extension.items()),
        ]:
            if character not in known:
                known.add(character)
                places[septet] = character
        places[0], places[_ZERO] = "\0", places[0]
        object.__setattr__(self, "_encoding", codecs.charmap_build("".join(places)))
        shown = self.basic.replace("\x1b", " ")
        behind = [self.extension.get(septet, shown[septet]) for septet in range(128)]
        object.__setattr__(self, "_decoding", shown + "".join(behind))

    @property
    def characters(self) -> frozenset[str]:
        """Every character that can be written."""
        return (frozenset(self.basic) | frozenset(self.extension.values())) - {"\x1b", "\ufffd"}

    def encode(self, text: str) -> bytes | None:
        r"""
        The text's septets, one to a byte with escapes in place; None when a character is not in the alphabet.

        >>> DEFAULT_ALPHABET.encode("5 €"), DEFAULT_ALPHABET.encode("kůň")
        (b'5 \x1be', None)
        """
        try:
            places: bytes = codecs.charmap_encode(text, "strict", self._encoding)[0]
        except UnicodeEncodeError:
            return None
        if places.isascii() and b"\0" not in places:
            return places
        if b"\0" in places:
            return None
        septets = places.translate(_WHOLE)
        for place in frozenset(septets.translate(None, _LOWER)):
            septets = septets.replace(b"%c" % place, b"\x1b%c" % (place & 0x7F))
        return septets

    def decode(self, septets: bytes) -> str:
        """
        The text of septets, one to a byte; the eighth bit is not looked at.

        A code that the extension does not define is shown as the basic table has it, an escape behind an escape and an
        escape at the end as a space (3GPP TS 23.038, 6.2.1.1); a place that no table defines as U+FFFD.
        """
        if not septets.isascii():
            septets = bytes(one & 0x7F for one in septets)
        first, *behind = septets.split(b"\x1b")
        places, plain = [first], False
        for run in behind:
            if plain:
                places.append(run)
                plain = False
            elif run:
                places.append(b"%c%b" % (0x80 | run[0], run[1:]))
            else:
                places.append(b"\x1b")
                plain = True
        return codecs.charmap_decode(b"".join(places), "strict", self._decoding)[0]


DEFAULT_ALPHABET: Final = Alphabet(GSM_ALPHABET, GSM_EXTENSION_CODES)
"""The default alphabet with its extension: what every handset reads."""
