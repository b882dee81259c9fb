"""Which prices hold in which part of a time, for contracts of any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from spojka.kernel.time import start_of
from spojka.network.messaging.prices.terms import MessageBillTerms
from spojka.terms.precedence import TermMissing
from spojka.trade.publications.shelf import Shelf


@dataclass(frozen=True)
class Pieces:
    """
    A time cut where terms may change.

    Args:
        shelf: the published editions.
        days: the first day of each piece, ascending.
        ends_on: the day after the last one.

    """

    shelf: Shelf
    days: Sequence[date]
    ends_on: date
    _known: dict[tuple[int, date], MessageBillTerms | None] = field(default_factory=dict)

    @property
    def starts(self) -> list[datetime]:
        """The first instant of each piece."""
        return [start_of(day) for day in self.days]

    @property
    def ends_at(self) -> datetime:
        """The end (exclusive) of the last piece."""
        return start_of(self.ends_on)

    def terms(self, piece: int, signed_on: date) -> MessageBillTerms | None:
        """What binds a contract in a piece; `None` where a term besides the prices is missing."""
        key = (piece, signed_on)
        if key not in self._known:
            day = max(self.days[piece], signed_on)
            try:
                self._known[key] = self.shelf.sheet(MessageBillTerms, day, signed_on)
            except TermMissing:
                self._known[key] = None
        return self._known[key]

    def span(self, piece: int) -> tuple[datetime, datetime]:
        """The first instant and the end (exclusive) of a piece."""
        starts = self.starts
        return starts[piece], starts[piece + 1] if piece + 1 < len(starts) else self.ends_at


def pieces_of(shelf: Shelf, starts_on: date, ends_on: date) -> Pieces:
    """The days `[starts_on, ends_on)` cut on every day from which an edition is effective or binds."""
    changes = {edition.effective_from for edition in shelf.editions}
    changes |= {edition.binds_existing_from for edition in shelf.editions}
    return Pieces(shelf, [starts_on, *sorted(day for day in changes if starts_on < day < ends_on)], ends_on)
