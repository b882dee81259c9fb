"""
The ways to MMSCs: where each is, as whom it is spoken to, what waits for it, when it rests.

A way has a window of requests that run at once, and a few messages more are claimed for it. One that cannot be reached,
or that does not know us, rests for a second, then for twice as long each time up to a minute; what waits for it stays
in order and holds up no other way.
"""

from __future__ import annotations

import asyncio
import heapq
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from spojka.network.messaging.messages.records import Class
from spojka.network.messaging.mm7.client import CentreClient, Exchange, Peer
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.sending.routes import EVERY, Due

ROOT: Final = "/mm7"
"""Where MMSCs post to us: each below it under the name of its way."""
SECOND_NS: Final = 1_000_000_000
LONGEST_REST_S: Final = 60


@dataclass(frozen=True)
class WaySettings:
    """
    One way to networks through an MMSC.

    Args:
        name: it is known by in events and reports; never changed while messages are on it.
        networks: it leads to; `*` is all others.
        peer: where to submit, as whom.
        vasp_id, vas_id: who we are to the MMSC, and which service of ours this is.
        heard_as, heard_password: what the MMSC says when it posts to us; with neither it must show a certificate.

    """

    name: str
    networks: tuple[str, ...]
    peer: Peer
    vasp_id: str = ""
    vas_id: str = ""
    heard_as: str = ""
    heard_password: str = field(default="", repr=False)

    @property
    def path(self) -> str:
        """Where the MMSC posts to us."""
        return f"{ROOT}/{self.name}"

    @property
    def window(self) -> int:
        """Requests that run at once."""
        return self.peer.connections

    @property
    def ahead(self) -> int:
        """Messages that are claimed and written beside them, so that one is ready when an answer comes."""
        return max(1, self.window // 4)


class Way:
    """
    What waits for one way.

    Args:
        settings: which way.
        tls: how we prove ourselves and whom we trust; `None` trusts the machine's authorities.

    """

    def __init__(self, settings: WaySettings, *, tls: ssl.SSLContext | None = None) -> None:
        self.settings = settings
        self.busy = 0
        """Messages that are claimed for it and not settled."""
        self.slots = asyncio.Semaphore(settings.window)
        """Held by each request that runs."""
        self._exchange = Exchange(replace(settings.peer, tries=1), tls=tls)
        self.client = CentreClient(self._exchange)
        self._lines: dict[Class, list[tuple[int, int, Due]]] = {"priority": [], "standard": []}
        self._turn = 0
        self._rests_until_ns, self._rest_s = 0, 0

    @property
    def name(self) -> str:
        """What it is known by."""
        return self.settings.name

    @property
    def waiting(self) -> int:
        """Messages that wait for it."""
        return sum(len(line) for line in self._lines.values())

    @property
    def room(self) -> int:
        """Messages that may be claimed now."""
        return max(0, self.settings.window + self.settings.ahead - self.busy)

    def add(self, due: Due) -> None:
        """Let a message wait for its instant; of those of one instant the first that came leaves first."""
        self._turn += 1
        heapq.heappush(self._lines[due.message.class_], (due.due_ns, self._turn, due))

    def take(self, *, now_ns: int, until_ns: int, free_at: Callable[[Due], int]) -> Iterator[Due]:
        """
        Messages to claim now: due until an instant, as long as there is room, priority first.

        Args:
            now_ns: the present.
            until_ns: how far to look ahead.
            free_at: when a message's application may send again; one that is too early waits for that.

        """
        if self.is_resting(now_ns):
            return
        for line in self._lines.values():
            early: list[tuple[int, int, Due]] = []
            while self.room and line and line[0][0] <= until_ns:
                _, turn, due = heapq.heappop(line)
                due.due_ns = max(due.due_ns, free_at(due))
                if due.due_ns <= until_ns:
                    yield due
                else:
                    early.append((due.due_ns, turn, due))
            for entry in early:
                heapq.heappush(line, entry)

    def next_at(self) -> int | None:
        """When its next message may be claimed; `None` when nothing waits, or waits for room."""
        due = [line[0][0] for line in self._lines.values() if line]
        return max(min(due), self._rests_until_ns) if due and self.room else None

    def drop(self, unwanted: Callable[[Outgoing], bool]) -> list[Outgoing]:
        """Take messages out of what waits."""
        dropped: list[Outgoing] = []
        for kind, line in self._lines.items():
            dropped += [due.message for _, _, due in line if unwanted(due.message)]
            self._lines[kind] = [entry for entry in line if not unwanted(entry[2].message)]
            heapq.heapify(self._lines[kind])
        return dropped

    def is_resting(self, now_ns: int) -> bool:
        """Whether it is left alone now."""
        return now_ns < self._rests_until_ns

    def rest(self, now_ns: int) -> None:
        """It cannot be used now: leave it alone, each time longer; what fails meanwhile is the same."""
        if now_ns >= self._rests_until_ns:
            self._rest_s = min(LONGEST_REST_S, 2 * self._rest_s or 1)
            self._rests_until_ns = now_ns + self._rest_s * SECOND_NS

    def works(self) -> None:
        """It answered: the next rest is a short one."""
        self._rest_s = 0

    async def close(self) -> None:
        """Close its connections."""
        await self._exchange.close()


class Ways:
    """All ways, found by network and by where they post to us."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self.all = tuple(ways)
        self._by_network = {network: way for way in ways for network in way.settings.networks}

    def to(self, network: str) -> Way | None:
        """The way to a network, or the one to all others; `None` without one."""
        return self._by_network.get(network) or self._by_network.get(EVERY)
