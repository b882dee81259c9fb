"""A rate book compiled to arrays of numbers, for the kernel."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from spojka.charging.rating.terms import Kind, RateBook

NO_ROW = -1
"""In `Tables.row_of`: the tariff says nothing about this kind, class and zone."""
NO_SLOT = -1
"""In `Tables.chain` and `Tables.cap`: no further pool."""
NO_COUNTER = -1
"""In `Tables.counter`: the row counts towards nothing."""


T = TypeVar("T", bound=np.generic)


class Tables(NamedTuple):
    """
    The compiled book; every array is read-only, int64 unless said.

    * `row_of` int32 [tariffs, kinds, classes, zones]: the rate row, or `NO_ROW`
    * by rate row [rows]: `first_block`, `next_block`, `max_quantity` and `price_step` in the row's units; `unit_steps`
      price steps that `price` (micros) pays for; `after` as `After`; `limited` and `volume` 0 or 1; `counter`, `cap`
      codes or -1; and `chain` int32 [rows, CHAIN] slots in order, filled up with `NO_SLOT`
    * `slot_volume` [slots]: 1 when the slot belongs to the data volume
    * `thresholds_pct` [thresholds], rising; `counter_threshold` [counters]
    * `limit` and `quantum` int, micros
    """

    row_of: NDArray[np.int32]
    first_block: NDArray[np.int64]
    next_block: NDArray[np.int64]
    max_quantity: NDArray[np.int64]
    price_step: NDArray[np.int64]
    unit_steps: NDArray[np.int64]
    price: NDArray[np.int64]
    after: NDArray[np.int64]
    limited: NDArray[np.int64]
    volume: NDArray[np.int64]
    counter: NDArray[np.int64]
    cap: NDArray[np.int64]
    chain: NDArray[np.int32]
    slot_volume: NDArray[np.int64]
    thresholds_pct: NDArray[np.int64]
    counter_threshold: NDArray[np.int64]
    limit: int
    quantum: int


def compile_book(book: RateBook) -> Tables:
    """Compile a rate book; its bounds were checked when it was made, so nothing here can overflow."""
    rows = book.rows
    slots = {slot.name: code for code, slot in enumerate(book.slots)}
    volumes = {slot.name for slot in book.slots if slot.volume}
    row_of = np.full((len(book.tariffs), len(Kind), len(book.dest_classes), len(book.zones)), NO_ROW, np.int32)
    chain = np.full((len(rows), book.chain), NO_SLOT, np.int32)
    for code, row in enumerate(rows):
        place = book.tariff(row.tariff), row.kind, book.dest_class(row.dest_class), book.zone(row.zone)
        row_of[place] = code
        chain[code, : len(row.slots)] = [slots[name] for name in row.slots]
    return Tables(
        row_of=_fixed(row_of),
        first_block=_whole([row.first_block for row in rows]),
        next_block=_whole([row.next_block for row in rows]),
        max_quantity=_whole([row.max_quantity for row in rows]),
        price_step=_whole([row.price_step for row in rows]),
        unit_steps=_whole([row.unit_size // row.price_step for row in rows]),
        price=_whole([row.price_micros or 0 for row in rows]),
        after=_whole([row.remainder for row in rows]),
        limited=_whole([row.limited for row in rows]),
        volume=_whole([not volumes.isdisjoint(row.slots) for row in rows]),
        counter=_whole([NO_COUNTER if row.counter is None else book.counter(row.counter) for row in rows]),
        cap=_whole([NO_SLOT if row.cap is None else slots[row.cap] for row in rows]),
        chain=_fixed(chain),
        slot_volume=_whole([slot.volume for slot in book.slots]),
        thresholds_pct=_whole(book.thresholds_pct),
        counter_threshold=_whole([counter.threshold for counter in book.counters]),
        limit=book.limit_micros,
        quantum=book.quantum_micros,
    )


def _whole(values: object) -> NDArray[np.int64]:
    return _fixed(np.array(values, np.int64))


def _fixed(values: NDArray[T]) -> NDArray[T]:
    values.setflags(write=False)
    return values
