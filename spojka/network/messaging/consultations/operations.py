"""Consultations asked for, offered, agreed, done and billed (o2/7.4)."""

from __future__ import annotations

from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import NewCharge, put_charges
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.consultations.rules import (
    Channel,
    Offer,
    consultation_price,
    open_points,
    refuse_unagreed,
    refuse_unwritten,
)
from spojka.network.messaging.consultations.store import (
    add_consultation,
    consultation_row,
    write_agreement,
    write_end,
    write_offer,
    write_withdrawal,
)
from spojka.network.messaging.consultations.views import ConsultationView, consultation_view, offer_of
from spojka.network.messaging.terms import ConsultationTerms
from spojka.trade.contracts.store import contract_row, next_number
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import service_row

_OF_CASE = ("CONSULTATION_UNKNOWN", "CONSULTATION_STATE_INVALID")


def _terms(ctx: Context) -> ConsultationTerms:
    return shelf_of(ctx).sheet(ConsultationTerms, ctx.today)


def _view(ctx: Context, consultation: UUID) -> ConsultationView:
    row = consultation_row(ctx, consultation)
    assert row is not None
    return consultation_view(row)


def _in_state(ctx: Context, consultation: UUID, *states: str) -> Row | Refusal:
    row = consultation_row(ctx, consultation)
    if row is None:
        return Refusal("CONSULTATION_UNKNOWN", (), {"consultation": consultation})
    return row if row["state"] in states else Refusal("CONSULTATION_STATE_INVALID", (), {"state": row["state"]})


@operation(
    "connector.request_consultation",
    permission="connector.write",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "CONSULTATION_REQUEST_NOT_WRITTEN"),
)
def request(
    ctx: Context, *, application: ServiceId, text: str, channel: Channel = "portal"
) -> ConsultationView | Refusal:
    """Ask for an expert in writing; the text is kept, a call by telephone opens no case (o2/7.4)."""
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    came_by: Channel = channel if ctx.actor.party is None else "portal"
    refusal = refuse_unwritten(came_by, text, _terms(ctx))
    if refusal is not None:
        return refusal
    made = add_consultation(ctx, application=application, channel=came_by, text=text)
    publish(ctx, kind="consultation_requested", key="work", body={"application": application, "consultation": made})
    return _view(ctx, made)


@operation("connector.offer_consultation", permission="connector.decide", refusals=_OF_CASE)
def offer(
    ctx: Context, *, consultation: UUID, scope: str = "", content: str = "", price: Money | None = None
) -> ConsultationView | Refusal:
    """Offer scope, content and price without VAT; what is open may be offered later, until both agree (o2/7.4)."""
    row = _in_state(ctx, consultation, "requested", "offered")
    if isinstance(row, Refusal):
        return row
    write_offer(ctx, consultation, Offer(scope, content, price))
    return _view(ctx, consultation)


@operation(
    "connector.accept_consultation",
    permission="connector.write",
    customers=True,
    refusals=(*_OF_CASE, "CONSULTATION_NOT_AGREED"),
)
def accept(ctx: Context, *, consultation: UUID) -> ConsultationView | Refusal:
    """Accept an offer that holds scope, content and price; the agreement gets its number (o2/7.4)."""
    row = _in_state(ctx, consultation, "requested", "offered")
    if isinstance(row, Refusal):
        return row
    refusal = refuse_unagreed(offer_of(row), _terms(ctx), accepted=True)
    if refusal is not None:
        return refusal
    number = next_number(ctx, f"consultation {ctx.today.year}", 1)
    write_agreement(ctx, consultation, f"K{ctx.today.year}-{number:04}")
    publish(ctx, kind="consultation_agreed", key="work", body={"consultation": consultation})
    return _view(ctx, consultation)


@operation("connector.withdraw_consultation", permission="connector.write", customers=True, refusals=_OF_CASE)
def withdraw(ctx: Context, *, consultation: UUID) -> ConsultationView | Refusal:
    """End a case that was not agreed yet; nothing is paid for it."""
    row = _in_state(ctx, consultation, "requested", "offered")
    if isinstance(row, Refusal):
        return row
    write_withdrawal(ctx, consultation)
    return _view(ctx, consultation)


@operation(
    "connector.finish_consultation", permission="connector.decide", refusals=(*_OF_CASE, "CONSULTATION_NOT_AGREED")
)
def finish(ctx: Context, *, consultation: UUID, report: str = "") -> ConsultationView | Refusal:
    """Report an agreed consultation as done: it stands on the next invoice, once, at the agreed price (o2/7.4)."""
    row = _in_state(ctx, consultation, "requested", "offered", "agreed")
    if isinstance(row, Refusal):
        return row
    terms, agreed = _terms(ctx), offer_of(row)
    refusal = refuse_unagreed(agreed, terms, accepted=row["state"] == "agreed")
    if refusal is not None:
        return refusal
    assert not open_points(agreed, terms), row
    _bill(ctx, row, agreed, terms)
    write_end(ctx, consultation, report=report)
    return _view(ctx, consultation)


def _bill(ctx: Context, row: Row, agreed: Offer, terms: ConsultationTerms) -> None:
    """Put the agreed price among what is to be billed, with the number of the agreement."""
    service = service_row(ctx, row["service_id"])
    assert service is not None
    contract = contract_row(ctx, service["contract_id"])
    assert contract is not None
    assert agreed.price is not None
    number = row["agreement"]
    price = consultation_price(price=agreed.price, agreement=number, agreed_on=terms.consultation_agreed_on)
    rate = vat_rate_of(shelf_of(ctx), contract["product"], ctx.today, contract["signed_on"])
    item = NewCharge(
        contract=ContractId(contract["id"]),
        service=ServiceId(service["id"]),
        group="other",
        line=f"consultation:{number}",
        period_on=Period.containing(ctx.today).starts_on,
        billable_on=ctx.today,
        quantity=1,
        unit="item",
        amount_micros=price.value.micros,
        vat_rate_pct=rate.value,
        words={
            "cs": f"Odborná konzultace, dohoda č. {number}",
            "en": f"Expert consultation, agreement no. {number}",
        },
        finding=price.stored(),
        clauses=price.clauses,
        key=f"consultation:{row['id']}",
    )
    put_charges(ctx, [item])
