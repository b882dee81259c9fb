"""Volumes bought, limits switched and set, periods opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from spojka.access.deadlines.store import set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.balances import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.charging.balances import spending as _spending  # noqa: F401  # hears what a rating run comes to
from spojka.charging.balances.carrying import carry_over
from spojka.charging.balances.online.cutting import cut_data
from spojka.charging.balances.online.store import forget_sessions
from spojka.charging.balances.reading import balances_after, holding_of, terms_for
from spojka.charging.balances.rules import Limit, refuse_channel, refuse_limit, refuse_switch, refuse_topup, topup_price
from spojka.charging.balances.store import add_volume, drop_limit, last_switch, limit_rows, put_limit
from spojka.charging.balances.terms import BalanceTerms
from spojka.charging.balances.views import DataView, LimitView, RoamingView
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import NewCharge, put_charges
from spojka.charging.rating.entitlements import ROAMING_LIMIT, Holding, plan_at
from spojka.charging.rating.runs import lock_balances
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.findings import Finding
from spojka.trade.catalogue.terms import TopupTerms
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.store import service_row, switch

OPEN_PERIOD = "balances.open_period"
"""The operation that carries bought volumes over at the start of a period."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A volume was bought: what it costs, how much it adds, and data as they stand after it."""

    service: ServiceId
    topup: str
    price: Finding[Money]
    data_mb: int
    data: DataView


@dataclass(frozen=True, slots=True)
class Opened:
    """A period was opened; for so many services a bought volume was carried into it."""

    period: Period
    carried: int


def _held(ctx: Context, service: ServiceId) -> Holding | Refusal:
    """A service that runs now, held with its balance until the transaction ends, and what entitles it."""
    lock_balances(ctx, Period.containing(ctx.today), [str(service)])
    row = service_row(ctx, service)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    holding = holding_of(ctx, service, Period.containing(ctx.today))
    return Refusal("SERVICE_NOT_SUBSCRIBED") if holding is None else holding


@operation(
    "balances.buy_topup",
    permission="balances.write",
    customers=True,
    refusals=(
        "SERVICE_UNKNOWN",
        "SERVICE_TERMINATED",
        "SERVICE_NOT_SUBSCRIBED",
        "CHANNEL_NOT_OFFERED",
        "TOPUP_NOT_FOR_TARIFF",
    ),
)
def buy_topup(ctx: Context, *, service: ServiceId, topup: str, channel: str = "moje_nej_app") -> Bought | Refusal:
    """Buy a further volume of data: interrupted data go on at once, the price is billed (nej/2.17)."""
    holding = _held(ctx, service)
    if isinstance(holding, Refusal):
        return holding
    terms, period = terms_for(ctx, holding), Period.containing(ctx.today)
    plan = plan_at(holding, ctx.today)
    if plan is None:
        return Refusal("SERVICE_NOT_SUBSCRIBED")
    refusal = refuse_channel(channel, terms.topup_channels) or refuse_topup(
        topup=topup, tariff=plan.tariff, offered=plan.catalogue.tariff[plan.tariff].topups, terms=terms
    )
    if refusal is not None:
        return refusal
    bought = plan.catalogue.topup[topup]
    amount = bought.data_mb.value * plan.terms.bytes_per_mb
    price = topup_price(price=bought.price, data_mb=bought.data_mb, rollovers_max=terms.purchased_volume_rollovers_max)
    add_volume(ctx, service=service, period=period, code=topup, amount=amount, key=f"topup:{ctx.call_id}")
    put_charges(ctx, [_topup_charge(ctx, holding, topup, bought, price)])
    cut_data(ctx, service)
    publish(ctx, kind="volume_bought", key=f"service:{service}", body={"topup": topup, "channel": channel})
    after = balances_after(ctx, service, period)
    assert after is not None
    return Bought(service, topup, price, bought.data_mb.value, after.data)


def _topup_charge(ctx: Context, holding: Holding, topup: str, bought: TopupTerms, price: Finding[Money]) -> NewCharge:
    return NewCharge(
        contract=ContractId(UUID(holding.contract)),
        service=ServiceId(UUID(holding.service)),
        group="topups",
        line=f"topup.{topup}",
        period_on=Period.containing(ctx.today).starts_on,
        billable_on=ctx.today,
        quantity=1,
        unit="item",
        amount_micros=price.value.micros,
        vat_rate_pct=vat_rate_of(shelf_of(ctx), holding.product, ctx.today, holding.signed_on).value,
        words={"cs": bought.title_cs.value, "en": bought.title_en.value},
        finding=price.stored(),
        clauses=price.clauses,
        key=f"topup:{ctx.call_id}",
    )


@operation(
    "balances.switch_roaming_limit",
    permission="balances.write",
    customers=True,
    refusals=(
        "SERVICE_UNKNOWN",
        "SERVICE_TERMINATED",
        "SERVICE_NOT_SUBSCRIBED",
        "CHANNEL_NOT_OFFERED",
        "LIMIT_ALREADY_ACTIVE",
        "LIMIT_ALREADY_OFF",
    ),
)
def switch_roaming_limit(
    ctx: Context, *, service: ServiceId, on: bool, channel: str = "moje_nej_app"
) -> RoamingView | Refusal:
    """Switch the limit of data abroad off, or on again from zero; stopped data go on at once (nej/2.19)."""
    holding = _held(ctx, service)
    if isinstance(holding, Refusal):
        return holding
    terms = terms_for(ctx, holding)
    known = last_switch(ctx, service=service, feature=ROAMING_LIMIT)
    is_on = terms.limit_default_active.value if known is None else known
    refusal = refuse_channel(channel, terms.toggle_channels) or refuse_switch(is_on=is_on, wanted=on, terms=terms)
    if refusal is not None:
        return refusal
    switch(ctx, service=service, feature=ROAMING_LIMIT, is_on=on, channel=channel)
    cut_data(ctx, service)
    publish(ctx, kind="roaming_limit_switched", key=f"service:{service}", body={"on": on, "channel": channel})
    after = balances_after(ctx, service, Period.containing(ctx.today))
    assert after is not None
    return after.roaming


@operation(
    "balances.set_limit",
    permission="balances.write",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED", "LIMIT_NOT_POSSIBLE", "LIMIT_ABOVE_PROVIDERS"),
)
def set_limit(
    ctx: Context,
    *,
    service: ServiceId,
    value: Money | None,
    kind: Literal["spend"] = "spend",
    period: Literal["period"] = "period",
    action: Literal["notify", "restrict", "interrupt"] = "restrict",
) -> list[LimitView] | Refusal:
    """Set the most that use of a service may cost in a period, or take it back with no value (nej/4.18)."""
    row = service_row(ctx, service)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    notice = shelf_of(ctx).sheet(BalanceTerms, ctx.today).default_limit_notice_pct
    by_customer, running = ctx.actor.party is not None, Period.containing(ctx.today)
    set_by = "customer" if by_customer else "provider"
    if value is None:
        drop_limit(ctx, service=service, kind=kind, period=period, set_by=set_by)
    else:
        theirs = [Money(one["value"]) for one in limit_rows(ctx, [service], running) if one["set_by"] == "provider"]
        refusal = refuse_limit(
            value=value, providers=theirs[0] if theirs else None, by_customer=by_customer, notice=notice
        )
        if refusal is not None:
            return refusal
        limit = Limit(value.micros, action, set_by)
        put_limit(ctx, service=service, kind=kind, period=period, limit=limit)
    after = balances_after(ctx, service, running)
    return [] if after is None else after.limits


@operation(OPEN_PERIOD, permission="balances.write")
def open_period(ctx: Context, *, period: Period) -> Opened:
    """Carry what is left of volumes bought in the period before into this one, and promise the next (nej/2.17)."""
    carried = carry_over(ctx, period.previous())
    forget_sessions(ctx, before=period.previous().starts_on)
    following = period.next()
    set_deadline(
        ctx,
        due_at=following.starts_at,
        operation=OPEN_PERIOD,
        arguments={"period": str(following)},
        subject="balances",
        key=f"open:{following}",
        clauses=[shelf_of(ctx).sheet(BalanceTerms, ctx.today).purchased_volume_rollovers_max.ref.id],
    )
    return Opened(period, carried)
