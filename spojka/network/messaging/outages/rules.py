"""When an outage lowers the fee and by how much, and what a fault report needs (o2/7.3, 8.3, 8.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal
from uuid import UUID

from spojka.kernel.money import MICROS, Money, Rounding
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, day_of, deadline_after_months
from spojka.network.messaging.outages import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.terms import OutageTerms
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse, rule

State = Literal["received", "diagnosing", "cause_set", "resolved", "closed"]
STATES: Final[tuple[State, ...]] = ("received", "diagnosing", "cause_set", "resolved", "closed")
"""How a ticket goes on; a state may be passed over but none is returned to."""


@dataclass(frozen=True, slots=True)
class Part:
    """A recorded time without full operation with one cause; `ends_at` is `None` while it lasts."""

    id: UUID
    starts_at: datetime
    ends_at: datetime | None
    cause: str


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without full operation through the provider's fault that no moment breaks; `parts` are its records."""

    starts_at: datetime
    ends_at: datetime | None
    parts: frozenset[UUID]


def outages_of(parts: Iterable[Part], causes: Collection[str]) -> list[Outage]:
    """
    Records joined where they touch or overlap, in order of time.

    Only records with one of the given causes count: time of another cause alone breaks an outage, time of both counts.
    """
    joined: list[Outage] = []
    for part in sorted((one for one in parts if one.cause in causes), key=lambda one: one.starts_at):
        last = joined[-1] if joined else None
        if last is None or (last.ends_at is not None and part.starts_at > last.ends_at):
            joined.append(Outage(part.starts_at, part.ends_at, frozenset({part.id})))
            continue
        ends = None if last.ends_at is None or part.ends_at is None else max(last.ends_at, part.ends_at)
        joined[-1] = Outage(last.starts_at, ends, last.parts | {part.id})
    return joined


def hours(lasted: timedelta) -> Fraction:
    """
    A time in elapsed hours, exactly.

    >>> hours(timedelta(hours=36, minutes=30))
    Fraction(73, 2)
    """
    return Fraction(lasted // timedelta(microseconds=1), 3_600_000_000)


@rule(
    cs="Právo na snížení ceny: {result}; výpadek od {starts_at} do {ends_at}, hranice {threshold} h",
    en="Right to a reduction: {result}; outage from {starts_at} to {ends_at}, threshold {threshold} h",
)
def reduction_due(*, starts_at: datetime, ends_at: datetime, threshold: Term[int], strict: Term[bool]) -> bool:
    """Whether one outage without a break lasted longer than the threshold, in elapsed time (o2/8.3)."""
    lasted, least = ends_at - starts_at, timedelta(hours=threshold.value)
    return lasted > least if strict.value else lasted >= least


@rule(
    cs="O snížení ceny lze požádat do {result}: {months} měsíců od konce výpadku {ended_on}",
    en="The reduction can be asked for until {result}: {months} months from the end of the outage on {ended_on}",
)
def claim_until(*, ended_on: date, months: Term[int]) -> date:
    """The last day to ask, rolled to a working day."""
    return deadline_after_months(ended_on, months.value)


@rule(
    cs="Měsíční paušály služby a jejích funkcí: {result}",
    en="Monthly flat fees of the service and its options: {result}",
)
def flat_fees(*, fees: list[Term[Money]]) -> Money:
    """The flat fees of a service in a month: base and options, no usage, without VAT (o2/8.3)."""
    return Money(sum(fee.value.micros for fee in fees))


@rule(
    cs="Snížení ceny za {month}: {fee} × výpadek od {from_at} do {to_at} k délce měsíce = {result}, nejvýše {most}",
    en="Reduction for {month}: {fee} × outage from {from_at} to {to_at} by the month's length = {result},"
    " at most {most}",
)
def outage_credit(
    *,
    month: Period,
    fee: Money,
    from_at: datetime,
    to_at: datetime,
    most: Money,
    rounding_czk: Term[Decimal],
    on_request: Term[bool],
) -> Money:
    """
    What is given back for the part of an outage in one calendar month (o2/8.3).

    Args:
        month: the month; its length is the elapsed time between its local midnights.
        fee: the flat fees of that month.
        from_at, to_at: the part of the outage within the month.
        most: what was charged for the month; not more is given back.
        rounding_czk: the step the part is rounded to, half up.
        on_request: it is given on request alone.

    """
    assert on_request.value, on_request
    share = hours(to_at - from_at) / hours(month.ends_at - month.starts_at)
    step = Rounding(f"{rounding_czk.value}_half_up", int(rounding_czk.value * MICROS))
    return min(fee.times(share, step), most)


def months_of(outage: Outage) -> list[tuple[Period, datetime, datetime]]:
    """The calendar months that an outage which is over touches, each with its part of it."""
    assert outage.ends_at is not None
    month, found = Period.containing(day_of(outage.starts_at)), []
    while month.starts_at < outage.ends_at:
        found.append((month, max(month.starts_at, outage.starts_at), min(month.ends_at, outage.ends_at)))
        month = month.next()
    return found


def refuse_claim(outage: Outage, *, today: date, terms: OutageTerms) -> Refusal | Finding[bool]:
    """Why the fee is not lowered for an outage through the provider's fault, or the finding that it is."""
    if outage.ends_at is None:
        return refuse("OUTAGE_LASTS", terms.outage_threshold_h, figures={"starts_at": outage.starts_at})
    due = reduction_due(
        starts_at=outage.starts_at,
        ends_at=outage.ends_at,
        threshold=terms.outage_threshold_h,
        strict=terms.outage_threshold_strict,
    )
    if not due.value:
        lasted = hours(outage.ends_at - outage.starts_at)
        figures = {"hours": lasted, "threshold": terms.outage_threshold_h.value}
        return refuse("OUTAGE_NOT_LONGER_THAN_DAY", due, figures=figures)
    until = claim_until(ended_on=day_of(outage.ends_at), months=terms.outage_request_deadline_months)
    if today > until.value:
        return refuse("OUTAGE_CLAIM_LATE", until, figures={"until_on": until.value})
    return due


def refuse_report(channel: str, prechecks: Collection[str], terms: OutageTerms) -> Refusal | None:
    """Why a report of a fault opens no ticket: not at the desk, or before the three checks (o2/8.6), or `None`."""
    if channel != terms.fault_channel.value:
        figures = {"phone": terms.fault_desk_phone.value, "hours": terms.fault_desk_hours.value}
        return refuse("WRONG_FAULT_CHANNEL", terms.fault_channel, figures=figures)
    missing = [one for one in terms.fault_prechecks.value if one not in prechecks]
    if missing:
        return refuse("PRECHECK_MISSING", terms.fault_prechecks, figures={"missing": ", ".join(missing)})
    return None


def refuse_cause(cause: str, terms: OutageTerms) -> Refusal | None:
    """Why a cause cannot be set, or `None` (o2/7.3)."""
    if cause in terms.fault_causes.value:
        return None
    figures = {"cause": cause, "causes": ", ".join(terms.fault_causes.value)}
    return refuse("FAULT_CAUSE_UNKNOWN", terms.fault_causes, figures=figures)
