"""Records as JSON, as programs send them: the same checks as files, and an answer for each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from spojka.charging.usage.parsing import TEXT_COLUMNS, parse_texts
from spojka.charging.usage.reasons import FIELD_NOT_UNDERSTOOD
from spojka.charging.usage.records import SUSPENSE_SCHEMA, Batch


@dataclass(frozen=True, slots=True)
class ItemResult:
    """
    What became of one record of a batch.

    Args:
        place: its 0-based place in the batch.
        record_id: the sender's id, none when it has none.
        reason: why it waits in suspense; `None` when it was taken.
        field: the field that is wrong.
        value: what stood there.

    """

    place: int
    record_id: str | None
    reason: str | None = None
    field: str | None = None
    value: str | None = None


def read_items(items: Sequence[Mapping[str, object]], *, source: str) -> Batch:
    """
    Check records given as JSON objects.

    Args:
        items: fields by the names of the CSV layout; values are texts or whole numbers, absent or null is nothing.
            Another field, or a value of another type, makes the record `FIELD_NOT_UNDERSTOOD`.
        source: the sender.

    Returns:
        A batch whose `line` counts the items from 1.

    """
    odd = {place: found for place, item in enumerate(items) if (found := _odd_field(item)) is not None}
    plain = [(place, item) for place, item in enumerate(items) if place not in odd]
    raw = pl.DataFrame(
        [[*(_text(item.get(name)) for name in TEXT_COLUMNS), place + 1] for place, item in plain],
        schema={**dict.fromkeys(TEXT_COLUMNS, pl.String()), "line": pl.Int64()},
        orient="row",
    )
    batch = parse_texts(raw, source=source)
    refused = [_refused(items[place], place, field, source) for place, field in odd.items()]
    suspense = pl.concat([batch.suspense, pl.DataFrame(refused, schema=SUSPENSE_SCHEMA, orient="row")]).sort("line")
    return Batch(batch.records, suspense)


def results(batch: Batch) -> list[ItemResult]:
    """An answer for each record of a batch, in the order they came."""
    taken = [
        ItemResult(line - 1, record_id) for record_id, line in batch.records.select("record_id", "line").iter_rows()
    ]
    waiting = [
        ItemResult(row["line"] - 1, row["record_id"], row["reason"], row["field"], row["value"])
        for row in batch.suspense.iter_rows(named=True)
    ]
    return sorted([*taken, *waiting], key=lambda result: result.place)


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _odd_field(item: Mapping[str, object]) -> str | None:
    """The first field that this layout does not have, or whose value is neither a text nor a whole number."""
    for name, value in item.items():
        plain = value is None or (isinstance(value, str | int) and not isinstance(value, bool))
        if name not in TEXT_COLUMNS or not plain:
            return name
    return None


def _refused(item: Mapping[str, object], place: int, field: str, source: str) -> tuple[object, ...]:
    known = {name: _text(item.get(name)) for name in TEXT_COLUMNS}
    record = pl.DataFrame([known], schema=dict.fromkeys(TEXT_COLUMNS, pl.String()))
    encoded = record.select(pl.struct(TEXT_COLUMNS).struct.json_encode()).item()
    return source, known["record_id"], place + 1, FIELD_NOT_UNDERSTOOD, field, str(item[field]), encoded
