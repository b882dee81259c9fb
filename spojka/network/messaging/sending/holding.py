"""
What is held in memory of what waits: a piece of each line, so that memory stays flat however long the queue is.

A line is an application's messages of one class. As much of it is held as leaves in some seconds; the rest is read from
the database when half of that has left. Priority messages have lines of their own, so no backlog is before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from spojka.kernel.ids import ServiceId
from spojka.network.messaging.messages.lines import LineKey, Wanted
from spojka.network.messaging.messages.records import Class
from spojka.network.messaging.sending.composing import Outgoing

NOTHING: Final = UUID(int=0)
LEAST: Final = 20
"""So many messages of a line may be held however slow it is."""
HELD_S: Final = 5
"""A line holds what it sends in so long."""
MOST_HELD: Final = 100_000
"""Beyond so many in all, a line holds no more than `TIGHT`."""
TIGHT: Final = 10
PAGE: Final = 500
"""Messages read at once, of all lines that have room for more."""


@dataclass(slots=True)
class Line:
    """
    One line as far as it is held.

    Args:
        after: the last message that was taken from it.
        held: messages of it in memory.
        behind: whether the database has more.
        asked: how many are being read.
        rewound: whether messages before `after` wait too, some of them held.

    """

    after: UUID = NOTHING
    held: int = 0
    behind: bool = False
    asked: int = 0
    rewound: bool = False


class Holding:
    """The lines, and the ids of what is held."""

    def __init__(self) -> None:
        self.known: set[UUID] = set()
        self.lines: dict[LineKey, Line] = {}
        self._most: dict[ServiceId, int] = {}
        self._hungry: dict[Class, dict[LineKey, None]] = {"priority": {}, "standard": {}}

    def set_rate(self, application: ServiceId, rate_per_s: Fraction) -> None:
        """An application's pace says how much of its lines is held."""
        self._most[application] = max(LEAST, int(rate_per_s * HELD_S))

    def takes(self, message: UUID, key: LineKey) -> bool:
        """Hold a message that was just accepted, if everything before it is held and there is room."""
        if message in self.known:
            return False
        line = self.lines.get(key)
        if line is None:
            line = self.lines[key] = Line()
        if line.behind or line.asked or line.held >= self._room_of(key):
            self._leave_behind(key, line)
            return False
        line.held += 1
        self.known.add(message)
        line.after = max(line.after, message)
        return True

    def left(self, one: Outgoing) -> None:
        """A message is claimed or gone: hold it no more."""
        try:
            self.known.remove(one.id)
        except KeyError:
            return
        key = (one.application, one.class_)
        line = self.lines[key]
        line.held -= 1
        if line.behind and not line.asked and line.held * 2 <= self._room_of(key):
            self._hungry[key[1]][key] = None

    def again(self, one: Outgoing) -> None:
        """A claimed message waits again."""
        if one.id not in self.known:
            self.known.add(one.id)
            self.lines.setdefault((one.application, one.class_), Line()).held += 1

    def fall_behind(self, keys: Iterable[LineKey]) -> None:
        """The database has more of some lines."""
        for key in keys:
            self._leave_behind(key, self.lines.setdefault(key, Line()))

    def rewind(self, first: Mapping[LineKey, UUID]) -> None:
        """Messages entered lines before others that are held or left: read on from the first of them."""
        for key, one in first.items():
            line = self.lines.setdefault(key, Line())
            line.after = min(line.after, UUID(int=max(0, one.int - 1)))
            line.rewound = True
        self.fall_behind(first)

    def wanted(self, kind: Class) -> dict[LineKey, Wanted]:
        """
        The lines of a class to read on now, and how much of each; they are being read from then on.

        Each has its share of a page, those first that have waited longest.
        """
        found: dict[LineKey, Wanted] = {}
        hungry, left = self._hungry[kind], PAGE
        share = max(LEAST, PAGE // max(1, len(hungry)))
        while hungry and left > 0:
            key = next(iter(hungry))
            del hungry[key]
            line = self.lines[key]
            most = min(left, share, max(1, self._room_of(key) - line.held))
            if line.rewound:
                most += line.held
            line.behind, line.asked = False, most
            left -= most
            found[key] = Wanted(line.after, most)
        return found

    def read(self, key: LineKey, ids: list[UUID]) -> list[UUID]:
        """What was read of a line that was wanted: those that were not held are held now."""
        line = self.lines[key]
        fresh = [one for one in ids if one not in self.known]
        self.known.update(fresh)
        line.held += len(fresh)
        line.after = max([line.after, *ids[-1:]])
        exhausted = len(ids) < line.asked
        line.asked = 0
        if exhausted:
            line.rewound = False
        else:
            line.behind = True
        if line.behind:
            self._leave_behind(key, line)
        return fresh

    def not_read(self, keys: Iterable[LineKey]) -> None:
        """Lines that were wanted could not be read: they are wanted again."""
        for key in keys:
            line = self.lines[key]
            line.asked = 0
            self._leave_behind(key, line)

    def counted(self, counts: Mapping[LineKey, int]) -> int:
        """Lines of which more waits than is held are read again from their beginning; how many messages that is."""
        missed = 0
        for key, count in counts.items():
            line = self.lines[key]
            if count > line.held and not line.asked:
                missed += count - line.held
                self.rewind({key: UUID(int=1)})
        return missed

    def settled(self) -> dict[LineKey, UUID]:
        """Lines that are held up to a message, by that message; those with nothing left are forgotten."""
        for key in [key for key, line in self.lines.items() if not (line.held or line.behind or line.asked)]:
            del self.lines[key]
        return {key: line.after for key, line in self.lines.items() if not line.asked and not line.rewound}

    def _room_of(self, key: LineKey) -> int:
        return TIGHT if len(self.known) >= MOST_HELD else self._most.get(key[0], LEAST)

    def _leave_behind(self, key: LineKey, line: Line) -> None:
        line.behind = True
        if not line.asked and line.held * 2 <= self._room_of(key):
            self._hungry[key[1]][key] = None
