"""What is left of services in the running period, with the reasons: pools, data, the limit of data abroad, counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.balances.reading import balance_rows
from spojka.charging.balances.store import limit_rows
from spojka.charging.balances.terms import BalanceTerms
from spojka.charging.balances.views import CounterView, DataView, LimitView, PoolView, RoamingView, balances_view
from spojka.charging.rating.holdings import holdings
from spojka.journeys.overview.clauses import ClauseWords, clauses_by_ref
from spojka.kernel.time import Period
from spojka.terms.findings import Finding
from spojka.trade.publications.shelf import Shelf, shelf_of


@dataclass(frozen=True, slots=True)
class Because:
    """Why something is so: the sentence in both languages and the clauses in their words."""

    cs: str
    en: str
    clauses: list[ClauseWords]


@dataclass(frozen=True, slots=True)
class MeterView:
    """One pool or bucket with the reason of its size; `left_pct` is for the picture."""

    pool: PoolView
    left_pct: int
    because: Because


@dataclass(frozen=True, slots=True)
class AbroadView:
    """The limit of data abroad with the reason of its state."""

    limit: RoamingView
    is_on: bool
    because: Because


@dataclass(frozen=True, slots=True)
class LeftView:
    """What is left for one service in the running period."""

    meters: list[MeterView]
    data: DataView
    data_because: Because
    abroad: AbroadView
    counters: list[CounterView]
    limits: list[LimitView]


_ORDER: Final = {"data": 0, "voice": 1, "sms": 2}


def because_of(ctx: Context, shelf: Shelf, finding: Finding[Any]) -> Because:
    """A finding's reason."""
    sentences = finding.explain("cs", shelf.title), finding.explain("en", shelf.title)
    return Because(*sentences, clauses_by_ref(ctx, finding.refs, shelf))


def _left_pct(pool: PoolView) -> int:
    if pool.left is None or not pool.granted.value:
        return 100
    return max(0, min(100, pool.left * 100 // pool.granted.value))


def left_of(ctx: Context, services: Sequence[UUID]) -> Mapping[UUID, LeftView]:
    """
    What is left of services today; those that did not run in the period are absent.

    What is not kept, or was with other entitlements, is found by rating all such services together; nothing is written.
    """
    period, shelf = Period.containing(ctx.today), shelf_of(ctx)
    held = {UUID(each.service): each for each in holdings(ctx, period, [str(one) for one in services]) if each.tariffs}
    rows = balance_rows(ctx, held, period)
    limits: dict[UUID, list[Row]] = {}
    for row in limit_rows(ctx, list(held), period):
        limits.setdefault(row["service_id"], []).append(row)
    found = {}
    for service, holding in held.items():
        terms = shelf.sheet(BalanceTerms, max(ctx.today, holding.signed_on), holding.signed_on)
        own = limits.get(service, [])
        view = balances_view(rows[service], holding, period, today=ctx.today, terms=terms, limits=own)
        pools = sorted(view.pools, key=lambda pool: _ORDER[pool.kind])
        found[service] = LeftView(
            [MeterView(pool, _left_pct(pool), because_of(ctx, shelf, pool.granted)) for pool in pools],
            view.data,
            because_of(ctx, shelf, view.data.state),
            AbroadView(view.roaming, view.roaming.rest is not None, because_of(ctx, shelf, view.roaming.state)),
            view.counters,
            view.limits,
        )
    return found
