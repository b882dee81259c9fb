"""
Standard messages of one application that leave in one request: the same words to several recipients (o2/2.2).

A batch is full at a number of messages, or when its window since the first of them is over. Priority messages are never
in one. What leaves together takes as many slots as it has messages, so the pace holds on average (o2/4.1).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Final

from spojka.network.messaging.messages.records import CONFIRMS
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.sending.routes import Route
from spojka.network.messaging.sending.terms import LeavingTerms

_MS: Final = 1000
FEWEST: Final = 2
"""A way that takes fewer recipients at once takes one at a time."""

Alike = tuple[object, ...]
"""What messages that leave together have in common."""


class Aggregating:
    """
    Batches that are open.

    Args:
        full: is given the first message of a batch that leaves, with the others in `others`.

    """

    def __init__(self, full: Callable[[Outgoing], None]) -> None:
        self._full = full
        self._window_ms, self._most = 0, 0
        self._open: dict[Alike, list[Outgoing]] = {}
        self._timers: dict[Alike, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return sum(len(batch) for batch in self._open.values())

    def set_terms(self, terms: LeavingTerms) -> None:
        """What binds now; a window of 0 puts nothing together."""
        self._window_ms = terms.default_aggregation_window_ms.value
        self._most = terms.default_aggregation_batch_max.value

    def takes(self, one: Outgoing, route: Route | None) -> bool:
        """Let a message wait for others like it; false when it leaves alone."""
        if not self._window_ms or route is None or one.class_ != "standard" or one.parts > 1:
            return False
        most = min(self._most, route.settings.multi)
        if most < FEWEST or CONFIRMS in one.options:
            return False
        alike = _alike(one, route)
        batch = self._open.setdefault(alike, [])
        batch.append(one)
        if len(batch) >= most:
            self._leave(alike)
        elif len(batch) == 1:
            loop = asyncio.get_running_loop()
            self._timers[alike] = loop.call_later(self._window_ms / _MS, self._leave, alike)
        return True

    def close(self) -> None:
        """Let nothing leave any more."""
        for timer in self._timers.values():
            timer.cancel()

    def _leave(self, alike: Alike) -> None:
        timer = self._timers.pop(alike, None)
        if timer is not None:
            timer.cancel()
        first, *others = self._open.pop(alike)
        first.others = tuple(others)
        self._full(first)


def _alike(one: Outgoing, route: Route) -> Alike:
    options = json.dumps({name: value for name, value in one.options.items() if name != "report"}, sort_keys=True)
    return (one.application, one.sender, one.destination, one.coding, one.body, options, one.expires_at, route.name)
