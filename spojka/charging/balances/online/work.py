"""What a batch works on and what it leaves to be written: balances, sessions, records, things to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from spojka.charging.balances.online.basis import Basis, Called
from spojka.charging.balances.online.cards import Card, KeyedBook
from spojka.charging.balances.online.rules import Sizes, holders, in_order, rated
from spojka.charging.balances.online.sessions import Answer, Session
from spojka.charging.balances.online.tabs import Tab
from spojka.charging.balances.online.telling import Told
from spojka.charging.rating.rules import Rating
from spojka.charging.rating.terms import Account, MarkCode
from spojka.kernel.time import Period, micros_of


@dataclass(slots=True)
class Seat:
    """A service in a period, with its balance, held by the transaction; it has none when it does not run then."""

    card: Card
    tab: Tab | None = None


@dataclass
class Work:
    """
    What all steps of a batch share.

    Args:
        basis: the terms.
        sizes: how much is granted at once.
        ended: sessions of the batch that are not open.
        called: mobile numbers that sessions call, by session.
        fresh: sessions that began in the batch and are not written yet.
        changed: sessions to write, as they are now.
        records: sessions whose present part is to be written as a record, with the instant it ended.
        told: marks that customers hear of.

    """

    basis: Basis
    sizes: Sizes
    ended: dict[UUID, Session] = field(default_factory=dict)
    called: Mapping[UUID, Called] = field(default_factory=dict)
    fresh: set[UUID] = field(default_factory=set)
    changed: dict[UUID, Session] = field(default_factory=dict)
    records: list[tuple[Session, datetime]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def session(self, session: UUID, seats: Sequence[Seat]) -> Session | None:
        """A session as it is now, open or ended."""
        for seat in seats:
            if seat.tab is not None and session in seat.tab.sessions:
                return seat.tab.sessions[session]
        return self.ended.get(session)

    def put(self, session: Session, tab: Tab) -> None:
        """Keep a session as it is now."""
        tab.put(session)
        if session.is_open:
            self.ended.pop(session.id, None)
        else:
            self.ended[session.id] = session
        self.changed[session.id] = session

    def answered(self, session: Session, tab: Tab, answer: Answer, *, is_open: bool = True) -> Answer:
        """Keep a session with the answer to its latest step and what that granted."""
        kept = replace(session, answer=answer.stored(), reserved=answer.granted, is_open=is_open)
        self.put(kept, tab)
        return answer


def held_account(card: Card, tab: Tab, session: Session, *, used_only: bool = False) -> Account:
    """The account as if the other open sessions had used all they hold, or just what they have used."""
    account = tab.account
    if not tab.sessions:
        return account
    for other in holders(tab.sessions.values(), but=session):
        found = card.rate_row(other.use, other.started_at)
        units = other.used if used_only else other.held
        if found is not None and units:
            _, account = rated(found[1], units, account, found[0].book)
    return account


def end_part(work: Work, card: Card, tab: Tab, session: Session, ended_at: datetime) -> Rating:
    """
    The present part of a session becomes a record, and the balance takes it where it stands in order.

    Otherwise the balance is stale: it is rated anew once the record is written, and what is said of the price of the
    part is what it would cost now.
    """
    if session.used == 0:
        return Rating()
    work.records.append((session, ended_at))
    tab.touched = True
    found = card.rate_row(session.use, session.started_at)
    if found is None:
        tab.stale = True
        return Rating()
    book, row = found
    rating, account = rated(row, session.used, tab.account, book.book)
    at = micros_of(session.started_at)
    sound = all(mark.code != MarkCode.UNRATED for mark in rating.marks)
    orderly = in_order(at, session.use.kind, walked_until=tab.walked_until, latest=tab.latest)
    if sound and orderly and not tab.stale:
        tab.add(account, at, session.use.kind)
        work.told += _marked(card, tab, book, rating, session.started_at)
    else:
        tab.stale = True
    return rating


def tell_use(work: Work, card: Card, tab: Tab, session: Session) -> None:
    """Data that are used while a session goes on make their marks at once."""
    found = card.rate_row(session.use, session.started_at)
    if session.use.kind != "data" or found is None:
        return
    book, row = found
    rating, _ = rated(row, session.used, held_account(card, tab, session, used_only=True), book.book)
    work.told += _marked(card, tab, book, rating, session.started_at)


def _marked(card: Card, tab: Tab, book: KeyedBook, rating: Rating, at: datetime) -> Iterator[Told]:
    for mark in rating.marks:
        known = (mark.code, mark.a, mark.c)
        if mark.code != MarkCode.UNRATED and known not in tab.told:
            tab.told.add(known)
            yield Told(card, book, Period.containing(tab.period_on), at, mark)
