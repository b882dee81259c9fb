"""How much waits in applications' queues, as one process knows it: counted now and then, and counted on in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.records import Queued

KNOWN_NS: Final = 1_000_000_000
"""A queue is counted no oftener while messages come in."""
WAITING_NS: Final = 250_000
"""A count holds so long for each part that waits: long queues take longer to count and change less of what they are."""
LONG_NS: Final = 3 * KNOWN_NS
"""It holds no longer than this."""
OLD_NS: Final = 2 * LONG_NS
"""Of whoever sends seldom no count is older than this."""
NEARLY_FULL: Final = 4
"""A queue is nearly full when less than this part of its room is left: what other processes accept takes it up soon."""
TOGETHER: Final = 20_000
"""Parts that are counted at once, so that nobody waits for many long queues; the next time it is the others' turn."""


class QueueLengths:
    """Parts of applications that wait; the desk that accepts messages and whoever shows queues share one."""

    def __init__(self) -> None:
        self._known: dict[ServiceId, tuple[Queued, int]] = {}
        self._doubted: set[ServiceId] = set()

    def of(
        self, ctx: Context, applications: Sequence[ServiceId], now_ns: int, *, most: int, known_ns: int = KNOWN_NS
    ) -> dict[ServiceId, Queued]:
        """
        What waits of each application.

        Args:
            ctx: the call.
            applications: whose.
            now_ns: the process's own clock.
            most: parts that may wait in either queue of an application; where one is nearly full, a count holds no
                longer than that of a short one.
            known_ns: how old the count of a short queue may be.

        """
        known = {one: self._known.get(one, (Queued(), now_ns - OLD_NS)) for one in applications}
        again = self._due(known, now_ns, most, known_ns)
        if again:
            for one, counted in store.queue_lengths(ctx, again).items():
                known[one] = self._known[one] = (counted, now_ns)
                self._doubted.discard(one)
        return {one: queued for one, (queued, _) in known.items()}

    def keep(self, told: Mapping[ServiceId, Queued], kept: Mapping[ServiceId, Queued]) -> None:
        """What was accepted since lengths were told is kept: as much more waits, of whatever was counted meanwhile."""
        for one, after in kept.items():
            known, counted_ns = self._known[one]
            self._known[one] = (known.grown(told[one], after), counted_ns)

    def doubt(self, application: ServiceId) -> None:
        """Somebody was refused for what waits: a long queue is counted again as soon as a short one would be."""
        self._doubted.add(application)

    def drop(self, applications: Sequence[ServiceId]) -> None:
        """What was counted on came to nothing."""
        for one in applications:
            self._known.pop(one, None)

    def _due(
        self, known: Mapping[ServiceId, tuple[Queued, int]], now_ns: int, most: int, known_ns: int
    ) -> list[ServiceId]:
        """Those that nobody counted, or long ago; of the others that are due the oldest, until they are enough."""
        ages = {one: now_ns - counted_ns for one, (_, counted_ns) in known.items()}
        due: list[ServiceId] = []
        parts = 0
        for one in sorted(ages, key=ages.__getitem__, reverse=True):
            queued = known[one][0]
            waiting = queued.whole
            fullest = max(queued.of("standard"), queued.of("priority"))
            soon = one in self._doubted or fullest > most - most // NEARLY_FULL
            holds_ns = 0 if soon else min(LONG_NS, waiting * WAITING_NS)
            if ages[one] >= OLD_NS or (
                ages[one] >= max(known_ns, holds_ns) and (not due or parts + waiting <= TOGETHER)
            ):
                due.append(one)
                parts += waiting
        return due
