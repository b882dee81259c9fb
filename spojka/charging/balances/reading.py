"""The balances of services as kept, or as rating finds them where nothing fit is kept: reading writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.balances.online.basis import digest_of
from spojka.charging.balances.online.cards import marks_of
from spojka.charging.balances.online.walking import Entitled, rate_anew
from spojka.charging.balances.store import balances_of_period, limit_rows
from spojka.charging.balances.terms import BalanceTerms
from spojka.charging.balances.views import ServiceBalances, balances_view
from spojka.charging.rating.entitlements import Holding
from spojka.charging.rating.holdings import holdings
from spojka.charging.rating.runs import balances_found
from spojka.kernel.time import Period
from spojka.trade.publications.shelf import shelf_of


def holding_of(ctx: Context, service: UUID, period: Period) -> Holding | None:
    """What entitles a service in a period, or none when it did not run or had no tariff."""
    found = holdings(ctx, period, [str(service)])
    return found[0] if found and found[0].tariffs else None


def terms_for(ctx: Context, holding: Holding) -> BalanceTerms:
    """The sheet that binds a service's contract today."""
    return shelf_of(ctx).sheet(BalanceTerms, max(ctx.today, holding.signed_on), holding.signed_on)


def balance_rows(ctx: Context, held: Mapping[UUID, Holding], period: Period) -> dict[UUID, Row]:
    """
    The balances of services in a period: as kept where what entitles them has not changed, else as rated now.

    Whatever is found anew is not kept: who uses, buys or switches something has it rated for good.
    """
    kept, unfit = _kept(ctx, held, period)
    return kept | balances_found(ctx, period, [str(service) for service in unfit]) if unfit else kept


def bring_up_to_date(ctx: Context, held: Mapping[UUID, Holding], period: Period) -> None:
    """Rate services of a period for good where no balance is kept, or what entitles them has changed."""
    _, unfit = _kept(ctx, held, period)
    if unfit:
        rate_anew(ctx, period, {service: Entitled(mark, held[service]) for service, mark in unfit.items()})


def _kept(ctx: Context, held: Mapping[UUID, Holding], period: Period) -> tuple[dict[UUID, Row], dict[UUID, str]]:
    """Rows that are kept, and the marks of the services whose row is missing or does not fit in the running period."""
    rows = {row["service_id"]: row for row in balances_of_period(ctx, list(held), period.starts_on)}
    asked = list(held) if ctx.today in period else [service for service in held if service not in rows]
    marks = marks_of(ctx, digest_of(shelf_of(ctx)), asked) if asked else {}
    unfit = {
        service: mark.entitled
        for service, mark in marks.items()
        if service not in rows or rows[service]["facts"] != mark.entitled
    }
    return rows, unfit


def balances_of(ctx: Context, service: UUID, period: Period) -> ServiceBalances | None:
    """All balances of a service in a period, or none when it did not run."""
    holding = holding_of(ctx, service, period)
    if holding is None:
        return None
    row = balance_rows(ctx, {service: holding}, period)[service]
    limits = limit_rows(ctx, [service], period)
    return balances_view(row, holding, period, today=ctx.today, terms=terms_for(ctx, holding), limits=limits)


def balances_after(ctx: Context, service: UUID, period: Period) -> ServiceBalances | None:
    """All balances of a service in a period after something changed them, rated for good; see `balances_of`."""
    holding = holding_of(ctx, service, period)
    if holding is not None:
        bring_up_to_date(ctx, {service: holding}, period)
    return balances_of(ctx, service, period)
