"""When made-up subscribers use their services, for how long and how much: curves of the day, lengths and volumes."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spojka.kernel.time import Period, micros_of

Whole = NDArray[np.int64]
Shares = NDArray[np.float64]

CALLS: Final = (1, 0.5, 0.3, 0.3, 0.5, 2, 6, 14, 26, 36, 40, 37, 33, 32, 33, 35, 38, 42, 41, 34, 25, 15, 7, 3)
"""Weight of each local hour for calls and messages: a peak in the morning and one in the evening."""

DATA: Final = (9, 5, 3, 2, 2, 4, 10, 20, 25, 26, 26, 27, 29, 28, 27, 28, 31, 35, 39, 44, 47, 45, 33, 18)
"""Weight of each local hour for data: it grows until late evening."""

WEEKEND: Final = 0.72
"""Traffic of a Saturday or Sunday beside a working day's."""

_SATURDAY: Final = 6
_MINUTE_US: Final = 60_000_000


class Clock:
    """
    Instants of one month, drawn by the hour of the day and the day of the week in Prague.

    Every real minute of the month is weighed by its local hour, so a day of 23 or 25 hours has its own length.
    """

    def __init__(self, month: Period) -> None:
        self.starts_us, self.ends_us = micros_of(month.starts_at), micros_of(month.ends_at)
        minutes = np.arange(self.starts_us, self.ends_us, _MINUTE_US)
        local = pl.Series(minutes).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone("Europe/Prague")
        self._hours = local.dt.hour().to_numpy().astype(np.int64)
        self._weekend = local.dt.weekday().to_numpy() >= _SATURDAY

    def draw(self, draws: np.random.Generator, count: int, curve: tuple[float, ...]) -> Whole:
        """`count` instants in microseconds since 1970, to the millisecond, in no order."""
        weights = np.array(curve)[self._hours] * np.where(self._weekend, WEEKEND, 1.0)
        edges = np.cumsum(weights)
        minutes = np.searchsorted(edges, draws.random(count) * edges[-1], side="right")
        within = draws.integers(0, 60_000, count) * 1000
        drawn: Whole = self.starts_us + np.minimum(minutes, self._hours.size - 1) * _MINUTE_US + within
        return drawn


def call_lengths(draws: np.random.Generator, count: int, longest_s: int) -> Whole:
    """Seconds: half of the calls under a minute and a quarter, few very long, one in twenty unanswered."""
    lengths = np.clip(draws.lognormal(4.3, 1.15, count), 1, longest_s).astype(np.int64)
    answered: Whole = np.where(draws.random(count) < 0.05, 0, lengths)
    return answered


def message_parts(draws: np.random.Generator, count: int) -> Whole:
    """Parts of messages: most have one."""
    drawn: Whole = draws.choice(np.array([1, 2, 3, 4, 5], np.int64), size=count, p=[0.85, 0.11, 0.025, 0.01, 0.005])
    return drawn


def session_lengths(draws: np.random.Generator, count: int) -> Whole:
    """Seconds of data sessions, up to a day."""
    drawn: Whole = np.clip(draws.lognormal(6.6, 1.3, count), 1, 86_400).astype(np.int64)
    return drawn


def session_bytes(draws: np.random.Generator, targets: Shares) -> tuple[Whole, Whole]:
    """
    Bytes up and down of each session.

    Args:
        draws: the seeded generator.
        targets: what each session carries on average, in bytes.

    """
    spread = 1.6
    volumes = targets * draws.lognormal(-spread * spread / 2, spread, targets.size)
    total = np.clip(volumes, 64, 2**40).astype(np.int64)
    up = (total * draws.uniform(0.03, 0.2, targets.size)).astype(np.int64)
    return up, total - up
