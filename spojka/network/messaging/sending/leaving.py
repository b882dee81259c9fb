"""
How messages leave: claimed in the database, written as requests, sent when they are due, given back when they cannot.

What is claimed and was not handed to a link goes back as soon as its way is lost, and when it waits there too long. So
whoever must not get it any more does not: every message is looked at again before it leaves.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from time import monotonic_ns
from typing import Any, Final
from uuid import UUID

import structlog

from spojka.network.messaging.messages.records import Class
from spojka.network.messaging.sending.claiming import Claimed
from spojka.network.messaging.sending.composing import NotComposed, Outgoing, request_to_many, requests_of, set_validity
from spojka.network.messaging.sending.holding import Holding
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.pacing import Pacer
from spojka.network.messaging.sending.routes import Due, Part, Request, Route, Routes
from spojka.network.messaging.sending.settling import Settler
from spojka.network.messaging.sending.terms import LeavingTerms
from spojka.network.messaging.smpp.fates import Outcome

AHEAD_NS: Final = 100_000_000
"""How long before its slot a message is claimed at most, so that it leaves when the slot comes."""
LEAST_AHEAD_NS: Final = 20_000_000
AHEAD_SLOTS: Final = 4
"""Of an application so many slots are given out before they come, or what `LEAST_AHEAD_NS` holds."""
AHEAD_PARTS: Final = 100
"""Parts claimed beyond what the window has room for."""
STUCK_NS: Final = 10_000_000_000
"""What was claimed so long ago and has not left is looked at again."""
SECOND_NS: Final = 1_000_000_000
RANKS: Final[Mapping[Class, int]] = {"priority": 0, "standard": 1}
WAY_NS: Final = 30_000_000
"""So long standard messages stay back at most while priority ones are on their way to the link."""
WAYS_APART_NS: Final = 5 * WAY_NS
"""No sooner do they stay back again, so that priority messages without end do not keep them back for good."""

_log = structlog.get_logger(__name__)


def ahead_of(spacing_ns: int) -> int:
    """
    How long before they come the slots of an application are given out, by the nanoseconds between two of them.

    >>> [ahead_of(1_000_000_000 // per_s) // 1_000_000 for per_s in (1, 50, 100, 1000)]
    [100, 80, 40, 20]
    """
    return min(AHEAD_NS, max(LEAST_AHEAD_NS, AHEAD_SLOTS * spacing_ns))


class Leaving:
    """
    Messages from the claim to the link.

    Args:
        journals: claim and give back, those of each class apart.
        settler: is told what became of parts.
        holding: what is held in memory.
        routes: the ways.
        now: the wall clock.
        go_on: is called when something can go on.
        pacer: is told what waits for its way no more, and when it left.

    """

    def __init__(
        self,
        journals: Mapping[Class, Journal],
        settler: Settler,
        holding: Holding,
        *,
        routes: Routes,
        now: Callable[[], datetime],
        go_on: Callable[[], None],
        pacer: Pacer[Outgoing],
    ) -> None:
        self._journals, self._settler, self._holding = journals, settler, holding
        self._routes, self._now, self._go_on, self._pacer = routes, now, go_on, pacer
        self._claims: dict[UUID, tuple[Route, Due]] = {}
        self._doubted: set[UUID] = set()
        self._soon: list[tuple[int, int, int, Part, Request]] = []
        self._resting: list[tuple[int, int, Route, Outgoing]] = []
        self._turn = 0
        self._terms: LeavingTerms | None = None
        self._expects = False
        self._way_until_ns = self._way_next_ns = 0
        settler.again = self.again

    def __len__(self) -> int:
        return len(self._resting)

    def set_terms(self, terms: LeavingTerms) -> None:
        """What binds now."""
        self._terms = terms

    def make_way(self, now_ns: int, *, expects: bool = False) -> None:
        """
        Priority messages come: standard ones stay back a moment, as none is to leave before them (o2/2.2).

        Args:
            now_ns: the present.
            expects: whether they are still to be read; `came` tells when they are.

        """
        if now_ns >= self._way_next_ns:
            self._way_until_ns, self._way_next_ns = now_ns + WAY_NS, now_ns + WAYS_APART_NS
            self._expects = expects

    def came(self) -> None:
        """What was expected is read: standard ones stay back for as long as any of it is about to leave."""
        self._expects = False

    def _makes_way(self, route: Route, now_ns: int) -> bool:
        return now_ns < self._way_until_ns and (self._expects or route.claimed_parts["priority"] > 0)

    def claim(self, now_ns: int) -> None:
        """Claim what ways have room for; what is over expires instead."""
        now = None
        while self._resting and self._resting[0][0] <= now_ns:
            due_ns, _, route, one = heapq.heappop(self._resting)
            route.add(Due(one, due_ns, one.spacing_ns), first=True)
        for route in self._routes.all:
            for due in route.take(until_ns=now_ns + AHEAD_NS, ahead=AHEAD_PARTS):
                self._pacer.gone_on(due.message.application, due.message.parts + len(due.message.others))
                if due.message.expires_at is not None:
                    now = now or self._now()
                    if due.message.expires_at <= now:
                        for one in (due.message, *due.message.others):
                            self._holding.left(one)
                            self._settler.expire(one)
                        continue
                for one in (due.message, *due.message.others):
                    if one.id in self._claims:  # read again while it is being claimed
                        continue
                    self._claims[one.id] = (route, due)
                    route.claimed_parts[one.class_] += one.parts
                    self._journals[one.class_].page.claims.append(one)
        for journal in self._journals.values():
            if journal.page.claims:
                journal.wake()

    def claimed(self, claimed: Claimed) -> None:
        """A page is committed: what was claimed is sent when it is due; what others took or stopped is forgotten."""
        for one in (*claimed.cancelled, *claimed.lost):
            found = self._claims.pop(one, None)
            if found is not None:
                message = self._member(found[1], one)
                found[0].claimed_parts[message.class_] -= message.parts
                self._holding.left(message)
        self._settler.counts["cancelled"] += len(claimed.cancelled)
        now_ns = monotonic_ns()
        together: dict[int, tuple[Route, Due, list[Outgoing]]] = {}
        back: dict[Route, list[Outgoing]] = {}
        for one in claimed.taken:
            found = self._claims.pop(one, None)
            if found is None:
                continue
            route, due = found
            message = self._member(due, one) if due.message.others else due.message
            self._holding.left(message)
            message.claimed_ns, message.spacing_ns = now_ns, due.spacing_ns
            if not route.client.is_bound or message.id in self._doubted:
                route.claimed_parts[message.class_] -= message.parts
                back.setdefault(route, []).append(message)
            elif due.message.others:
                together.setdefault(id(due), (route, due, []))[2].append(message)
            else:
                self._make_ready(route, message, due.due_ns)
        for route, due, messages in together.values():
            self._make_ready_together(route, messages, due.due_ns)
        for route, messages in back.items():
            self._back(route, messages)
        self._doubted.intersection_update(self._claims)

    def send_due(self, now_ns: int) -> None:
        """Send what is claimed and due, as far as windows and paces let it; in one write a way."""
        while self._soon and self._soon[0][0] <= now_ns:
            due_ns, _, turn, part, request = heapq.heappop(self._soon)
            leaves_ns = self._pacer.leaves(part.message.application, due_ns, 1 + len(part.others))
            if leaves_ns > due_ns:  # a priority message has its slot
                self._wait(leaves_ns, part, request, turn=turn)
            else:
                part.route.outbox[part.message.class_].append((part, request))
        for route in self._routes.all:
            makes_way = self._makes_way(route, now_ns)
            self._send(route, now_ns, alone=makes_way)
            if makes_way and not self._makes_way(route, now_ns):
                self._send(route, now_ns, alone=False)

    def _send(self, route: Route, now_ns: int, *, alone: bool) -> None:
        """Send what a way has room for, priority `alone` or first."""
        batch = route.outgoing(route.sendable(now_ns), alone=alone)
        if any(part.message.expires_at is not None for part, _ in batch):
            batch = self._valid(route, batch)
        if not batch:
            return
        taken = route.client.send([pdu for _, pdu in batch], [part for part, _ in batch], self._settled)
        for entry in reversed(batch[taken:]):
            route.outbox[entry[0].message.class_].appendleft(entry)
        parts = 0
        for part, _ in batch[:taken]:
            part.message.handed = True
            for other in part.others:
                other.message.handed = True
            route.claimed_parts[part.message.class_] -= 1 + len(part.others)
            parts += 1 + len(part.others)
            self._pacer.left(part.message.application, now_ns)
        route.sent(parts, now_ns)

    def _wait(self, due_ns: int, part: Part, request: Request, *, turn: int | None = None) -> None:
        """Let a part wait for its instant; of one instant, priority is first, then what came before."""
        if turn is None:
            self._turn += 1
            turn = self._turn
        heapq.heappush(self._soon, (due_ns, RANKS[part.message.class_], turn, part, request))

    def again(self, part: Part, after_s: int) -> None:
        """
        A part that its centre did not take for the moment is sent again.

        A message of one part waits for it unclaimed, and is looked at as any other before it leaves.
        """
        message = part.message
        due_ns = monotonic_ns() + after_s * SECOND_NS
        if message.parts == 1:
            self._turn += 1
            message.tries, message.handed, message.others = part.tries, False, ()
            self._wait_again(message)
            heapq.heappush(self._resting, (due_ns, self._turn, part.route, message))
            return
        requests = requests_of(message, presented=self._presented(part.route, message))
        part.route.claimed_parts[message.class_] += 1
        self._wait(due_ns, part, requests[part.number - 1])

    def lost(self, route: Route) -> None:
        """A way is not bound: what was claimed for it and not handed over waits again."""
        self._give_back(route, before_ns=monotonic_ns())

    def look_after(self) -> None:
        """Give back what was claimed long ago and has not left."""
        for route in self._routes.all:
            self._give_back(route, before_ns=monotonic_ns() - STUCK_NS)

    def doubt(self, recipients: set[str]) -> None:
        """Recipients have just said what they want: what was claimed for them and has not left is looked at again."""
        self._doubted.update(
            one.id
            for _, due in self._claims.values()
            for one in (due.message, *due.message.others)
            if one.recipient in recipients
        )
        for route in self._routes.all:
            self._give_back(route, before_ns=monotonic_ns(), recipients=recipients)

    def let_wait(self) -> None:
        """Claimed messages of which no part was handed to a link wait for another sender."""
        parts = [part for _, _, _, part, _ in self._soon]
        for route in self._routes.all:
            parts += [part for line in route.outbox.values() for part, _ in line]
        unsent = {one.message.id: one.message for part in parts for one in (part, *part.others)}
        for one in unsent.values():
            if not one.handed:
                self._journals[one.class_].page.unclaimed.append(one.id)

    def coming_at(self, now_ns: int) -> list[int]:
        """When something is to be done next: a part leaves, a message waits or stays back no more, a rest is over."""
        coming = [self._soon[0][0]] if self._soon else []
        coming += [self._resting[0][0]] if self._resting else []
        coming += [self._way_until_ns] if now_ns < self._way_until_ns else []
        coming += [
            route.ready_at() for route in self._routes.all if any(route.outbox.values()) and route.ready_at() > now_ns
        ]
        return coming

    def _give_back(self, route: Route, *, before_ns: int, recipients: set[str] | None = None) -> None:
        """What was claimed for a way before an instant and has not left waits again; of all recipients, or of some."""

        def stays(part: Part) -> bool:
            if part.message.handed or part.message.claimed_ns > before_ns:
                return True
            return recipients is not None and all(
                one.message.recipient not in recipients for one in (part, *part.others)
            )

        keeps = []
        back: dict[UUID, Outgoing] = {}
        for entry in self._soon:
            part = entry[3]
            if part.route is not route or stays(part):
                keeps.append(entry)
                continue
            route.claimed_parts[part.message.class_] -= 1 + len(part.others)
            for one in (part, *part.others):
                back[one.message.id] = one.message
        for message in route.give_back(stays):
            back[message.id] = message
        if back:
            self._soon = keeps
            heapq.heapify(self._soon)
            self._back(route, sorted(back.values(), key=lambda one: one.id))

    def _back(self, route: Route, messages: Sequence[Outgoing]) -> None:
        """Messages wait again, before those that came after them."""
        now_ns = monotonic_ns()
        for one in reversed(messages):
            one.others = ()
            self._wait_again(one)
            route.add(Due(one, now_ns, one.spacing_ns), first=True)
        self._settler.counts["given_back"] += len(messages)

    def _wait_again(self, message: Outgoing) -> None:
        """A claimed message is to be claimed anew before it leaves; one journal writes both, in this order."""
        journal = self._journals[message.class_]
        journal.page.unclaimed.append(message.id)
        journal.wake()
        self._holding.again(message)

    def _make_ready(self, route: Route, message: Outgoing, due_ns: int) -> None:
        """The parts of a claimed message, each for its instant; one that cannot be written as requests fails."""
        presented = self._presented(route, message)
        try:
            requests = requests_of(message, presented=presented)
        except ValueError as wrong:
            _log.error("message_not_composed", message=str(message.id), fault=repr(wrong))
            route.claimed_parts[message.class_] -= message.parts
            why = wrong if isinstance(wrong, NotComposed) else NotComposed()
            self._settler.fail(message, why.code, why.clauses)
            return
        detail = _substituted(message, presented) if presented else None
        for place, request in enumerate(requests):
            part = Part(message, place + 1, route, message.tries, detail=detail)
            self._wait(due_ns + place * message.spacing_ns, part, request)

    def _make_ready_together(self, route: Route, messages: Sequence[Outgoing], due_ns: int) -> None:
        """One request of messages that differ in their recipients; one that is left alone leaves as any other."""
        first = messages[0]
        if len(messages) == 1:
            self._make_ready(route, first, due_ns)
            return
        presented = self._presented(route, first)
        try:
            request = request_to_many(messages, presented=presented)
        except ValueError:
            for one in messages:
                self._make_ready(route, one, due_ns)
            return
        detail: dict[str, Any] = {"batch_id": str(first.id), "batch_size": len(messages), "clauses": ["o2/2.2"]}
        if presented:
            shown = _substituted(first, presented)
            detail = {**detail, **shown, "clauses": [*detail["clauses"], *shown["clauses"]]}
        parts = [Part(one, 1, route, one.tries, shared=True, detail=detail) for one in messages]
        parts[0].others = tuple(parts[1:])
        self._wait(due_ns, parts[0], request)

    def _valid(self, route: Route, batch: Iterable[tuple[Part, Request]]) -> list[tuple[Part, Request]]:
        """What may still leave, with how long it is valid from now; the rest expires."""
        now = self._now()
        valid = []
        for part, request in batch:
            if part.message.expires_at is None or part.message.expires_at > now:
                set_validity(request, part.message, now)
                valid.append((part, request))
                continue
            for one in (part, *part.others):
                route.claimed_parts[one.message.class_] -= 1
                self._settler.expire_part(one)
        return valid

    def _settled(self, outcomes: list[Outcome]) -> None:
        self._settler.settle(outcomes)
        self._go_on()

    def _presented(self, route: Route, message: Outgoing) -> str:
        """The number that the recipient sees in place of the sender; empty where that is the sender itself."""
        number = route.settings.presents
        if not number or self._terms is None:
            return ""
        may = self._terms.may_be_substituted(message.sender_kind, message.destination)
        return number if may and number != message.sender else ""

    @staticmethod
    def _member(due: Due, message: UUID) -> Outgoing:
        """The message of an id in what is due together."""
        return next(one for one in (due.message, *due.message.others) if one.id == message)


def _substituted(message: Outgoing, presented: str) -> dict[str, Any]:
    """What a message's life tells of a sender that its recipient sees as another one (o2/3.1)."""
    return {
        "assigned_sender": message.sender,
        "presented_sender": presented,
        "reply_possible": False,
        "clauses": ["o2/3.1"],
    }
