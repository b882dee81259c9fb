"""The monthly fees of many contracts at once: tariffs and add-ons by their days, and what is missing to a minimum."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.charges.fees import (
    Interruption,
    Stretch,
    charged_days,
    days_within,
    fee_of,
    last_usable_day,
)
from spojka.charging.charges.store import NewCharge
from spojka.charging.charges.terms import FeeTerms
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period, day_of
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding
from spojka.terms.precedence import TermMissing
from spojka.terms.wording import in_words
from spojka.trade.publications.shelf import Shelf, shelf_of

OWN_BREACH: Final = frozenset({"debt", "unpaid", "misuse", "breach"})
"""Reasons of a hold that the customer caused by a breach (nej/4.19)."""


@dataclass(frozen=True, slots=True)
class ContractToBill:
    """A contract as its fees see it: which terms bind it follows from the product and the day it was signed."""

    contract: ContractId
    product: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class NotBillable:
    """A contract whose fees cannot be found; somebody must act. `problem` says what is missing."""

    contract: ContractId
    problem: str


@dataclass(slots=True)
class _Service:
    id: ServiceId
    first_on: date
    last_on: date | None
    stretches: list[Stretch] = field(default_factory=list)
    interruptions: list[Interruption] = field(default_factory=list)


_SERVICES: Final = (
    "SELECT id, contract_id, activated_at, ended_at FROM service WHERE tenant_id = %(tenant)s"
    " AND contract_id = ANY(%(contracts)s) AND activated_at < %(ends_at)s"
    " AND (ended_at IS NULL OR ended_at > %(starts_at)s) ORDER BY contract_id, id"
)
_STRETCHES: Final = (
    "SELECT service_id, 'tariff' AS kind, tariff AS code, valid_from, valid_to FROM service_tariff"
    " WHERE tenant_id = %(tenant)s AND service_id = ANY(%(services)s) AND valid_from < %(ends_on)s"
    " AND (valid_to IS NULL OR valid_to > %(starts_on)s)"
    " UNION ALL SELECT service_id, 'addon', addon, valid_from, valid_to FROM service_addon"
    " WHERE tenant_id = %(tenant)s AND service_id = ANY(%(services)s) AND valid_from < %(ends_on)s"
    " AND (valid_to IS NULL OR valid_to > %(starts_on)s) ORDER BY 1, 2 DESC, 4, 3"
)
_HOLDS: Final = (
    "SELECT service_id, reason, held_at, released_at FROM service_hold WHERE tenant_id = %(tenant)s"
    " AND service_id = ANY(%(services)s) AND scope = 'both' AND held_at < %(ends_at)s"
    " AND (released_at IS NULL OR released_at > %(starts_at)s)"
)


def _services(ctx: Context, period: Period, contracts: Sequence[ContractId]) -> dict[ContractId, list[_Service]]:
    given: dict[str, object] = {
        "tenant": ctx.tenant,
        "contracts": list(contracts),
        "starts_at": period.starts_at,
        "ends_at": period.ends_at,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
    }
    by_contract: dict[ContractId, list[_Service]] = defaultdict(list)
    by_id: dict[ServiceId, _Service] = {}
    for row in ctx.db.execute(_SERVICES, given):
        ended = row["ended_at"]
        service = _Service(
            ServiceId(row["id"]), day_of(row["activated_at"]), None if ended is None else last_usable_day(ended)
        )
        by_contract[row["contract_id"]].append(service)
        by_id[service.id] = service
    given["services"] = list(by_id)
    for row in ctx.db.execute(_STRETCHES, given):
        by_id[row["service_id"]].stretches.append(_stretch(row))
    for row in ctx.db.execute(_HOLDS, given):
        by_id[row["service_id"]].interruptions.append(
            Interruption(row["held_at"], row["released_at"], row["reason"] in OWN_BREACH)
        )
    return by_contract


def _stretch(row: Row) -> Stretch:
    return Stretch(row["kind"], row["code"], row["valid_from"], row["valid_to"])


@dataclass(frozen=True, slots=True)
class _Bound:
    """What binds one product's contracts signed on one day, piece by piece of a period."""

    pieces: tuple[tuple[date, FeeTerms], ...]
    vat_rate: Term[Decimal]

    def split(self, stretch: Stretch, period: Period) -> list[tuple[Stretch, FeeTerms]]:
        """The stretch cut where its fee changes inside the period; each part with the terms it is counted by."""
        parts: list[tuple[Stretch, FeeTerms]] = []
        fee: Money | None = None
        for number, (starts_on, terms) in enumerate(self.pieces):
            ends_on = self.pieces[number + 1][0] if number + 1 < len(self.pieces) else period.ends_on
            inside = days_within(stretch, Period(starts_on, ends_on), starts_on, None)
            if inside is None:
                continue
            priced = terms.tariff if stretch.kind == "tariff" else terms.addon
            if stretch.code not in priced:
                raise TermMissing(f"{stretch.kind}.{stretch.code}.monthly_fee", ["the price list of that day"])
            if priced[stretch.code].monthly_fee.value == fee:
                last = parts[-1][0]
                parts[-1] = (Stretch(last.kind, last.code, last.starts_on, inside[1] + timedelta(days=1)), parts[-1][1])
                continue
            fee = priced[stretch.code].monthly_fee.value
            parts.append((Stretch(stretch.kind, stretch.code, inside[0], inside[1] + timedelta(days=1)), terms))
        return parts


def vat_rate_of(shelf: Shelf, product: str, on: date, signed_on: date | None = None) -> Term[Decimal]:
    """The rate of VAT that the pack names for a product."""
    facts = shelf.pack.product(product)
    if facts is None:
        raise TermMissing(f"product.{product}.vat_rate", [shelf.pack.code])
    term = shelf.bound(on, signed_on).term(facts["vat_rate"])
    return Term(term.name, Decimal(str(term.value)), term.ref)


def _bound(shelf: Shelf, contract: ContractToBill, period: Period) -> _Bound:
    changes = {edition.effective_from for edition in shelf.editions}
    changes |= {edition.binds_existing_from for edition in shelf.editions}
    starts = [period.starts_on, *sorted(day for day in changes if period.starts_on < day < period.ends_on)]
    last_on = period.ends_on - timedelta(days=1)
    pieces = [
        (day, shelf.sheet(FeeTerms, max(day, contract.signed_on), contract.signed_on))
        for day in starts
        if contract.signed_on <= day or day == starts[-1]
    ]
    first = (period.starts_on, pieces[0][1])
    return _Bound((first, *pieces[1:]), vat_rate_of(shelf, contract.product, last_on, contract.signed_on))


def _words(  # noqa: PLR0917  # what the line says
    title_cs: str, title_en: str, first_on: date, last_on: date, days: int, days_in_month: int
) -> dict[str, str]:
    if days == days_in_month:
        return {"cs": title_cs, "en": title_en}
    span = {code: f"{in_words(first_on, code)} – {in_words(last_on, code)}" for code in ("cs", "en")}
    return {
        "cs": f"{title_cs}, {span['cs']} ({days} z {days_in_month} dní)",
        "en": f"{title_en}, {span['en']} ({days} of {days_in_month} days)",
    }


@dataclass(frozen=True, slots=True)
class _Fee:
    days: Finding[int]
    amount_micros: int
    body: dict[str, object]
    clauses: tuple[str, ...]
    words: dict[str, str]


class _Fees:
    """Fees of one period, counted once for services that used the same thing on the same days."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self._known: dict[tuple[object, ...], _Fee] = {}

    def of(self, terms: FeeTerms, stretch: Stretch, inside: tuple[date, date], off: Sequence[Interruption]) -> _Fee:
        """What a stretch costs for the days from the first to the last (inclusive)."""
        known = (id(terms), stretch.kind, stretch.code, *inside, *off)
        found = self._known.get(known)
        if found is None:
            found = self._known[known] = self._counted(terms, stretch, inside, off)
        return found

    def _counted(
        self, terms: FeeTerms, stretch: Stretch, inside: tuple[date, date], off: Sequence[Interruption]
    ) -> _Fee:
        days = charged_days(terms, *inside, self.period, off)
        finding = fee_of(terms, stretch, days, self.period)
        title = terms.tariff[stretch.code] if stretch.kind == "tariff" else terms.addon[stretch.code]
        words = _words(title.title_cs.value, title.title_en.value, *inside, days.value, self.period.days)
        return _Fee(days, finding.value.micros, finding.stored(), finding.clauses, words)


@dataclass(frozen=True, slots=True)
class Minimum:
    """An agreed least spending that a service's tariff had for some days; what is spent decides what it costs."""

    contract: ContractId
    service: ServiceId
    tariff: str
    first_on: date
    spend: Term[Money]
    days: Finding[int]
    terms: FeeTerms
    vat_rate_pct: Decimal


@dataclass(frozen=True, slots=True)
class FeesDue:
    """
    What contracts owe for the mere passing of a month.

    Args:
        charges: items not written yet, in order of contract, service, tariffs, add-ons, days.
        minimums: agreed least spendings to be compared with what was spent.
        problems: contracts whose terms set no price; none of their items is among the charges.

    """

    charges: list[NewCharge] = field(default_factory=list)
    minimums: list[Minimum] = field(default_factory=list)
    problems: list[NotBillable] = field(default_factory=list)


def _fees(contract: ContractToBill, service: _Service, bound: _Bound, fees: _Fees) -> FeesDue:
    found, period = FeesDue(), fees.period
    places: Counter[str] = Counter()
    for whole in service.stretches:
        for stretch, terms in bound.split(whole, period):
            inside = days_within(stretch, period, service.first_on, service.last_on)
            fee = None if inside is None else fees.of(terms, stretch, inside, service.interruptions)
            if inside is None or fee is None or not fee.days.value:
                continue
            place = f"{stretch.kind}:{stretch.code}:{inside[0].isoformat()}"
            places[place] += 1
            if places[place] > 1:
                place = f"{place}:{places[place]}"  # one add-on held several times at once, as nicknames are
            found.charges.append(
                NewCharge(
                    contract=contract.contract,
                    service=service.id,
                    group="fees",
                    line=place,
                    period_on=period.starts_on,
                    billable_on=period.ends_on - timedelta(days=1),
                    quantity=fee.days.value,
                    unit="day",
                    amount_micros=fee.amount_micros,
                    vat_rate_pct=bound.vat_rate.value,
                    words=fee.words,
                    finding=fee.body,
                    clauses=fee.clauses,
                    key=f"fee:{service.id}:{period}:{place}",
                )
            )
            spend = terms.tariff[stretch.code].min_monthly_spend if stretch.kind == "tariff" else None
            if spend is not None and terms.min_spend_difference_billed.value:
                rate = bound.vat_rate.value
                found.minimums.append(
                    Minimum(contract.contract, service.id, stretch.code, inside[0], spend, fee.days, terms, rate)
                )
    return found


def fees_due(ctx: Context, period: Period, contracts: Sequence[ContractToBill]) -> FeesDue:
    """The fees of a month that has ended for contracts, with three queries however many there are (nej/1.8)."""
    shelf = shelf_of(ctx)
    services = _services(ctx, period, [each.contract for each in contracts])
    known: dict[tuple[str, date], _Bound] = {}
    counted = _Fees(period)
    due = FeesDue()
    for each in contracts:
        if each.contract not in services:
            continue
        try:
            if (each.product, each.signed_on) not in known:
                known[each.product, each.signed_on] = _bound(shelf, each, period)
            bound = known[each.product, each.signed_on]
            found = [_fees(each, service, bound, counted) for service in services[each.contract]]
        except TermMissing as missing:
            due.problems.append(NotBillable(each.contract, str(missing)))
            continue
        for fees in found:
            due.charges.extend(fees.charges)
            due.minimums.extend(fees.minimums)
    return due
