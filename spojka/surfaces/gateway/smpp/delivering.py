"""
What came in, brought to links that receive: lent to one link at a time, acknowledged when the program said ESME_ROK.

Every link takes as much as its window holds, so links of one application share what there is. What a link was given
and did not answer goes to the next one at once when the link is lost; what a program refused is tried again later and
later, and can be fetched over HTTPS meanwhile (o2/3.2).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.leases import end_leases, lease, put_off
from spojka.network.messaging.messages.lives import lives_of
from spojka.network.messaging.smpp.fates import Fate, Outcome
from spojka.surfaces.gateway.connector.attributing import attribute_to
from spojka.surfaces.gateway.connector.services import Services
from spojka.surfaces.gateway.smpp.bound import Bound
from spojka.surfaces.gateway.smpp.deliveries import Delivery, message_of, receipt_of

KINDS: Final = ("sms", "report")
FETCH: Final = "messages.fetch"
ACKNOWLEDGE: Final = "messages.acknowledge"
LEASE_S: Final = 90
"""Longer than a link waits for an answer, so nobody else takes what is on its way; after a crash it is free again."""
AGAIN_S: Final = 1
"""A database that is away is asked again so often."""
PAUSES_S: Final = (5, 30, 120, 600, 1800)
"""Seconds until an item is tried again that a program refused once, twice, …; the last one from then on."""

_log = structlog.get_logger(__name__)


@dataclass
class Settled:
    """What became of items: taken by the program, refused by it (with the tries so far), or not answered."""

    taken: list[UUID] = field(default_factory=list)
    refused: list[tuple[UUID, int]] = field(default_factory=list)
    unanswered: list[UUID] = field(default_factory=list)

    def items(self) -> list[UUID]:
        """All of them."""
        return [*self.taken, *(item for item, _ in self.refused), *self.unanswered]


def pause_s(tries: int) -> int:
    """
    How long after so many tries an item is tried again.

    >>> [pause_s(tries) for tries in (1, 2, 5, 6)]
    [5, 30, 1800, 1800]
    """
    return PAUSES_S[min(tries, len(PAUSES_S)) - 1]


class Courier:
    """
    Brings an application's inbox to one of its links.

    Args:
        services: the database, and the bell that rings when something comes in.
        bound: the link.
        held: items that this process has on their way, shared by all couriers.

    """

    def __init__(self, services: Services, bound: Bound, held: set[UUID]) -> None:
        self._services, self._bound, self._held = services, bound, held

    async def run(self) -> None:
        """Deliver until the link is gone; what became of the last items is written before it ends."""
        application, session = self._bound.account.application, self._bound.session
        rung = self._services.bell.enter(application)
        settled = Settled()
        try:
            while True:
                rung.clear()
                deliveries = await self._exchange(settled)
                settled = Settled()
                if deliveries:
                    settled = await self._deliver(deliveries)
                elif session.is_bound and not self._bound.ending:
                    await _first_of(rung, session.closed)
                else:
                    return
        finally:
            self._services.bell.leave(application, rung)

    async def _exchange(self, settled: Settled) -> list[Delivery]:
        """Write what became of items and take the next ones, in one transaction; waits for a database that is away."""
        while True:
            room = self._room()
            try:
                found = await self._services.reader.do(partial(self._write_and_take, settled=settled, room=room))
            except psycopg.OperationalError as away:
                _log.warning("smpp_inbox_not_reached", fault=type(away).__name__)
                await asyncio.sleep(AGAIN_S)
                continue
            self._held.difference_update(settled.items())
            self._held.update(one.item for one in found)
            return found

    def _room(self) -> int:
        """How many items the link may be given now."""
        bound = self._bound
        return 0 if bound.ending or bound.refusal(self._services) is not None else bound.session.room

    def _write_and_take(self, ctx: Context, *, settled: Settled, room: int) -> list[Delivery]:
        bound = self._bound
        application = bound.account.application
        if settled.taken:
            done = inbox.acknowledge(ctx, application, settled.taken)
            end_leases(ctx, settled.taken)
            attribute_to(ctx, bound.fingerprint, ACKNOWLEDGE, sorted(done))
        until: dict[UUID, datetime] = dict.fromkeys(settled.unanswered, ctx.now)
        until |= {item: ctx.now + timedelta(seconds=pause_s(tries)) for item, tries in settled.refused}
        if until:
            put_off(ctx, until)
        if not room:
            return []
        mine = {*settled.unanswered}
        held = [one for one in self._held if one not in mine]
        rows = lease(ctx, application, kinds=KINDS, held=held, lease_s=LEASE_S, limit=room)
        if not rows:
            return []
        fresh = [row["id"] for row, _ in rows if row["fetched_at"] is None]
        if fresh:
            inbox.mark_fetched(ctx, fresh)
            attribute_to(ctx, bound.fingerprint, FETCH, fresh)
        return self._carried(ctx, rows)

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

    async def _deliver(self, deliveries: Sequence[Delivery]) -> Settled:
        """Send and wait for all answers; an item in parts is taken once all of them are."""
        session = self._bound.session
        outcomes = iter(await session.submit([one for each in deliveries for one in each.requests]))
        settled = Settled()
        for each in deliveries:
            own = [next(outcomes) for _ in each.requests]
            if all(one.fate is Fate.ANSWERED and one.status == 0 for one in own):
                settled.taken.append(each.item)
            elif any(one.fate is Fate.ANSWERED and one.status for one in own) or _is_unfit(
                own, is_bound=session.is_bound
            ):
                _log.warning("smpp_item_refused", item=str(each.item), statuses=[one.status for one in own])
                settled.refused.append((each.item, each.tries))
            else:
                settled.unanswered.append(each.item)
        return settled


def _is_unfit(own: Sequence[Outcome], *, is_bound: bool) -> bool:
    """Whether a request could not be written although the link is there."""
    return is_bound and any(one.fate is Fate.UNSENT for one in own)


async def _first_of(rung: asyncio.Event, closed: asyncio.Future[str]) -> None:
    """Wait until something comes in, or the link is gone."""
    waiting = asyncio.ensure_future(rung.wait())
    ends: list[asyncio.Future[Any]] = [waiting, closed]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
