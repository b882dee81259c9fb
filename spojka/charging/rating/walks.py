"""Rate arrays of events against a state: the way into the kernel, for one event online and millions in bulk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spojka.charging.rating import kernel
from spojka.charging.rating.kernel import Desk, Events, Tables
from spojka.charging.rating.roster import Roster
from spojka.charging.rating.states import State

COLUMNS = ("service", "kind", "class", "zone", "at", "quantity")
"""The columns of records of use, in files and frames."""

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Rated:
    """
    What every event came to, in the events' own order; units are the record's.

    * `rate_row` int32 [events]: the book's row, or -1 for a control event and an unrated one
    * `billed`, `paid`, `charge_micros` int64 [events]
    * `taken`, `left` int64 [chain, events]: by position in the row's pools, units taken and what the pool held after
    * `marks` int64 [marks, 5]: event, `MarkCode`, and its figures a, b, c, in the order of time
    """

    rate_row: NDArray[np.int32]
    billed: NDArray[np.int64]
    paid: NDArray[np.int64]
    charge_micros: NDArray[np.int64]
    taken: NDArray[np.int64]
    left: NDArray[np.int64]
    marks: NDArray[np.int64]

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """The columns by name, 4 + 2 a position: rate_row, billed, paid, charge_micros, taken_1, left_1, taken_2..."""
        named: dict[str, NDArray[np.generic]] = {
            "rate_row": self.rate_row,
            "billed": self.billed,
            "paid": self.paid,
            "charge_micros": self.charge_micros,
        }
        for place, (taken, left) in enumerate(zip(self.taken, self.left, strict=True), start=1):
            named[f"taken_{place}"], named[f"left_{place}"] = taken, left
        return named


def events_of(columns: Mapping[str, NDArray[np.generic]], *, order: NDArray[np.int64] | None = None) -> Events:
    """
    The kernel's events from `COLUMNS` by name, `service` being the roster's number or -1; cast where needed.

    `order` gives the events' numbers in the order of time, when they do not stand in it themselves. Arrays become
    contiguous and read-only, so that one compiled version serves all callers.
    """
    return Events(
        service=_column(columns["service"], np.int32),
        kind=_column(columns["kind"], np.uint8),
        dest_class=_column(columns["class"], np.uint8),
        zone=_column(columns["zone"], np.uint8),
        at=_column(columns["at"], np.int64),
        quantity=_column(columns["quantity"], np.int64),
        order=_column(np.empty(0, np.int64) if order is None else order, np.int64),
    )


def rate_events(events: Events, tables: Tables, roster: Roster, state: State, *, marks_at_once: int = 4096) -> Rated:
    """
    Rate events against a state, which it changes; releases the GIL.

    The roster's services and the state's rows go together; for one service online, give a roster and a state of one
    row. Raises `ValueError` when the two do not fit.
    """
    count, chain = len(events.service), tables.rows.shape[1] - kernel.CHAIN
    if not len(roster.services) == len(state.ledger) <= len(roster.spans):
        raise ValueError(f"{len(roster.services)} services in the roster, {len(state.ledger)} rows of state")
    places = max(marks_at_once, len(tables.thresholds_pct) + 4)
    marks = np.zeros((1 + places, kernel.MARK_COLUMNS), np.int64)
    figures = np.zeros((kernel.TAKEN + 2 * chain, count), np.int64)
    rate_row = np.full(count, -1, np.int32)
    desk = Desk(*tables[1:], ledger=state.ledger, rate_row=rate_row, figures=figures, marks=marks)
    found, position = [np.empty((0, kernel.MARK_COLUMNS), np.int64)], 0
    while position < count:
        position = kernel.walk(events, tables.row_of, roster.spans, desk, position)
        found.append(marks[1 : 1 + marks[0, 0]].copy())
        marks[0, 0] = 0
    return Rated(
        rate_row=rate_row,
        billed=figures[kernel.BILLED],
        paid=figures[kernel.PAID],
        charge_micros=figures[kernel.CHARGE],
        taken=figures[kernel.TAKEN : kernel.TAKEN + chain],
        left=figures[kernel.TAKEN + chain :],
        marks=np.concatenate(found),
    )


def _column(values: NDArray[np.generic], dtype: type[T]) -> NDArray[T]:
    view = np.ascontiguousarray(values, dtype).view()
    view.setflags(write=False)
    return view
