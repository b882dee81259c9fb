"""
What came in, told to programs that want to be called; each has rounds of its own, so that a slow one holds up no other.

A round takes what is due of one application, and ends within the time for which it is reserved: what was not begun by
then is given back. One whose program does not answer at all ends at once, and the program rests for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.webhooks.rules import pause_s
from spojka.network.messaging.webhooks.store import Told, claim_due, forget, give_back, not_taken, taken
from spojka.surfaces.gateway.connector.reader import Reader
from spojka.surfaces.gateway.connector.telling import ANSWER_S, Caller, NotCalled, NotTaken

LOOK_S: Final = 1
LEASE_S: Final = 60
BEGIN_S: Final = LEASE_S - 2 * ANSWER_S
"""Of a round; a call that begins later might not be written down while its items are reserved."""
MOST_AT_ONCE: Final = 1000
"""Items of one application that are taken up at once."""
MOST_IN_HAND: Final = 20_000
"""Items of all applications."""
MOST_TOGETHER: Final = 100
"""Items of one call; one that was not taken before is told alone, so that it does not hold up the others."""
CALLS: Final = 128
"""At once, to all programs."""
CALLS_OF_ONE: Final = 4
"""At once, to one program; one that rested is called once at a time."""
LONGEST_REST_S: Final = 30
FORGET_S: Final = 3600

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Round:
    told: Told
    calls: deque[Sequence[Row]]
    until: float  # float: seconds of the loop's clock
    reachable: bool = True


class Pusher:
    """
    Tells items until it is stopped.

    Args:
        reader: the database.
        private: whether addresses of private networks, and plain HTTP, are called too.

    """

    def __init__(self, reader: Reader, *, private: bool = False) -> None:
        self._reader = reader
        self._caller = Caller(now=reader.now, private=private, most=CALLS)
        self._resting: dict[ServiceId, float] = {}  # float: seconds of the loop's clock
        self._rounds: dict[ServiceId, asyncio.Task[None]] = {}
        self._in_hand = 0
        self._gate = asyncio.Semaphore(CALLS)
        self._more = asyncio.Event()

    async def run(self) -> None:
        """Look for what is due, once a second and at once where a round left more."""
        forgotten = asyncio.get_running_loop().time()
        while True:
            self._more.clear()
            try:
                await self.begin_due()
            except psycopg.OperationalError as away:
                _log.warning("webhooks_wait_for_database", fault=type(away).__name__)
            except Exception as fault:  # noqa: BLE001  # what was claimed is due again when its lease is over
                _log.error("webhooks_failed", fault=type(fault).__name__)
            clock = asyncio.get_running_loop().time()
            if clock - forgotten >= FORGET_S:
                forgotten = clock
                with contextlib.suppress(psycopg.OperationalError):
                    await self._reader.do(forget)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), LOOK_S)

    async def begin_due(self) -> int:
        """Begin a round of every application with something due that has none; returns how many items are taken up."""
        clock = asyncio.get_running_loop().time()
        self._resting = {one: until for one, until in self._resting.items() if until > clock}
        excepted, room = [*self._resting, *self._rounds], MOST_IN_HAND - self._in_hand
        if room <= 0:
            return 0
        most = min(MOST_AT_ONCE, room)
        due = await self._reader.do(
            lambda ctx: claim_due(ctx, resting=excepted, lease_s=LEASE_S, limit=most, total=room)
        )
        for told in due:
            self._in_hand += len(told.items)
            self._rounds[told.application] = asyncio.create_task(self._round(told, until=clock + BEGIN_S))
        return sum(len(told.items) for told in due)

    async def finish(self) -> None:
        """Wait for the rounds that were begun."""
        await asyncio.gather(*self._rounds.values())

    async def close(self) -> None:
        """End the rounds and close connections; what was not told is due again when it is not reserved any more."""
        rounds = list(self._rounds.values())
        for one in rounds:
            one.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
        await self._caller.close()

    async def _round(self, told: Told, *, until: float) -> None:  # float: seconds of the loop's clock
        one = _Round(told, deque(_together(told)), until)
        rested = any(tries > 1 for tries in told.tries.values())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(1 if rested else CALLS_OF_ONE):
                    group.create_task(self._call_on(one))
            left = {row["id"]: told.tries[row["id"]] for items in one.calls for row in items}
            if left:
                await self._write_down(lambda ctx: give_back(ctx, left))
        except Exception as fault:  # noqa: BLE001  # what was claimed is due again when its lease is over
            _log.error("webhooks_failed", application=str(told.application), fault=repr(fault))
        finally:
            self._in_hand -= len(told.items)
            self._rounds.pop(told.application, None)
            if len(told.items) == MOST_AT_ONCE:
                self._more.set()

    async def _call_on(self, one: _Round) -> None:
        """Make calls of a round while there are some, the program can be reached, and there is time."""
        clock = asyncio.get_running_loop().time
        while one.calls and one.reachable:
            async with self._gate:
                if one.calls and one.reachable and clock() < one.until:
                    one.reachable &= await self._tell(one.told, one.calls.popleft())
                elif clock() >= one.until:
                    return

    async def _tell(self, told: Told, items: Sequence[Row]) -> bool:
        """Tell items together and write down what became of it; whether the program can be reached."""
        tries = {row["id"]: told.tries[row["id"]] for row in items}
        try:
            await self._caller.call(told, items)
        except NotCalled:
            self._resting[told.application] = asyncio.get_running_loop().time() + LOOK_S
            await self._write_down(lambda ctx: give_back(ctx, tries))
            return False
        except NotTaken as why:
            error = str(why)
            rest_s = LOOK_S * min(max(tries.values()), LONGEST_REST_S)
            self._resting[told.application] = asyncio.get_running_loop().time() + rest_s
            _log.info("webhook_not_taken", application=str(told.application), items=len(tries), error=error)
            await self._write_down(lambda ctx: not_taken(ctx, _due(ctx, tries), tries, error))
            return not why.unreachable
        await self._write_down(lambda ctx: taken(ctx, told.application, items, tries))
        return True

    async def _write_down(self, work: Callable[[Context], None]) -> None:
        """Without a database the items are due again when they are not reserved any more."""
        try:
            await self._reader.do(work)
        except psycopg.OperationalError as away:
            _log.warning("webhooks_wait_for_database", fault=type(away).__name__)


def _together(told: Told) -> list[Sequence[Row]]:
    """Fresh items together, others each alone."""
    fresh = [row for row in told.items if told.tries[row["id"]] == 1]
    alone: list[Sequence[Row]] = [[row] for row in told.items if told.tries[row["id"]] > 1]
    return [*(fresh[at : at + MOST_TOGETHER] for at in range(0, len(fresh), MOST_TOGETHER)), *alone]


def _due(ctx: Context, tries: Mapping[UUID, int]) -> dict[UUID, datetime]:
    return {one: ctx.now + timedelta(seconds=pause_s(count)) for one, count in tries.items()}
