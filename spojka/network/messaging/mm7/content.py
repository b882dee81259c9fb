"""What a multimedia message carries: media parts and how they are laid out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SMIL: Final = "application/smil"
CHARSETS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-2": "iso-8859-2",
    "iso-8859-15": "iso-8859-15",
    "windows-1250": "cp1250",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
}
"""Charsets that are read, by their names in MIME, and Python's name of each; any other is not guessed at."""

_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}")
_CHARSET: Final = re.compile(r"[A-Za-z0-9!#$%&+^_`{}~.-]{1,64}")


class CannotBeWritten(ValueError):
    """A value that no header or XML can carry, such as a line break in a content id; names the value."""


@dataclass(frozen=True, slots=True)
class MediaPart:
    """
    One part of a message: a picture, a text, a presentation.

    Args:
        media_type: as `image/jpeg`, in small letters, without parameters.
        data: the decoded bytes as the sender gave them; never altered here (o2/7.1).
        content_id: the id that a presentation refers to as `cid:…`, without angle brackets.
        location: `Content-Location`, usually a file's name.
        charset: as the sender named it; only a text has one.
        name: the `name` parameter of the type.

    Raises:
        CannotBeWritten: where the media type or the charset is not one, or a name holds control letters.

    """

    media_type: str
    data: bytes
    content_id: str | None = None
    location: str | None = None
    charset: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise CannotBeWritten(f"media type {self.media_type!r} is not type/subtype")
        if self.media_type.startswith("multipart/"):
            raise CannotBeWritten(f"a part of type {self.media_type!r} holds parts; give those")
        if self.charset is not None and not _CHARSET.fullmatch(self.charset):
            raise CannotBeWritten(f"charset {self.charset!r} is not a name of one")
        check_id(self.content_id)
        check_header(self.location)
        check_header(self.name)

    def text(self) -> str | None:
        """
        The words of a text part; `None` where the charset is not known or the bytes do not fit it.

        No charset is read as UTF-8, which holds the US-ASCII that RFC 2046 (4.1.2) presumes.
        """
        known = CHARSETS.get((self.charset or "utf-8").lower())
        if known is None:
            return None
        try:
            return self.data.decode(known)
        except UnicodeDecodeError:
            return None


class Layout(StrEnum):
    """How the parts of a message are put together."""

    RELATED = "multipart/related"
    """A presentation and what it refers to."""

    MIXED = "multipart/mixed"
    """Parts in their order."""

    SINGLE = "single"
    """One part without a container."""


@dataclass(frozen=True, slots=True)
class Content:
    """
    The parts of a message.

    Args:
        parts: in the order sent; at least one.
        layout: `SINGLE` has exactly one part.
        content_id: the id that the envelope's `Content` refers to, without angle brackets.
        start: the content id of the presentation within `RELATED`.
        allow_adaptations: whether the MMSC may adapt the media to the handset; `None` leaves it to the MMSC's default.

    Raises:
        CannotBeWritten: where there is no part, `SINGLE` has more than one, or an id cannot stand in a header.

    """

    parts: tuple[MediaPart, ...]
    layout: Layout = Layout.MIXED
    content_id: str = "content@mm7"
    start: str | None = None
    allow_adaptations: bool | None = None

    def __post_init__(self) -> None:
        if not self.parts:
            raise CannotBeWritten("content without a part")
        if self.layout is Layout.SINGLE and len(self.parts) != 1:
            raise CannotBeWritten(f"single content with {len(self.parts)} parts")
        check_id(self.content_id)
        check_id(self.start)

    def presentation(self) -> MediaPart | None:
        """The part that says how the others are shown: the one `start` names, else the first SMIL."""
        if self.start is not None:
            return next((part for part in self.parts if part.content_id == self.start), None)
        return next((part for part in self.parts if part.media_type == SMIL), None)

    @property
    def size_bytes(self) -> int:
        """The media and the presentation together, decoded."""
        return sum(len(part.data) for part in self.parts)


def check_header(value: str | None) -> None:
    """
    Raise where a value cannot stand in one line of a header.

    Raises:
        CannotBeWritten: on control letters, lone surrogates, blanks at either end, or an empty value.

    """
    if value is None:
        return
    if not value or value != value.strip() or any(_is_control(letter) for letter in value):
        raise CannotBeWritten(f"{value[:80]!r} cannot stand in a header")


def check_id(value: str | None) -> None:
    """
    Raise where a value cannot be a content id.

    Raises:
        CannotBeWritten: as `check_header`, and on blanks and angle brackets.

    """
    check_header(value)
    if value is not None and any(letter in "<>" or letter.isspace() for letter in value):
        raise CannotBeWritten(f"{value[:80]!r} cannot be a content id")


def _is_control(letter: str) -> bool:
    point = ord(letter)
    return point < 0x20 or 0x7F <= point < 0xA0 or 0xD800 <= point < 0xE000 or point in (0x2028, 0x2029)
