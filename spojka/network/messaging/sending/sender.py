"""
The sender of one tenant: takes what waits at its pace, claims it, sends it, and writes what came of it.

A message is claimed in the database before any part of it is sent. So after a crash it is known of every message
whether it may have been sent; what may have been is uncertain, and never blindly sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from random import Random
from time import monotonic_ns
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, TenantId
from spojka.network.messaging.applications.card import Card
from spojka.network.messaging.applications.cards import CardIndex
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.records import Class, Message
from spojka.network.messaging.sending.aggregating import Aggregating
from spojka.network.messaging.sending.claiming import Claimed
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.sending.holding import Holding
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.leaving import AHEAD_NS, Leaving, ahead_of
from spojka.network.messaging.sending.overdue import Overdue
from spojka.network.messaging.sending.pacing import SECOND_NS, Pacer
from spojka.network.messaging.sending.reading import AGAIN_S, Reading
from spojka.network.messaging.sending.receiving import Receiver
from spojka.network.messaging.sending.routes import Due, Route, Routes, RouteSettings
from spojka.network.messaging.sending.settling import Settler
from spojka.network.messaging.sending.terms import LeavingTerms
from spojka.network.messaging.smpp.clients import Client
from spojka.network.messaging.smpp.pdus import Pdu
from spojka.trade.publications.shelf import shelf_of

SHORTEST_NS: Final = 1_000_000
"""No timer is shorter; what is due meanwhile goes out with it."""
PAGE: Final = 2_000
"""Parts that take their slots at once."""
CHORES_S: Final = 30
"""What waited too long is looked for so often."""
RATES_KNOWN_NS: Final = 1_000_000_000

_log = structlog.get_logger(__name__)


class Sender:
    """
    Sends the SMS of one tenant; there is one at a time (see `sole`).

    Args:
        tenant: whose.
        routes: the ways to networks.
        now: the clock.
        random: spreads the tries to bind.
        receiver: takes what mobiles and centres send; made by `Receiver`.

    """

    def __init__(
        self, tenant: TenantId, routes: Sequence[RouteSettings], *, now: Callable[[], datetime], random: Random
    ) -> None:
        self._now = now
        self._journal = Journal(tenant, now=now, claimed=self._claimed)
        self._express = Journal(tenant, now=now, claimed=self._claimed)
        self._scout = Journal(tenant, now=now, claimed=self._claimed)
        journals: dict[Class, Journal] = {"priority": self._express, "standard": self._journal}
        self._settler = Settler(self._journal, now=now)
        links = [one.name for one in routes]
        self._receiver = Receiver(self._journal, self._settler, links=links, now=now, accepted=self._confirm)
        self.routes = Routes([self._route(one, random) for one in routes])
        self._overdue = Overdue(self._journal, self._settler, self.routes, now=now)
        self._holding = Holding()
        self._reading = Reading(
            journals, self._scout, self._holding, now=now, take_in=self._take_in, glanced=self._glanced
        )
        self._pacer: Pacer[Outgoing] = Pacer(ahead=ahead_of)
        self._leaving = Leaving(
            journals,
            self._settler,
            self._holding,
            routes=self.routes,
            now=now,
            go_on=self._go_on,
            pacer=self._pacer,
        )
        self._together = Aggregating(self._line_up_together)
        self._cards = CardIndex()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ns = 0
        self._chores: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._unrated: dict[ServiceId, list[Outgoing]] = {}
        self._rates_asked_ns = 0
        self._unasked: set[ServiceId] = set()
        self._asking: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Messages in memory that wait for their slot or their way; the database may have more."""
        unrated = sum(len(messages) for messages in self._unrated.values())
        lined_up = len(self._pacer) + len(self._together) + len(self._leaving)
        return lined_up + unrated + sum(route.waiting for route in self.routes.all)

    @property
    def held(self) -> int:
        """Messages in memory that are not claimed; it stays bounded however many wait."""
        return len(self._holding.known)

    @property
    def counts(self) -> dict[str, int]:
        """What happened since the start, by kind of event; `unmatched` are receipts of parts that nobody knows."""
        return dict(self._settler.counts)

    async def start(self) -> None:
        """Settle what a sender before left, read what waits, bind, and begin to send."""
        for journal in (self._journal, self._express, self._scout):
            journal.start()
        for row, settled in await self._journal.ask(_claimed_before):
            message = Outgoing.read(row)
            route = self.routes.to(message.network)
            self._settler.uncertain_after_crash(message, link=route.name if route else None, settled=settled)
        await self._journal.ask(self._receiver.read_back)
        for route in self.routes.all:
            route.client.start()
        await asyncio.gather(self._express.ask(_begin), self._scout.ask(_begin))
        self._reading.glance(at_start=True)
        await self._scout.ask(_begin)  # priority is taken in before anything else is read
        await self.look()
        self.do_chores()

    async def close(self) -> None:
        """Send no more, wait for what is in flight, write what happened."""
        for waits in (self._timer, self._chores, self._asking):
            if waits is not None:
                waits.cancel()
        for one in (self._overdue, self._reading, self._together):
            one.close()
        faults: list[BaseException | None] = []
        for route in self.routes.all:
            faults += await asyncio.gather(route.client.close(drain_ms=2_000), return_exceptions=True)
        self._leaving.let_wait()
        for journal in (self._scout, self._express, self._journal):  # what one tells is written by the next
            faults += await asyncio.gather(journal.close(), return_exceptions=True)
        for fault in faults:
            if fault is not None:
                raise fault

    @property
    def is_broken(self) -> bool:
        """Whether nothing can be written any more, so that the process is to end and another to take over."""
        return any(journal.is_broken for journal in (self._journal, self._express, self._scout))

    def do_chores(self) -> None:
        """Look for what waited too long, and again after a while."""
        if self._chores is not None:
            self._chores.cancel()
        self._chores = self._loop.call_later(CHORES_S, self.do_chores)
        self._receiver.look_after()
        self._overdue.look_after()
        self._leaving.look_after()
        self._reading.expire(self._expired)
        self._go_on()

    def hear(self, messages: Sequence[Message]) -> None:
        """Take in SMS that were just accepted; called in the loop's thread."""
        now = self._now()
        taken: list[Outgoing] = []
        for one in messages:
            if one.kind != "sms":
                continue
            if one.not_before is not None and one.not_before > now:
                self._reading.later(one.not_before)
            elif self._holding.takes(one.id, (one.application, one.class_)):
                taken.append(Outgoing.of(one))
        self._take_in(taken)
        self._reading.read_on()

    def glance(self) -> None:
        """Priority messages were accepted by others: take them in before anything else is looked for, or leaves."""
        self._leaving.make_way(monotonic_ns(), expects=True)
        self._reading.glance()

    async def look(self) -> None:
        """Look for what others accepted, and begin to read it."""
        await self._reading.look()

    async def sweep(self) -> int:
        """Look for what was overtaken on its way into the database; returns how many messages that is."""
        return await self._reading.sweep()

    def _route(self, settings: RouteSettings, random: Random) -> Route:
        def came(link: Any, requests: list[Pdu]) -> None:
            self._receiver.take(settings, link, requests)

        def changed(client: Client) -> None:
            if not client.is_bound:
                self._leaving.lost(route)
            self._go_on()

        route = Route(settings, Client(settings.client, random=random, on_requests=came, on_change=changed))
        return route

    def _confirm(self, confirmations: Sequence[Message]) -> None:
        """Recipients withdrew their consents: what is about to leave to them is looked at again, and they are told."""
        if confirmations:
            self._leaving.doubt({one.recipient for one in confirmations})
        self.hear(confirmations)

    def _take_in(self, messages: Sequence[Outgoing]) -> None:
        """Let messages wait for their slots."""
        for one in messages:
            self._wait_for_slot(one)
        if any(one.class_ == "priority" for one in messages):
            self._leaving.make_way(monotonic_ns())
        if messages and (self._unrated or monotonic_ns() - self._rates_asked_ns >= RATES_KNOWN_NS):
            self._ask_rates({one.application for one in messages})
        self._go_on()

    def _wait_for_slot(self, one: Outgoing) -> None:
        """Let a message wait for its slot; one of an application whose pace is not known yet waits for that first."""
        if not self._pacer.knows(one.application):
            self._unrated.setdefault(one.application, []).append(one)
        elif not self._together.takes(one, self.routes.to(one.network)):
            self._pacer.add(one.application, one, kind=one.class_, parts=one.parts, now_ns=monotonic_ns())

    def _line_up_together(self, first: Outgoing) -> None:
        """A batch takes as many slots as it has messages (o2/2.2, o2/4.1)."""
        parts = 1 + len(first.others)
        self._pacer.add(first.application, first, kind=first.class_, parts=parts, now_ns=monotonic_ns())
        self._go_on()

    def _glanced(self) -> None:
        """Priority messages that others accepted are taken in."""
        self._leaving.came()
        self._go_on()

    def _expired(self, messages: Iterable[UUID], parts: int) -> None:
        """Messages that waited beyond their time are gone from the queue: they take no slot."""
        self._settler.counts["expired"] += parts
        gone = self._holding.known.intersection(messages)
        if not gone:
            return
        dropped: list[Outgoing] = []

        def keeps(one: Outgoing) -> bool:
            if one.id in gone and not one.others:
                dropped.append(one)
                return False
            return True

        self._pacer.prune(keeps)
        for route in self.routes.all:
            pruned = route.prune(gone)
            dropped += pruned
            for one in pruned:
                self._pacer.gone_on(one.application, one.parts)
        for one in dropped:
            self._holding.left(one)

    def _ask_rates(self, applications: set[ServiceId]) -> None:
        """Learn the paces of applications; a bought one holds for what waits too (o2/2.3)."""
        self._rates_asked_ns = monotonic_ns()

        self._unasked |= applications
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._learn_rates())

    async def _learn_rates(self) -> None:
        """Beside what is written, so that nobody's pace is waited for longer than it takes to read it."""
        while self._unasked:
            asked, self._unasked = self._unasked, set()
            try:
                cards, terms = await self._journal.apart(partial(self._read_rates, asked))
            except psycopg.Error as fault:
                _log.warning("sender_learns_again_later", fault=repr(fault))
                self._unasked |= asked
                await asyncio.sleep(AGAIN_S)
                continue
            self._set_rates(cards, terms)

    def _read_rates(self, applications: set[ServiceId], ctx: Context) -> tuple[dict[ServiceId, Card], LeavingTerms]:
        terms = shelf_of(ctx).sheet(LeavingTerms, ctx.today)
        return self._cards.fresh(ctx, applications, monotonic_ns()), terms

    def _set_rates(self, cards: Mapping[ServiceId, Card], terms: LeavingTerms) -> None:
        now_ns = monotonic_ns()
        self._together.set_terms(terms)
        self._leaving.set_terms(terms)
        for application, card in cards.items():
            self._holding.set_rate(application, card.rate_per_s)
            self._pacer.set_rate(application, card.rate_per_s, now_ns=now_ns)
            for one in self._unrated.pop(application, ()):
                self._wait_for_slot(one)
        self._go_on()

    def _go_on(self) -> None:
        """Hand over what is due to its way, claim what a way has room for, and send what is claimed and due."""
        now_ns = monotonic_ns()
        self._line_up(now_ns)
        self._leaving.claim(now_ns)
        self._leaving.send_due(now_ns)
        self._set_timer(now_ns)

    def _line_up(self, now_ns: int) -> None:
        for slot in self._pacer.take(now_ns=now_ns, most=PAGE):
            route = self.routes.to(slot.message.network)
            if route is None:
                self._pacer.gone_on(slot.application, slot.parts)
                self._holding.left(slot.message)
                self._settler.fail(slot.message, "no_route")
                continue
            route.add(Due(slot.message, slot.due_ns, slot.spacing_ns))

    def _claimed(self, claimed: Claimed) -> None:
        """A page is committed: messages leave, and others are read in their place."""
        self._leaving.claimed(claimed)
        self._reading.read_on()
        self._go_on()

    def _set_timer(self, now_ns: int) -> None:
        """Wake up for the next claim, part, or rest of a way that is over; what waits for room is woken by answers."""
        slots_ns, claims = self._pacer.next_at(), [route.next_at() for route in self.routes.all]
        coming = [] if slots_ns is None else [slots_ns]
        coming += [at_ns - AHEAD_NS for at_ns in claims if at_ns is not None]
        coming += self._leaving.coming_at(now_ns)
        if not coming:
            return
        at_ns = max(min(coming), now_ns + SHORTEST_NS)
        if self._timer is not None and now_ns < self._timer_ns <= at_ns:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_ns = at_ns
        self._timer = self._loop.call_later((at_ns - now_ns) / SECOND_NS, self._wake_up)

    def _wake_up(self) -> None:
        self._timer, self._timer_ns = None, 0
        self._go_on()


def _begin(ctx: Context) -> None:
    """Open a journal's line, or wait for what it was asked before, so that nobody's first message waits for that."""
    store.claim(ctx, [])


def _claimed_before(ctx: Context) -> list[tuple[Row, set[int]]]:
    """Messages that a sender before had claimed, with the numbers of their parts that were settled."""
    rows = store.claimed_messages(ctx, limit=1_000_000)
    settled: dict[UUID, set[int]] = {}
    for event in store.events_of(ctx, [row["id"] for row in rows if row["parts"] > 1]):
        if event["kind"] != "deferred":
            settled.setdefault(event["message_id"], set()).add(event["part"])
    return [(row, settled.get(row["id"], set())) for row in rows]
