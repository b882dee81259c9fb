"""
The usage record that every layout is turned into, and what identifies it.

A frame of records has the columns of `RECORD_SCHEMA`, then `line`: the place in the file or batch it came from.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import polars as pl

from spojka.charging.usage.classes import ACCESS_TYPE, DIRECTION_TYPE, KIND_TYPE

INSTANT: Final = pl.Datetime("us", "UTC")
"""Instants in frames: microseconds, UTC."""

RECORD_SCHEMA: Final = pl.Schema(
    {
        "source": pl.String(),
        "record_id": pl.String(),
        "service_key": pl.String(),
        "kind": KIND_TYPE,
        "direction": DIRECTION_TYPE,
        "other": pl.String(),
        "at": INSTANT,
        "duration_s": pl.Int64(),
        "bytes_up": pl.Int64(),
        "bytes_down": pl.Int64(),
        "parts": pl.Int32(),
        "visited": pl.String(),
        "access": ACCESS_TYPE,
        "rating_group": pl.Int64(),
        "imsi": pl.String(),
        "imei": pl.String(),
        "network": pl.String(),
        "cell": pl.String(),
    },
)
"""Columns of records, in the order of `UsageRecord`."""

SUSPENSE_SCHEMA: Final = pl.Schema(
    {
        "source": pl.String(),
        "record_id": pl.String(),
        "line": pl.Int64(),
        "reason": pl.String(),
        "field": pl.String(),
        "value": pl.String(),
        "record": pl.String(),
    },
)
"""Columns of suspended records: `field` and `value` say what is wrong, `record` is JSON of its fields as they came."""


WAITING_SCHEMA: Final = pl.Schema({**SUSPENSE_SCHEMA, "clauses": pl.List(pl.String()), "since": INSTANT})
"""Columns of suspended records with the clauses they wait by, and since when what closed the use has stood."""


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """
    One use of a service, whoever reported it.

    Args:
        source: the sender whose record it is.
        record_id: the sender's id of it; (source, record_id) is its identity.
        service_key: normalised MSISDN, or IMSI, as delivered.
        kind: `voice`, `video`, `sms`, `mms`, `data` or `payment`.
        direction: `mo`, `mt` or `forwarded`.
        other: the called or calling number, normalised where it is one; the access point for data.
        at: start, an instant in UTC, microseconds.
        duration_s: from answer to end, whole started seconds.
        bytes_up: sent by the service.
        bytes_down: received by the service.
        parts: parts of the message.
        visited: ISO code of the country it was used in.
        access: `cellular` or `vowifi`.
        rating_group: as the network grouped the data.
        imsi: the card used.
        imei: the device used.
        network: the network of the other number at that instant, once it is resolved.
        cell: where the service was, as the network writes it.

    """

    source: str
    record_id: str
    service_key: str
    kind: str
    direction: str
    other: str | None
    at: datetime
    duration_s: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    parts: int = 1
    visited: str = "CZ"
    access: str = "cellular"
    rating_group: int | None = None
    imsi: str | None = None
    imei: str | None = None
    network: str | None = None
    cell: str | None = None


FIELDS: Final = tuple(field.name for field in dataclasses.fields(UsageRecord))
"""Names of a record's fields, in order."""


@dataclass(frozen=True, slots=True)
class Batch:
    """
    What a file or batch came to.

    Args:
        records: columns of `RECORD_SCHEMA` and `line`, in the order they came.
        suspense: columns of `SUSPENSE_SCHEMA`, in the order they came.

    """

    records: pl.DataFrame
    suspense: pl.DataFrame


class FileBroken(ValueError):
    """
    A file is refused whole; nothing of it is taken.

    Args:
        line: 1-based line, none for a binary file.
        column: 1-based character in the line, or none.
        cause: what is wrong and what was expected.
        offset: 0-based byte, for a binary file.

    """

    def __init__(self, line: int | None, column: int | None, cause: str, *, offset: int | None = None) -> None:
        self.line, self.column, self.cause, self.offset = line, column, cause, offset
        place = "" if line is None else f"line {line}: " if column is None else f"line {line}, column {column}: "
        super().__init__(f"byte {offset}: {cause}" if offset is not None else f"{place}{cause}")


def grounded(
    waiting: pl.DataFrame, clauses: Mapping[str, Sequence[str]], since: pl.Series | None = None
) -> pl.DataFrame:
    """Suspended records with the clauses of their reasons, and since when what closed the use has stood."""
    of_reason = pl.DataFrame(
        {"reason": list(clauses), "clauses": [list(each) for each in clauses.values()]},
        schema={"reason": pl.String, "clauses": pl.List(pl.String)},
    )
    stood = pl.lit(None, dtype=WAITING_SCHEMA["since"]) if since is None else since.alias("since")
    return (
        waiting.with_columns(since=stood)
        .join(of_reason, on="reason", how="left", maintain_order="left")
        .select(pl.col(name).cast(kind) for name, kind in WAITING_SCHEMA.items())
    )


def frame_of(records: Iterable[UsageRecord]) -> pl.DataFrame:
    """A frame of single records, their `line` counted from 1."""
    rows = [tuple(getattr(record, name) for name in FIELDS) for record in records]
    frame = pl.DataFrame(rows, schema=RECORD_SCHEMA, orient="row")
    return frame.with_columns(line=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def records_of(frame: pl.DataFrame) -> list[UsageRecord]:
    """Single records of a frame."""
    made: list[UsageRecord] = []
    for row in frame.select(FIELDS).iter_rows(named=True):
        fields: dict[str, Any] = row
        made.append(UsageRecord(**fields))
    return made


def identity(source: str, record_id: str) -> UUID:
    """The 16 bytes by which a record is known: BLAKE2b of the sender and the sender's id."""
    return UUID(bytes=_hasher(source)(record_id))


def identities(source: str, record_ids: pl.Series) -> pl.Series:
    """Identities of a sender's records as 16-byte binaries, in order; a missing id has none."""
    hashed = _hasher(source)
    keys = [None if record_id is None else hashed(record_id) for record_id in record_ids]
    return pl.Series("identity", keys, dtype=pl.Binary())


def _hasher(source: str) -> Callable[[str], bytes]:
    """Hash ids of one sender; the sender's length stands first, so no two pairs share a text."""
    sender = source.encode()
    begun = blake2b(b"%d:%s" % (len(sender), sender), digest_size=16)

    def hashed(record_id: str) -> bytes:
        one = begun.copy()
        one.update(record_id.encode())
        return one.digest()

    return hashed
