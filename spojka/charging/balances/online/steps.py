"""One step of a session decided: begun, gone on with, ended, or refused. No step touches the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from spojka.charging.balances.online.cards import Card, always_open
from spojka.charging.balances.online.rules import granted, refuse_spent, split_at, stopped
from spojka.charging.balances.online.sessions import Answer, Session, Step, Use, Wanted
from spojka.charging.balances.online.tabs import Tab
from spojka.charging.balances.online.work import Seat, Work, end_part, held_account, tell_use
from spojka.charging.rating.rules import Rating
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, day_of


def decide(work: Work, step: Step, seats: Sequence[Seat]) -> Answer:
    """
    Carry out one step.

    Args:
        work: what the batch works on.
        step: the step.
        seats: the balances it may concern: on `reserve` first that of its own instant, else first its session's.

    """
    session = work.session(step.session, seats)
    if step.act != "expire" and session is not None:
        if step.sequence == session.sequence:
            return Answer.again(session.id, session.sequence, session.answer)
        if step.sequence < session.sequence:
            return refused(step, Refusal("SEQUENCE_PASSED", (), {"sequence": session.sequence}))
        if step.act == "reserve":
            return refused(step, Refusal("SESSION_EXISTS", (), {"session": step.session}))
    if step.act == "reserve":
        return _reserve(work, step, seats[0] if seats else None)
    for seat in seats:
        if session is not None and seat.tab is not None and seat.tab.period_on == session.period_on:
            if step.act == "expire":
                return _expire(work, step, session, seat.card, seat.tab)
            return _go_on(work, step, session, seat, seats[-1])
    return refused(step, Refusal("SESSION_UNKNOWN", (), {"session": step.session}))


def refused(step: Step, refusal: Refusal) -> Answer:
    """Nothing was changed."""
    return Answer(step.session, step.sequence, "refused", final=True, why=refusal)


def _reserve(work: Work, step: Step, seat: Seat | None) -> Answer:
    assert step.wanted is not None, step
    called = work.called.get(step.session)
    number, network = (None, None) if called is None else (called.number, called.network)
    use = work.basis.use_of(step.wanted, seat.card.msisdn if seat else "", number, network)
    if isinstance(use, Refusal):
        return refused(step, use)
    if seat is None:
        unknown = Refusal("SERVICE_UNKNOWN", (), {"service": step.subscriber})
        return _unserved(work, step, use) or refused(step, unknown)
    refusal = _refusal(work, seat, step.wanted, use)
    if refusal is not None or seat.tab is None:
        absent = Refusal("SERVICE_NOT_SUBSCRIBED")
        return _unserved(work, step, use) or refused(step, refusal or absent)
    tab = seat.tab
    session = Session(step.session, seat.card.service, tab.period_on, use, step.at, step.at, sequence=step.sequence)
    answer = _grant(work, step, session, seat.card, tab)
    if answer.result == "refused":
        return _unserved(work, step, use) or answer
    work.fresh.add(session.id)
    return answer


def _refusal(work: Work, seat: Seat, wanted: Wanted, use: Use) -> Refusal | None:
    """Why a use may not begin, prices and pools aside."""
    card, refusal = seat.card, seat.card.refuse(wanted, use, work.basis)
    if refusal is None and seat.tab is not None and card.limits and not always_open(use):
        spent, incoming = seat.tab.account.spent_micros, wanted.direction == "mt"
        return refuse_spent(card.limits, spent_micros=spent, incoming=incoming, terms=work.basis.terms)
    return refusal


def _unserved(work: Work, step: Step, use: Use) -> Answer | None:
    """An emergency call goes on whatever is known of the service; nothing is kept of it (nej/3.7)."""
    if not always_open(use):
        return None
    longest = work.basis.terms.max_call_duration_s.value
    return Answer(step.session, step.sequence, "granted", longest, final=True, unkept=True)


def _grant(work: Work, step: Step, session: Session, card: Card, tab: Tab) -> Answer:
    """Reserve more for a session: what pools, prices and limits allow on top of what it used."""
    found = card.rate_row(session.use, session.started_at)
    if found is None:
        figures = {"kind": session.use.kind, "destination": session.use.dest_class, "zone": session.use.zone}
        unpriced = Refusal("NOT_PRICED", (), figures)
        if step.act == "reserve":
            return refused(step, unpriced)
        halt = Answer(step.session, step.sequence, "stopped", final=True, why=unpriced, used=session.used)
        return work.answered(session, tab, halt)
    book, row = found
    limits = () if always_open(session.use) else card.limits
    account = held_account(card, tab, session)
    asked = work.sizes.asked(book.book.rows[row], used=session.used, asked=step.asked)
    grant = granted(row, account, book.book, used=session.used, asked=asked, limits=limits)
    why = None if grant.stopped_by is None else stopped(grant.stopped_by, account, limits, work.basis.terms)
    if grant.units == 0 and step.act == "reserve" and why is not None:
        return refused(step, why)
    answer = Answer(
        step.session,
        step.sequence,
        "granted" if grant.units else "stopped",
        grant.units,
        final=grant.final,
        valid_s=_valid_s(work, session, step.at),
        why=why,
        used=session.used,
        slowed_kbps=_slowed_kbps(card, session, grant.rating),
    )
    return work.answered(session, tab, answer)


def _slowed_kbps(card: Card, session: Session, rating: Rating) -> int | None:
    """The speed of data after the volume, where they are carried slowly and free (nej/4.20)."""
    if session.use.kind != "data" or rating.charge_micros or not rating.paid:
        return None
    plan = card.plan_at(session.started_at)
    kbps = None if plan is None else plan.catalogue.tariff[plan.tariff].throttle_kbps
    return None if kbps is None else kbps.value


def _valid_s(work: Work, session: Session, at: datetime) -> int | None:
    """Seconds until data are reported again: at the latest when the period ends (nej/1.10)."""
    if session.use.kind != "data":
        return None
    left = Period.containing(session.period_on).ends_at - at
    left_s = left.days * 86_400 + left.seconds + (1 if left.microseconds else 0)
    return max(1, min(work.sizes.valid_s, left_s))


def _go_on(work: Work, step: Step, session: Session, seat: Seat, latest: Seat) -> Answer:
    """Take what was used since the step before, then grant more or end the session."""
    card, tab = seat.card, seat.tab
    assert tab is not None, session
    if not session.is_open and not session.expired:
        return refused(step, Refusal("SESSION_ENDED", (), {"session": step.session}))
    if not session.is_open:
        if step.act == "release" and step.used == 0:
            nothing = _released(step, session, Rating())
            return work.answered(replace(session, sequence=step.sequence), tab, nothing, is_open=False)
        part = session.part + 1
        session = replace(session, is_open=True, expired=False, part=part, used=0, started_at=session.touched_at)
    used = step.used
    if session.use.kind == "data" and latest.tab is not None and latest.tab.period_on > tab.period_on:
        session, used = _cut(work, step, session, card, tab)
        card, tab = latest.card, latest.tab
    touched_at = max(session.touched_at, step.at)
    session = replace(session, used=session.used + used, sequence=step.sequence, touched_at=touched_at)
    if step.act == "release":
        rating = end_part(work, card, tab, session, session.touched_at)
        return work.answered(session, tab, _released(step, session, rating), is_open=False)
    if used:
        tell_use(work, card, tab, session)
    return _grant(work, step, session, card, tab)


def _cut(work: Work, step: Step, session: Session, card: Card, tab: Tab) -> tuple[Session, int]:
    """
    A session of data that runs over the end of its period goes on as a new part in the next (nej/1.10).

    Returns the session and the units of the step that are still to be counted to it.
    """
    end = Period.containing(session.period_on).ends_at
    before, after = split_at(end, touched_at=session.touched_at, at=step.at, used=step.used)
    ended = replace(session, used=session.used + before)
    end_part(work, card, tab, ended, end)
    tab.put(replace(ended, is_open=False))
    part = session.part + (1 if ended.used else 0)
    into = Period.containing(day_of(step.at))
    begun = into.starts_at
    return replace(session, period_on=into.starts_on, part=part, used=0, started_at=begun, touched_at=begun), after


def _released(step: Step, session: Session, rating: Rating) -> Answer:
    return Answer(
        step.session,
        step.sequence,
        "released",
        used=session.used,
        free=sum(rating.taken),
        charge_micros=rating.charge_micros,
    )


def _expire(work: Work, step: Step, session: Session, card: Card, tab: Tab) -> Answer:
    """End a session that has been silent since an instant; what it reported counts, what it held is free again."""
    if not session.is_open or session.touched_at >= step.at:
        return refused(step, Refusal("SESSION_UNKNOWN", (), {"session": step.session}))
    rating = end_part(work, card, tab, session, session.touched_at)
    work.put(replace(session, is_open=False, expired=True, reserved=0), tab)
    return _released(step, session, rating)
