"""The balances of one service, rated first where nothing is kept yet or what entitles it has changed."""

from __future__ import annotations

from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.balances.online.basis import digest_of
from spojka.charging.balances.online.cards import marks_of
from spojka.charging.balances.online.walking import Entitled, rate_anew
from spojka.charging.balances.store import balance_row, limit_rows
from spojka.charging.balances.terms import BalanceTerms
from spojka.charging.balances.views import ServiceBalances, balances_view
from spojka.charging.rating.entitlements import Holding
from spojka.charging.rating.holdings import holdings
from spojka.kernel.time import Period
from spojka.trade.publications.shelf import shelf_of


def holding_of(ctx: Context, service: UUID, period: Period) -> Holding | None:
    """What entitles a service in a period, or none when it did not run or had no tariff."""
    found = holdings(ctx, period, [str(service)])
    return found[0] if found and found[0].tariffs else None


def terms_for(ctx: Context, holding: Holding) -> BalanceTerms:
    """The sheet that binds a service's contract today."""
    return shelf_of(ctx).sheet(BalanceTerms, max(ctx.today, holding.signed_on), holding.signed_on)


def balances_of(ctx: Context, service: UUID, period: Period) -> ServiceBalances | None:
    """All balances of a service in a period, or none when it did not run."""
    holding = holding_of(ctx, service, period)
    if holding is None:
        return None
    row = balance_row(ctx, service=service, period=period)
    runs = ctx.today in period
    mark = marks_of(ctx, digest_of(shelf_of(ctx)), [service])[service].entitled if runs or row is None else ""
    if row is None or (runs and row["facts"] != mark):
        rate_anew(ctx, period, {service: Entitled(mark, holding)})
        row = balance_row(ctx, service=service, period=period)
    assert row is not None, "a service with a tariff has a balance"
    limits = limit_rows(ctx, [service], period)
    return balances_view(row, holding, period, today=ctx.today, terms=terms_for(ctx, holding), limits=limits)
