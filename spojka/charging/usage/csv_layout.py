"""
Our documented CSV layout (docs/reference/usage-csv.md): a broken file is refused whole, a broken record waits alone.

    check_file(path)                          # raises FileBroken with line, column and cause
    for batch in read_batches(path, source="o2"): ...
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import polars as pl

from spojka.charging.usage.parsing import TEXT_COLUMNS, parse_texts
from spojka.charging.usage.records import Batch, FileBroken

HEADER: Final = ",".join(TEXT_COLUMNS)
"""The first line of every file."""

TRAILER: Final = "#records,"
"""Begins the last line; the number of records follows."""

BATCH_BYTES: Final = 32 * 2**20
"""Bytes of a file that are held at once."""

GLIMPSE_CHARACTERS: Final = 40
"""The most characters of a broken file that its refusal repeats."""

MOST_DIGITS: Final = 18
"""The most digits of a count in the last line; no file has more records."""

_NEWLINE, _COMMA, _QUOTE = 10, 44, 34
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FileShape:
    """A file that is whole: how many records it has, its length in bytes and its SHA-256."""

    records: int
    size_bytes: int
    digest: str


def check_file(path: Path) -> FileShape:
    """Read a file through once; raises `FileBroken` at the first thing that makes it broken."""
    digest, size, line, last = hashlib.sha256(), 0, 1, b""
    with path.open("rb") as file:
        for block in _blocks(file, BATCH_BYTES):
            digest.update(block)
            text = block.removeprefix(_BOM) if size == 0 else block
            size += len(block)
            cut = text.rstrip(b"\r\n").rfind(b"\n") + 1
            lines, last = last + text[:cut], text[cut:]
            _check_lines(lines, line)
            line += lines.count(b"\n")
    if size == 0:
        raise FileBroken(1, None, f"the file is empty; its first line must be {HEADER!r}")
    if line == 1:
        _check_header(last)
    _check_trailer(last, line)
    return FileShape(line - 2, size, digest.hexdigest())


def read_batches(path: Path, *, source: str, batch_bytes: int = BATCH_BYTES) -> Iterator[Batch]:
    """
    Check the file, then give its records in batches, in order.

    Args:
        path: the file.
        source: the sender whose records these are.
        batch_bytes: about how much of the file each batch takes.

    Yields:
        Batches whose `line` is the line in the file.

    """
    shape = check_file(path)
    left, line = shape.records, 2
    with path.open("rb") as file:
        file.readline()
        for block in _blocks(file, batch_bytes):
            raw = _texts(block, line, left)
            left, line = left - raw.height, line + raw.height
            if raw.height:
                yield parse_texts(raw, source=source)


def read_file(path: Path, *, source: str) -> Batch:
    """Check the file and give all its records as one batch."""
    batches = list(read_batches(path, source=source)) or [parse_texts(_texts(b"", 2, 0), source=source)]
    return Batch(pl.concat([one.records for one in batches]), pl.concat([one.suspense for one in batches]))


def _blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The file in blocks that end with a line's end (the last one as the file ends)."""
    while block := file.read(size):
        yield block if block.endswith(b"\n") else block + file.readline()


def _texts(block: bytes, line: int, most: int) -> pl.DataFrame:
    """At most so many of a block's lines as texts; what follows them is the trailer."""
    schema: dict[str, pl.DataType] = dict.fromkeys(TEXT_COLUMNS, pl.String())
    if most == 0:
        return pl.DataFrame(schema={**schema, "line": pl.Int64()})
    lines = block.replace(b"\r\n", b"\n")
    if lines.count(b"\n") > most or not lines.endswith(b"\n"):
        lines = lines[: lines.rstrip(b"\n").rfind(b"\n") + 1]
    frame = pl.read_csv(io.BytesIO(lines), has_header=False, schema=schema, quote_char=None)
    return frame.with_columns(line=pl.int_range(line, line + pl.len(), dtype=pl.Int64))


def _check_header(text: bytes) -> None:
    found = text.split(b"\n", 1)[0].rstrip(b"\r").decode("utf-8", "replace")
    if found == HEADER:
        return
    names = found.split(",")
    for place, expected in enumerate(TEXT_COLUMNS):
        if place >= len(names) or names[place] != expected:
            column = sum(len(name) + 1 for name in names[:place]) + 1
            what = f"{_glimpse(names[place])!r} stands" if place < len(names) else "the header ends"
            raise FileBroken(1, column, f"{what} where the header must have {expected!r}; it must be {HEADER!r}")
    raise FileBroken(1, len(HEADER) + 1, f"the header has {len(names)} columns; {len(TEXT_COLUMNS)} are expected")


def _glimpse(text: str) -> str:
    """The beginning of what a file holds: enough to recognise a wrong file, never its content."""
    return "".join(letter for letter in text[:GLIMPSE_CHARACTERS] if letter.isprintable())


def _check_lines(text: bytes, first_line: int) -> None:
    """Whole lines, each with its end: decodable, unquoted, of the right number of columns."""
    if first_line == 1 and text:
        _check_header(text)
    bytes_ = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(bytes_ == _NEWLINE)
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as bad:
        line, column = _place(ends, bad.start)
        raise FileBroken(first_line + line, column, f"byte 0x{text[bad.start]:02x} is not UTF-8") from bad
    quotes = np.flatnonzero(bytes_ == _QUOTE)
    if quotes.size:
        line, column = _place(ends, int(quotes[0]))
        raise FileBroken(first_line + line, column, "a quotation mark; values of this layout are never quoted")
    commas = np.searchsorted(np.flatnonzero(bytes_ == _COMMA), ends)
    columns = np.diff(commas, prepend=0) + 1
    wrong = np.flatnonzero(columns != len(TEXT_COLUMNS))
    if wrong.size:
        line = int(wrong[0])
        raise FileBroken(
            first_line + line,
            None,
            f"the line has {int(columns[line])} columns; {len(TEXT_COLUMNS)} are expected",
        )


def _place(ends: np.ndarray[tuple[int], np.dtype[np.intp]], at: int) -> tuple[int, int]:
    """(0-based line, 1-based byte in it) of a byte."""
    line = int(np.searchsorted(ends, at, side="left"))
    return line, at - (int(ends[line - 1]) + 1 if line else 0) + 1


def _check_trailer(text: bytes, line: int) -> None:
    last = text.rstrip(b"\r\n").decode("utf-8", "replace")
    counted = last.removeprefix(TRAILER)
    is_count = counted.isascii() and counted.isdigit() and len(counted) <= MOST_DIGITS
    if not last.startswith(TRAILER) or not is_count:
        raise FileBroken(line, None, f"the file ends without its last line {TRAILER}N; it may be truncated")
    if int(counted) != line - 2:
        raise FileBroken(
            line, len(TRAILER) + 1, f"the last line counts {int(counted)} records; the file has {line - 2}"
        )
