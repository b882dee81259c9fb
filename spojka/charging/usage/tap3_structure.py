"""The BER skeleton of a TAP3 file: where an encoding breaks, and where its events lie (ITU-T X.690, 8.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CALL_EVENTS: Final = b"\x63"
"""Tag of the list of events, [APPLICATION 3] constructed."""

_CONSTRUCTED: Final = 0x20
_MORE_TAG: Final = 0x1F
_HIGH: Final = 0x80
_LONGEST_LENGTH: Final = 8
_END: Final = b"\0\0"


@dataclass(frozen=True, slots=True)
class Break:
    """Where the encoding breaks: a 0-based byte, and why."""

    offset: int
    cause: str


@dataclass(frozen=True, slots=True)
class _Element:
    """One tag, length and value: `[start, begins)` is the head, `[begins, ends)` the value; an open end is -1."""

    start: int
    tag: bytes
    begins: int
    ends: int

    @property
    def constructed(self) -> bool:
        return bool(self.tag[0] & _CONSTRUCTED)


class _BrokenError(Exception):
    def __init__(self, offset: int, cause: str) -> None:
        super().__init__(cause)
        self.found = Break(offset, cause)


def first_break(data: bytes, *, whole: bool) -> Break | None:
    """
    Where the encoding of a file breaks, or none.

    Args:
        data: the file.
        whole: look into every element; else only whether the outermost one fills the file.

    """
    if not data:
        return Break(0, "the file is empty")
    try:
        outer = _element(data, 0, len(data))
        for _ in _walk(data, 0, len(data)) if whole else ():
            pass
    except _BrokenError as broken:
        return broken.found
    if outer.ends not in (len(data), -1):
        return Break(outer.ends, f"{len(data) - outer.ends} bytes follow the end of the file's data")
    return None


def events_in(data: bytes) -> Iterator[tuple[int, int]]:
    """First byte and end of every event of a file whose encoding is whole."""
    inside = -1
    for depth, element, end in _walk(data, 0, len(data)):
        if depth == 1:
            inside = end if element.tag == CALL_EVENTS else -1
        elif depth == 2 and inside >= 0:  # interchange, list, event
            yield element.start, end


def _element(data: bytes, at: int, limit: int) -> _Element:
    start, tag_end = at, at + 1
    if data[at] & _MORE_TAG == _MORE_TAG:
        while tag_end < limit and data[tag_end] & _HIGH:
            tag_end += 1
        tag_end += 1
    if tag_end >= limit:
        raise _BrokenError(start, "the data end inside a tag")
    first, begins = data[tag_end], tag_end + 1
    if first == _HIGH:
        return _Element(start, data[start:tag_end], begins, -1)
    length = first
    if first & _HIGH:
        count = first & ~_HIGH
        if count > _LONGEST_LENGTH or begins + count > limit:
            raise _BrokenError(tag_end, "a length that cannot be")
        length, begins = int.from_bytes(data[begins : begins + count], "big"), begins + count
    if begins + length > limit:
        raise _BrokenError(start, f"an element of {length} bytes where {limit - begins} are left")
    return _Element(start, data[start:tag_end], begins, begins + length)


def _walk(data: bytes, at: int, limit: int, depth: int = 0) -> Iterator[tuple[int, _Element, int]]:
    """(depth, element, its end) of every element in `[at, limit)`, outer ones first."""
    while at < limit:
        element = _element(data, at, limit)
        is_open = element.ends == -1
        end = _open_end(data, element.begins, limit) if is_open else element.ends
        yield depth, element, end
        if element.constructed:
            yield from _walk(data, element.begins, end - len(_END) if is_open else end, depth + 1)
        at = end


def _open_end(data: bytes, at: int, limit: int) -> int:
    """The end of an element of open length: past the two zero bytes that close it."""
    while at < limit and data[at : at + len(_END)] != _END:
        element = _element(data, at, limit)
        at = _open_end(data, element.begins, limit) if element.ends == -1 else element.ends
    if at >= limit:
        raise _BrokenError(limit, "the data end inside an element of open length")
    return at + len(_END)
