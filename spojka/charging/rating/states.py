"""What rating remembers of many services within one period, as arrays; one row is one `Account`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spojka.charging.rating.rules import volume_total
from spojka.charging.rating.terms import MOST_GRANTED, UNLIMITED, Account, RateBook

SPENT, LIMIT_COUNTED, VOLUME_USED, VOLUME_TOTAL, FLAGS, COUNTERS = range(6)
"""Columns of `State.meters`; from `COUNTERS` on, three columns a counter: counted, excess, excess charge."""

LIMIT_ACTIVE, LIMIT_REACHED, EXHAUSTED, TOLD = 1, 2, 4, 8
"""Bits of the FLAGS column; from `TOLD` up, one bit a threshold of the data volume."""


@dataclass(frozen=True, slots=True)
class State:
    """
    The period's state of all services, changed in place by the kernel.

    * `left`, `granted` int64 [services, slots]: units, or `UNLIMITED`
    * `meters` int64 [services, COUNTERS + 3 * counters]: micros, bytes, flags, units
    """

    book: RateBook
    left: NDArray[np.int64]
    granted: NDArray[np.int64]
    meters: NDArray[np.int64]

    def account(self, service: int) -> Account:
        """One service's row, as the rule reads it."""
        meters = [int(value) for value in self.meters[service]]
        told = (bool(meters[FLAGS] & (TOLD << place)) for place in range(len(self.book.thresholds_pct)))
        return Account(
            left=tuple(int(units) for units in self.left[service]),
            granted=tuple(int(units) for units in self.granted[service]),
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
        meters = self.meters[service]
        meters[SPENT], meters[LIMIT_COUNTED] = account.spent_micros, account.limit_counted_micros
        meters[VOLUME_USED], meters[VOLUME_TOTAL] = account.volume_used, volume_total(account.granted, self.book)
        meters[FLAGS] = flags
        meters[COUNTERS::3], meters[COUNTERS + 1 :: 3] = account.counted, account.excess
        meters[COUNTERS + 2 :: 3] = account.excess_charge_micros

    def slice(self, services: NDArray[np.int64] | slice) -> State:
        """The rows of some services; a view for a slice, a copy for an array of numbers."""
        return State(self.book, self.left[services], self.granted[services], self.meters[services])


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
    left = np.zeros((services, len(book.slots)), np.int64)
    for name, units in granted.items():
        left[:, book.slot(name)] = units
    if services and left.size and not UNLIMITED <= left.min() <= left.max() <= MOST_GRANTED:
        raise ValueError(f"granted units are not within {UNLIMITED} and {MOST_GRANTED}")
    volumes = left[:, [slot.volume for slot in book.slots]]
    meters = np.zeros((services, COUNTERS + 3 * len(book.counters)), np.int64)
    meters[:, VOLUME_TOTAL] = np.where((volumes == UNLIMITED).any(axis=1), UNLIMITED, volumes.sum(axis=1))
    meters[:, FLAGS] = LIMIT_ACTIVE if limit_active is None else np.where(limit_active, LIMIT_ACTIVE, 0)
    return State(book, left, left.copy(), meters)


def state_of(book: RateBook, accounts: list[Account]) -> State:
    """A state with one row for each account, in order."""
    state = fresh_state(book, {}, len(accounts))
    for service, account in enumerate(accounts):
        state.put(service, account)
    return state
