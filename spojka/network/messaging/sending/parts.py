"""
Parts of long messages from mobile numbers within one transaction: read, put together, and written back.

Nothing of them stays in memory, so what is known of them is what was committed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages.fragments import (
    Fragment,
    LongKey,
    Place,
    forget_complete,
    fragments_of,
    keep_fragments,
    long_waiting,
    place_fragments,
)
from spojka.network.messaging.text.codings import Incoming, read_incoming
from spojka.network.messaging.text.headers import PartOf
from spojka.network.messaging.text.joining import REPEATS, Joined, Joining, Key

LONGEST_WAIT: Final = timedelta(hours=24)
"""A long message whose parts do not all come in this time is given to its application as far as it came."""
AT_ONCE: Final = 1_000
"""Parts that waited too long are looked for so many at once."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A part that is kept: the message it is of, its octets read, and where it was."""

    key: Key
    incoming: Incoming
    place: Place


class LongMessages:
    """
    Messages of several parts, as far as some parts need them.

    Args:
        ctx: the call; parts are read when this is made and written by `keep`.
        keys: the messages that are looked at.

    """

    def __init__(self, ctx: Context, keys: Collection[LongKey]) -> None:
        self._ctx = ctx
        self._joining = Joining(LONGEST_WAIT)
        self._known: dict[UUID, _Known] = {}
        self._fresh: list[tuple[Key, Incoming, Fragment]] = []
        for row in fragments_of(ctx, keys):
            said = read_incoming(row["octets"], data_coding=row["data_coding"], has_header=True)
            part = said.header.part if said.header is not None else None
            assert part is not None, row["id"]
            key = Key(row["source"], row["dialled"], part.reference, part.total, said.scheme.family)
            self._joining.put(key, part.number, said, place=row["place"], at=row["received_at"])
            self._known[row["id"]] = _Known(key, said, row["place"])

    def add(
        self, said: Incoming, part: PartOf, *, link: str, source: str, dialled: str, octets: bytes, data_coding: int
    ) -> tuple[Joined, ...]:
        """Take a part; what it completes, or shows to stay incomplete, is the answer."""
        now = self._ctx.now
        given = self._joining.add(said, source=source, destination=dialled, part=part, now=now)
        key = Key(source, dialled, part.reference, part.total, said.scheme.family)
        fragment = Fragment(uuid7(), link, source, dialled, part.reference, part.total, octets, data_coding, now)
        self._fresh.append((key, said, fragment))
        return given

    def due(self) -> tuple[Joined, ...]:
        """Messages that waited long enough for the rest."""
        return self._joining.due(self._ctx.now)

    def keep(self) -> None:
        """Write where every part is now."""
        moved: dict[UUID, Place | None] = {}
        for kept, known in self._known.items():
            place = self._joining.place_of(known.key, known.incoming)
            if place != known.place:
                moved[kept] = place
        place_fragments(self._ctx, moved)
        fresh: list[Fragment] = []
        for key, said, one in self._fresh:
            place = self._joining.place_of(key, said)
            if place is not None:
                fresh.append(replace(one, place=place))
        keep_fragments(self._ctx, fresh)


def long_key(source: str, dialled: str, part: PartOf) -> LongKey:
    """What parts of one message have in common, as they are kept."""
    return (source, dialled, part.reference, part.total)


def given_up(ctx: Context) -> Iterable[Joined]:
    """Messages whose rest did not come in time, given up in this transaction; what is too old to matter goes too."""
    keys = long_waiting(ctx, before=ctx.now - LONGEST_WAIT, limit=AT_ONCE)
    forget_complete(ctx, before=ctx.now - REPEATS)
    if not keys:
        return ()
    messages = LongMessages(ctx, keys)
    due = messages.due()
    messages.keep()
    return due
