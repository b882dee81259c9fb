"""
The sender of one tenant's MMS: takes what waits at its pace, claims it, submits it, and writes what came of it.

An MMS is claimed in the database before it is submitted. What was claimed when a sender died, or was submitted and not
answered, is uncertain: it is never blindly submitted again, and settled by its delivery report.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic_ns
from typing import Any, Final
from uuid import UUID

import structlog

from spojka.kernel.ids import ServiceId, TenantId
from spojka.network.messaging.applications.cards import CardIndex
from spojka.network.messaging.messages import store as messages
from spojka.network.messaging.messages.records import Message
from spojka.network.messaging.mm7.content import CannotBeWritten
from spojka.network.messaging.mm7.receiving import Mm7Application
from spojka.network.messaging.multimedia import store
from spojka.network.messaging.multimedia.composing import request_of
from spojka.network.messaging.multimedia.gate import Gate
from spojka.network.messaging.multimedia.hearing import Hearer
from spojka.network.messaging.multimedia.matching import match_parked
from spojka.network.messaging.multimedia.settling import Settler
from spojka.network.messaging.multimedia.ways import SECOND_NS, Way, Ways, WaySettings
from spojka.network.messaging.sending.claiming import Claimed
from spojka.network.messaging.sending.composing import NotComposed, Outgoing
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.pacing import Pacer
from spojka.network.messaging.sending.routes import Due

AHEAD_NS: Final = 20_000_000
"""How long before its slot an MMS is claimed, so that it leaves when the slot comes."""
SHORTEST_NS: Final = 1_000_000
"""No timer is shorter; what is due meanwhile goes out with it."""
PAGE: Final = 1_000
"""Messages read from the queue at once; they come without their bodies."""
RATES_KNOWN_NS: Final = 1_000_000_000
DRAIN_S: Final = 5
"""Requests that run when the sender stops have so long to be answered."""
HEARD: Final = timedelta(days=7)
"""No MMSC repeats a delivery later."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Flight:
    """One message on its way; `asked` from the moment in which the MMSC may have heard of it."""

    message: Outgoing
    way: Way
    asked: bool = False


class MmsSender:
    """
    Sends the MMS of one tenant; there is one at a time (see `sending.sole`).

    Args:
        tenant: whose.
        ways: to MMSCs.
        now: the clock.
        tls: how we prove ourselves to MMSCs and whom we trust; `None` trusts the machine's authorities.

    """

    def __init__(
        self,
        tenant: TenantId,
        ways: Sequence[WaySettings],
        *,
        now: Callable[[], datetime],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._now = now
        self._journal = Journal(tenant, now=now, claimed=self._claimed)
        self.ways = Ways([Way(one, tls=tls) for one in ways])
        self._counts: Counter[str] = Counter()
        self._settler = Settler(self._journal, counts=self._counts, busy=self._recipients, again=self._again)
        self._pacer: Pacer[Outgoing] = Pacer()
        self._cards = CardIndex()
        self._left_ns: dict[ServiceId, int] = {}
        self._claims: dict[UUID, tuple[Way, Due]] = {}
        self._bodies: dict[UUID, bytes] = {}
        self._flights: dict[asyncio.Task[None], Flight] = {}
        self._known: set[UUID] = set()
        self._unrated: dict[ServiceId, list[Outgoing]] = {}
        self._applications: set[ServiceId] = set()
        self._rates_asked_ns = 0
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    @property
    def waiting(self) -> int:
        """Messages that wait for their slot or their way."""
        unrated = sum(len(found) for found in self._unrated.values())
        return len(self._pacer) + unrated + sum(way.waiting for way in self.ways.all)

    @property
    def counts(self) -> dict[str, int]:
        """What happened since the start, by kind of event; `report_parked` are reports of messages nobody knows yet."""
        return dict(self._counts)

    @property
    def is_broken(self) -> bool:
        """Whether nothing can be written any more, so that the process is to end and another to take over."""
        return self._journal.is_broken

    def application(self, *, certified: bool = False) -> Gate:
        """
        What MMSCs post to (ASGI 3); each way has an address of its own.

        Args:
            certified: whether the server lets only those connect whose certificate it trusts.

        """
        ways = {way.settings.path: way for way in self.ways.all}
        hearer = Hearer(self._journal, ways, counts=self._counts, accepted=self.hear, busy=self._recipients)
        return Gate(Mm7Application(hearer.hear), ways, certified=certified)

    async def start(self) -> None:
        """Settle what a sender before left, match reports that waited, read what waits, and begin to send."""
        self._journal.start()
        rows = await self._journal.ask(lambda ctx: messages.claimed_messages(ctx, limit=1_000_000, kind="mms"))
        for row in rows:
            self._settler.uncertain(Outgoing.read(row), link=None, reason="the sender ended")
        links = [way.name for way in self.ways.all]
        await self._journal.ask(lambda ctx: match_parked(ctx, links, busy=()))
        after = UUID(int=0)
        while (last := await self.catch_up(after)) != after:
            after = last

    async def close(self) -> None:
        """Submit nothing more, wait for what runs, write what happened."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        if self._flights:
            await asyncio.wait(list(self._flights), timeout=DRAIN_S)
        for task, flight in list(self._flights.items()):
            task.cancel()
            if flight.asked:
                self._settler.uncertain(flight.message, link=flight.way.name, reason="the sender ended")
            else:
                self._journal.page.unclaimed.append(flight.message.id)
        await self._journal.close()
        for way in self.ways.all:
            await way.close()

    def hear(self, accepted: Sequence[Message]) -> None:
        """Take in MMS that were just accepted; called in the loop's thread."""
        mms = [one for one in accepted if one.kind == "mms"]
        self._take_in([Outgoing.of(one) for one in mms], [one.not_before or one.accepted_at for one in mms])

    async def catch_up(self, after: UUID) -> UUID:
        """Read what others accepted beyond an id, a page of it; returns the last one read."""
        rows = await self._journal.ask(lambda ctx: messages.waiting_after(ctx, after, limit=PAGE, kind="mms"))
        self._take_in([Outgoing.read(row) for row in rows], [row["ready_at"] for row in rows])
        last: UUID = rows[-1]["id"] if rows else after
        return last

    async def sweep(self) -> int:
        """
        Read what waits and is not known, for its transaction ended after a later one's. Returns how many.

        What expires while its way cannot be used is told, and old deliveries are forgotten.
        """
        known = frozenset(self._known)
        rows = await self._journal.ask(lambda ctx: messages.waiting_beside(ctx, known, limit=PAGE, kind="mms"))
        self._take_in([Outgoing.read(row) for row in rows], [row["ready_at"] for row in rows])
        now = self._now()
        for way in self.ways.all:
            for one in way.drop(lambda one: one.expires_at is not None and one.expires_at <= now):
                self._expire(one)
        await self._journal.ask(lambda ctx: store.forget_heard(ctx, before=ctx.now - HEARD, limit=PAGE))
        return len(rows)

    def _take_in(self, taken: Sequence[Outgoing], ready_at: Sequence[datetime]) -> None:
        """Let messages wait for their slots; those of a later time wait for it first."""
        fresh = [(one, ready) for one, ready in zip(taken, ready_at, strict=True) if one.id not in self._known]
        for one, ready in fresh:
            self._known.add(one.id)
            self._wait(one, ready)
        self._applications |= {one.application for one, _ in fresh}
        if self._unrated or monotonic_ns() - self._rates_asked_ns >= RATES_KNOWN_NS:
            self._applications = {one for one in self._applications if self._waits(one)}
            self._ask_rates(self._applications)
        self._go_on()

    def _waits(self, application: ServiceId) -> bool:
        """Whether something of an application waits for its slot."""
        if not self._pacer.knows(application):
            return application in self._unrated
        return any(self._pacer.waiting(application).values())

    def _wait(self, one: Outgoing, ready_at: datetime) -> None:
        later_s = (ready_at - self._now()) / timedelta(seconds=1)
        if later_s > 0:
            self._loop.call_later(later_s, self._ready, one)
        else:
            self._wait_for_slot(one)

    def _ready(self, one: Outgoing) -> None:
        """Its time has come."""
        self._applications.add(one.application)
        self._wait_for_slot(one)
        if self._unrated:
            self._ask_rates({one.application})
        self._go_on()

    def _wait_for_slot(self, one: Outgoing) -> None:
        if self._pacer.knows(one.application):
            self._pacer.add(one.application, one, kind=one.class_, parts=one.parts, now_ns=monotonic_ns())
        else:
            self._unrated.setdefault(one.application, []).append(one)

    def _ask_rates(self, applications: set[ServiceId]) -> None:
        """Learn the paces of applications; a bought one holds for what waits too (o2/2.3)."""
        self._rates_asked_ns = monotonic_ns()

        def told(cards: Any) -> None:
            now_ns = monotonic_ns()
            for application, card in cards.items():
                self._pacer.set_rate(application, card.rate_per_s, now_ns=now_ns)
                for one in self._unrated.pop(application, ()):
                    self._wait_for_slot(one)
            self._go_on()

        self._journal.page.work.append((lambda ctx: self._cards.fresh(ctx, applications, monotonic_ns()), told))
        self._journal.wake()

    def _go_on(self) -> None:
        """Hand over what is due to its way, and claim what a way has room for."""
        if self._closing:
            return
        now_ns = monotonic_ns()
        for slot in self._pacer.take(now_ns=now_ns, until_ns=now_ns + AHEAD_NS, most=PAGE):
            way = self.ways.to(slot.message.network)
            if way is None:
                self._known.discard(slot.message.id)
                self._settler.fail(slot.message, {"code": "no_route"})
            else:
                way.add(Due(slot.message, slot.due_ns, slot.spacing_ns))
        self._claim(now_ns)
        self._set_timer(now_ns)

    def _claim(self, now_ns: int) -> None:
        page, now, wanted = self._journal.page, self._now(), list[UUID]()
        for way in self.ways.all:
            for due in way.take(now_ns=now_ns, until_ns=now_ns + AHEAD_NS, free_at=self._free_at):
                if due.message.expires_at is not None and due.message.expires_at <= now:
                    self._expire(due.message)
                    continue
                self._left_ns[due.message.application] = max(due.due_ns, now_ns)
                self._claims[due.message.id] = (way, due)
                way.busy += 1
                page.claims.append(due.message)
                wanted.append(due.message.id)
        if wanted:
            page.reads.append((lambda ctx: store.bodies_of(ctx, wanted), self._read))
            self._journal.wake()

    def _read(self, bodies: Mapping[UUID, bytes]) -> None:
        """Bodies of what is being claimed; once it is claimed nobody waits for them."""
        self._bodies |= {one: body for one, body in bodies.items() if one in self._claims}

    def _free_at(self, due: Due) -> int:
        """When an application may send again: its pace holds too for what waited for a way that could not be used."""
        left_ns = self._left_ns.get(due.message.application)
        return 0 if left_ns is None else left_ns + due.spacing_ns

    def _claimed(self, claimed: Claimed) -> None:
        """A page is committed: what was claimed goes out; what others took or stopped is forgotten."""
        self._known.difference_update(claimed.cancelled, claimed.lost)
        self._counts["cancelled"] += len(claimed.cancelled)
        for one in (*claimed.cancelled, *claimed.lost):
            self._bodies.pop(one, None)
            self._unbusy(one)
        for one in claimed.taken:
            way, due = self._claims.pop(one)
            if self._closing:
                self._bodies.pop(one, None)
                self._journal.page.unclaimed.append(one)
                continue
            flight = Flight(due.message, way)
            task = asyncio.create_task(self._fly(flight, due))
            self._flights[task] = flight
            task.add_done_callback(self._landed)
        self._go_on()

    def _unbusy(self, message: UUID) -> None:
        found = self._claims.pop(message, None)
        if found is not None:
            found[0].busy -= 1

    def _landed(self, task: asyncio.Task[None]) -> None:
        flight = self._flights.pop(task)
        flight.way.busy -= 1
        if not task.cancelled() and task.exception() is not None:
            _log.error("mms_flight_failed", message=str(flight.message.id), fault=type(task.exception()).__name__)
            self._known.discard(flight.message.id)
            self._settler.uncertain(flight.message, link=flight.way.name, reason="a fault of the sender")
        self._go_on()

    async def _fly(self, flight: Flight, due: Due) -> None:
        """Submit a claimed message when its slot has come and the way has one, and settle what the MMSC says."""
        message, way = flight.message, flight.way
        body = self._bodies.pop(message.id, None)
        await asyncio.sleep(max(0, due.due_ns - monotonic_ns()) / SECOND_NS)
        if body is None:  # the page was written in pieces
            found = await self._journal.ask(lambda ctx: store.bodies_of(ctx, [message.id]))
            body = found[message.id]
        try:
            made = request_of(message, body, way.settings, now=self._now())
            async with way.slots:
                if self._closing or way.is_resting(monotonic_ns()):
                    self._put_back(way, due)
                    return
                if message.expires_at is not None and message.expires_at <= self._now():
                    self._expire(message)
                    return
                flight.asked = True
                outcome = await way.client.submit(made.request, transaction_id=message.id.hex)
        except (NotComposed, CannotBeWritten) as wrong:
            _log.error("mms_not_composed", message=str(message.id), fault=type(wrong).__name__)
            self._known.discard(message.id)
            why = wrong if isinstance(wrong, NotComposed) else NotComposed()
            self._settler.fail(message, {"code": why.code, **({"clauses": why.clauses} if why.clauses else {})})
            return
        if not self._settler.settle(message, way, outcome, parts=made.parts):
            self._put_back(way, due)

    def _put_back(self, way: Way, due: Due) -> None:
        """The way could not be used and the message was not handed over: it waits again, before what came after it."""
        way.rest(monotonic_ns())
        self._journal.page.unclaimed.append(due.message.id)
        self._journal.wake()
        way.add(due)

    def _again(self, message: Outgoing, ready_at: datetime | None) -> None:
        """A settled message waits again until an instant, or is done with."""
        if ready_at is None:
            self._known.discard(message.id)
        else:
            self._wait(message, ready_at)

    def _expire(self, message: Outgoing) -> None:
        self._known.discard(message.id)
        self._settler.expire(message)

    def _recipients(self, link: str, besides: UUID | None) -> set[str]:
        """To whom messages other than one are being submitted on a way: reports on them may be early."""
        flights = [one for one in self._flights.values() if one.way.name == link]
        return {one.message.recipient for one in flights if one.message.id != besides}

    def _set_timer(self, now_ns: int) -> None:
        """Wake up for the next slot, or when the rest of a way is over; what waits for room is woken by answers."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        coming = [
            at_ns for at_ns in (self._pacer.next_at(), *(way.next_at() for way in self.ways.all)) if at_ns is not None
        ]
        if coming:
            at_ns = max(min(coming) - AHEAD_NS, now_ns + SHORTEST_NS)
            self._timer = self._loop.call_later((at_ns - now_ns) / SECOND_NS, self._go_on)
