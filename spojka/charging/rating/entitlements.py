"""
What a service is entitled to in a period, as control events for the kernel: units granted, expired, limits switched.

As it is lived, a tariff that runs from the first day grants everything at once. When its use ended early, the close
knows the proportional part: the latest units above it lose their cover and cost that tariff's price (nej/2.13). Volumes
of data are never taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from spojka.charging.charges.fees import ONE_DAY, Stretch, days_within, last_usable_day, whole_days
from spojka.charging.rating.book import Plan
from spojka.charging.rating.slots import BASIC, CARRIED, PURCHASED, pool_slot, scope_of
from spojka.charging.rating.terms import UNLIMITED, Control
from spojka.kernel.time import Period, day_of, end_of, micros_of, start_of
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, rule
from spojka.trade.catalogue.terms import PoolTerms

ROAMING_LIMIT = "roaming_limit"
"""The switch of the roaming limit among a service's features."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A volume bought in the period or carried into it, in bytes."""

    bucket: str
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Addon:
    """An add-on's stretch of days and the instant it was activated."""

    stretch: Stretch
    activated_at: datetime


@dataclass(frozen=True)
class Holding:
    """
    One service as rating sees it during a period.

    Args:
        service: its id.
        contract: its contract's id.
        product: what the contract is for.
        signed_on: when it was signed, which decides the editions that bind.
        activated_at: when the card began to work.
        ended_at: when the service ended, or `None`.
        tariffs: stretches of days with their plans, in order.
        addons: by time of activation.
        interruptions: (from, to) of holds that stopped it in both directions.
        bought: volumes.
        limit_switches: (is on, at) of the roaming limit, in order; before the first the limit stands as by default.

    """

    service: str
    contract: str
    product: str
    signed_on: date
    activated_at: datetime
    ended_at: datetime | None
    tariffs: tuple[tuple[Stretch, Plan], ...]
    addons: tuple[Addon, ...]
    interruptions: tuple[tuple[datetime, datetime | None], ...]
    bought: tuple[Bought, ...]
    limit_switches: tuple[tuple[bool, datetime], ...]


@dataclass(frozen=True, slots=True)
class ControlEvent:
    """A control event of the kernel, its slot by name (`""` where it has none)."""

    at_micros: int
    code: Control
    slot: str
    quantity: int


@rule(
    cs="Poměrná část {full}: {result} = {full} × {days} / {days_in_month} dní, zaokrouhleno nahoru",
    en="The proportional part of {full}: {result} = {full} × {days} / {days_in_month} days, rounded up",
)
def proportional_part(*, full: int, days: int, days_in_month: int, rounding: Term[str]) -> int:
    """Units for a part of a period, rounded up to a whole second, SMS or MB (nej/1.10, 2.13, 2.17)."""
    assert rounding.value == "up_to_whole_second_sms_or_mb", rounding
    return -(-full * days // days_in_month)


def _part(full: int, days: int, period: Period, plan: Plan) -> Finding[int]:
    """The units for so many days of a period; see `proportional_part`."""
    rounding = plan.terms.entitlement_rounding
    return proportional_part(full=full, days=days, days_in_month=period.days, rounding=rounding)


def _days(holding: Holding, stretch: Stretch, period: Period) -> tuple[date, date] | None:
    """First and last day of a stretch inside the period and the service's life."""
    ended_on = last_usable_day(holding.ended_at) if holding.ended_at else None
    return days_within(stretch, period, day_of(holding.activated_at), ended_on)


@dataclass(frozen=True, slots=True)
class Cut:
    """
    A stretch whose use was shorter than what was granted for.

    Args:
        starts_at: its first instant.
        ends_at: the instant it ended.
        entitled: units it was entitled to, by slot; unlimited ones are left out.

    """

    starts_at: datetime
    ends_at: datetime
    entitled: dict[str, Finding[int]]


def spells(holding: Holding) -> Iterator[tuple[Stretch, Plan]]:
    """Tariffs as free units know them: an edition that leaves a tariff's units as they were does not cut them."""
    held: tuple[Stretch, Plan] | None = None
    for stretch, plan in holding.tariffs:
        if held is not None and held[0].ends_on == stretch.starts_on and _units(*held) == _units(stretch, plan):
            held = (Stretch(stretch.kind, stretch.code, held[0].starts_on, stretch.ends_on), held[1])
            continue
        if held is not None:
            yield held
        held = (stretch, plan)
    if held is not None:
        yield held


def _units(stretch: Stretch, plan: Plan) -> tuple[object, ...]:
    tariff = plan.catalogue.tariff[stretch.code]
    pools = [(pool.kind.value, scope_of(pool), pool.amount.value.count) for pool in tariff.pool.values()]
    return stretch.code, tariff.data_basic_mb.value, pools


def cuts(holding: Holding, period: Period) -> Iterator[Cut]:
    """The stretches that ended or were interrupted inside the period, with their proportional parts (nej/2.13)."""
    off = whole_days(holding.interruptions, period)
    last_on = period.ends_on - ONE_DAY
    for stretch, plan in spells(holding):
        inside = _days(holding, stretch, period)
        if inside is None:
            continue
        first, last = inside
        resting = sum(first <= day <= last for day in off)
        if last == last_on and not resting:
            continue
        days = (last - first).days + 1 - resting
        entitled = {
            pool_slot(pool.kind.value, scope_of(pool), 0): _part(pool.amount.value.count, days, period, plan)
            for pool in plan.catalogue.tariff[stretch.code].pool.values()
            if pool.amount.value.count is not None
        }
        yield Cut(start_of(first), end_of(last), entitled)


def control_events(holding: Holding, period: Period) -> Iterator[ControlEvent]:
    """Everything that changes the service's pools in the period, in no order; equal instants are walked as given."""
    for stretch, plan in spells(holding):
        inside = _days(holding, stretch, period)
        if inside is None:
            continue
        tariff = plan.catalogue.tariff[stretch.code]
        mb = _part(tariff.data_basic_mb.value, (period.ends_on - inside[0]).days, period, plan).value
        yield from _granted([(pool, 0) for pool in tariff.pool.values()], inside, period, plan)
        yield ControlEvent(_at(inside[0]), Control.GRANT, BASIC, mb * plan.terms.bytes_per_mb)
        if inside[1] + ONE_DAY < period.ends_on:
            yield ControlEvent(_at(inside[1] + ONE_DAY), Control.EXPIRE, BASIC, 0)
    yield from _addon_events(holding, period)
    for bought in holding.bought:
        slot = CARRIED if bought.bucket == "carried" else PURCHASED
        yield ControlEvent(micros_of(bought.at), Control.GRANT, slot, bought.amount)
    for is_on, at in holding.limit_switches:
        if at >= period.starts_at:
            yield ControlEvent(micros_of(at), Control.LIMIT_ON if is_on else Control.LIMIT_OFF, "", 0)


def _addon_events(holding: Holding, period: Period) -> Iterator[ControlEvent]:
    taken: dict[tuple[str, str], int] = {}
    for addon in holding.addons:
        inside = _days(holding, addon.stretch, period)
        plan = plan_at(holding, inside[0]) if inside else None
        if inside is None or plan is None:
            continue
        terms = plan.catalogue.addon[addon.stretch.code]
        placed = []
        for pool in terms.pool.values():
            key = (pool.kind.value, scope_of(pool))
            taken[key] = taken.get(key, 0) + 1
            placed.append((pool, taken[key]))
        yield from _granted(placed, inside, period, plan)
        if terms.data_mb is not None:
            mb = _part(terms.data_mb.value, (period.ends_on - inside[0]).days, period, plan).value
            yield ControlEvent(_at(inside[0]), Control.GRANT, BASIC, mb * plan.terms.bytes_per_mb)


def plan_at(holding: Holding, day: date) -> Plan | None:
    """The plan of the service on a day."""
    for stretch, plan in holding.tariffs:
        if stretch.starts_on <= day and (stretch.ends_on is None or day < stretch.ends_on):
            return plan
    return None


def _granted(
    pools: Sequence[tuple[PoolTerms, int]],
    inside: tuple[date, date],
    period: Period,
    plan: Plan,
) -> Iterator[ControlEvent]:
    first, last = inside
    days = (period.ends_on - first).days
    for pool, place in pools:
        slot = pool_slot(pool.kind.value, scope_of(pool), place)
        full = pool.amount.value.count
        units = UNLIMITED if full is None else _part(full, days, period, plan).value
        yield ControlEvent(_at(first), Control.GRANT, slot, units)
        if last + ONE_DAY < period.ends_on:
            yield ControlEvent(_at(last + ONE_DAY), Control.EXPIRE, slot, 0)


def _at(day: date) -> int:
    return micros_of(start_of(day))
