"""
The sender of one tenant: takes what waits at its pace, claims it, sends it, and writes what came of it.

A message is claimed in the database before any part of it is sent. So after a crash it is known of every message
whether it may have been sent; what may have been is uncertain, and never blindly sent again.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from time import monotonic_ns
from typing import Any, Final
from uuid import UUID

import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, TenantId
from spojka.network.messaging.applications.cards import CardIndex
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.records import Message
from spojka.network.messaging.sending.claiming import Claimed
from spojka.network.messaging.sending.composing import Outgoing, requests_of
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.overdue import Overdue
from spojka.network.messaging.sending.pacing import SECOND_NS, Pacer
from spojka.network.messaging.sending.receiving import Receiver
from spojka.network.messaging.sending.routes import Due, Part, Route, Routes, RouteSettings
from spojka.network.messaging.sending.settling import Settler
from spojka.network.messaging.smpp.clients import Client
from spojka.network.messaging.smpp.fates import Outcome
from spojka.network.messaging.smpp.pdus import Pdu

AHEAD_NS: Final = 20_000_000
"""How long before its slot a message is claimed, so that it leaves when the slot comes."""
AHEAD_PARTS: Final = 100
"""Parts claimed beyond what the window has room for."""
SHORTEST_NS: Final = 1_000_000
"""No timer is shorter; what is due meanwhile goes out with it."""
PAGE: Final = 5_000
"""Messages read from the queue at once when a sender starts or is woken."""
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
        self._tenant, self._now = tenant, now
        self._journal = Journal(tenant, now=now, claimed=self._claimed)
        self._settler = Settler(self._journal, now=now, again=self._again, room=self._go_on)
        self._receiver = Receiver(self._journal, self._settler, now=now, accepted=self.hear)
        self.routes = Routes([self._route(one, random) for one in routes])
        self._overdue = Overdue(self._journal, self._settler, self.routes, now=now)
        self._pacer: Pacer[Outgoing] = Pacer()
        self._cards = CardIndex()
        self._claims: dict[UUID, tuple[Route, Due]] = {}
        self._soon: list[tuple[int, int, Part, Pdu]] = []
        self._turn = 0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ns = 0
        self._chores: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._known: set[UUID] = set()
        self._unrated: dict[ServiceId, list[Outgoing]] = {}
        self._rates_asked_ns = 0

    @property
    def waiting(self) -> int:
        """Messages that wait for their slot or their way."""
        unrated = sum(len(messages) for messages in self._unrated.values())
        return len(self._pacer) + unrated + sum(route.waiting for route in self.routes.all)

    @property
    def counts(self) -> dict[str, int]:
        """What happened since the start, by kind of event; `unmatched` are receipts of parts that nobody knows."""
        return dict(self._settler.counts)

    async def start(self) -> None:
        """Settle what a sender before left, read what waits, bind, and begin to send."""
        self._journal.start()
        for row, settled in await self._journal.ask(_claimed_before):
            message = Outgoing.read(row)
            route = self.routes.to(message.network)
            self._settler.uncertain_after_crash(message, link=route.name if route else None, settled=settled)
        await self._journal.ask(self._receiver.read_back)
        after = UUID(int=0)
        while (last := await self.catch_up(after)) != after:
            after = last
        for route in self.routes.all:
            route.client.start()
        self.do_chores()

    async def close(self) -> None:
        """Send no more, wait for what is in flight, write what happened."""
        for timer in (self._timer, self._chores):
            if timer is not None:
                timer.cancel()
        self._overdue.close()
        for route in self.routes.all:
            await route.client.close(drain_ms=2_000)
        self._journal.page.unclaimed += self._unsent()
        await self._journal.close()

    @property
    def is_broken(self) -> bool:
        """Whether nothing can be written any more, so that the process is to end and another to take over."""
        return self._journal.is_broken

    def do_chores(self) -> None:
        """Look for what waited too long, and again after a while."""
        if self._chores is not None:
            self._chores.cancel()
        self._chores = self._loop.call_later(CHORES_S, self.do_chores)
        self._receiver.look_after()
        self._overdue.look_after()

    def _unsent(self) -> list[UUID]:
        """Claimed messages of which no part was handed to a link: they wait again."""
        parts = [part for _, _, part, _ in self._soon]
        for route in self.routes.all:
            parts += [part for line in route.outbox.values() for part, _ in line]
        return list({part.message.id for part in parts if not part.message.handed})

    def hear(self, messages: Sequence[Message]) -> None:
        """Take in SMS that were just accepted; called in the loop's thread."""
        texts = [one for one in messages if one.kind == "sms"]
        self._take_in([Outgoing.of(one) for one in texts], [one.not_before or one.accepted_at for one in texts])

    async def catch_up(self, after: UUID) -> UUID:
        """Read what others accepted beyond an id, a page of it; returns the last one read."""
        rows = await self._journal.ask(lambda ctx: _waiting(ctx, after))
        fresh = [row for row in rows if row["id"] not in self._known]
        self._take_in([Outgoing.read(row) for row in fresh], [row["ready_at"] for row in fresh])
        last: UUID = rows[-1]["id"] if rows else after
        return last

    async def sweep(self) -> int:
        """Read what waits and is not known, for its transaction ended after a later one's. Returns how many."""
        known = frozenset(self._known)
        rows = await self._journal.ask(lambda ctx: store.waiting_beside(ctx, known, limit=PAGE))
        self._take_in([Outgoing.read(row) for row in rows], [row["ready_at"] for row in rows])
        return len(rows)

    def forget(self, application: ServiceId) -> None:
        """An application's messages were cancelled: what is not claimed does not leave."""
        dropped = self._unrated.pop(application, [])
        dropped += self._pacer.drop(application) if self._pacer.knows(application) else []
        for route in self.routes.all:
            dropped += route.drop(application)
        self._known.difference_update(one.id for one in dropped)

    def _route(self, settings: RouteSettings, random: Random) -> Route:
        def came(link: Any, requests: list[Pdu]) -> None:
            self._receiver.take(settings, link, requests)

        def changed(_: Client) -> None:
            self._go_on()

        return Route(settings, Client(settings.client, random=random, on_requests=came, on_change=changed))

    def _take_in(self, messages: Sequence[Outgoing], ready_at: Sequence[datetime]) -> None:
        """Let messages wait for their slots; those of a later time wait for it first."""
        now = self._now()
        for one, ready in zip(messages, ready_at, strict=True):
            if one.id in self._known:
                continue
            self._known.add(one.id)
            later_s = (ready - now) / timedelta(seconds=1)
            if later_s > 0:
                self._loop.call_later(later_s, self._ready, one)
            else:
                self._wait_for_slot(one)
        if self._unrated or monotonic_ns() - self._rates_asked_ns >= RATES_KNOWN_NS:
            self._ask_rates({one.application for one in messages})
        self._go_on()

    def _ready(self, message: Outgoing) -> None:
        """Its time has come."""
        self._wait_for_slot(message)
        if self._unrated:
            self._ask_rates({message.application})
        self._go_on()

    def _wait_for_slot(self, one: Outgoing) -> None:
        """Let a message wait for its slot; one of an application whose pace is not known yet waits for that first."""
        if self._pacer.knows(one.application):
            self._pacer.add(one.application, one, kind=one.class_, parts=one.parts, now_ns=monotonic_ns())
        else:
            self._unrated.setdefault(one.application, []).append(one)

    def _ask_rates(self, applications: set[ServiceId]) -> None:
        """Learn the paces of applications; a bought one holds for what waits too (o2/2.3)."""
        self._rates_asked_ns = monotonic_ns()

        def work(ctx: Context) -> Any:
            return self._cards.fresh(ctx, applications, monotonic_ns())

        def told(cards: Any) -> None:
            now_ns = monotonic_ns()
            for application, card in cards.items():
                self._pacer.set_rate(application, card.rate_per_s, now_ns=now_ns)
                for one in self._unrated.pop(application, ()):
                    self._wait_for_slot(one)
            self._go_on()

        self._journal.page.work.append((work, told))
        self._journal.wake()

    def _go_on(self) -> None:
        """Hand over what is due to its way, claim what a way has room for, and send what is claimed and due."""
        now_ns = monotonic_ns()
        self._line_up(now_ns)
        self._claim(now_ns)
        self._send_due(now_ns)
        self._set_timer(now_ns)

    def _line_up(self, now_ns: int) -> None:
        for slot in self._pacer.take(now_ns=now_ns, until_ns=now_ns + AHEAD_NS, most=PAGE):
            route = self.routes.to(slot.message.network)
            if route is None:
                self._known.discard(slot.message.id)
                self._settler.fail(slot.message, "no_route")
                continue
            route.add(Due(slot.message, slot.due_ns, slot.spacing_ns))

    def _claim(self, now_ns: int) -> None:
        page, now = self._journal.page, None
        for route in self.routes.all:
            for due in route.take(until_ns=now_ns + AHEAD_NS, ahead=AHEAD_PARTS):
                if due.message.expires_at is not None:
                    now = now or self._now()
                    if due.message.expires_at <= now:
                        self._known.discard(due.message.id)
                        self._settler.expire(due.message)
                        continue
                self._claims[due.message.id] = (route, due)
                route.claimed_parts += due.message.parts
                page.claims.append(due.message)
        if page.claims:
            self._journal.wake()

    def _claimed(self, claimed: Claimed) -> None:
        """A page is committed: what was claimed is sent when it is due; what others took or stopped is forgotten."""
        now = self._now()
        self._known.difference_update(claimed.taken, claimed.cancelled, claimed.lost)
        for one in (*claimed.cancelled, *claimed.lost):
            found = self._claims.pop(one, None)
            if found is not None:
                found[0].claimed_parts -= found[1].message.parts
        self._settler.counts["cancelled"] += len(claimed.cancelled)
        for one in claimed.taken:
            found = self._claims.pop(one, None)
            if found is not None:
                self._make_ready(*found, now=now)
        self._go_on()

    def _make_ready(self, route: Route, due: Due, *, now: datetime) -> None:
        """The parts of a claimed message, each for its instant; one that cannot be written as requests fails."""
        try:
            requests = requests_of(due.message, now=now)
        except ValueError as wrong:
            _log.error("message_not_composed", message=str(due.message.id), fault=repr(wrong))
            route.claimed_parts -= due.message.parts
            self._settler.fail(due.message, "message_invalid")
            return
        for place, request in enumerate(requests):
            self._turn += 1
            part = Part(due.message, place + 1, route)
            heapq.heappush(self._soon, (due.due_ns + place * due.spacing_ns, self._turn, part, request))

    def _send_due(self, now_ns: int) -> None:
        """Send what is claimed and due, as far as windows and paces let it; in one write a way."""
        while self._soon and self._soon[0][0] <= now_ns:
            _, _, part, request = heapq.heappop(self._soon)
            part.route.outbox[part.message.class_].append((part, request))
        for route in self.routes.all:
            room = route.sendable(now_ns)
            for line in (route.outbox["priority"], route.outbox["standard"]):
                if room <= 0 or not line:
                    continue
                batch = [line.popleft() for _ in range(min(room, len(line)))]
                taken = route.client.send([pdu for _, pdu in batch], [part for part, _ in batch], self._settled)
                line.extendleft(reversed(batch[taken:]))
                for part, _ in batch[:taken]:
                    part.message.handed = True
                route.sent(taken, now_ns)
                room -= taken

    def _settled(self, outcomes: list[Outcome]) -> None:
        self._settler.settle(outcomes)
        self._go_on()

    def _again(self, part: Part, after_s: int) -> None:
        """A part that was not taken is sent again, at once where the link was lost before it was sent."""
        requests = requests_of(part.message, now=self._now())
        self._turn += 1
        part.route.claimed_parts += 1
        due_ns = monotonic_ns() + after_s * 1_000_000_000
        heapq.heappush(self._soon, (due_ns, self._turn, part, requests[part.number - 1]))

    def _set_timer(self, now_ns: int) -> None:
        """Wake up for the next claim, part, or rest of a way that is over; what waits for room is woken by answers."""
        claims = [self._pacer.next_at(), *(route.next_at() for route in self.routes.all)]
        coming = [at_ns - AHEAD_NS for at_ns in claims if at_ns is not None]
        coming += [self._soon[0][0]] if self._soon else []
        coming += [
            route.ready_at() for route in self.routes.all if any(route.outbox.values()) and route.ready_at() > now_ns
        ]
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


def _claimed_before(ctx: Context) -> list[tuple[Row, set[int]]]:
    """Messages that a sender before had claimed, with the numbers of their parts that were settled."""
    rows = store.claimed_messages(ctx, limit=1_000_000)
    settled: dict[UUID, set[int]] = {}
    for event in store.events_of(ctx, [row["id"] for row in rows if row["parts"] > 1]):
        if event["kind"] != "deferred":
            settled.setdefault(event["message_id"], set()).add(event["part"])
    return [(row, settled.get(row["id"], set())) for row in rows]


def _waiting(ctx: Context, after: UUID) -> list[Row]:
    return store.waiting_after(ctx, after, limit=PAGE)
