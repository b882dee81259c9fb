"""What a batch works on and what it leaves to be written: balances, sessions, records, things to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from spojka.charging.balances.online.basis import Basis
from spojka.charging.balances.online.cards import Card, KeyedBook
from spojka.charging.balances.online.memory import Key
from spojka.charging.balances.online.rules import Sizes, holders, in_order, rated
from spojka.charging.balances.online.sessions import Answer, Session
from spojka.charging.balances.online.tabs import Tab
from spojka.charging.balances.online.telling import Told
from spojka.charging.rating.rules import Rating
from spojka.charging.rating.terms import Account, MarkCode
from spojka.kernel.time import Period, micros_of


@dataclass
class Work:
    """
    Args:
        basis: the terms.
        sizes: how much is granted at once.
        cards: services in periods.
        tabs: their balances, held by the transaction.
        ended: sessions of the batch that are not open.
        networks: networks of called numbers, by number and instant.
        fresh: sessions that began in the batch and are not written yet.
        changed: sessions to write, as they are now.
        records: sessions whose present part is to be written as a record, with the instant it ended.
        told: marks that customers hear of.

    """

    basis: Basis
    sizes: Sizes
    cards: Mapping[Key, Card]
    tabs: dict[Key, Tab] = field(default_factory=dict)
    ended: dict[UUID, Session] = field(default_factory=dict)
    networks: Mapping[tuple[str, datetime], str] = field(default_factory=dict)
    fresh: set[UUID] = field(default_factory=set)
    changed: dict[UUID, Session] = field(default_factory=dict)
    records: list[tuple[Session, datetime]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def session(self, session: UUID, keys: Sequence[Key]) -> Session | None:
        """A session as it is now, open or ended."""
        for key in keys:
            tab = self.tabs.get(key)
            if tab is not None and session in tab.sessions:
                return tab.sessions[session]
        return self.ended.get(session)

    def tab_of(self, session: Session) -> Tab:
        """The balance that a session belongs to."""
        return self.tabs[session.service, session.period_on]

    def card_of(self, session: Session) -> Card:
        """The card that a session belongs to."""
        return self.cards[session.service, session.period_on]

    def put(self, session: Session) -> None:
        """Keep a session as it is now."""
        self.tab_of(session).put(session)
        if session.is_open:
            self.ended.pop(session.id, None)
        else:
            self.ended[session.id] = session
        self.changed[session.id] = session

    def answered(self, session: Session, answer: Answer) -> Answer:
        """Keep a session with the answer to its latest step."""
        self.put(replace(session, answer=answer.stored()))
        return answer

    def others(self, session: Session, *, used_only: bool = False) -> Account:
        """The account as if the other open sessions had used all they hold, or just what they have used."""
        tab, card = self.tab_of(session), self.card_of(session)
        account = tab.account
        for other in holders(tab.sessions.values(), but=session):
            found = card.rate_row(other.use, other.started_at)
            units = other.used if used_only else other.held
            if found is not None and units:
                _, account = rated(found[1], units, account, found[0].priced.book)
        return account

    def end_part(self, session: Session, ended_at: datetime) -> Rating:
        """
        The present part of a session becomes a record, and the balance takes it where it stands in order.

        Otherwise the balance is stale: it is rated anew once the record is written, and what is said of the price of
        the part is what it would cost now.
        """
        tab, card = self.tab_of(session), self.card_of(session)
        if session.used == 0:
            return Rating()
        self.records.append((session, ended_at))
        tab.touched = True
        found = card.rate_row(session.use, session.started_at)
        if found is None:
            tab.stale = True
            return Rating()
        book, row = found
        rating, account = rated(row, session.used, tab.account, book.priced.book)
        at = micros_of(session.started_at)
        sound = all(mark.code != MarkCode.UNRATED for mark in rating.marks)
        orderly = in_order(at, session.use.kind, walked_until=tab.walked_until, latest=tab.latest)
        if sound and orderly and not tab.stale:
            tab.add(account, at, session.use.kind)
            self.told += self._marked(tab, card, book, rating, session.started_at)
        else:
            tab.stale = True
        return rating

    def tell_use(self, session: Session) -> None:
        """Data that are used while a session goes on make their marks at once."""
        if session.use.kind != "data":
            return
        tab, card = self.tab_of(session), self.card_of(session)
        found = card.rate_row(session.use, session.started_at)
        if found is None:
            return
        book, row = found
        rating, _ = rated(row, session.used, self.others(session, used_only=True), book.priced.book)
        self.told += self._marked(tab, card, book, rating, session.started_at)

    def _marked(self, tab: Tab, card: Card, book: KeyedBook, rating: Rating, at: datetime) -> Iterator[Told]:
        for mark in rating.marks:
            known = (mark.code, mark.a, mark.c)
            if mark.code != MarkCode.UNRATED and known not in tab.told:
                tab.told.add(known)
                yield Told(card, book, Period.containing(tab.period_on), at, mark)
