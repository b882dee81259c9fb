"""
Rate frames and Parquet files of any length: string ids to numbers, one walk, the rated columns out.

A file in the order of time streams through: Polars reads ahead and writes behind on its own threads while the kernel,
which releases the GIL, walks the batch between them. A file in another order is read whole and walked in the order of
time; its rows stay where they are. Files hold shards of services, so that shards can be rated side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from spojka.charging.rating.kernel import CHAIN, MARK_COLUMNS, Tables
from spojka.charging.rating.roster import Roster
from spojka.charging.rating.states import State
from spojka.charging.rating.walks import COLUMNS, events_of, rate_events

BATCH = 250_000
"""Records of a file that are rated at once: large enough to amortise a walk, small enough to stay near the cache."""


class FrameError(ValueError):
    """A frame that cannot be rated as it stands: a column is missing, empty in places, or has no time zone."""


@dataclass(frozen=True, slots=True)
class RatedFrame:
    """
    `frame`: the columns kept and the rated columns, row for row as they came; `marks` int64 [marks, 5]: row, code,
    figures, in the order of time (see `terms.MarkCode`).
    """

    frame: pl.DataFrame
    marks: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RatedFile:
    """`records` written, and the marks as in `RatedFrame`, by row of the file."""

    records: int
    marks: NDArray[np.int64]


class Numbers:
    """
    The numbers of a roster's services, for columns of their ids; made once and used for many batches.

    An id that is not in the roster becomes -1, which the kernel marks and does not rate.
    """

    def __init__(self, roster: Roster) -> None:
        self._ids = pl.Enum(roster.services)

    def of(self, service: pl.Expr) -> pl.Expr:
        """The expression that turns ids into numbers, Int32."""
        return service.cast(self._ids, strict=False).to_physical().cast(pl.Int32).fill_null(-1)


def rate_frame(
    frame: pl.DataFrame,
    tables: Tables,
    roster: Roster,
    state: State,
    *,
    keep: Sequence[str] = (),
    numbers: Numbers | None = None,
) -> RatedFrame:
    """
    Rate a frame of records against a state, which it changes.

    The frame has `walks.COLUMNS`: `service` an id, `kind`, `class` and `zone` codes, `at` microseconds in UTC or a
    datetime with a zone, `quantity`. It may stand in any order; records of equal time are walked as they stand. The
    columns named by `keep` are passed through before the rated ones. `numbers` saves making them anew for every frame.
    Raises `FrameError`.
    """
    numbered = frame.select(*_columns(frame.schema, numbers or Numbers(roster)))
    return _rated(frame.select(*keep), numbered, tables, roster, state)


def rate_file(
    source: Path, target: Path, *, tables: Tables, roster: Roster, state: State, keep: Sequence[str] = ()
) -> RatedFile:
    """
    Rate a Parquet file into another (zstd), changing the state; the columns are those of `rate_frame`.

    Memory stays near one batch for a file in the order of time; one in another order is held whole.
    """
    scan = pl.scan_parquet(source)
    schema = scan.collect_schema()
    columns = scan.select(*_columns(schema, Numbers(roster)), *(pl.col(name).alias(f"keep_{name}") for name in keep))
    walk = _Walk(tables, roster, state, keep)
    if scan.select(pl.col("at").is_sorted()).collect().item():
        batches = columns.collect_batches(maintain_order=True, chunk_size=BATCH)
        rated = pl.Schema({**{name: schema[name] for name in keep}, **rated_schema(tables)})
        streamed = register_io_source(lambda *_: (walk.rate(batch) for batch in batches), schema=rated)
        streamed.sink_parquet(target, compression="zstd")
    else:
        walk.rate(columns.collect()).write_parquet(target, compression="zstd")
    return RatedFile(walk.records, np.concatenate([np.empty((0, MARK_COLUMNS), np.int64), *walk.marks]))


class _Walk:
    """Batches of one file, rated one after the other."""

    def __init__(self, tables: Tables, roster: Roster, state: State, keep: Sequence[str]) -> None:
        self.tables, self.roster, self.state, self.keep = tables, roster, state, keep
        self.records = 0
        self.marks: list[NDArray[np.int64]] = []

    def rate(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Rate the next batch, its services numbered."""
        kept = batch.select(pl.col(f"keep_{name}").alias(name) for name in self.keep)
        rated = _rated(kept, batch, self.tables, self.roster, self.state)
        rated.marks[:, 0] += self.records
        self.marks.append(rated.marks)
        self.records += len(batch)
        return rated.frame


def rated_schema(tables: Tables) -> dict[str, pl.DataType]:
    """The rated columns and their types, in order: 4 and 2 for each place of the longest chain."""
    pools = range(1, tables.rows.shape[1] - CHAIN + 1)
    names = ["billed", "paid", "charge_micros", *(f"{what}_{place}" for place in pools for what in ("taken", "left"))]
    return {"rate_row": pl.Int32(), **dict.fromkeys(names, pl.Int64())}


def _columns(schema: pl.Schema, numbers: Numbers) -> Iterator[pl.Expr]:
    missing = [name for name in COLUMNS if name not in schema]
    if missing:
        raise FrameError(f"no column {', '.join(missing)}; there are {', '.join(schema)}")
    at, kind = pl.col("at"), schema["at"]
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            raise FrameError("the instants in column at have no time zone")
        at = at.dt.cast_time_unit("us").to_physical()
    yield numbers.of(pl.col("service"))
    yield from (pl.col(name).cast(pl.UInt8) for name in ("kind", "class", "zone"))
    yield at.cast(pl.Int64)
    yield pl.col("quantity").cast(pl.Int64)


def _rated(kept: pl.DataFrame, numbered: pl.DataFrame, tables: Tables, roster: Roster, state: State) -> RatedFrame:
    empty = [name for name in COLUMNS if numbered[name].null_count()]
    if empty:
        raise FrameError(f"column {', '.join(empty)} has rows without a value")
    order = None
    if not numbered["at"].is_sorted():
        order = numbered.select(pl.arg_sort_by("at", maintain_order=True)).to_series().to_numpy()
    events = events_of({name: numbered[name].to_numpy() for name in COLUMNS}, order=order)
    rated = rate_events(events, tables, roster, state)
    return RatedFrame(pl.DataFrame({**kept.to_dict(), **rated.columns()}), rated.marks)
