"""What a part of a month costs: which days count and what they come to (nej/1.8, 1.10, 4.19, 7.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from spojka.charging.charges.terms import ActiveDay, ChangeDayOwner, FeeTerms, ProrationBasis
from spojka.kernel.money import HALER_HALF_UP, Money
from spojka.kernel.time import Period, day_of, end_of, start_of
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, rule

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interruption:
    """
    A time a service could not be used at all.

    Args:
        held_at: its first instant.
        released_at: its end, or `None` while it lasts.
        own_breach: the customer caused it by a breach.

    """

    held_at: datetime
    released_at: datetime | None
    own_breach: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    Days `[starts_on, ends_on)` of one tariff or add-on; open end `None`.

    Args:
        kind: what runs.
        code: its code in the price list.

    """

    kind: Literal["tariff", "addon"]
    code: str
    starts_on: date
    ends_on: date | None


@rule(
    cs="{result} aktivních dní: od {first_on} do {last_on}, z toho {days_off} celých dní přerušení se nepočítá",
    en="{result} active days: from {first_on} to {last_on}, {days_off} whole days of interruption do not count",
)
def active_days(
    *,
    first_on: date,
    last_on: date,
    days_off: int,
    active_day: Term[ActiveDay],
    change_day: Term[ChangeDayOwner],
    own_breach: Term[bool] | None,  # noqa: ARG001  # the finding rests on it: it decided what is counted in days_off
) -> int:
    """
    Days of a stretch that are charged: a day usable for any moment counts, a whole day inside an interruption does not.

    `own_breach` is the term that decided days lost by the customer's own breach, when there were any.
    """
    assert active_day.value == "any_local_day_on_which_the_tariff_was_usable_for_any_moment", active_day
    assert change_day.value == "new_tariff", change_day
    return (last_on - first_on).days + 1 - days_off


@rule(
    cs="Měsíční cena {monthly_fee} × {days} z {days_in_month} dní = {result}",
    en="Monthly fee {monthly_fee} × {days} of {days_in_month} days = {result}",
)
def fee_for_days(*, monthly_fee: Term[Money], days: int, days_in_month: int, basis: Term[ProrationBasis]) -> Money:
    """The fee of a part of a month: fee x active days / days in the month, half up to 0.01 (nej/1.8)."""
    assert basis.value == "active_days_over_days_in_month", basis
    return monthly_fee.value.times(Fraction(days, days_in_month), HALER_HALF_UP)


@rule(cs="Měsíční cena {result}", en="Monthly fee {result}")
def whole_fee(*, monthly_fee: Term[Money], prorated: Term[bool]) -> Money:
    """The fee of a month that is not cut to the days used."""
    assert not prorated.value, prorated
    return monthly_fee.value


@rule(
    cs="Sjednaná nejnižší útrata {minimum} × {days} z {days_in_month} dní = {result}",
    en="Agreed minimum spending {minimum} × {days} of {days_in_month} days = {result}",
)
def minimum_for_days(*, minimum: Term[Money], days: int, days_in_month: int, basis: Term[ProrationBasis]) -> Money:
    """The least spending of a part of a month, in proportion as the fee is."""
    assert basis.value == "active_days_over_days_in_month", basis
    return minimum.value.times(Fraction(days, days_in_month), HALER_HALF_UP)


@rule(
    cs="Nejnižší útrata {least}, utraceno {spent}: rozdíl {result}",
    en="Minimum spending {least}, spent {spent}: difference {result}",
)
def missing_spend(*, least: Money, spent: Money, billed: Term[bool]) -> Money:
    """What is missing to the agreed minimum; nothing when it was spent."""
    assert billed.value, billed
    return max(least - spent, Money.zero(least.currency))


def whole_days(interruptions: Iterable[tuple[datetime, datetime | None]], period: Period) -> frozenset[date]:
    """
    The days of a period that lie wholly inside interruptions, which may touch or overlap.

    The day an interruption begins and the day it ends are usable for a moment, unless it begins or ends at midnight.
    """
    found: set[date] = set()
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted((begins, period.ends_at if ends is None else ends) for begins, ends in interruptions):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    for begins, ends in joined:
        day = max(day_of(begins), period.starts_on)
        if start_of(day) < begins:
            day += ONE_DAY
        while day < period.ends_on and end_of(day) <= ends:
            found.add(day)
            day += ONE_DAY
    return frozenset(found)


def last_usable_day(ended_at: datetime) -> date:
    """The last day with a usable moment of a service that ended: its day of ending, the one before when at midnight."""
    day = day_of(ended_at)
    return day - ONE_DAY if start_of(day) == ended_at else day


def days_within(stretch: Stretch, period: Period, first_on: date, last_on: date | None) -> tuple[date, date] | None:
    """First and last day of a stretch inside a period and a service's life (both inclusive), or nothing."""
    first = max(stretch.starts_on, period.starts_on, first_on)
    last = period.ends_on - ONE_DAY
    if stretch.ends_on is not None:
        last = min(last, stretch.ends_on - ONE_DAY)
    if last_on is not None:
        last = min(last, last_on)
    return (first, last) if first <= last else None


def charged_days(
    terms: FeeTerms,
    first_on: date,
    last_on: date,
    period: Period,
    interruptions: Sequence[Interruption],
) -> Finding[int]:
    """How many days from `first_on` to `last_on` (inclusive) are charged."""
    reduced = terms.default_fee_reduced_for_own_breach
    counted = [each for each in interruptions if reduced.value or not each.own_breach]
    off = whole_days([(each.held_at, each.released_at) for each in counted], period)
    decided = any(each.own_breach for each in interruptions)
    return active_days(
        first_on=first_on,
        last_on=last_on,
        days_off=sum(first_on <= day <= last_on for day in off),
        active_day=terms.active_day,
        change_day=terms.tariff_change_day_belongs_to,
        own_breach=reduced if decided else None,
    )


def fee_of(terms: FeeTerms, stretch: Stretch, days: Finding[int], period: Period) -> Finding[Money]:
    """The fee of a tariff or an add-on for the charged days of a period."""
    if stretch.kind == "tariff":
        price = terms.tariff[stretch.code].monthly_fee
    else:
        price = terms.addon[stretch.code].monthly_fee
        if not terms.addon_fee_prorated.value:
            return whole_fee(monthly_fee=price, prorated=terms.addon_fee_prorated)
    return fee_for_days(
        monthly_fee=price,
        days=days,  # type: ignore[arg-type]  # a fact may be a finding: the rule sees its value
        days_in_month=period.days,
        basis=terms.fee_proration_basis,
    )
