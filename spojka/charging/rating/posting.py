"""
Rated totals into billable items: what a line came to now, less what was posted for it before.

A line is (service, period, generation, line key). Posting the same totals twice posts nothing the second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import polars as pl

from spojka.access.operations.context import Context
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import Group, NewCharge, put_charges
from spojka.charging.rating.clawbacks import excess_cost_of_lost, uncovered
from spojka.charging.rating.entitlements import Cut, Holding, cuts
from spojka.charging.rating.lines import ABOVE_PART, line_group, line_key, line_words, unit_of
from spojka.charging.rating.pricing import above_part, usage_difference, usage_total
from spojka.charging.rating.rows import Source
from spojka.charging.rating.rules import Rating
from spojka.charging.rating.running import RatedPeriod
from spojka.charging.usage.store import closed_at
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, resting_on
from spojka.terms.units import Increment
from spojka.trade.publications.shelf import shelf_of

Key = tuple[str, int, str]
"""Service, generation, line."""


@dataclass(frozen=True, slots=True)
class Total:
    """What one line came to."""

    records: int
    quantity: int
    amount: Finding[Money]


@dataclass(frozen=True, slots=True)
class Posted:
    """How many lines changed, and by how much in all."""

    lines: int
    amount: Money


def totals_of(rated: RatedPeriod) -> dict[Key, Total]:
    """Every line with something to pay."""
    rows = rated.book.book.rows
    grouped = (
        rated.frame.filter((pl.col("rate_row") >= 0) & (pl.col("charge_micros") != 0))
        .group_by("service_id", "generation", "rate_row", maintain_order=False)
        .agg(pl.len().alias("records"), pl.col("paid").sum(), pl.col("charge_micros").sum())
        .sort("service_id", "generation", "rate_row")
    )
    found: dict[Key, list[_Part]] = {}
    for service, generation, code, records, paid, micros in grouped.iter_rows():
        row = rows[code]
        line = line_key(row.kind.name.lower(), row.zone, row.dest_class)
        part = _Part(records, paid, micros, rated.book.sources[row.key])
        found.setdefault((service, generation, line), []).append(part)
    return {key: _total(key, parts) for key, parts in found.items()}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one row of the price list came to in a line."""

    records: int
    paid: int
    micros: int
    source: Source


def _total(key: Key, parts: Sequence[_Part]) -> Total:
    records, quantity = sum(part.records for part in parts), sum(part.paid for part in parts)
    priced = [term for part in parts for term in ([part.source.price] if part.source.price else part.source.rules)]
    counted = [term for part in parts for term in part.source.rules if isinstance(term.value, Increment)]
    amount = usage_total(
        total=Money(sum(part.micros for part in parts)),
        records=records,
        quantity=quantity,
        unit=unit_of(key[2]),
        prices=_once(priced),
        steps=_once(counted),
    )
    return Total(records, quantity, amount)


def _once(terms: Sequence[Term[Any]]) -> list[Term[Any]]:
    return list({(term.ref, term.name): term for term in terms}.values())


@dataclass(frozen=True, slots=True)
class AboveParts:
    """
    Units above proportional parts.

    Args:
        totals: what they cost, by line.
        excess_micros: how much of that belongs to the excess of a counter, by service and the counter's code.

    """

    totals: dict[Key, Total]
    excess_micros: dict[tuple[str, int], int]


def above_parts(rated: RatedPeriod, period: Period) -> AboveParts:
    """Units that lost their cover because a tariff's use ended early, by service and kind (nej/2.13, 2.20-h)."""
    found = AboveParts({}, {})
    for holding in rated.holdings.values():
        cut_short = list(cuts(holding, period))
        if not cut_short:
            continue
        used = rated.frame.filter((pl.col("service_id") == holding.service) & (pl.col("rate_row") >= 0)).sort(
            "generation", "at", maintain_order=True
        )
        ratings, lost = ratings_of(used, rated), dict[int, int]()
        for cut in cut_short:
            found.totals.update(_lost(rated, holding, cut, (used, ratings), lost))
        for counter, micros in excess_cost_of_lost(ratings, lost, rated.book.book).items():
            found.excess_micros[holding.service, counter] = micros
    return found


def _lost(
    rated: RatedPeriod, holding: Holding, cut: Cut, walked: tuple[pl.DataFrame, list[Rating]], lost: dict[int, int]
) -> dict[Key, Total]:
    """What one stretch lost, by line; the units of each record, by its place among those `walked`, go to `lost`."""
    used, all_ratings = walked
    within = (pl.col("at") >= cut.starts_at) & (pl.col("at") < cut.ends_at)
    places = used.select(pl.arg_where(within)).to_series().to_list()
    ratings = [all_ratings[place] for place in places]
    totals: dict[Key, Total] = {}
    for slot, entitled in cut.entitled.items():
        gone = uncovered(ratings, {slot: entitled.value}, rated.book.book)
        micros, units = sum(each.charge_micros for each in gone), sum(each.units for each in gone)
        for each in gone:
            lost[places[each.record]] = lost.get(places[each.record], 0) + each.units
        if units:
            kind = slot.partition(".")[0]
            key = (holding.service, 0, f"{ABOVE_PART}.{kind}")
            before = totals.get(key)
            carried = before.amount.value.micros if before else 0
            amount = above_part(total=Money(carried + micros), units=units, entitled=resting_on(entitled))
            totals[key] = Total(len(gone), units, amount)
    return totals


def ratings_of(frame: pl.DataFrame, rated: RatedPeriod) -> list[Rating]:
    """Rated rows as the rule's values."""
    chain = rated.book.book.chain
    names = ["rate_row", "billed", "paid", "charge_micros"]
    taken, left = [f"taken_{k}" for k in range(1, chain + 1)], [f"left_{k}" for k in range(1, chain + 1)]
    found = []
    for row in frame.select(*names, *taken, *left).iter_rows():
        length = len(rated.book.book.rows[row[0]].slots) if row[0] >= 0 else 0
        found.append(Rating(row[0], row[1], row[2], row[3], row[4 : 4 + length], row[4 + chain : 4 + chain + length]))
    return found


def post(ctx: Context, period: Period, rated: RatedPeriod, totals: dict[Key, Total]) -> Posted:
    """Post what changed since the last time for the services of a walk."""
    services = [UUID(service) for service in rated.holdings]
    known = {
        (str(row["service_id"]), row["generation"], row["line"]): row
        for row in ctx.db.execute(
            "SELECT service_id, generation, line, records, quantity, amount_micros, version FROM rated_total"
            " WHERE tenant_id = %s AND period_on = %s AND service_id = ANY(%s) FOR UPDATE",
            [ctx.tenant, period.starts_on, services],
        ).fetchall()
    }
    charges: list[NewCharge] = []
    changed: list[tuple[Key, Total | None, int]] = []
    for key in dict.fromkeys([*totals, *known]):
        before, total = known.get(key), totals.get(key)
        was, now = (before["amount_micros"] if before else 0), (total.amount.value.micros if total else 0)
        if was == now:
            continue
        version, had = (before["version"] + 1, before["quantity"]) if before else (1, 0)
        changed.append((key, total, version))
        charges.append(_charge(ctx, period, rated.holdings[key[0]], key, total, was=was, had=had, version=version))
    put_charges(ctx, charges)
    _remember(ctx, period, changed)
    return Posted(len(changed), Money(sum(charge.amount_micros for charge in charges)))


def _charge(
    ctx: Context,
    period: Period,
    holding: Holding,
    key: Key,
    total: Total | None,
    *,
    was: int,
    had: int,
    version: int,
) -> NewCharge:
    """What changed of a line: amount and quantity are what it came to now, less what it `was` and `had` before."""
    service, generation, line = key
    last_on = period.ends_on - timedelta(days=1)
    closed = closed_at(ctx, period) is not None
    after = resting_on(total.amount) if total else Money.zero()
    finding = total.amount if total and was == 0 else usage_difference(before=Money(was), after=after)
    rate: Decimal = vat_rate_of(shelf_of(ctx), holding.product, last_on, holding.signed_on).value
    return NewCharge(
        contract=ContractId(UUID(holding.contract)),
        service=ServiceId(UUID(service)),
        group=cast("Group", line_group(line)),
        line=line,
        period_on=period.starts_on,
        billable_on=ctx.today if closed else last_on,
        quantity=(total.quantity if total else 0) - had,
        unit=unit_of(line),
        amount_micros=finding.value.micros,
        vat_rate_pct=rate,
        words=line_words(line),
        finding=finding.stored(),
        clauses=finding.clauses,
        key=f"usage:{service}:{period}:{generation}:{line}:{version}",
    )


def _remember(ctx: Context, period: Period, changed: Sequence[tuple[Key, Total | None, int]]) -> None:
    ctx.db.execute(
        "INSERT INTO rated_total (tenant_id, service_id, period_on, generation, line, records, quantity, amount_micros,"
        " version) SELECT %s, n.service, %s, n.generation, n.line, n.records, n.quantity, n.amount, n.version"
        " FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[])"
        " AS n(service, generation, line, records, quantity, amount, version)"
        " ON CONFLICT (tenant_id, service_id, period_on, generation, line) DO UPDATE SET records = excluded.records,"
        " quantity = excluded.quantity, amount_micros = excluded.amount_micros, version = excluded.version",
        [
            ctx.tenant,
            period.starts_on,
            [UUID(key[0]) for key, _, _ in changed],
            [key[1] for key, _, _ in changed],
            [key[2] for key, _, _ in changed],
            [total.records if total else 0 for _, total, _ in changed],
            [total.quantity if total else 0 for _, total, _ in changed],
            [total.amount.value.micros if total else 0 for _, total, _ in changed],
            [version for _, _, version in changed],
        ],
    )
