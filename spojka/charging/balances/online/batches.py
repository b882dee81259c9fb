"""Steps of many sessions in one transaction: balances held, steps decided, everything written at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.balances.online import store
from spojka.charging.balances.online.basis import networks_of
from spojka.charging.balances.online.memory import Key, Memory
from spojka.charging.balances.online.recording import write_records
from spojka.charging.balances.online.rules import Sizes
from spojka.charging.balances.online.sessions import Answer, Session, Step
from spojka.charging.balances.online.steps import decide
from spojka.charging.balances.online.tabs import tab_of
from spojka.charging.balances.online.telling import Spent, tell_marks, tell_spent
from spojka.charging.balances.online.walking import rate_anew
from spojka.charging.balances.online.work import Work
from spojka.charging.balances.store import balances_of_period
from spojka.kernel.time import Period, day_of


class Batch:
    """
    One batch of steps; `run` carries them out, then `keep` or `drop` once its transaction is committed or not.

    Args:
        ctx: the call; its transaction holds the balances until it ends.
        memory: what the process remembers.
        now_ns: the process's own clock.
        sizes: how much is granted at once.

    """

    def __init__(self, ctx: Context, memory: Memory, *, now_ns: int, sizes: Sizes) -> None:
        self._ctx, self._memory, self._now_ns = ctx, memory, now_ns
        self._work = Work(memory.terms(ctx, now_ns), sizes, {})
        self._spent_before: dict[Key, int] = {}

    def run(self, steps: Sequence[Step]) -> list[Answer]:
        """Carry out steps in their order and write what they changed; one answer a step."""
        places = self._find(steps)
        self._open(steps, places)
        self._work.networks = networks_of(self._ctx, self._work.basis, steps)
        answers: dict[int, Answer] = {}
        waiting = list(range(len(steps)))
        while waiting:
            later = []
            for number in waiting:
                keys = places.get(number, ())
                if any(self._work.tabs[key].stale for key in keys if key in self._work.tabs):
                    later.append(number)
                else:
                    answers[number] = decide(self._work, steps[number], keys)
            self._write()
            self._rate_stale()
            waiting = later
        self._tell()
        return [answers[number] for number in range(len(steps))]

    def keep(self) -> None:
        """The transaction is committed: let the process remember what it left."""
        self._memory.keep(self._work.tabs.values(), self._work.ended)

    def drop(self) -> None:
        """The transaction came to nothing: forget what was worked on."""
        self._memory.forget(self._work.tabs)

    def _find(self, steps: Sequence[Step]) -> dict[int, tuple[Key, ...]]:
        """The balances that each step may concern: its session's, and that of its own instant."""
        begun = [one for one in steps if one.act == "reserve"]
        numbers = [one.subscriber for one in begun if isinstance(one.subscriber, str)]
        by_number = self._memory.cards.resolve(self._ctx, numbers) if numbers else {}
        places: dict[UUID, Key] = {}
        for step in begun:
            service = by_number.get(step.subscriber) if isinstance(step.subscriber, str) else step.subscriber
            if service is not None:
                places[step.session] = (service, _period_on(step))
        known = self._memory.places
        missing = {one.session for one in steps if one.session not in places and one.session not in known}
        if missing:
            places |= store.places_of(self._ctx, missing)
        found: dict[int, tuple[Key, ...]] = {}
        for number, step in enumerate(steps):
            place = places.get(step.session) or known.get(step.session)
            if place is not None:
                own = (place[0], _period_on(step))
                found[number] = tuple(dict.fromkeys((own, place) if step.act == "reserve" else (place, own)))
        return found

    def _open(self, steps: Sequence[Step], places: dict[int, tuple[Key, ...]]) -> None:
        """Hold every balance that is needed, in one order for everybody, and read what is not remembered."""
        work = self._work
        keys = sorted({key for some in places.values() for key in some}, key=lambda key: (key[1], key[0]))
        work.cards = self._memory.cards.fresh(self._ctx, work.basis, keys, self._now_ns)
        by_period: dict[date, list[UUID]] = {}
        for service, period_on in keys:
            card = work.cards.get((service, period_on))
            if card is not None and card.holding is not None:
                by_period.setdefault(period_on, []).append(service)
        for period_on, services in by_period.items():
            self._hold(period_on, services)
        absent = {
            step.session
            for number, step in enumerate(steps)
            if work.session(step.session, places.get(number, ())) is None
        }
        if absent:
            work.ended |= store.sessions_by_id(self._ctx, absent)

    def _hold(self, period_on: date, services: Sequence[UUID]) -> None:
        """Hold the balances of one period, made or rated anew where they do not fit what entitles them now."""
        rows = {row["service_id"]: row for row in store.lock_tabs(self._ctx, period_on, services)}
        missing = [service for service in services if service not in rows]
        if missing:
            store.lock_services(self._ctx, missing)
            rows |= {row["service_id"]: row for row in store.lock_tabs(self._ctx, period_on, missing)}
        cards = {service: self._work.cards[service, period_on] for service in services}
        unfit = {one for one in services if one not in rows or rows[one]["facts"] != cards[one].marks.entitled}
        if unfit:
            rate_anew(self._ctx, Period.containing(period_on), {one: cards[one] for one in unfit})
        for service in services:
            kept = self._memory.tabs.get((service, period_on))
            if service not in unfit and kept is not None and kept.version == rows[service]["version"]:
                self._work.tabs[kept.key] = kept.copy()
        self._read(period_on, [one for one in services if (one, period_on) not in self._work.tabs])
        for service in services:
            tab = self._work.tabs.get((service, period_on))
            if tab is not None:
                self._spent_before[tab.key] = tab.account.spent_micros

    def _read(self, period_on: date, services: Iterable[UUID]) -> None:
        """Read balances and their open sessions from the database."""
        wanted = sorted(services)
        if not wanted:
            return
        sessions: dict[UUID, list[Session]] = {}
        for session in store.open_sessions(self._ctx, wanted):
            if session.period_on == period_on:
                sessions.setdefault(session.service, []).append(session)
        renamed = []
        for row in balances_of_period(self._ctx, wanted, period_on):
            book = self._work.cards[row["service_id"], period_on].book
            assert book is not None, row
            tab = tab_of(row, book.priced.book, sessions.get(row["service_id"], ()))
            self._work.tabs[tab.key] = tab
            if tuple(row["slots"]) != book.slots:
                renamed.append((tab, book.slots))
        store.rename_slots(self._ctx, renamed)

    def _write(self) -> None:
        """Write what the steps so far changed."""
        work = self._work
        store.write_sessions(self._ctx, [one for one in work.changed.values() if one.id in work.fresh], new=True)
        store.write_sessions(self._ctx, [one for one in work.changed.values() if one.id not in work.fresh], new=False)
        write_records(self._ctx, work.records)
        added, touched = [], []
        for tab in work.tabs.values():
            if tab.touched:
                tab.version += 1
                book = work.cards[tab.key].book
                assert book is not None, tab
                if tab.changed:
                    added.append((tab, book.priced.book))
                else:
                    touched.append(tab)
                tab.changed = tab.touched = False
        store.write_tabs(self._ctx, added)
        store.count_tabs(self._ctx, touched)
        work.fresh.clear()
        work.changed.clear()
        work.records.clear()

    def _rate_stale(self) -> None:
        """Rate services anew whose records did not come in the order of time."""
        by_period: dict[date, list[UUID]] = {}
        for tab in self._work.tabs.values():
            if tab.stale:
                by_period.setdefault(tab.period_on, []).append(tab.service)
        for period_on, services in by_period.items():
            cards = {service: self._work.cards[service, period_on] for service in services}
            rate_anew(self._ctx, Period.containing(period_on), cards)
            self._read(period_on, services)

    def _tell(self) -> None:
        """Tell customers what their use has come to."""
        work = self._work
        if work.told:
            tell_marks(self._ctx, work.told)
        spent = [
            Spent(work.cards[key], Period.containing(key[1]), before, work.tabs[key].account.spent_micros)
            for key, before in self._spent_before.items()
            if work.cards[key].limits and work.tabs[key].account.spent_micros > before
        ]
        if spent:
            tell_spent(self._ctx, spent, work.basis.terms)


def _period_on(step: Step) -> date:
    return Period.containing(day_of(step.at)).starts_on
