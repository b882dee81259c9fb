"""
What came in, brought to links that receive: lent to one link at a time, acknowledged when the program said ESME_ROK.

Every link takes as much as its window holds, so links of one application share what there is. What a link was given
and did not answer goes to the next one at once when the link is lost; what a program refused, or did not answer in
time, is tried again later and later, and can be fetched over HTTPS meanwhile (o2/3.2). An answer after its time counts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.leases import end_leases, lease, lend_to_links, put_off
from spojka.network.messaging.messages.lives import lives_of
from spojka.network.messaging.smpp.fates import Fate, Outcome
from spojka.network.messaging.smpp.waiting import now_ms
from spojka.surfaces.gateway.connector.attributing import attribute_to
from spojka.surfaces.gateway.connector.services import Services
from spojka.surfaces.gateway.smpp.bound import Bound
from spojka.surfaces.gateway.smpp.deliveries import Delivery, message_of, receipt_of

KINDS: Final = ("sms", "report")
FETCH: Final = "messages.fetch"
ACKNOWLEDGE: Final = "messages.acknowledge"
LEASE_S: Final = 90
"""So long nobody else takes what is on its way; it is renewed while it is, and after a crash it is free again."""
RENEW_S: Final = 30
AHEAD: Final = 2
"""Windows that a link is lent at once."""
LAST_S: Final = 60
"""After a fault, what is on its way has so long to be answered: as long as two windows may take."""
AGAIN_S: Final = 1
"""A database that is away is asked again so often."""
PAUSES_S: Final = (5, 30, 120, 600, 1800)
"""Seconds until an item is tried again that a program refused once, twice, …; the last one from then on."""

_log = structlog.get_logger(__name__)


@dataclass
class Settled:
    """
    What became of items, each with its tries so far: taken by the program, refused by it, or not answered.

    `late` are those that it took after it was said that they were not answered; they may be on their way again.
    """

    taken: dict[UUID, int] = field(default_factory=dict)
    refused: dict[UUID, int] = field(default_factory=dict)
    unanswered: dict[UUID, int] = field(default_factory=dict)
    late: dict[UUID, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.taken or self.refused or self.unanswered or self.late)

    def items(self) -> set[UUID]:
        """Those that are not on their way any more."""
        return {*self.taken, *self.refused, *self.unanswered}

    def add(self, other: Settled) -> None:
        """Those of another too."""
        self.taken |= other.taken
        self.refused |= other.refused
        self.unanswered |= other.unanswered
        self.late |= other.late


def pause_s(tries: int) -> int:
    """
    How long after so many tries an item is tried again.

    >>> [pause_s(tries) for tries in (1, 2, 5, 6)]
    [5, 30, 1800, 1800]
    """
    return PAUSES_S[min(tries, len(PAUSES_S)) - 1]


class Held(set[UUID]):
    """Items of one application that are on their way in this process; gone with the last link that has some."""


class Courier:
    """
    Brings an application's inbox to one of its links.

    Args:
        services: the database, and the bell that rings when something comes in.
        bound: the link.
        held: items of the application that this process has on their way, shared by its couriers.

    """

    def __init__(self, services: Services, bound: Bound, held: Held) -> None:
        self._services, self._bound, self._held = services, bound, held
        self._woken = services.bell.enter(bound.account.application)
        self._settled = Settled()
        self._is_failing = False
        self._own: dict[UUID, int] = {}
        self._renewed_ms = now_ms()
        self._flying = 0
        self._carrying: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """
        Deliver until the link is gone; what became of the last items is written before it ends.

        That is tried after a fault too, and what is its own is not held any longer than it.
        """
        try:
            await self._deliver()
        except Exception:
            await self._write_last()
            raise
        finally:
            self._held.difference_update(self._own)
            self._services.bell.leave(self._bound.account.application, self._woken)

    async def _deliver(self) -> None:
        while True:
            self._woken.clear()
            found = await self._exchange() if self._settled or not self._is_over else []
            for each in found:
                self._begin(each)
            if self._is_over and not self._carrying and not self._settled:
                return
            if not self._settled and not (found and self._room()):
                await _first_of(self._woken, self._bound.session.closed)

    async def _write_last(self) -> None:
        """Wait for what is carried, take nothing more, and write what became of it if that can be done."""
        self._is_failing = True
        if self._carrying:
            await asyncio.wait(self._carrying, timeout=LAST_S)
        try:
            if self._settled:
                await self._write()
        except Exception as fault:  # noqa: BLE001  # what is lent is free again when its lease is over
            _log.warning("smpp_outcomes_not_written", fault=type(fault).__name__, items=len(self._settled.items()))

    @property
    def _is_over(self) -> bool:
        return self._bound.ending or not self._bound.session.is_bound

    def _begin(self, each: Delivery) -> None:
        self._flying += len(each.requests)
        task = asyncio.create_task(self._carry(each))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, each: Delivery) -> None:
        """Send an item and wait for its answers; one in parts is taken once all of them are."""
        session = self._bound.session
        said_yes: set[int] = set()
        is_over = False

        def late(outcomes: list[Outcome]) -> None:
            said_yes.update(one.token for one in outcomes if one.status == 0)
            if is_over and len(said_yes) == len(each.requests):
                self._settled.late[each.item] = each.tries
                self._woken.set()

        outcomes = await session.submit(each.requests, late=late)
        is_over = True
        self._flying -= len(each.requests)
        said_yes.update(one.token for one in outcomes if one.fate is Fate.ANSWERED and one.status == 0)
        if len(said_yes) == len(each.requests):
            self._settled.taken[each.item] = each.tries
        elif any(one.status for one in outcomes) or _is_unfit(outcomes, is_bound=session.is_bound):
            _log.warning("smpp_item_refused", item=str(each.item), statuses=[one.status for one in outcomes])
            self._settled.refused[each.item] = each.tries
        else:
            self._settled.unanswered[each.item] = each.tries
        self._woken.set()

    async def _exchange(self) -> list[Delivery]:
        """Write what became of items and take the next ones, in one transaction; waits for a database that is away."""
        while True:
            try:
                return await self._write()
            except psycopg.OperationalError as away:
                _log.warning("smpp_inbox_not_reached", fault=type(away).__name__)
                await asyncio.sleep(AGAIN_S)

    async def _write(self) -> list[Delivery]:
        """The same once; what was not written is kept."""
        settled, self._settled = self._settled, Settled()
        over, clock_ms = settled.items(), now_ms()
        left = {item: tries for item, tries in self._own.items() if item not in over}
        is_due = clock_ms - self._renewed_ms >= RENEW_S * 1000
        work = partial(
            self._write_and_take,
            settled=settled,
            renewed=left if is_due else {},
            room=self._room(),
            held=frozenset(self._held),
        )
        try:
            found = await self._services.reader.do(work)
        except BaseException:
            self._settled.add(settled)
            raise
        self._renewed_ms = clock_ms if is_due else self._renewed_ms
        self._own = left | {one.item: one.tries for one in found}
        self._held.difference_update(over)
        self._held.update(self._own)
        return found

    def _room(self) -> int:
        """How many items the link may be given now: a window is on its way while the next one is read."""
        session = self._bound.session
        if self._is_failing or self._is_over or not session.is_writable:
            return 0
        if self._bound.refusal(self._services) is not None:
            return 0
        return max(0, AHEAD * session.window - self._flying)

    def _write_and_take(
        self, ctx: Context, *, settled: Settled, renewed: Mapping[UUID, int], room: int, held: Collection[UUID]
    ) -> list[Delivery]:
        bound = self._bound
        application = bound.account.application
        if room:
            lend_to_links(ctx, application)  # before any row is locked, so that nobody waits for another in a circle
        taken = settled.taken | self._pending_yet(ctx, settled.late)
        if taken:
            done = inbox.acknowledge(ctx, application, list(taken))
            end_leases(ctx, taken)
            attribute_to(ctx, bound.fingerprint, ACKNOWLEDGE, sorted(done))
        later = settled.refused if self._is_over else settled.refused | settled.unanswered
        until: dict[UUID, datetime] = dict.fromkeys(settled.unanswered, ctx.now)
        until |= {item: ctx.now + timedelta(seconds=pause_s(tries)) for item, tries in later.items()}
        if until:
            put_off(ctx, until, settled.refused | settled.unanswered)
        if renewed:
            put_off(ctx, dict.fromkeys(renewed, ctx.now + timedelta(seconds=LEASE_S)), renewed)
        if not room:
            return []
        rows = lease(ctx, application, kinds=KINDS, held=held, lease_s=LEASE_S, limit=room)
        if not rows:
            return []
        fresh = [row for row, _ in rows if row["fetched_at"] is None]
        if fresh:
            inbox.mark_fetched(ctx, fresh)
            apart = replace(ctx, call_id=uuid7())  # an act of its own
            attribute_to(apart, bound.fingerprint, FETCH, [row["id"] for row in fresh])
        return self._carried(ctx, rows)

    def _pending_yet(self, ctx: Context, late: Mapping[UUID, int]) -> dict[UUID, int]:
        """Those of the items taken late that nobody took meanwhile."""
        if not late:
            return {}
        rows = inbox.arrived_by_id(ctx, self._bound.account.application, list(late))
        return {row["id"]: late[row["id"]] for row in rows if row["acked_at"] is None}

    def _carried(self, ctx: Context, rows: Sequence[tuple[Row, int]]) -> list[Delivery]:
        account = self._bound.account
        reported = {row["message_id"] for row, _ in rows if row["kind"] == "report"}
        lives = (
            {life.row["id"]: life for life in lives_of(ctx, account.application, list(reported))} if reported else {}
        )
        return [
            Delivery(
                row["id"],
                tries,
                receipt_of(row, lives.get(row["message_id"]))
                if row["kind"] == "report"
                else message_of(row, long_texts=account.long_texts),
            )
            for row, tries in rows
        ]


def _is_unfit(own: Sequence[Outcome], *, is_bound: bool) -> bool:
    """Whether a request could not be written although the link is there."""
    return is_bound and any(one.fate is Fate.UNSENT for one in own)


async def _first_of(rung: asyncio.Event, closed: asyncio.Future[str]) -> None:
    """Wait until something comes in, the link is gone, or leases are to be renewed."""
    waiting = asyncio.ensure_future(rung.wait())
    ends: list[asyncio.Future[Any]] = [waiting, closed]
    try:
        await asyncio.wait(ends, timeout=RENEW_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
