"""What rating remembers of many services within one period, as arrays; one row is one `Account`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spojka.charging.rating.kernel import (
    COUNTERS,
    EXHAUSTED,
    FLAGS,
    LIMIT_ACTIVE,
    LIMIT_COUNTED,
    LIMIT_REACHED,
    SPENT,
    TOLD,
    VOLUME_TOTAL,
    VOLUME_USED,
)
from spojka.charging.rating.rules import volume_total
from spojka.charging.rating.tables import left_column
from spojka.charging.rating.terms import MOST_GRANTED, UNLIMITED, Account, RateBook


@dataclass(frozen=True, slots=True)
class State:
    """
    The period's state of all services: one row of whole numbers each, changed in place by the kernel.

    `ledger` int64 [services, columns]: meters (micros, bytes, flags), three columns a counter (units, units, micros),
    then units left by slot, then units granted by slot (or `UNLIMITED`). A row is all that a store must keep.
    """

    book: RateBook
    ledger: NDArray[np.int64]

    @property
    def left(self) -> NDArray[np.int64]:
        """Units left [services, slots]: a view."""
        first = left_column(self.book)
        return self.ledger[:, first : first + len(self.book.slots)]

    @property
    def granted(self) -> NDArray[np.int64]:
        """Units granted in the period [services, slots]: a view."""
        return self.ledger[:, left_column(self.book) + len(self.book.slots) :]

    def account(self, service: int) -> Account:
        """One service's row, as the rule reads it."""
        meters = self.ledger[service, : left_column(self.book)].tolist()
        told = (bool(meters[FLAGS] & (TOLD << place)) for place in range(len(self.book.thresholds_pct)))
        return Account(
            left=tuple(self.left[service].tolist()),
            granted=tuple(self.granted[service].tolist()),
            volume_used=meters[VOLUME_USED],
            volume_told=tuple(told),
            volume_exhausted=bool(meters[FLAGS] & EXHAUSTED),
            limit_active=bool(meters[FLAGS] & LIMIT_ACTIVE),
            limit_reached=bool(meters[FLAGS] & LIMIT_REACHED),
            limit_counted_micros=meters[LIMIT_COUNTED],
            spent_micros=meters[SPENT],
            counted=tuple(meters[COUNTERS::3]),
            excess=tuple(meters[COUNTERS + 1 :: 3]),
            excess_charge_micros=tuple(meters[COUNTERS + 2 :: 3]),
        )

    def put(self, service: int, account: Account) -> None:
        """Write one service's row from an account."""
        self.left[service] = account.left
        self.granted[service] = account.granted
        flags = LIMIT_ACTIVE * account.limit_active + LIMIT_REACHED * account.limit_reached
        flags += EXHAUSTED * account.volume_exhausted
        flags += sum(TOLD << place for place, was in enumerate(account.volume_told) if was)
        meters = self.ledger[service, : left_column(self.book)]
        meters[SPENT], meters[LIMIT_COUNTED] = account.spent_micros, account.limit_counted_micros
        meters[VOLUME_USED], meters[VOLUME_TOTAL] = account.volume_used, volume_total(account.granted, self.book)
        meters[FLAGS] = flags
        meters[COUNTERS::3], meters[COUNTERS + 1 :: 3] = account.counted, account.excess
        meters[COUNTERS + 2 :: 3] = account.excess_charge_micros

    def slice(self, services: NDArray[np.int64] | slice) -> State:
        """The rows of some services; a view for a slice, a copy for an array of numbers."""
        return State(self.book, self.ledger[services])


def fresh_state(
    book: RateBook,
    granted: Mapping[str, NDArray[np.int64]],
    services: int,
    *,
    limit_active: NDArray[np.bool_] | None = None,
) -> State:
    """
    A period's start for many services: full pools, counters at zero.

    `granted` gives units [services] by slot name (or `UNLIMITED`); a slot left out holds none. `limit_active`
    [services] is the customers' choice of the roaming limit, which outlives the period (nej/2.19); by default it is on.
    """
    state = State(book, np.zeros((services, left_column(book) + 2 * len(book.slots)), np.int64))
    for name, units in granted.items():
        state.left[:, book.slot(name)] = units
    if state.left.size and not UNLIMITED <= state.left.min() <= state.left.max() <= MOST_GRANTED:
        raise ValueError(f"granted units are not within {UNLIMITED} and {MOST_GRANTED}")
    state.granted[:] = state.left
    volumes = state.left[:, [slot.volume for slot in book.slots]]
    unlimited = (volumes == UNLIMITED).any(axis=1)
    state.ledger[:, VOLUME_TOTAL] = np.where(unlimited, UNLIMITED, volumes.sum(axis=1))
    state.ledger[:, FLAGS] = LIMIT_ACTIVE if limit_active is None else np.where(limit_active, LIMIT_ACTIVE, 0)
    return state


def state_of(book: RateBook, accounts: list[Account]) -> State:
    """A state with one row for each account, in order."""
    state = fresh_state(book, {}, len(accounts))
    for service, account in enumerate(accounts):
        state.put(service, account)
    return state
