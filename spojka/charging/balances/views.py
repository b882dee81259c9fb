"""Balances as people and programs see them: every pool with what granted it, data, the roaming limit, counters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.charging.balances.rules import (
    DataState,
    Part,
    RoamingState,
    counter_pct,
    data_state,
    roaming_state,
    units_granted,
    volume_granted,
    without_end,
)
from spojka.charging.balances.terms import BalanceTerms
from spojka.charging.charges.fees import days_within, last_usable_day
from spojka.charging.rating.book import Plan
from spojka.charging.rating.entitlements import Holding, plan_at, proportional_part, spells
from spojka.charging.rating.kernel import COUNTERS, FLAGS, LIMIT_ACTIVE, LIMIT_COUNTED, LIMIT_REACHED, SPENT
from spojka.charging.rating.rows import MESSAGES, SECONDS
from spojka.charging.rating.slots import BASIC, CARRIED, DATA_SLOTS, PURCHASED, pool_slot, scope_of
from spojka.charging.rating.terms import UNLIMITED
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period, day_of
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, resting_on
from spojka.trade.catalogue.terms import PoolTerms

PoolKind = Literal["voice", "sms", "data"]
Unit = Literal["s", "SMS", "B"]
_UNITS: Final[dict[str, Unit]] = {"voice": "s", "sms": "SMS", "data": "B"}
_KINDS: Final = {"voice": ("Volání", "Calls"), "sms": ("SMS", "SMS"), "data": ("Data", "Data")}
_SCOPES: Final = {
    "own_network": ("do vlastní sítě", "within the own network"),
    "other_networks": ("do ostatních sítí v ČR", "to other networks in CZ"),
    "fixed": ("do pevných sítí v ČR", "to fixed networks in CZ"),
    "all_networks": ("do všech sítí v ČR", "to all networks in CZ"),
    "all_but_own": ("do všech ostatních sítí v ČR", "to all other networks in CZ"),
    "basic": ("základní objem", "basic volume"),
    "carried": ("převedený objem", "carried volume"),
    "purchased": ("dokoupený objem", "purchased volume"),
}


@dataclass(frozen=True, slots=True)
class PoolView:
    """
    One pool of free units or one bucket of data in a period.

    Args:
        slot: its place in the rate book, like `voice.all_networks.0`.
        kind: what it holds.
        scope: where it may be used, or which bucket it is.
        name_cs, name_en: what it holds, in words.
        scope_cs, scope_en: its scope in words.
        unit: `s`, `SMS` or `B`.
        unlimited: it never runs out; then the figures are `None`.
        granted: units of the period, with the clauses that grant them.
        used: units taken.
        left: units left.
        addon: it comes from an add-on.

    """

    slot: str
    kind: PoolKind
    scope: str
    name_cs: str
    name_en: str
    scope_cs: str
    scope_en: str
    unit: Unit
    unlimited: bool
    granted: Finding[int | None]
    used: int | None
    left: int | None
    addon: bool


@dataclass(frozen=True, slots=True)
class DataView:
    """
    Data of a period, all buckets together, in bytes; `None` where the volume never ends.

    `pct` is the share used, whole percent; `kbps` the speed after the volume, where it is slowed down.
    """

    total: int | None
    used: int | None
    left: int | None
    total_mb: int | None
    used_mb: int | None
    left_mb: int | None
    pct: int
    state: Finding[DataState]
    kbps: Term[int] | None


@dataclass(frozen=True, slots=True)
class RoamingView:
    """The roaming limit as line *30 tells it; `rest` is `None` while it is off."""

    state: Finding[RoamingState]
    limit: Term[Money]
    counter: Money
    rest: Money | None


@dataclass(frozen=True, slots=True)
class CounterView:
    """Use that nears the highest ordinary one (nej/2.20-h): `voice` in seconds, `sms` in messages."""

    kind: Literal["voice", "sms"]
    counted: int
    threshold: Term[int]
    pct: Finding[int]


@dataclass(frozen=True, slots=True)
class LimitView:
    """
    A spending limit of the service in the period; `rest` is what may still be spent (nej/4.18).

    `advance` was paid ahead for the period and lowers what counts as spent.
    """

    kind: str
    period: str
    set_by: str
    action: str
    value: Money
    spent: Money
    advance: Money
    rest: Money
    notice_pct: Term[list[int]]


@dataclass(frozen=True, slots=True)
class ServiceBalances:
    """Everything that is left for a service in a period, as it stands after the last rated record."""

    service: ServiceId
    period: Period
    tariff: str
    rated_until: datetime
    spent: Money
    pools: list[PoolView]
    data: DataView
    roaming: RoamingView
    counters: list[CounterView]
    limits: list[LimitView]


@dataclass(frozen=True, slots=True)
class Kept:
    """A balance's row by name: units (granted, left) by slot, and the meters of the period."""

    slots: dict[str, tuple[int, int]]
    meters: Sequence[int]

    @classmethod
    def of(cls, row: Row) -> Kept:
        """Read a row of the table."""
        pairs = zip(row["capacity"], row["remaining"], strict=True)
        return cls(dict(zip(row["slots"], pairs, strict=True)), row["counters"])

    def has(self, flag: int) -> bool:
        """Whether a bit of the kernel's flags is set."""
        return bool(self.meters[FLAGS] & flag)


@dataclass(frozen=True, slots=True)
class _Grant:
    """What granted a slot: the amount's term, and its part when it is not whole."""

    slot: str
    amount: Term[Any]
    part: Part


def _share(amount: int | None, first_on: date, period: Period, plan: Plan) -> Part:
    days = (period.ends_on - first_on).days
    if amount is None or days == period.days:
        return None
    rounding = plan.terms.entitlement_rounding
    return proportional_part(full=amount, days=days, days_in_month=period.days, rounding=rounding)


def _pool_grant(pool: PoolTerms, place: int, first_on: date, period: Period, plan: Plan) -> _Grant:
    slot = pool_slot(pool.kind.value, scope_of(pool), place)
    return _Grant(slot, pool.amount, _share(pool.amount.value.count, first_on, period, plan))


def _grants(holding: Holding, period: Period) -> Iterator[_Grant]:
    """What granted the slots of a service, in the order of `entitlements.control_events`."""
    ended_on = last_usable_day(holding.ended_at) if holding.ended_at else None
    first_on = day_of(holding.activated_at)
    for stretch, plan in spells(holding):
        inside = days_within(stretch, period, first_on, ended_on)
        if inside is not None:
            tariff = plan.catalogue.tariff[stretch.code]
            for pool in tariff.pool.values():
                yield _pool_grant(pool, 0, inside[0], period, plan)
            yield _Grant(BASIC, tariff.data_basic_mb, _share(tariff.data_basic_mb.value, inside[0], period, plan))
    places: dict[tuple[str, str], int] = defaultdict(int)
    for addon in holding.addons:
        inside = days_within(addon.stretch, period, first_on, ended_on)
        running = plan_at(holding, inside[0]) if inside else None
        if inside is None or running is None:
            continue
        terms = running.catalogue.addon[addon.stretch.code]
        for pool in terms.pool.values():
            key = (pool.kind.value, scope_of(pool))
            places[key] += 1
            yield _pool_grant(pool, places[key], inside[0], period, running)
        if terms.data_mb is not None:
            yield _Grant(BASIC, terms.data_mb, _share(terms.data_mb.value, inside[0], period, running))


def _granted(slot: str, granted: int, sources: Sequence[_Grant], terms: BalanceTerms, mb: int) -> Finding[int | None]:
    rules: list[Term[Any]] = [terms.bucket_order if slot in DATA_SLOTS else terms.rollover_of_free_units]
    if slot in {CARRIED, PURCHASED}:
        rules.append(terms.purchased_volume_rollovers_max)
    amounts = [source.amount for source in sources]
    part = sources[-1].part if sources else None
    rested = None if part is None else resting_on(part)
    if granted == UNLIMITED:
        return without_end(amounts=amounts, rules=rules)
    if slot in DATA_SLOTS:
        return volume_granted(granted=granted, mb=granted // mb, amounts=amounts, part=rested, rules=rules)
    unit = _UNITS[slot.partition(".")[0]]
    return units_granted(granted=granted, unit=unit, amounts=amounts, part=rested, rules=rules)


def _pool_view(slot: str, units: tuple[int, int], granted: Finding[int | None]) -> PoolView:
    kind, scope = slot.split(".")[:2]
    unlimited = units[0] == UNLIMITED
    (name_cs, name_en), (scope_cs, scope_en) = _KINDS[kind], _SCOPES[scope]
    named: Any = kind
    return PoolView(
        slot,
        named,
        scope,
        name_cs,
        name_en,
        scope_cs,
        scope_en,
        _UNITS[kind],
        unlimited,
        granted,
        None if unlimited else units[0] - units[1],
        None if unlimited else units[1],
        addon=slot not in DATA_SLOTS and not slot.endswith(".0"),
    )


def _data_view(kept: Kept, plan: Plan, terms: BalanceTerms) -> DataView:
    pairs = [kept.slots[slot] for slot in DATA_SLOTS if slot in kept.slots]
    endless = any(granted == UNLIMITED for granted, _ in pairs)
    total = None if endless else sum(granted for granted, _ in pairs)
    left = None if endless else sum(rest for _, rest in pairs)
    used = None if total is None or left is None else total - left
    tariff, mb = plan.catalogue.tariff[plan.tariff], plan.terms.bytes_per_mb
    rules = [terms.bucket_order, plan.terms.domestic_after_limit]
    return DataView(
        total,
        used,
        left,
        None if total is None else total // mb,
        None if used is None else used // mb,
        None if left is None else left // mb,
        used * 100 // total if total and used else 0,
        data_state(left=left, after=tariff.after_exhaustion, rules=rules),
        tariff.throttle_kbps,
    )


def _roaming_view(kept: Kept, terms: BalanceTerms) -> RoamingView:
    limit, is_on = terms.roaming_data_limit_czk_incl_vat, kept.has(LIMIT_ACTIVE)
    counted = Money(kept.meters[LIMIT_COUNTED])
    state = roaming_state(is_on=is_on, is_reached=kept.has(LIMIT_REACHED), counted=counted, limit=limit)
    return RoamingView(state, limit, counted, limit.value - counted if is_on else None)


def _counter_views(kept: Kept, terms: BalanceTerms) -> Iterator[CounterView]:
    shown_from = terms.default_counters_shown_from_pct
    thresholds = {
        SECONDS: ("voice", terms.abuse_threshold_seconds_per_month),
        MESSAGES: ("sms", terms.abuse_threshold_sms_per_month),
    }
    for place, (kind, threshold) in enumerate(thresholds.values()):
        counted = kept.meters[COUNTERS + 3 * place]
        pct = counter_pct(counted=counted, threshold=threshold, shown_from_pct=shown_from)
        if pct.value >= shown_from.value:
            named: Any = kind
            yield CounterView(named, counted, threshold, pct)


def limit_view(row: Row, spent_micros: int, notice: Term[list[int]]) -> LimitView:
    """A spending limit with what was spent."""
    value, spent, advance = Money(row["value"]), Money(spent_micros), Money(row["advance"])
    rest = max(value + advance - spent, Money.zero(value.currency))
    return LimitView(row["kind"], row["period"], row["set_by"], row["action"], value, spent, advance, rest, notice)


def balances_view(
    row: Row, holding: Holding, period: Period, *, today: date, terms: BalanceTerms, limits: Sequence[Row]
) -> ServiceBalances:
    """A balance's row with all that granted it."""
    kept = Kept.of(row)
    sources: dict[str, list[_Grant]] = defaultdict(list)
    for grant in _grants(holding, period):
        sources[grant.slot].append(grant)
    plan = plan_at(holding, today) or holding.tariffs[-1][1]
    return ServiceBalances(
        ServiceId(UUID(holding.service)),
        period,
        plan.tariff,
        row["rated_until"],
        Money(kept.meters[SPENT]),
        [
            _pool_view(slot, units, _granted(slot, units[0], sources[slot], terms, plan.terms.bytes_per_mb))
            for slot, units in kept.slots.items()
            if units[0]
        ],
        _data_view(kept, plan, terms),
        _roaming_view(kept, terms),
        list(_counter_views(kept, terms)),
        [limit_view(limit, kept.meters[SPENT], terms.default_limit_notice_pct) for limit in limits],
    )
