"""
What waits is read from the database: lines on demand, what was overtaken on its way in, what was to leave later.

Priority messages are read by a connection of their own, and standard ones beside all that is written: no reading stands
before a claim.

What is to leave later is looked at by the wall clock, in steps: a clock that jumps is noticed within one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.operations.context import Context
from spojka.network.messaging.messages.lines import (
    LineKey,
    Seen,
    Wanted,
    counts_until,
    enter_lines,
    expire_waiting,
    lines_after,
    next_later,
    priority_after,
    read_lines,
)
from spojka.network.messaging.messages.partitions import first_id_at
from spojka.network.messaging.messages.records import Class
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.sending.holding import NOTHING, Holding
from spojka.network.messaging.sending.journal import Answer, Journal

_log = structlog.get_logger(__name__)

STEP_S: Final = 5
"""The wall clock is looked at so often while something is to leave later."""
AT_ONCE: Final = 500
"""Messages that enter their lines, or expire, at once."""
URGENT_AT_ONCE: Final = 50
"""Priority messages of each application taken in at once, before their lines are looked at."""
OVERTAKEN: Final = timedelta(seconds=10)
"""A message that is accepted before another is in the database so much later at most; or it is found by a sweep."""
SWEPT: Final = timedelta(minutes=1)
"""So far back a sweep looks for messages of lines of which nothing is held; it is longer than two sweeps are apart."""
AGAIN_S: Final = 1
"""What could not be read is read again after so long."""


class Reading:
    """
    Reads what waits.

    Args:
        journals: claim them, those of each class apart.
        scout: reads priority messages; nothing that is claimed waits for it.
        holding: what is held.
        now: the wall clock.
        take_in: is given the messages that were read and were not held.
        glanced: is called when priority messages that others accepted were looked for.

    """

    def __init__(
        self,
        journals: Mapping[Class, Journal],
        scout: Journal,
        holding: Holding,
        *,
        now: Callable[[], datetime],
        take_in: Callable[[list[Outgoing]], None],
        glanced: Callable[[], None],
    ) -> None:
        self._journals, self._journal, self._holding = journals, journals["standard"], holding
        self._scout, self._now, self._take_in, self._glanced = scout, now, take_in, glanced
        self._after = NOTHING
        self._task: asyncio.Task[None] | None = None
        self._glances = False
        self._later_at: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def close(self) -> None:
        """Wait for no time any more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

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

    def glance(self, *, at_start: bool = False) -> None:
        """
        Take in at once the priority messages that others have just accepted, or all at the start; many calls are one.

        Where more wait than are held, the rest is found in its line.
        """
        if self._glances:
            return
        self._glances = True
        after = NOTHING if at_start else first_id_at(self._now() - OVERTAKEN)

        def work(ctx: Context) -> list[Outgoing]:
            self._glances = False  # what is accepted from here on may not be seen
            return [Outgoing.read(row) for row in priority_after(ctx, after, limit=URGENT_AT_ONCE)]

        def seen(found: list[Outgoing]) -> None:
            self._take_in([one for one in found if self._holding.takes(one.id, (one.application, one.class_))])
            self._glanced()
            self.read_on()

        def dropped(_: Exception) -> None:
            self._glances = False  # the next look finds what it would have
            self._glanced()

        self._scout.page.reads.append((work, Answer(seen, dropped)))
        self._scout.wake()

    async def sweep(self) -> int:
        """Find what was overtaken on its way into the database; returns how many messages that is at least."""
        missed = 0
        for kind, journal in self._journals.items():
            lines = {key: last for key, last in self._holding.settled().items() if key[1] == kind}
            if lines:
                try:
                    counts = await journal.ask(partial(counts_until, lines=lines))
                except Exception as fault:  # noqa: BLE001  # a journal that ended is told elsewhere
                    _log.error("sender_sweeps_again_later", fault=repr(fault))
                    continue
                missed += self._holding.counted(counts)
        return missed + await self._sweep_unheld()

    async def _sweep_unheld(self) -> int:
        """What was overtaken by others' messages, in lines of which nothing is held; how many lines that is."""
        after = first_id_at(self._now() - SWEPT)
        unheld: frozenset[LineKey] = frozenset()
        try:
            seen: Seen = await self._journal.apart(lambda ctx: lines_after(ctx, after))
            unheld = seen.lines - self._holding.lines.keys()
        except psycopg.OperationalError as away:
            _log.warning("sender_sweeps_again_later", fault=repr(away))
        self._holding.fall_behind(unheld)
        self.read_on()
        return len(unheld)

    def read_on(self) -> None:
        """Read the lines of which too little is held: priority at once, others one page after another."""
        urgent = self._holding.wanted("priority")
        if urgent:
            answer = Answer(partial(self._took, urgent), partial(self._not_read, urgent))
            self._scout.page.reads.append((partial(_read, wanted=urgent), answer))
            self._scout.wake()
        if self._task is None and not self._closed:
            wanted = self._holding.wanted("standard")
            if wanted:
                self._task = asyncio.create_task(self._read_beside(wanted))

    async def _read_beside(self, wanted: Mapping[LineKey, Wanted]) -> None:
        while True:
            try:
                found = await self._journal.apart(partial(_read, wanted=wanted))
                break
            except Exception as fault:  # noqa: BLE001  # whatever it is, lines that are not read are not sent
                _log.warning("sender_reads_again_later", fault=repr(fault))
                await asyncio.sleep(AGAIN_S)
        self._task = None
        self._took(wanted, found)

    def _took(self, wanted: Mapping[LineKey, Wanted], found: Mapping[LineKey, Mapping[UUID, Outgoing]]) -> None:
        """Lines were read: what is not held yet waits for its slot from now on."""
        fresh = [found[key][one] for key in wanted for one in self._holding.read(key, list(found.get(key, ())))]
        self._take_in(fresh)
        self.read_on()

    def _not_read(self, wanted: Mapping[LineKey, Wanted], fault: Exception) -> None:
        """Lines could not be read: they are read again after a while."""
        _log.warning("sender_reads_again_later", fault=repr(fault))
        asyncio.get_running_loop().call_later(AGAIN_S, self._read_again, wanted)

    def _read_again(self, wanted: Mapping[LineKey, Wanted]) -> None:
        if not self._closed:
            self._holding.not_read(wanted)
            self.read_on()

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


def _read(ctx: Context, *, wanted: Mapping[LineKey, Wanted]) -> dict[LineKey, dict[UUID, Outgoing]]:
    """Messages of lines, in their order."""
    read: dict[LineKey, dict[UUID, Outgoing]] = {}
    for row in read_lines(ctx, wanted):
        read.setdefault((row["application_id"], row["class"]), {})[row["id"]] = Outgoing.read(row)
    return read
