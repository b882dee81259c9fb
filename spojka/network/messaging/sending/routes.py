"""
The ways to networks: what waits for a way, how fast it takes, when it rests (facts of SMPP 3.4, 0x58 and 0x14).

A way has a window of its own and a pace that it is held to; one that says it is too fast rests, then begins anew and
doubles its pace up to half of what was too much, from where it recovers slowly. What waits for it stays in order,
priority first, and holds up no other way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from spojka.network.messaging.messages.records import Class
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.smpp.clients import Client, ClientSettings
from spojka.network.messaging.smpp.pdus import SubmitMulti, SubmitSm
from spojka.network.messaging.smpp.receipts import IdForms

Request = SubmitSm | SubmitMulti
"""What carries a part, or the parts of several messages."""

EVERY: Final = "*"
"""A way to all networks that no other way is named for."""
FAIR: Final = 8
"""One in so many messages of a busy way is a standard one though priority ones wait."""
REST_NS: Final = 1_000_000_000
SLOWEST_PER_S: Final = 1
FASTEST_PER_S: Final = 100_000
BURSTS_A_SECOND: Final = 50
"""A way with a pace may catch up on so long, 20 milliseconds, after it could have sent and did not."""
CLAIMED_A_SECOND: Final = 2
"""What a way with a pace sends in half a second is claimed for it at most."""
BEGINS_PER_S: Final = 16
"""A way that complained is given so much at least, then twice as much every second up to half of what was too much."""
TRIED_PER_S: Final = 10_000
"""A way without a pace that complains is taken to have been given so much."""
RECOVERS_PCT: Final = 10
"""From there on it gets so much faster with every second without a complaint."""


@dataclass(frozen=True)
class RouteSettings:
    """
    One way to networks.

    Args:
        name: it is known by in events and receipts; never changed while messages are on it.
        networks: it leads to; `*` is all others.
        client: where to bind, as whom.
        ids: how its ids are written in answers and in receipts.
        per_s: parts a second that it may be given; none is as fast as it takes.
        queries: whether its centre says what became of a message when it is asked.
        multi: so many recipients it takes in one request; fewer than 2 is one at a time.
        presents: the number that other Czech networks show in place of an application's; empty where they do not.

    """

    name: str
    networks: tuple[str, ...]
    client: ClientSettings
    ids: IdForms = field(default_factory=IdForms)
    per_s: int | None = None
    queries: bool = False
    multi: int = 0
    presents: str = ""


@dataclass(slots=True)
class Part:
    """
    One part of a message on its way: its number from 1, and the way.

    `others` are the parts of other messages in the same request; `shared` those that have an answer in common;
    `detail` is what its life tells of how it left.
    """

    message: Outgoing
    number: int
    route: Route
    tries: int = 0
    others: tuple[Part, ...] = ()
    shared: bool = False
    detail: dict[str, Any] | None = None


@dataclass(slots=True)
class Due:
    """
    A message whose slot has come or comes soon: when its first part is due, and how far apart its parts are.

    `again` is whether it was put back.
    """

    message: Outgoing
    due_ns: int
    spacing_ns: int
    again: bool = False


class Route:
    """
    What waits for one way.

    Args:
        settings: which way.
        client: keeps it bound.

    """

    def __init__(self, settings: RouteSettings, client: Client) -> None:
        self.settings, self.client = settings, client
        self.claimed_parts: dict[Class, int] = {"priority": 0, "standard": 0}
        """Parts that are claimed and not sent yet; those of one class take no room of the other."""
        self.outbox: dict[Class, deque[tuple[Part, Request]]] = {"priority": deque(), "standard": deque()}
        """Claimed parts that are due, and wait for the window or the pace."""
        self._lines: dict[Class, deque[Due]] = {"priority": deque(), "standard": deque()}
        self._since_standard = 0
        self._rests_until_ns = 0
        self._most_per_s = settings.per_s or FASTEST_PER_S
        self._per_s = self._most_per_s
        self._next_ns = 0
        self._faster_at_ns = 0
        self._took, self._took_since_ns = 0, 0
        self._careful_from = SLOWEST_PER_S

    @property
    def name(self) -> str:
        """What it is known by."""
        return self.settings.name

    @property
    def waiting(self) -> int:
        """Messages that wait for it."""
        return sum(len(line) for line in self._lines.values())

    def add(self, due: Due, *, first: bool = False) -> None:
        """Let a message wait; `first` puts back what could not be sent now, in the order of its application."""
        line = self._lines[due.message.class_]
        if not first:
            line.append(due)
            return
        place, due.again = 0, True
        for n, other in enumerate(line, start=1):
            if not other.again:
                break
            if other.message.application == due.message.application and other.message.id < due.message.id:
                place = n
        line.insert(place, due)

    def prune(self, gone: Collection[UUID]) -> list[Outgoing]:
        """Take messages out that do not wait any more; returns those that were there."""
        pruned: list[Outgoing] = []
        for kind, line in self._lines.items():
            pruned += [due.message for due in line if due.message.id in gone and not due.message.others]
            self._lines[kind] = deque(due for due in line if due.message.id not in gone or due.message.others)
        return pruned

    def give_back(self, stays: Callable[[Part], bool]) -> list[Outgoing]:
        """Take messages out of the outbox, but those of parts that stay."""
        back: dict[UUID, Outgoing] = {}
        for kind, line in self.outbox.items():
            keeps: deque[tuple[Part, Request]] = deque()
            for part, request in line:
                if stays(part):
                    keeps.append((part, request))
                    continue
                self.claimed_parts[kind] -= 1 + len(part.others)
                for one in (part, *part.others):
                    back[one.message.id] = one.message
            self.outbox[kind] = keeps
        return list(back.values())

    def room(self, kind: Class, *, ahead: int) -> int:
        """Parts of a class that may be claimed now: what the window has room for, and so many ahead of it."""
        if not self.client.is_bound:
            return 0
        most = self.client.room + ahead
        if self._per_s < FASTEST_PER_S:
            most = min(most, max(1, self._per_s // CLAIMED_A_SECOND))
        return max(0, most - self.claimed_parts[kind])

    def sendable(self, now_ns: int) -> int:
        """Parts that may be sent now, by its window, its pace and its rest."""
        if not self.client.is_bound or now_ns < self._rests_until_ns:
            return 0
        if self._per_s >= FASTEST_PER_S:
            return self.client.room
        if now_ns < self._next_ns:
            return 0
        saved = min(now_ns - self._next_ns, REST_NS // BURSTS_A_SECOND)
        return min(self.client.room, 1 + saved * self._per_s // REST_NS)

    def ready_at(self) -> int:
        """When its pace or its rest lets it send again."""
        return max(self._rests_until_ns, self._next_ns if self._per_s < FASTEST_PER_S else 0)

    def outgoing(self, room: int, *, alone: bool = False) -> list[tuple[Part, Request]]:
        """Take from the outbox what leaves next: priority `alone`, or first, with one in `FAIR` a standard one."""
        urgent, usual = self.outbox["priority"], self.outbox["standard"]
        batch: list[tuple[Part, Request]] = []
        while len(batch) < room and (urgent or (usual and not alone)):
            if urgent and not (usual and not alone and self._since_standard + 1 >= FAIR):
                batch.append(urgent.popleft())
                self._since_standard += 1
            else:
                batch.append(usual.popleft())
                self._since_standard = 0
        return batch

    def sent(self, parts: int, now_ns: int) -> None:
        """Parts were sent: hold the pace, and get faster where nobody complained for a second."""
        if self._per_s < self._most_per_s and now_ns >= self._faster_at_ns:
            faster = self._per_s * (100 + RECOVERS_PCT) // 100 + 1
            if self._per_s < self._careful_from:
                faster = min(2 * self._per_s, self._careful_from)
            self._per_s = min(self._most_per_s, faster)
            self._faster_at_ns = now_ns + REST_NS
        if self._per_s < FASTEST_PER_S:
            begins = max(self._next_ns, now_ns - REST_NS // BURSTS_A_SECOND)
            self._next_ns = begins + parts * REST_NS // self._per_s

    def take(self, *, until_ns: int, ahead: int) -> list[Due]:
        """Messages to claim now: due until an instant, as many of each class as there is room for, in their order."""
        taken: list[Due] = []
        for kind, line in self._lines.items():
            room = self.room(kind, ahead=ahead) if line else 0
            while room > 0 and line and line[0].due_ns <= until_ns:
                due = line.popleft()
                taken.append(due)
                room -= due.message.parts + len(due.message.others)
        return taken

    def slow_down(self, now_ns: int) -> None:
        """It said that it is given too much: rest, then half the pace; what else it says while it rests is the same."""
        if now_ns < self._rests_until_ns:
            return
        self._rests_until_ns = now_ns + REST_NS
        self._careful_from = max(SLOWEST_PER_S, min(self._per_s, TRIED_PER_S) // 2)
        self._per_s = min(self._careful_from, max(self._took, BEGINS_PER_S))
        self._took = 0
        self._faster_at_ns = self._rests_until_ns + REST_NS

    def took(self, now_ns: int) -> None:
        """It took a part; how many it takes in a second says what it may be given after a complaint."""
        if now_ns - self._took_since_ns >= REST_NS:
            self._took, self._took_since_ns = 0, now_ns
        self._took += 1

    def next_at(self) -> int | None:
        """When its next message is due; `None` when nothing waits, or waits for room."""
        coming = [line[0].due_ns for kind, line in self._lines.items() if line and self.room(kind, ahead=0) > 0]
        return min(coming, default=None)


class Routes:
    """All ways, found by network."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.all = tuple(routes)
        self._by_network = {network: route for route in routes for network in route.settings.networks}

    def to(self, network: str) -> Route | None:
        """The way to a network, or the one to all others; `None` without one."""
        return self._by_network.get(network) or self._by_network.get(EVERY)

    def named(self, name: str) -> Route | None:
        """The way of a name."""
        return next((route for route in self.all if route.name == name), None)
