"""
Which accounting period use belongs to, and data sessions cut at its end (nej/1.10).

A call or message belongs to the period in which it started. A data session that runs over local midnight of the first
is cut there; its volume is divided by time, whole bytes, by largest remainder, so the parts add up to the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from spojka.kernel.money import spread
from spojka.kernel.time import Period, day_of

PART: Final = "part"
"""Column of a session's part, from 1; the parts of one session share its identity."""

_ONE: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SessionPart:
    """What of a session lies in one accounting period."""

    at: datetime
    duration_s: int
    bytes_up: int
    bytes_down: int


def period_on(at: pl.Expr) -> pl.Expr:
    """The first Prague day of the calendar month that instants lie in."""
    return at.dt.convert_time_zone("Europe/Prague").dt.date().dt.month_start()


def cut_session(*, at: datetime, duration_s: int, bytes_up: int, bytes_down: int) -> list[SessionPart]:
    """
    Cut one session at every period's end inside it.

    >>> from datetime import UTC
    >>> start = datetime(2026, 2, 28, 22, 59, 0, tzinfo=UTC)
    >>> [(part.duration_s, part.bytes_up) for part in cut_session(at=start, duration_s=180, bytes_up=10, bytes_down=0)]
    [(60, 3), (120, 7)]
    """
    end = at + timedelta(seconds=duration_s)
    starts: list[datetime] = []
    begun = at
    while begun < end or not starts:
        starts.append(begun)
        begun = Period.containing(day_of(begun)).ends_at
    weights = [(until - start) // _ONE for start, until in zip(starts, [*starts[1:], end], strict=True)]
    shares = zip(
        starts,
        spread(duration_s, weights, 1),
        spread(bytes_up, weights, 1),
        spread(bytes_down, weights, 1),
        strict=True,
    )
    return [SessionPart(*share) for share in shares]


def cut_sessions(records: pl.DataFrame) -> pl.DataFrame:
    """
    Cut the data sessions of a frame of records that run over a period's end.

    Returns:
        The frame with a column `part`, in the order it came, the parts of a session one after another. Only sessions
        that cross a boundary leave the frame's own arithmetic, and there are few of them in a month.

    """
    last = pl.col("at") + pl.duration(seconds=pl.col("duration_s")) - pl.duration(microseconds=1)
    crossing = (pl.col("kind") == "data") & (pl.col("duration_s") > 0) & (period_on(pl.col("at")) != period_on(last))
    placed = records.with_row_index("_row").with_columns(
        pl.lit(1, dtype=pl.UInt8).alias(PART),
        _crossing=crossing,
    )
    whole, long = placed.filter(~pl.col("_crossing")), placed.filter(pl.col("_crossing"))
    parts = [
        (row["_row"], number, part.at, part.duration_s, part.bytes_up, part.bytes_down)
        for row in long.select("_row", "at", "duration_s", "bytes_up", "bytes_down").iter_rows(named=True)
        for number, part in enumerate(
            cut_session(
                at=row["at"],
                duration_s=row["duration_s"],
                bytes_up=row["bytes_up"],
                bytes_down=row["bytes_down"],
            ),
            start=1,
        )
    ]
    names = ("_row", PART, "at", "duration_s", "bytes_up", "bytes_down")
    cut = pl.DataFrame(parts, schema={name: placed.schema[name] for name in names}, orient="row")
    pieces = long.drop(names[1:]).join(cut, on="_row").select(placed.columns)
    return pl.concat([whole, pieces]).sort("_row", PART).drop("_row", "_crossing")
