"""
What waits is read from the database: lines on demand, what was overtaken on its way in, what was to leave later.

What is to leave later is looked at by the wall clock, in steps: a clock that jumps is noticed within one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.network.messaging.messages.lines import (
    LineKey,
    Seen,
    counts_until,
    enter_lines,
    expire_waiting,
    lines_after,
    next_later,
    read_lines,
)
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.sending.holding import NOTHING, Holding
from spojka.network.messaging.sending.journal import Journal

_log = structlog.get_logger(__name__)

STEP_S: Final = 5
"""The wall clock is looked at so often while something is to leave later."""
AT_ONCE: Final = 5_000
"""Messages that enter their lines, or expire, at once."""


class Reading:
    """
    Reads what waits.

    Args:
        journal: its transactions.
        holding: what is held.
        now: the wall clock.
        take_in: is given the messages that were read and were not held.

    """

    def __init__(
        self,
        journal: Journal,
        holding: Holding,
        *,
        now: Callable[[], datetime],
        take_in: Callable[[list[Outgoing]], None],
    ) -> None:
        self._journal, self._holding, self._now, self._take_in = journal, holding, now, take_in
        self._after = NOTHING
        self._later_at: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def close(self) -> None:
        """Wait for no time any more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()

    async def look(self) -> None:
        """Look which lines have something that was not there before, and begin to read them; or try it next time."""
        after = self._after
        try:
            seen: Seen = await self._journal.apart(lambda ctx: lines_after(ctx, after))
        except psycopg.OperationalError as away:
            _log.warning("sender_looks_again_later", fault=repr(away))
            return
        self._after = max(self._after, seen.last)
        self._holding.fall_behind(seen.lines)
        if seen.later_at is not None:
            self.later(seen.later_at)
        self.read_on()

    async def sweep(self) -> int:
        """Find what was overtaken on its way into the database; returns how many messages that is."""
        lines = self._holding.settled()
        missed = 0
        if lines:
            missed = self._holding.counted(await self._journal.ask(lambda ctx: counts_until(ctx, lines)))
            self.read_on()
        return missed

    def read_on(self) -> None:
        """Read the lines of which too little is held."""
        wanted = self._holding.wanted()
        if not wanted:
            return

        def written(rows: list[Row]) -> None:
            read: dict[LineKey, dict[UUID, Row]] = {key: {} for key in wanted}
            for row in rows:
                read[row["application_id"], row["class"]][row["id"]] = row
            fresh = [
                Outgoing.read(of_line[one])
                for key, of_line in read.items()
                for one in self._holding.read(key, list(of_line))
            ]
            self._take_in(fresh)
            self.read_on()

        self._journal.page.work.append((lambda ctx: read_lines(ctx, wanted), written))
        self._journal.wake()

    def later(self, at: datetime) -> None:
        """Something is to leave at an instant."""
        if self._later_at is None or at < self._later_at:
            self._later_at = at
            self._wait()

    def expire(self, told: Callable[[Iterable[UUID], int], None]) -> None:
        """Let what waited beyond its time leave the queue; `told` is given the messages and how many parts."""

        def written(gone: dict[UUID, int]) -> None:
            told(gone.keys(), sum(gone.values()))
            if len(gone) == AT_ONCE:
                self.expire(told)

        self._journal.page.work.append((lambda ctx: expire_waiting(ctx, limit=AT_ONCE), written))
        self._journal.wake()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._later_at is not None and not self._closed:
            in_s = (self._later_at - self._now()) / timedelta(seconds=1)
            self._timer = asyncio.get_running_loop().call_later(min(max(0, in_s), STEP_S), self._is_it_time)

    def _is_it_time(self) -> None:
        self._timer = None
        if self._later_at is None or self._later_at > self._now():
            self._wait()
            return
        self._later_at = None

        def work(ctx: Context) -> tuple[dict[LineKey, UUID], datetime | None]:
            return enter_lines(ctx, limit=AT_ONCE), next_later(ctx)

        def written(result: tuple[dict[LineKey, UUID], datetime | None]) -> None:
            first, next_at = result
            self._holding.rewind(first)
            if next_at is not None:
                self.later(next_at)
            self.read_on()

        self._journal.page.work.append((work, written))
        self._journal.wake()
