"""
How often something may be done: token buckets, one a key, counted inside this process.

A bucket holds `burst` tokens and fills at an even pace; what is done takes one. It is kept as a single instant, the one
at which it will be full again (the generic cell rate algorithm), so nothing is counted up and no number is rounded.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spojka.terms.refusals import define_refusal

define_refusal(
    "CALLS_TOO_FREQUENT",
    cs="Volání je víc, než kolik smí přijít: {calls} za {per_s} s. Zkuste to znovu za {wait_s} s.",
    en="There are more calls than may come: {calls} in {per_s} s. Try again in {wait_s} s.",
)

MOST_KEYS: Final = 10_000
"""How many buckets one table keeps; full ones are forgotten first, for a new one is full as well."""

_NOW: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `burst` at once, and as many again in every `per`."""

    burst: int
    per: timedelta

    @property
    def interval(self) -> timedelta:
        """How long one token takes to come back."""
        return self.per // self.burst


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What asking for a token came to.

    Args:
        granted: one was there.
        left: how many are left.
        wait: how long until the next one is there; nothing while some are left.
        full_in: how long until all are back.

    """

    granted: bool
    left: int
    wait: timedelta
    full_in: timedelta


class Buckets:
    """Buckets of one pace by key; safe to use from many threads."""

    def __init__(self, pace: Pace, most_keys: int = MOST_KEYS) -> None:
        self.pace, self._most_keys = pace, most_keys
        self._full_at: dict[Hashable, datetime] = {}
        self._lock = threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._full_at

    @property
    def kept(self) -> int:
        """How many buckets are kept."""
        return len(self._full_at)

    def take(self, key: Hashable, now: datetime) -> Taken:
        """Take a token of a key, if there is one."""
        with self._lock:
            full_at = max(self._full_at.get(key, now), now) + self.pace.interval
            granted = full_at - now <= self.pace.per
            if granted:
                self._keep(key, full_at, now)
            return self._told(granted, full_at if granted else full_at - self.pace.interval, now)

    def give_back(self, key: Hashable, now: datetime) -> None:
        """Put a token back that was taken for what need not have been counted."""
        with self._lock:
            if key in self._full_at:
                self._full_at[key] = max(self._full_at[key] - self.pace.interval, now)

    def forget(self, key: Hashable) -> None:
        """A key that means nothing any more."""
        with self._lock:
            self._full_at.pop(key, None)

    def _told(self, granted: bool, full_at: datetime, now: datetime) -> Taken:  # noqa: FBT001  # our own fact
        full_in = full_at - now
        left = max((self.pace.per - full_in) // self.pace.interval, 0)
        wait = _NOW if left else max(full_in + self.pace.interval - self.pace.per, _NOW)
        return Taken(granted, left, wait, full_in)

    def _keep(self, key: Hashable, full_at: datetime, now: datetime) -> None:
        self._full_at[key] = full_at
        if len(self._full_at) <= self._most_keys:
            return
        self._full_at = {each: at for each, at in self._full_at.items() if at > now}
        if len(self._full_at) > self._most_keys:
            fullest = sorted(self._full_at, key=lambda each: self._full_at[each])
            for each in fullest[: len(fullest) // 2]:
                del self._full_at[each]
