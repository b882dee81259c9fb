"""Parts that come in, put together: in any order, each once, and what is there when the rest never comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Literal

from spojka.network.messaging.text.codings import Family, Incoming, decode_payload
from spojka.network.messaging.text.headers import PartOf

REPEATS: Final = timedelta(minutes=10)
"""How long a repeat of a completed message is known: centres send again what they got no answer for, within minutes."""


Place = Literal["open", "done", "repeated"]
"""Where a part is: with a message that waits, with one that is complete, or come again after that one was."""


@dataclass(frozen=True, slots=True)
class Key:
    """What parts of one message have in common."""

    source: str
    destination: str
    reference: int
    total: int
    family: Family


@dataclass(frozen=True, slots=True)
class Joined:
    """
    A message put together.

    Args:
        key: what its parts have in common.
        pieces: its parts in order, None for each that did not come.
        first_at: when the first of them came.
        last_at: when the last new one came.

    """

    key: Key
    pieces: tuple[Incoming | None, ...]
    first_at: datetime
    last_at: datetime

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the parts that did not come, from 1."""
        return tuple(number for number, piece in enumerate(self.pieces, start=1) if piece is None)

    @property
    def partial(self) -> bool:
        """Whether a part is missing."""
        return bool(self.missing)

    @property
    def runs(self) -> tuple[str, ...]:
        """
        The text between the gaps, one entry for each run of neighbouring parts; one entry when nothing is missing.

        Payloads are joined before they are read: other senders do cut pairs in two.
        """
        return tuple(text for text, _ in self._read())

    @property
    def text(self) -> str | None:
        """The whole text; None of octets and when a part is missing."""
        runs = self.runs
        return None if self.partial or not runs else "".join(runs)

    @property
    def payload(self) -> bytes | None:
        """The whole payload; None when a part is missing."""
        return None if self.partial else b"".join(piece.payload for piece in self.pieces if piece)

    @property
    def exact(self) -> bool:
        """Whether every octet that came was read as a character."""
        return all(exact for _, exact in self._read())

    def _read(self) -> list[tuple[str, bool]]:
        found = []
        for there, run in groupby(self.pieces, key=lambda piece: piece is not None):
            if there and self.key.family != "octets":
                found.append(self._run([piece for piece in run if piece]))
        return found

    def _run(self, pieces: list[Incoming]) -> tuple[str, bool]:
        texts, exact = [], all(piece.exact for piece in pieces)
        if self.key.family == "ucs2":
            text, exact = decode_payload(b"".join(piece.payload for piece in pieces), family="ucs2")
            return text or "", exact
        for alphabet, same in groupby(pieces, key=lambda piece: piece.alphabet):
            payload = b"".join(piece.payload for piece in same)
            texts.append(decode_payload(payload, family=self.key.family, alphabet=alphabet)[0] or "")
        return "".join(texts), exact


@dataclass(slots=True)
class _Open:
    pieces: dict[int, Incoming]
    first_at: datetime
    last_at: datetime
    repeated: dict[int, Incoming] = field(default_factory=dict)

    def closed(self, key: Key) -> Joined:
        pieces = tuple(self.pieces.get(number) for number in range(1, key.total + 1))
        return Joined(key, pieces, self.first_at, self.last_at)


@dataclass(slots=True)
class Joining:
    """
    Parts waiting for each other.

    Time is given. What is here can be stored part by part with its place (`place_of`) and put back (`put`).

    Args:
        wait: how long after its last new part a message is given up.
        repeats: how long after its completion a part that comes again is taken for a repeat.

    """

    wait: timedelta
    repeats: timedelta = REPEATS
    _open: dict[Key, _Open] = field(default_factory=dict)
    _done: dict[Key, _Open] = field(default_factory=dict)

    def add(
        self, incoming: Incoming, *, source: str, destination: str, part: PartOf, now: datetime
    ) -> tuple[Joined, ...]:
        """
        Take a part; what it completes is the answer, mostly nothing.

        A part that is here already, or was when its message was completed, is dropped as a repeat. Another part of the
        same number shows that the sender used the reference again: what there is of the older message is given up as
        partial, and what seemed a repeat of a completed one is taken for the new one's, so that nothing is lost.

        Args:
            incoming: the part.
            source: who sent it.
            destination: to whom.
            part: its place, from the header or from SMPP's sar parameters.
            now: when it came; never earlier than the one before.

        """
        key = Key(source, destination, part.reference, part.total, incoming.scheme.family)
        given: list[Joined] = []
        waiting = self._open.get(key)
        if waiting is not None and part.number in waiting.pieces:
            if _same(waiting, part.number, incoming):
                return ()
            given.append(self._open.pop(key).closed(key))
            waiting = None
        if waiting is None:
            done = self._done.get(key)
            if done is not None and now - done.last_at >= self.repeats:
                done = None
            if done is not None and _same(done, part.number, incoming):
                done.repeated[part.number] = incoming
                return tuple(given)
            waiting = _Open({} if done is None else dict(done.repeated), now, now)
            self._done.pop(key, None)
        waiting.pieces[part.number] = incoming
        waiting.last_at = now
        self._open.pop(key, None)  # entries stand in the order of their last part
        if len(waiting.pieces) == key.total:
            self._done[key] = waiting
            given.append(waiting.closed(key))
        else:
            self._open[key] = waiting
        return tuple(given)

    def put(self, key: Key, number: int, incoming: Incoming, *, place: Place, at: datetime) -> None:
        """Put a stored part back where it was; stored parts come in the order in which they came at first."""
        entries = self._open if place == "open" else self._done
        entry = entries.pop(key, None) or _Open({}, at, at)
        entries[key] = entry
        if place == "repeated":
            entry.repeated[number] = incoming
        else:
            entry.pieces[number] = incoming
            entry.last_at = at

    def place_of(self, key: Key, incoming: Incoming) -> Place | None:
        """Where this very part is now; None when it was a repeat, or its message is given up or forgotten."""
        waiting, done = self._open.get(key), self._done.get(key)
        if waiting is not None and _holds(waiting.pieces, incoming):
            return "open"
        if done is not None and _holds(done.pieces, incoming):
            return "done"
        return "repeated" if done is not None and _holds(done.repeated, incoming) else None

    def due(self, now: datetime) -> tuple[Joined, ...]:
        """Give up the messages that waited long enough, oldest first: partial, their gaps named."""
        for key in _silent(self._done, now - self.repeats):
            del self._done[key]
        return tuple(self._open.pop(key).closed(key) for key in _silent(self._open, now - self.wait))

    @property
    def next_due_at(self) -> datetime | None:
        """When `due` will have something to give up; None when nothing waits."""
        return next((one.last_at + self.wait for one in self._open.values()), None)

    def __len__(self) -> int:
        return len(self._open)


def _same(known: _Open, number: int, incoming: Incoming) -> bool:
    there = known.pieces.get(number)
    return there is not None and there.payload == incoming.payload


def _holds(pieces: dict[int, Incoming], incoming: Incoming) -> bool:
    return any(one is incoming for one in pieces.values())


def _silent(entries: dict[Key, _Open], until: datetime) -> list[Key]:
    """Keys without a new part since; entries stand in the order of their last one."""
    found = []
    for key, entry in entries.items():
        if entry.last_at > until:
            break
        found.append(key)
    return found
