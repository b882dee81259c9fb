"""One step of a session decided: begun, gone on with, ended, or refused. No step touches the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from spojka.charging.balances.online.cards import Card, always_open
from spojka.charging.balances.online.memory import Key
from spojka.charging.balances.online.rules import granted, refuse_spent, split_at, stopped
from spojka.charging.balances.online.sessions import Answer, Session, Step, Use, Wanted
from spojka.charging.balances.online.work import Work
from spojka.charging.rating.rules import Rating
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period


def decide(work: Work, step: Step, keys: Sequence[Key]) -> Answer:
    """
    Carry out one step.

    Args:
        work: what the batch works on.
        step: the step.
        keys: the balances it may concern: its session's, then that of its own instant.

    """
    session = work.session(step.session, keys)
    if step.act == "expire":
        return _expire(work, step, session)
    if session is not None and step.sequence == session.sequence:
        return Answer.again(session.id, session.sequence, session.answer)
    if session is not None and step.sequence < session.sequence:
        return refused(step, Refusal("SEQUENCE_PASSED", (), {"sequence": session.sequence}))
    if step.act == "reserve":
        exists = Refusal("SESSION_EXISTS", (), {"session": step.session})
        return refused(step, exists) if session is not None else _reserve(work, step, keys)
    if session is None or (session.service, session.period_on) not in work.tabs:
        return refused(step, Refusal("SESSION_UNKNOWN", (), {"session": step.session}))
    return _go_on(work, step, session, keys)


def refused(step: Step, refusal: Refusal) -> Answer:
    """Nothing was changed."""
    return Answer(step.session, step.sequence, "refused", final=True, why=refusal)


def _reserve(work: Work, step: Step, keys: Sequence[Key]) -> Answer:
    assert step.wanted is not None, step
    wanted, basis = step.wanted, work.basis
    card = work.cards.get(keys[0]) if keys else None
    number = basis.called(wanted)
    network = None if number is None else work.networks.get((number, step.at))
    use = basis.use_of(wanted, card.msisdn if card else "", network)
    if isinstance(use, Refusal):
        return refused(step, use)
    if card is None:
        return _unserved(work, step, use) or refused(step, Refusal("SERVICE_UNKNOWN", (), {"service": step.subscriber}))
    refusal = _refusal(work, card, wanted, use, keys[0])
    if refusal is not None:
        return _unserved(work, step, use) or refused(step, refusal)
    session = Session(step.session, card.service, keys[0][1], use, step.at, step.at, sequence=step.sequence)
    work.fresh.add(session.id)
    answer = _grant(work, step, session)
    if answer.result == "refused":
        work.fresh.discard(session.id)
        return _unserved(work, step, use) or answer
    return answer


def _refusal(work: Work, card: Card, wanted: Wanted, use: Use, key: Key) -> Refusal | None:
    """Why a use may not begin, prices and pools aside."""
    refusal = card.refuse(wanted, use, work.basis)
    if refusal is None and key not in work.tabs:
        return Refusal("SERVICE_NOT_SUBSCRIBED")
    if refusal is None and not always_open(use):
        spent, incoming = work.tabs[key].account.spent_micros, wanted.direction == "mt"
        return refuse_spent(card.limits, spent_micros=spent, incoming=incoming, terms=work.basis.terms)
    return refusal


def _unserved(work: Work, step: Step, use: Use) -> Answer | None:
    """An emergency call goes on whatever is known of the service; nothing is kept of it (nej/3.7)."""
    if not always_open(use):
        return None
    longest = work.basis.terms.max_call_duration_s.value
    return Answer(step.session, step.sequence, "granted", longest, final=True, unkept=True)


def _grant(work: Work, step: Step, session: Session) -> Answer:
    """Reserve more for a session: what pools, prices and limits allow on top of what it used."""
    card = work.card_of(session)
    found = card.rate_row(session.use, session.started_at)
    if found is None:
        figures = {"kind": session.use.kind, "destination": session.use.dest_class, "zone": session.use.zone}
        unpriced = Refusal("NOT_PRICED", (), figures)
        if step.act == "reserve":
            return refused(step, unpriced)
        halt = Answer(step.session, step.sequence, "stopped", final=True, why=unpriced, used=session.used)
        return work.answered(replace(session, reserved=0), halt)
    book, row = found
    limits = () if always_open(session.use) else card.limits
    account = work.others(session)
    asked = work.sizes.asked(book.priced.book.rows[row], used=session.used, asked=step.asked)
    grant = granted(row, account, book.priced.book, used=session.used, asked=asked, limits=limits)
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
    return work.answered(replace(session, reserved=grant.units), answer)


def _slowed_kbps(card: Card, session: Session, rating: Rating) -> int | None:
    """The speed of data after the volume, where they are carried slowly and free (nej/4.20)."""
    plan = card.plan_at(session.started_at)
    if session.use.kind != "data" or plan is None or rating.charge_micros or not rating.paid:
        return None
    kbps = plan.catalogue.tariff[plan.tariff].throttle_kbps
    return None if kbps is None else kbps.value


def _valid_s(work: Work, session: Session, at: datetime) -> int | None:
    """Seconds until data are reported again: at the latest when the period ends (nej/1.10)."""
    if session.use.kind != "data":
        return None
    left_s = -(-micros_between(at, Period.containing(session.period_on).ends_at) // 1_000_000)
    return max(1, min(work.sizes.valid_s, left_s))


def micros_between(start: datetime, end: datetime) -> int:
    """Whole microseconds from one instant to another."""
    passed = end - start
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _go_on(work: Work, step: Step, session: Session, keys: Sequence[Key]) -> Answer:
    """Take what was used since the step before, then grant more or end the session."""
    if not session.is_open and not session.expired:
        return refused(step, Refusal("SESSION_ENDED", (), {"session": step.session}))
    if not session.is_open:
        if step.act == "release" and step.used == 0:
            return work.answered(replace(session, sequence=step.sequence), _released(step, session, Rating()))
        session = replace(
            session, is_open=True, expired=False, part=session.part + 1, used=0, started_at=session.touched_at
        )
    used = step.used
    if session.use.kind == "data":
        session, used = _cut(work, step, session, keys)
    session = replace(
        session,
        used=session.used + used,
        reserved=0,
        sequence=step.sequence,
        touched_at=max(session.touched_at, step.at),
    )
    if step.act == "release":
        return _release(work, step, session)
    if used:
        work.tell_use(session)
    return _grant(work, step, session)


def _cut(work: Work, step: Step, session: Session, keys: Sequence[Key]) -> tuple[Session, int]:
    """
    A session of data that runs over the end of its period goes on as a new part in the next (nej/1.10).

    Returns the session and the units of the step that are still to be counted to it.
    """
    end = Period.containing(session.period_on).ends_at
    into = next((key for key in keys if key[1] > session.period_on and key in work.tabs), None)
    if step.at < end or into is None:
        return session, step.used
    before, after = split_at(end, touched_at=session.touched_at, at=step.at, used=step.used)
    ended = replace(session, used=session.used + before)
    work.end_part(ended, end)
    work.tab_of(session).put(replace(ended, is_open=False))
    begun = Period.containing(into[1]).starts_at
    part = session.part + (1 if ended.used else 0)
    return replace(session, period_on=into[1], part=part, used=0, started_at=begun, touched_at=begun), after


def _released(step: Step, session: Session, rating: Rating) -> Answer:
    return Answer(
        step.session,
        step.sequence,
        "released",
        used=session.used,
        free=sum(rating.taken),
        charge_micros=rating.charge_micros,
    )


def _release(work: Work, step: Step, session: Session) -> Answer:
    rating = work.end_part(session, session.touched_at)
    return work.answered(replace(session, is_open=False), _released(step, session, rating))


def _expire(work: Work, step: Step, session: Session | None) -> Answer:
    """End a session that has been silent since an instant; what it reported counts, what it held is free again."""
    silent = session is not None and session.is_open and session.touched_at < step.at
    if session is None or not silent or (session.service, session.period_on) not in work.tabs:
        return refused(step, Refusal("SESSION_UNKNOWN", (), {"session": step.session}))
    rating = work.end_part(session, session.touched_at)
    work.put(replace(session, is_open=False, expired=True, reserved=0))
    return _released(step, session, rating)
