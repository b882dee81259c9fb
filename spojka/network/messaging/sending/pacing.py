"""
Which message leaves next: an even pace for every application, priority first, everybody served (o2/2.2, o2/4.1).

Pure and in memory: it is given the time in nanoseconds and holds what waits. An application's part number n leaves
1/rate after the one before, and no sooner; a part takes one slot. The work grows with messages and not with
applications: those that wait for their slot lie in a heap, those whose slot has come in two lines.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Generic, Literal, TypeVar

SECOND_NS: Final = 1_000_000_000
FAIR: Final = 8
"""One in so many slots of a busy platform goes to standard messages though priority ones wait."""

Class = Literal["standard", "priority"]
M = TypeVar("M")
SPARE: Final = 2
"""So many slots more than its look-ahead holds may be given out before an application is taken to be backed up."""


def spacing_ns(rate_per_s: Fraction) -> int:
    """
    Nanoseconds between two parts of an application, rounded up so that no second holds more than the rate.

    >>> [spacing_ns(Fraction(rate)) for rate in ("5", "1", "0.5", "3")]
    [200000000, 1000000000, 2000000000, 333333334]
    """
    return -(-SECOND_NS * rate_per_s.denominator // rate_per_s.numerator)


@dataclass(frozen=True, slots=True)
class Slot(Generic[M]):
    """A message that may leave: whose, its class and parts, when the first is due and how far apart they are."""

    application: Hashable
    message: M
    kind: Class
    parts: int
    due_ns: int
    spacing_ns: int


@dataclass(slots=True)
class _Lane(Generic[M]):
    """
    One application's waiting messages, and its slots: the last given, the last given to priority, the last first one of
    a message that was given when it had come, the last in which a part left.

    Slots are given out before they come. A priority message is given the first that has not come: whatever standard one
    had it leaves in the next, and so on, up to the one that is given out for the priority message.
    """

    spacing: int
    ahead_ns: int = 0
    last_ns: int | None = None
    urgent_ns: int | None = None
    come_ns: int | None = None
    gone_ns: int | None = None
    out: int = 0
    waits: bool = False
    turn: int = 0
    lines: dict[Class, deque[tuple[M, int]]] = field(
        default_factory=lambda: {"priority": deque(), "standard": deque()},
    )

    def free_at(self, now_ns: int) -> int:
        """When the next part that is given a slot behind all others may leave."""
        return now_ns if self.last_ns is None else max(now_ns, self.last_ns + self.spacing)

    def urgent_at(self, now_ns: int) -> int:
        """When the next priority part may leave."""
        before = [one for one in (self.urgent_ns, self.come_ns, self.gone_ns) if one is not None]
        return max(now_ns, max(before) + self.spacing) if before else now_ns

    def found_at(self, now_ns: int) -> int:
        """When its next slot is given out: ahead of it, unless more are given out than that holds."""
        if self.lines["priority"]:
            return self.urgent_at(now_ns) - self.ahead_ns
        ahead_ns = self.ahead_ns if self.out * self.spacing <= self.ahead_ns + SPARE * self.spacing else 0
        return self.free_at(now_ns) - ahead_ns

    @property
    def line(self) -> Class | None:
        """The class that is served next."""
        if self.lines["priority"]:
            return "priority"
        return "standard" if self.lines["standard"] else None


class Pacer(Generic[M]):
    """
    Waiting messages of all applications.

    Args:
        fair: one in so many messages that leave is a standard one while both classes wait.
        ahead: how long before it comes a slot is given out, in nanoseconds, by the space between two of them. Slots of
            an application whose messages do not get on, as `gone_on` tells, are given out when they come, so that the
            next of them is for whatever is first by then.

    """

    def __init__(self, *, fair: int = FAIR, ahead: Callable[[int], int] = lambda _: 0) -> None:
        self._fair, self._since_standard, self._ahead = fair, 0, ahead
        self._lanes: dict[Hashable, _Lane[M]] = {}
        self._later: list[tuple[int, int, Hashable]] = []
        self._ready: dict[Class, deque[tuple[Hashable, int]]] = {"priority": deque(), "standard": deque()}
        self._turns = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def set_rate(self, application: Hashable, rate_per_s: Fraction, *, now_ns: int) -> None:
        """Give an application its pace, which holds at once for what waits too (o2/2.3)."""
        lane = self._lanes.setdefault(application, _Lane(spacing_ns(rate_per_s)))
        lane.spacing = spacing_ns(rate_per_s)
        lane.ahead_ns = self._ahead(lane.spacing)
        if lane.waits:
            self._line_up(application, lane, now_ns)

    def knows(self, application: Hashable) -> bool:
        """Whether an application has a pace."""
        return application in self._lanes

    def waiting(self, application: Hashable) -> dict[Class, int]:
        """How many messages of an application wait, by class."""
        lane = self._lanes[application]
        return {kind: len(line) for kind, line in lane.lines.items()}

    def add(self, application: Hashable, message: M, *, kind: Class, parts: int, now_ns: int) -> None:
        """Let a message wait; the application must have a pace."""
        lane = self._lanes[application]
        lane.lines[kind].append((message, parts))
        self._count += 1
        if not lane.waits or kind == "priority":
            self._line_up(application, lane, now_ns)

    def take(self, *, now_ns: int, until_ns: int | None = None, most: int) -> Iterator[Slot[M]]:
        """
        Messages whose slot comes until an instant (default: now), in the order they leave.

        Args:
            now_ns: the present; no slot lies before it.
            until_ns: how far to look ahead, so that a claim can be written before the slot comes.
            most: parts at most; one message of more parts may exceed it.

        """
        until_ns = now_ns if until_ns is None else until_ns
        taken = 0
        while taken < most:
            self._wake(until_ns)
            application = self._choose()
            if application is None:
                return
            lane = self._lanes[application]
            kind = lane.line
            assert kind is not None, application
            message, parts = lane.lines[kind].popleft()
            behind_ns = (parts - 1) * lane.spacing
            due_ns = free_ns = lane.free_at(now_ns)
            lane.last_ns = free_ns + behind_ns
            if kind == "priority":
                due_ns = lane.urgent_at(now_ns)
                lane.urgent_ns = due_ns + behind_ns
            if due_ns <= now_ns:
                lane.come_ns = due_ns  # further parts of it have not come
            lane.waits = False
            lane.out += parts
            self._count -= 1
            taken += parts
            if lane.line is not None:
                self._line_up(application, lane, now_ns)
            yield Slot(application, message, kind, parts, due_ns, lane.spacing)

    def gone_on(self, application: Hashable, parts: int) -> None:
        """Parts that were given slots wait no more."""
        lane = self._lanes.get(application)
        if lane is not None:
            lane.out = max(0, lane.out - parts)

    def leaves(self, application: Hashable, due_ns: int, parts: int) -> int:
        """
        When parts that are due at an instant leave: then, or one space after what left before them.

        They count as gone where that is then; else they are to ask again when it comes.
        """
        lane = self._lanes.get(application)
        if lane is None:
            return due_ns
        behind_ns = (parts - 1) * lane.spacing
        if lane.gone_ns is not None and due_ns < lane.gone_ns + lane.spacing:
            return lane.gone_ns + lane.spacing
        lane.gone_ns = due_ns + behind_ns
        return due_ns

    def left(self, application: Hashable, at_ns: int) -> None:
        """A part left at an instant: where that was after its slot, the next ones are as far apart as the pace says."""
        lane = self._lanes.get(application)
        if lane is not None and lane.last_ns is not None and lane.last_ns < at_ns:
            lane.last_ns = at_ns

    def next_at(self) -> int | None:
        """When the next slot is given out, in nanoseconds; `None` when nothing waits, 0 when one can be now."""
        if self._count == 0:
            return None
        if any(self._ready.values()):
            return 0
        while self._later and not self._is_current(self._later[0]):
            heapq.heappop(self._later)
        return self._later[0][0] if self._later else None

    def prune(self, keeps: Callable[[M], bool]) -> None:
        """Take out what is not to be kept, of all applications."""
        for lane in self._lanes.values():
            for kind, line in lane.lines.items():
                kept = deque(entry for entry in line if keeps(entry[0]))
                self._count -= len(line) - len(kept)
                lane.lines[kind] = kept

    def _line_up(self, application: Hashable, lane: _Lane[M], now_ns: int) -> None:
        """Put an application where its next slot is found; a place it had before does not count any more."""
        lane.waits = True
        self._turns += 1
        lane.turn = self._turns
        heapq.heappush(self._later, (lane.found_at(now_ns), lane.turn, application))

    def _is_current(self, entry: tuple[int, int, Hashable]) -> bool:
        lane = self._lanes[entry[2]]
        return lane.waits and lane.turn == entry[1]

    def _wake(self, until_ns: int) -> None:
        """Applications whose slot has come line up by the class they send next."""
        while self._later and self._later[0][0] <= until_ns:
            entry = heapq.heappop(self._later)
            if not self._is_current(entry):
                continue
            lane = self._lanes[entry[2]]
            if lane.line is None:
                lane.waits = False
            else:
                self._ready[lane.line].append((entry[2], lane.turn))

    def _choose(self) -> Hashable | None:
        """The application that sends next: priority first, but one in `fair` is a standard one."""
        for kind in self._order():
            line = self._ready[kind]
            while line:
                application, turn = line.popleft()
                lane = self._lanes[application]
                if not lane.waits or lane.turn != turn:
                    continue
                if lane.line is None:
                    lane.waits = False
                    continue
                self._since_standard = 0 if lane.line == "standard" else self._since_standard + 1
                return application
        return None

    def _order(self) -> tuple[Class, Class]:
        if self._since_standard + 1 >= self._fair:
            return ("standard", "priority")
        return ("priority", "standard")
