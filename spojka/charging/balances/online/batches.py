"""Steps of many sessions in one transaction: balances held, steps decided, everything written at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.balances.online import store
from spojka.charging.balances.online.basis import called_numbers
from spojka.charging.balances.online.cards import Card
from spojka.charging.balances.online.memory import Key, Memory
from spojka.charging.balances.online.recording import write_records
from spojka.charging.balances.online.rules import Sizes
from spojka.charging.balances.online.sessions import Answer, Session, Step
from spojka.charging.balances.online.steps import decide
from spojka.charging.balances.online.tabs import Tab, tab_of
from spojka.charging.balances.online.telling import Spent, tell_marks, tell_spent
from spojka.charging.balances.online.walking import Entitled, rate_anew
from spojka.charging.balances.online.work import Seat, Work
from spojka.charging.balances.store import balances_of_period
from spojka.charging.usage.store import pass_gate
from spojka.kernel.time import Period, day_of


class OutOfOrder(RuntimeError):
    """
    Records of some services did not come in the order of time, so that they are to be rated anew.

    Args:
        services: which.

    """

    def __init__(self, services: frozenset[UUID]) -> None:
        self.services = services
        super().__init__(f"{len(services)} services are to be rated anew")


class Batch:
    """
    One batch of steps; `run` carries them out, then `keep` or `drop` once its transaction is committed or not.

    Args:
        ctx: the call; its transaction holds the balances until it ends.
        memory: what the process remembers.
        now_ns: the process's own clock.
        sizes: how much is granted at once.
        patient: waits for balances that others hold, and rates what has to be rated; an impatient batch leaves both,
            so that whoever has nothing to do with it is not kept waiting.
        leave: services to leave out.
        begun_before: whether sessions that are to begin are looked for first; without it `run` raises
            `store.SessionsExist` when one is there already.

    """

    def __init__(
        self,
        ctx: Context,
        memory: Memory,
        *,
        now_ns: int,
        sizes: Sizes,
        patient: bool = True,
        leave: frozenset[UUID] = frozenset(),
        begun_before: bool = True,
    ) -> None:
        self._ctx, self._memory, self._now_ns = ctx, memory, now_ns
        self._patient, self._left, self._begun_before = patient, set(leave), begun_before
        self._work = Work(memory.terms(ctx, now_ns), sizes)
        self._seats: dict[Key, Seat] = {}
        self._spent_before: dict[Key, int] = {}
        self._period = Period.containing(self._work.basis.on)
        self._begins_at, self._ends_at = self._period.starts_at, self._period.ends_at

    def run(self, steps: Sequence[Step]) -> list[Answer | None]:
        """
        Carry out steps in their order and write what they changed; one answer a step, none for a step left out.

        Raises `OutOfOrder` where an impatient batch would have to rate, and `store.SessionsExist`; then nothing is to
        be kept of it.
        """
        places = self._find(steps)
        self._open(places)
        seats = [tuple(self._seats[key] for key in place if key in self._seats) for place in places]
        self._look_for_ended(steps, seats)
        self._work.called = called_numbers(self._ctx, self._work.basis, steps)
        answers: list[Answer | None] = [None] * len(steps)
        waiting = [number for number in range(len(steps)) if not any(key[0] in self._left for key in places[number])]
        while waiting:
            later = []
            for number in waiting:
                if any(seat.tab is not None and seat.tab.stale for seat in seats[number]):
                    later.append(number)
                else:
                    answers[number] = decide(self._work, steps[number], seats[number])
            self._refuse_stale()
            self._write()
            self._rate_stale()
            waiting = later
        self._tell()
        return answers

    def _period_on(self, step: Step) -> date:
        """First day of the period that a step lies in, which is nearly always the one that runs."""
        if self._begins_at <= step.at < self._ends_at:
            return self._period.starts_on
        return Period.containing(day_of(step.at)).starts_on

    def keep(self) -> None:
        """The transaction is committed: let the process remember what it left."""
        self._memory.keep([seat.tab for seat in self._seats.values() if seat.tab is not None], self._work.ended)

    def drop(self) -> None:
        """The transaction came to nothing: forget what was worked on."""
        self._memory.forget(self._seats)

    def _find(self, steps: Sequence[Step]) -> list[tuple[Key, ...]]:
        """The balances that each step may concern: its session's, and that of its own instant."""
        begun = [one for one in steps if one.act == "reserve"]
        numbers = [one.subscriber for one in begun if isinstance(one.subscriber, str)]
        by_number = self._memory.cards.resolve(self._ctx, numbers) if numbers else {}
        known = self._memory.places
        missing = {one.session for one in steps if one.act != "reserve" and one.session not in known}
        found = store.places_of(self._ctx, missing) if missing else {}
        for step in begun:
            service = by_number.get(step.subscriber) if isinstance(step.subscriber, str) else step.subscriber
            if service is not None:
                found[step.session] = (service, self._period_on(step))
        places: list[tuple[Key, ...]] = []
        for step in steps:
            before, begins = known.get(step.session), found.get(step.session)
            place = begins or before
            if place is None:
                places.append(())
            elif step.act == "reserve":
                places.append((place,) if before is None or before == place else (place, before))
            else:
                day = self._period_on(step)
                places.append((place,) if day == place[1] else (place, (place[0], day)))
        return places

    def _open(self, places: Sequence[tuple[Key, ...]]) -> None:
        """Hold every balance that is needed, in one order for everybody, and read what is not remembered."""
        keys = sorted({key for place in places for key in place}, key=lambda key: (key[1], key[0].int))
        cards = self._memory.cards.fresh(self._ctx, self._work.basis, keys, self._now_ns)
        by_period: dict[date, list[Card]] = {}
        for key in keys:
            card = cards.get(key)
            if card is None:
                continue
            if not self._patient and key[1] < self._period.starts_on:
                self._left.add(key[0])
            self._seats[key] = Seat(card)
            if card.holding is not None:
                by_period.setdefault(key[1], []).append(card)
        if self._patient:
            self._step_back(keys)
        for period_on, held in by_period.items():
            self._hold(period_on, [card for card in held if card.service not in self._left])

    def _step_back(self, keys: Sequence[Key]) -> None:
        """Whoever may have to rate holds services first; a period that is over may be about to be closed."""
        if any(period_on < self._period.starts_on for _, period_on in keys):
            pass_gate(self._ctx)
        store.lock_services(self._ctx, sorted({service for service, _ in keys}))

    def _look_for_ended(self, steps: Sequence[Step], seats: Sequence[Sequence[Seat]]) -> None:
        """Sessions of the batch that are not open may have ended before, and are answered as they were."""
        absent = {
            step.session
            for step, own in zip(steps, seats, strict=True)
            if (self._begun_before or step.act != "reserve") and self._work.session(step.session, own) is None
        }
        if absent:
            self._work.ended |= store.sessions_by_id(self._ctx, absent)

    def _hold(self, period_on: date, cards: Sequence[Card]) -> None:
        """Hold the balances of one period, made or rated anew where they do not fit what entitles them now."""
        services = [card.service for card in cards]
        locked = store.lock_tabs(self._ctx, period_on, services, wait=self._patient)
        rows = {row["service_id"]: row for row in locked}
        unfit, unread = {}, []
        for card in cards:
            row, kept = rows.get(card.service), self._memory.tabs.get((card.service, period_on))
            if row is None or row["facts"] != card.marks.entitled:
                unfit[card.service] = card
            elif kept is not None and kept.version == row["version"]:
                self._sit(kept.copy())
                continue
            unread.append(card.service)
        if unfit and not self._patient:
            self._left |= unfit.keys()
            unread = [service for service in unread if service not in unfit]
        elif unfit:
            rate_anew(self._ctx, Period.containing(period_on), _entitled(unfit))
        self._read(period_on, unread)

    def _sit(self, tab: Tab) -> None:
        """Give a seat its balance."""
        self._seats[tab.key].tab = tab
        self._spent_before.setdefault(tab.key, tab.account.spent_micros)

    def _read(self, period_on: date, services: Sequence[UUID]) -> None:
        """Read balances and their open sessions from the database."""
        if not services:
            return
        sessions: dict[UUID, list[Session]] = {}
        for session in store.open_sessions(self._ctx, services):
            if session.period_on == period_on:
                sessions.setdefault(session.service, []).append(session)
        renamed = []
        for row in balances_of_period(self._ctx, services, period_on):
            book = self._seats[row["service_id"], period_on].card.book
            assert book is not None, row
            tab = tab_of(row, book.book, sessions.get(row["service_id"], ()))
            self._sit(tab)
            if tuple(row["slots"]) != book.slots:
                renamed.append((tab, book.slots))
        store.rename_slots(self._ctx, renamed)

    def _write(self) -> None:
        """Write what the steps so far changed."""
        work = self._work
        with self._ctx.db.pipeline():
            written = self._send()
        for one in written:
            one.check()
        work.fresh.clear()
        work.changed.clear()
        work.records.clear()

    def _send(self) -> list[store.Written]:
        """Send all statements that write, without waiting for one before the next."""
        work = self._work
        begun = [one for one in work.changed.values() if one.id in work.fresh]
        others = [one for one in work.changed.values() if one.id not in work.fresh]
        written = [store.write_sessions(self._ctx, some, new=some is begun) for some in (begun, others)]
        write_records(self._ctx, work.records)
        added, touched = [], []
        for seat in self._seats.values():
            tab, book = seat.tab, seat.card.book
            if tab is None or book is None or not tab.touched:
                continue
            tab.version += 1
            if tab.changed:
                added.append((tab, book.book))
            else:
                touched.append(tab)
            tab.changed = tab.touched = False
        store.write_tabs(self._ctx, added)
        store.count_tabs(self._ctx, touched)
        return written

    def _refuse_stale(self) -> None:
        """An impatient batch does not rate."""
        stale = {seat.card.service for seat in self._seats.values() if seat.tab is not None and seat.tab.stale}
        if stale and not self._patient:
            raise OutOfOrder(frozenset(stale))

    def _rate_stale(self) -> None:
        """Rate services anew whose records did not come in the order of time."""
        by_period: dict[date, dict[UUID, Card]] = {}
        for seat in self._seats.values():
            if seat.tab is not None and seat.tab.stale:
                by_period.setdefault(seat.tab.period_on, {})[seat.card.service] = seat.card
        for period_on, cards in by_period.items():
            rate_anew(self._ctx, Period.containing(period_on), _entitled(cards))
            self._read(period_on, sorted(cards))

    def _tell(self) -> None:
        """Tell customers what their use has come to."""
        work = self._work
        if work.told:
            tell_marks(self._ctx, work.told)
        spent = [
            Spent(seat.card, Period.containing(key[1]), self._spent_before[key], seat.tab.account.spent_micros)
            for key, seat in self._seats.items()
            if seat.tab is not None and seat.card.limits
        ]
        if spent:
            tell_spent(self._ctx, spent, work.basis.terms)


def _entitled(cards: Mapping[UUID, Card]) -> dict[UUID, Entitled]:
    return {service: Entitled(card.marks.entitled, card.holding) for service, card in cards.items()}
