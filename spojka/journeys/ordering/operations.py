"""What customers order beside the contract: services beyond the default card, premium numbers, another tariff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import NewCharge, put_charges
from spojka.charging.ledger.accounts import ADVANCE, BANK
from spojka.charging.ledger.store import Entry, Posting, post
from spojka.journeys.ordering.rules import deposit_needed, refuse_deposit, refuse_evidence, unlock_fee
from spojka.journeys.ordering.store import (
    add_order,
    count_paid_invoices,
    count_unlocks,
    execute_order,
    order_behind,
    order_row,
    waiting_order,
)
from spojka.journeys.ordering.terms import OrderTerms
from spojka.kernel.ids import ContractId, OrderId, PartyId, ServiceId, uuid7
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.revenue.payments.store import open_invoices
from spojka.terms.findings import Finding, read_finding, refuse
from spojka.trade.catalogue.terms import Catalogue
from spojka.trade.contracts.operations import SIGN_REFUSALS, Contract, Options, change_on_order, sign_on_order
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.rules import refuse_unlock
from spojka.trade.services.store import lock_service, service_row, switch
from spojka.trade.services.terms import ServiceTerms
from spojka.trade.services.views import ServiceView, views

Channel = Literal["paper", "electronic", "phone"]
Optional = Literal["international_calls", "mms", "premium_sms", "donor_sms", "internet_payment", "roaming"]
AS_OFFERED: Final = Options()
"""Nothing chosen: the product's tariff, the next free number and card."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """
    An order and what came of it.

    Args:
        order: its id; `None` when the service was on already without an order.
        state: `executed`, or `waiting` for a deposit.
        deposit: what must be paid first, or `None`.
        service: the service as it stands now.

    """

    order: OrderId | None
    state: str
    deposit: Finding[Money] | None
    service: ServiceView


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Premium numbers can be called; a fee that is not zero is on the next invoice, none when they could be before."""

    service: ServiceView
    fee: Finding[Money] | None


def _view(ctx: Context, service: ServiceId) -> ServiceView:
    row = service_row(ctx, service)
    assert row is not None
    return views(ctx, [row])[0]


def _held(ctx: Context, service: ServiceId) -> Row | Refusal:
    """A service that has not ended, its row locked: what is ordered for it comes one after another."""
    lock_service(ctx, service)
    row = service_row(ctx, service)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    return row


@operation(
    "services.enable",
    permission="services.write",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED", "SERVICE_NOT_OFFERED", "ORDER_EVIDENCE_MISSING"),
)
def enable(
    ctx: Context,
    *,
    service: ServiceId,
    feature: Optional,
    channel: Channel = "electronic",
    evidence: str = "portal session",
) -> Ordered | Refusal:
    """
    Order a service beyond the default card; a customer without a history pays a deposit first (nej/2.4, 4.5-i).

    Ordering again answers with the order that waits; what is on already is answered as executed, without a deposit.
    """
    row = _held(ctx, service)
    if isinstance(row, Refusal):
        return row
    shelf = shelf_of(ctx)
    terms, catalogue = shelf.sheet(OrderTerms, ctx.today), shelf.sheet(Catalogue, ctx.today)
    missing = refuse_evidence(channel=channel, evidence=evidence, terms=terms)
    if missing is not None:
        return missing
    offered = catalogue.optional.get(feature)
    if feature != "roaming" and (offered is None or not offered.offered.value):
        return refuse("SERVICE_NOT_OFFERED", terms.optional_services, figures={"service": feature})
    view = _view(ctx, service)
    if view.switches.get(feature, False):
        return Ordered(order_behind(ctx, service=service, feature=feature), "executed", None, view)
    waiting = waiting_order(ctx, party=row["party_id"], service=service, feature=feature)
    if waiting is not None:
        return Ordered(waiting["id"], "waiting", read_finding(waiting["asked"]["deposit"]), view)
    deposit = deposit_needed(
        monthly_fee=catalogue.tariff[view.tariff].monthly_fee,
        multiple=terms.deposit_min_multiple_of_monthly_fee,
        paid_invoices=count_paid_invoices(ctx, row["party_id"]),
        enough=terms.default_paid_invoices_without_deposit,
        policy=terms.default_deposit_policy,
    )
    waits = bool(deposit.value)
    order = add_order(
        ctx,
        party=row["party_id"],
        service=service,
        kind="enable",
        channel=channel,
        evidence=evidence,
        asked={"feature": feature, "deposit": deposit.stored()},
        state="waiting" if waits else "executed",
    )
    if not waits:
        switch(ctx, service=service, feature=feature, is_on=True, channel=channel, order=order)
    state = "waiting" if waits else "executed"
    return Ordered(order, state, deposit if waits else None, _view(ctx, service))


@operation(
    "ordering.pay_deposit",
    permission="ordering.write",
    refusals=("ORDER_UNKNOWN", "SERVICE_TERMINATED", "DEPOSIT_TOO_LOW", "DEPOSIT_NOT_EXACT"),
)
def pay_deposit(ctx: Context, *, order: OrderId, amount: Money) -> Ordered | Refusal:
    """Take the deposit that an order waits for and carry the order out; the deposit is a liability, not revenue."""
    row = order_row(ctx, order)
    if row is None or (row["kind"], row["state"]) != ("enable", "waiting"):
        return Refusal("ORDER_UNKNOWN", (), {"order": order})
    service = ServiceId(row["service_id"])
    held = _held(ctx, service)
    if isinstance(held, Refusal):
        return held
    deposit: Finding[Any] = read_finding(row["asked"]["deposit"])
    other = refuse_deposit(paid=amount, deposit=deposit)
    if other is not None:
        return other
    postings = (Posting(BANK, amount.micros), Posting(ADVANCE, -amount.micros, row["party_id"]))
    post(ctx, [Entry("deposit", str(order), ctx.today, postings)])
    feature = row["asked"]["feature"]
    switch(ctx, service=service, feature=feature, is_on=True, channel=row["channel"], order=order)
    execute_order(ctx, order)
    return Ordered(order, "executed", deposit, _view(ctx, service))


@operation("services.disable", permission="services.write", customers=True, refusals=("SERVICE_UNKNOWN",))
def disable(
    ctx: Context,
    *,
    service: ServiceId,
    feature: Optional,
    channel: Channel = "electronic",
) -> ServiceView | Refusal:
    """Switch a service beyond the default card off; free and at once."""
    if service_row(ctx, service) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    switch(ctx, service=service, feature=feature, is_on=False, channel=channel)
    return _view(ctx, service)


@operation(
    "services.unlock_premium",
    permission="services.write",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED", "IDENTITY_NOT_VERIFIED"),
)
def unlock_premium(
    ctx: Context,
    *,
    service: ServiceId,
    channel: Literal["written", "phone", "email", "portal"] = "written",
    identity_verified: bool = True,
) -> Unlocked | Refusal:
    """
    Lift the block of 90x numbers; the first time is free, later ones cost the price list's fee (nej/3.5).

    Where there is no block nothing is lifted, counted or charged.
    """
    row = _held(ctx, service)
    if isinstance(row, Refusal):
        return row
    shelf = shelf_of(ctx)
    written = "written" if channel == "portal" else channel
    service_terms = shelf.sheet(ServiceTerms, ctx.today)
    refusal = refuse_unlock(channel=written, identity_verified=identity_verified, terms=service_terms)
    if refusal is not None:
        return refusal
    view = _view(ctx, service)
    if view.switches.get("premium_90x", False):
        return Unlocked(view, None)
    count = count_unlocks(ctx, service) + 1
    terms, catalogue = shelf.sheet(OrderTerms, ctx.today), shelf.sheet(Catalogue, ctx.today)
    fee = unlock_fee(count=count, first=terms.first_unlock_fee_czk, later=catalogue.fee.premium_unlock)
    switch(ctx, service=service, feature="premium_90x", is_on=True, channel=channel)
    if fee.value:
        put_charges(ctx, [_fee_charge(ctx, row, fee, count)])
    return Unlocked(_view(ctx, service), fee)


def _fee_charge(ctx: Context, row: dict[str, Any], fee: Finding[Money], count: int) -> NewCharge:
    period = Period.containing(ctx.today)
    rate = vat_rate_of(shelf_of(ctx), row["product"], ctx.today, row["signed_on"])
    return NewCharge(
        contract=ContractId(row["contract_id"]),
        service=ServiceId(row["id"]),
        group="other",
        line="premium_unlock",
        period_on=period.starts_on,
        billable_on=period.ends_on - timedelta(days=1),
        quantity=1,
        unit="item",
        amount_micros=fee.value.micros,
        vat_rate_pct=rate.value,
        words={"cs": "Odblokování čísel 90x", "en": "Unlocking of 90x numbers"},
        finding=fee.stored(),
        clauses=fee.clauses,
        key=f"premium-unlock:{row['id']}:{count}",
    )


@operation("services.lock_premium", permission="services.write", customers=True, refusals=("SERVICE_UNKNOWN",))
def lock_premium(ctx: Context, *, service: ServiceId, channel: str = "portal") -> ServiceView | Refusal:
    """Block 90x numbers again; free at any time (nej/3.5)."""
    if service_row(ctx, service) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    switch(ctx, service=service, feature="premium_90x", is_on=False, channel=channel)
    return _view(ctx, service)


@operation(
    "ordering.change_tariff",
    permission="ordering.write",
    customers=True,
    refusals=(
        "SERVICE_UNKNOWN",
        "ORDER_EVIDENCE_MISSING",
        "TARIFF_NOT_OFFERED",
        "TARIFF_CHANGE_TOO_SOON",
        "CHANGE_BLOCKED_BY_COMMITMENT",
        "ELIGIBILITY_FIXED_SERVICE_MISSING",
        "SERVICE_TERMINATED",
    ),
)
def order_tariff(
    ctx: Context,
    *,
    service: ServiceId,
    tariff: str,
    channel: Channel = "electronic",
    evidence: str = "",
) -> Contract | Refusal:
    """Change a tariff on an order by paper, electronically or by phone, with the evidence of that channel (nej/1.9)."""
    row = service_row(ctx, service)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    missing = refuse_evidence(channel=channel, evidence=evidence, terms=shelf_of(ctx).sheet(OrderTerms, ctx.today))
    if missing is not None:
        return missing
    order = OrderId(uuid7())
    changed = change_on_order(ctx, contract=ContractId(row["contract_id"]), tariff=tariff, service=service, order=order)
    if not isinstance(changed, Refusal):
        add_order(
            ctx,
            party=row["party_id"],
            service=service,
            kind="change_tariff",
            channel=channel,
            evidence=evidence,
            asked={"tariff": tariff},
            state="executed",
            order=order,
        )
    return changed


@operation("ordering.sign", permission="ordering.write", refusals=("ORDER_EVIDENCE_MISSING", *SIGN_REFUSALS))
def order_contract(
    ctx: Context,
    *,
    party: PartyId,
    product: str,
    options: Options = AS_OFFERED,
    channel: Channel = "electronic",
    evidence: str = "",
) -> Contract | Refusal:
    """Sign a contract on an order with the evidence of its channel; overdue debts are kept with the order (nej/1.9)."""
    missing = refuse_evidence(channel=channel, evidence=evidence, terms=shelf_of(ctx).sheet(OrderTerms, ctx.today))
    if missing is not None:
        return missing
    order = OrderId(uuid7())
    signed = sign_on_order(
        ctx, party=party, product=product, options=options, channel=channel, proof=evidence, order=order
    )
    if not isinstance(signed, Refusal):
        owed_micros = sum(one.micros for one in open_invoices(ctx, party) if one.due_on < ctx.today)
        add_order(
            ctx,
            party=party,
            service=signed.services[0].id,
            kind="sign",
            channel=channel,
            evidence=evidence,
            asked={"product": product, "options": options, "overdue": Money(owed_micros)},
            state="executed",
            order=order,
        )
    return signed
