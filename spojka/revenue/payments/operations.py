"""Recording money that came and saying what it is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.balances.advances import carry_advances, lower_advances, take_advance
from spojka.charging.ledger.store import post
from spojka.kernel.ids import InvoiceId, PartyId, PaymentId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.revenue.billing.closing import Owing, register_settler
from spojka.revenue.documents.invoice import PaidAhead
from spojka.revenue.payments.booking import given_back, matched, received, settled
from spojka.revenue.payments.rules import Open, Part, refuse_amount, spread_over
from spojka.revenue.payments.store import (
    GIVEN_BACK,
    add_payment,
    allocate,
    give_to,
    open_advances,
    open_invoices,
    overcredited,
    payer_of_symbol,
    payment_by_source,
    payment_row,
)
from spojka.trade.parties.store import party_row


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    A payment and what became of it.

    Args:
        payment: its id.
        party: whose it is, `None` while it waits on the list of unmatched payments.
        amount: what came.
        allocated: what of it settled invoices; the rest is an advance, or unmatched.
        repeated: the source's id was known; nothing changed.

    """

    payment: PaymentId
    party: UUID | None
    amount: Money
    allocated: Money
    repeated: bool = False


def _settle(ctx: Context, *, payment: UUID, party: UUID, micros: int, invoice: UUID | None = None) -> int:
    parts = spread_over(micros, open_invoices(ctx, party, invoice))
    allocate(ctx, {payment: parts})
    post(ctx, settled(payment=payment, party=party, parts=parts, on=ctx.today))
    return sum(part.micros for part in parts)


@operation(
    "payments.record",
    permission="payments.write",
    refusals=("AMOUNT_INVALID", "CURRENCY_NOT_TAKEN", "PAYMENT_DIFFERS"),
)
def record(
    ctx: Context,
    *,
    source_id: str,
    amount: Money,
    variable_symbol: str = "",
    received_on: date | None = None,
    source: str = "bank",
    counter_account: str = "",
    message: str = "",
) -> Recorded | Refusal:
    """Record money once by its source's id; what the variable symbol names is settled at once, the oldest due first."""
    refusal = refuse_amount(amount)
    if refusal is not None:
        return refusal
    payer = payer_of_symbol(ctx, variable_symbol) if variable_symbol else None
    party = payer.party if payer else None
    day = received_on or ctx.today
    payment = add_payment(
        ctx,
        source=source,
        source_id=source_id,
        received_on=day,
        micros=amount.micros,
        variable_symbol=variable_symbol,
        counter_account=counter_account,
        message=message,
        party=party,
    )
    if payment is None:
        known = payment_by_source(ctx, source, source_id)
        assert known is not None
        if known["amount_micros"] != amount.micros:
            differs = {"source_id": source_id, "known": Money(known["amount_micros"]), "amount": amount}
            return Refusal("PAYMENT_DIFFERS", (), differs)
        figures = (Money(known["amount_micros"]), Money(known["allocated_micros"]))
        return Recorded(known["id"], known["party_id"], *figures, repeated=True)
    post(ctx, [received(payment=payment, party=party, micros=amount.micros, on=day)])
    used = 0 if payer is None else _settle(ctx, payment=payment, party=payer.party, micros=amount.micros)
    if payer is not None:
        rest = amount.micros - used
        take_advance(ctx, payment=payment, party=payer.party, contract=payer.contract, micros=rest)
    publish(ctx, kind="payment_received", key=f"party:{party}" if party else "payments", body={"payment": payment})
    return Recorded(payment, party, amount, Money(used))


@operation(
    "payments.allocate",
    permission="payments.write",
    refusals=("PAYMENT_UNKNOWN", "PAYMENT_USED", "INVOICE_NOT_OPEN", "PARTY_UNKNOWN"),
)
def allocate_payment(
    ctx: Context,
    *,
    payment: PaymentId,
    party: PartyId | None = None,
    invoice: InvoiceId | None = None,
) -> Recorded | Refusal:
    """Say whose an unmatched payment is, or which invoice it settles; the rest goes to the oldest due."""
    row = payment_row(ctx, payment)
    if row is None:
        return Refusal("PAYMENT_UNKNOWN", (), {"payment": payment})
    left = row["amount_micros"] - row["allocated_micros"]
    if left == 0:
        return Refusal("PAYMENT_USED", (), {"payment": payment})
    owner = row["party_id"]
    if owner is None:
        owner = party or _owner_of(ctx, invoice)
        if owner is None or party_row(ctx, PartyId(owner)) is None:
            return Refusal("PARTY_UNKNOWN", (), {"party": party or invoice})
        give_to(ctx, payment, PartyId(owner))
        post(ctx, [matched(payment=payment, party=owner, micros=left, on=ctx.today)])
    if invoice is not None and not open_invoices(ctx, owner, invoice):
        return Refusal("INVOICE_NOT_OPEN", (), {"invoice": invoice})
    used = _settle(ctx, payment=payment, party=owner, micros=left, invoice=invoice) if invoice else 0
    used += _settle(ctx, payment=payment, party=owner, micros=left - used) if left > used else 0
    if row["party_id"] is None:
        take_advance(ctx, payment=payment, party=owner, contract=None, micros=left - used)
    else:
        lower_advances(ctx, {payment: left - used})
    return Recorded(payment, owner, Money(row["amount_micros"]), Money(row["allocated_micros"] + used))


def _owner_of(ctx: Context, invoice: UUID | None) -> UUID | None:
    if invoice is None:
        return None
    row = ctx.db.execute(
        "SELECT party_id FROM invoice WHERE tenant_id = %s AND id = %s",
        [ctx.tenant, invoice],
    ).fetchone()
    return row["party_id"] if row else None


def _give_back(ctx: Context, owing: Owing) -> None:
    """Keep what a document gives back beyond what is owed as the customer's money, and use it for what is due."""
    micros = -owing.gross_micros if owing.corrects is None else overcredited(ctx, owing.corrects)
    if micros <= 0:
        return
    payment = add_payment(
        ctx,
        source=GIVEN_BACK,
        source_id=str(owing.invoice),
        received_on=ctx.today,
        micros=micros,
        variable_symbol=owing.variable_symbol,
        counter_account="",
        message="",
        party=owing.party,
    )
    if payment is not None:
        post(ctx, [given_back(document=owing.invoice, party=owing.party, micros=micros, on=ctx.today)])
        _settle(ctx, payment=payment, party=owing.party, micros=micros)


def settle_advances(ctx: Context, owing: Sequence[Owing]) -> Mapping[InvoiceId, Sequence[PaidAhead]]:
    """Set advances against invoices that are being issued, and keep what others give back; what is printed as paid."""
    by_party: dict[UUID, list[Owing]] = defaultdict(list)
    for each in owing:
        if each.gross_micros < 0:
            _give_back(ctx, each)
        elif each.gross_micros > 0:
            by_party[each.party].append(each)
    paid: dict[InvoiceId, list[PaidAhead]] = defaultdict(list)
    parts: dict[UUID, list[Part]] = defaultdict(list)
    entries, rests = [], {}
    left = {each.invoice: each.gross_micros for each in owing}
    billed = list(dict.fromkeys(each.party for each in owing if each.corrects is None))
    for advance in open_advances(ctx, billed):
        owed = [
            Open(each.invoice, ctx.today, str(each.invoice), left[each.invoice])
            for each in by_party.get(advance["party_id"], ())
            if left[each.invoice] > 0
        ]
        found = spread_over(advance["left_micros"], owed)
        for part in found:
            invoice = InvoiceId(part.invoice)
            left[invoice] -= part.micros
            paid[invoice].append(PaidAhead(advance["source_id"], advance["variable_symbol"], part.micros))
        parts[advance["id"]] += found
        rests[advance["id"]] = advance["left_micros"] - sum(part.micros for part in found)
        entries += settled(payment=advance["id"], party=advance["party_id"], parts=found, on=ctx.today)
    allocate(ctx, parts)
    lower_advances(ctx, rests)
    carry_advances(ctx, rests)
    post(ctx, entries)
    return paid


register_settler("advances", settle_advances)
