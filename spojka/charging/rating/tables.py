"""A rate book compiled to arrays of numbers, for the kernel."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spojka.charging.rating import kernel
from spojka.charging.rating.kernel import Tables
from spojka.charging.rating.terms import Kind, RateBook, RateRow

__all__ = ["NONE", "Tables", "compile_book", "fixed", "left_column"]

NONE = -1
"""No rate row, no counter, no further pool."""

T = TypeVar("T", bound=np.generic)


def compile_book(book: RateBook) -> Tables:
    """Compile a rate book; its bounds were checked when it was made, so nothing here can overflow."""
    row_of = np.full((len(book.tariffs), len(Kind), len(book.dest_classes), len(book.zones)), NONE, np.int32)
    rows = np.full((len(book.rows), kernel.CHAIN + book.chain), NONE, np.int64)
    for code, row in enumerate(book.rows):
        row_of[book.tariff(row.tariff), row.kind, book.dest_class(row.dest_class), book.zone(row.zone)] = code
        _fill(rows[code], row, book)
    return Tables(
        row_of=fixed(row_of),
        rows=fixed(rows),
        thresholds_pct=fixed(np.array(book.thresholds_pct, np.int64)),
        counter_threshold=fixed(np.array([counter.threshold for counter in book.counters], np.int64)),
        slot_volume=fixed(np.array([slot.volume for slot in book.slots], np.int64)),
        money=fixed(np.array([book.limit_micros, book.quantum_micros], np.int64)),
    )


def left_column(book: RateBook) -> int:
    """The ledger's column of what is left in the first slot; those of the other slots follow."""
    return kernel.COUNTERS + 3 * len(book.counters)


def fixed(values: NDArray[T]) -> NDArray[T]:
    """The same array, made read-only."""
    values.setflags(write=False)
    return values


def _fill(figures: NDArray[np.int64], row: RateRow, book: RateBook) -> None:
    left = left_column(book)
    figures[kernel.FIRST_BLOCK], figures[kernel.NEXT_BLOCK] = row.first_block, row.next_block
    figures[kernel.LARGEST], figures[kernel.PRICE_STEP] = row.largest, row.price_step
    figures[kernel.UNIT_STEPS], figures[kernel.PRICE] = row.unit_size // row.price_step, row.price_micros or 0
    figures[kernel.AFTER], figures[kernel.LIMITED] = row.remainder, row.limited
    figures[kernel.VOLUME] = any(book.slots[book.slot(name)].volume for name in row.slots)
    figures[kernel.COUNTER] = NONE if row.counter is None else book.counter(row.counter)
    figures[kernel.ROOM] = NONE if row.cap is None else left + book.slot(row.cap)
    figures[kernel.CHAIN : kernel.CHAIN + len(row.slots)] = [left + book.slot(name) for name in row.slots]
