"""
Rate frames and Parquet files of any length: string ids to numbers, one walk, the rated columns out.

A file in the order of time streams through: Polars reads ahead and writes behind on its own threads while the kernel,
which releases the GIL, walks the batch between them. A file in another order is read whole and walked in the order of
time; its rows stay where they are. Files hold shards of services, so that shards can be rated side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from spojka.charging.rating.kernel import CHAIN, MARK_COLUMNS, Tables
from spojka.charging.rating.roster import Roster
from spojka.charging.rating.service_numbers import ServiceNumbers
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


def rate_frame(
    frame: pl.DataFrame,
    tables: Tables,
    roster: Roster,
    state: State,
    *,
    keep: Sequence[str] = (),
    numbers: ServiceNumbers | None = None,
) -> RatedFrame:
    """
    Rate a frame of records against a state, which it changes.

    The frame has `walks.COLUMNS`: `service` an id, `kind`, `class` and `zone` codes, `at` microseconds in UTC or a
    datetime with a zone, `quantity`. It may stand in any order; records of equal time are walked as they stand. The
    columns named by `keep` are passed through before the rated ones. `numbers` are the roster's, saved from one frame
    to the next. A record of a service that is not in the roster is marked and not rated. Raises `FrameError`.
    """
    hashed = frame.select(*_columns(frame.schema), *_kept(keep))
    walk = _Walk(tables, roster, state, numbers or ServiceNumbers(roster.services), keep)
    return RatedFrame(walk.rate(hashed), walk.marks())


def rate_file(
    source: Path, target: Path, *, tables: Tables, roster: Roster, state: State, keep: Sequence[str] = ()
) -> RatedFile:
    """
    Rate a Parquet file into another (zstd), changing the state; the columns are those of `rate_frame`.

    Memory stays near some batches for a file in the order of time; one in another order is held whole. When anything
    is raised, the state is spoilt and the target not to be read.
    """
    scan = pl.scan_parquet(source)
    schema = scan.collect_schema()
    columns = scan.select(*_columns(schema), *_kept(keep))
    rated_columns = pl.Schema({**{name: schema[name] for name in keep}, **rated_schema(tables)})
    before, numbers = state.ledger.copy(), ServiceNumbers(roster.services)
    walk = _Walk(tables, roster, state, numbers, keep)
    batches = columns.collect_batches(maintain_order=True, chunk_size=BATCH)
    streamed = register_io_source(lambda *_: walk.in_order(batches), schema=rated_columns)
    streamed.sink_parquet(target, compression="zstd")
    if walk.out_of_order:
        state.ledger[:] = before
        walk = _Walk(tables, roster, state, numbers, keep)
        walk.rate(columns.collect()).write_parquet(target, compression="zstd")
    return RatedFile(walk.records, walk.marks())


class _Walk:
    """Batches of one source, rated one after the other against one state."""

    def __init__(
        self, tables: Tables, roster: Roster, state: State, numbers: ServiceNumbers, keep: Sequence[str]
    ) -> None:
        self.tables, self.roster, self.state, self.numbers, self.keep = tables, roster, state, numbers, keep
        self.records, self.out_of_order = 0, False
        self._marks = [np.empty((0, MARK_COLUMNS), np.int64)]

    def in_order(self, batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Rate batches while they stand in the order of time; stop and say so when they do not."""
        latest = None
        for batch in batches:
            at = batch["at"]
            if len(at) and (not at.is_sorted() or (latest is not None and at[0] < latest)):
                self.out_of_order = True
                return
            latest = at[-1] if len(at) else latest
            yield self.rate(batch)

    def rate(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Rate the next batch: the columns kept and the rated ones, row for row."""
        empty = [name for name in COLUMNS[1:] if batch[name].null_count()]
        if empty:
            raise FrameError(f"column {', '.join(empty)} has rows without a value")
        order = None
        if not batch["at"].is_sorted():
            order = batch.select(pl.arg_sort_by("at", maintain_order=True)).to_series().to_numpy()
        service = self.numbers.find(batch["first_hash"].to_numpy(), batch["second_hash"].to_numpy())
        columns = {name: batch[name].to_numpy() for name in COLUMNS[1:]}
        events = events_of({"service": service, **columns}, order=order)
        rated = rate_events(events, self.tables, self.roster, self.state)
        rated.marks[:, 0] += self.records
        self._marks.append(rated.marks)
        self.records += len(batch)
        kept = {name: batch[f"keep_{name}"] for name in self.keep}
        return pl.DataFrame({**kept, **rated.columns()})

    def marks(self) -> NDArray[np.int64]:
        """All marks so far, by row of the source."""
        return np.concatenate(self._marks)


def rated_schema(tables: Tables) -> dict[str, pl.DataType]:
    """The rated columns and their types, in order: 4 and 2 for each place of the longest chain."""
    pools = range(1, tables.rows.shape[1] - CHAIN + 1)
    names = ["billed", "paid", "charge_micros", *(f"{what}_{place}" for place in pools for what in ("taken", "left"))]
    return {"rate_row": pl.Int32(), **dict.fromkeys(names, pl.Int64())}


def _columns(schema: pl.Schema) -> Iterator[pl.Expr]:
    """The columns that a walk takes: ids as hashes, everything else as whole numbers."""
    missing = [name for name in COLUMNS if name not in schema]
    if missing:
        raise FrameError(f"no column {', '.join(missing)}; there are {', '.join(schema)}")
    at, kind = pl.col("at"), schema["at"]
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            raise FrameError("the instants in column at have no time zone")
        at = at.dt.cast_time_unit("us").to_physical()
    yield from ServiceNumbers.hashes(pl.col("service"))
    yield from (pl.col(name).cast(pl.UInt8) for name in ("kind", "class", "zone"))
    yield at.cast(pl.Int64)
    yield pl.col("quantity").cast(pl.Int64)


def _kept(keep: Sequence[str]) -> Iterator[pl.Expr]:
    return (pl.col(name).alias(f"keep_{name}") for name in keep)
