"""One invoice as operations and pages read it: its lines, each with the findings it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.charges.store import charges_by_id
from spojka.charging.rating.standing import standing
from spojka.kernel.ids import ContractId, InvoiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.revenue.billing.frozen import charges_of, to_document
from spojka.revenue.billing.rules import line_amount
from spojka.revenue.billing.terms import BillingTerms
from spojka.terms.findings import Finding, read_finding
from spojka.terms.refusals import define_refusal
from spojka.trade.publications.shelf import shelf_of

define_refusal(
    "INVOICE_UNKNOWN",
    cs="Takové vyúčtování ({invoice}) není vystavené.",
    en="There is no issued invoice {invoice}.",
)
define_refusal("LINE_UNKNOWN", cs="Vyúčtování nemá řádek {line}.", en="The invoice has no line {line}.")


@dataclass(frozen=True, slots=True)
class LineView:
    """
    One line.

    Args:
        id: its place on the invoice.
        amount: with VAT; the rounding of the exact sum of its items, which it rests on.
        items: the findings that its items rest on now, without what was posted on the way.

    """

    id: str
    group: str
    text: str
    service: str
    quantity: str
    unit: str
    amount: Finding[Money] | Money
    amount_without_vat: Money
    items: list[Finding[Money]]


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """One issued invoice or credit note; amounts of a credit note are positive and lower what is owed."""

    id: InvoiceId
    number: str
    kind: str
    contract: ContractId
    period: str
    issued_on: date
    due_on: date
    variable_symbol: str
    total_with_vat: Money
    total_without_vat: Money
    vat: Money
    to_pay: Money
    corrects: str
    lines: list[LineView]


def issued_row(
    ctx: Context,
    *,
    invoice: UUID | None = None,
    number: str | None = None,
    contract: UUID | None = None,
    period: Period | None = None,
) -> Row | None:
    """An issued document by id, by number, or a contract's invoice of a period; a customer sees only its own."""
    row = ctx.db.execute(
        "SELECT i.*, c.signed_on, c.product FROM invoice i"
        " JOIN contract c ON c.tenant_id = i.tenant_id AND c.id = i.contract_id"
        " WHERE i.tenant_id = %(t)s AND i.state = 'issued' AND ((%(i)s::uuid IS NOT NULL AND i.id = %(i)s)"
        " OR (%(n)s::text IS NOT NULL AND i.number = %(n)s)"
        " OR (i.contract_id = %(c)s AND i.period_on = %(p)s AND i.kind = 'invoice'))",
        {"t": ctx.tenant, "i": invoice, "n": number, "c": contract, "p": period.starts_on if period else None},
    ).fetchone()
    return row if row is not None and ctx.actor.party in (None, row["party_id"]) else None


def view_of_invoice(ctx: Context, row: Row) -> InvoiceView:
    """An issued invoice with its reasons, in as many queries for one line as for many."""
    document = to_document(row)
    by_line = charges_of(row)
    charges = {charge["id"]: charge for charge in charges_by_id(ctx, [one for ids in by_line.values() for one in ids])}
    terms = shelf_of(ctx).sheet(BillingTerms, document.taxable_supply_on, row["signed_on"])
    lines = []
    for line in document.lines:
        own = [charges[charge] for charge in by_line.get(line.id, [])]
        lines.append(
            LineView(
                line.id,
                line.group,
                line.text,
                line.service,
                f"{line.quantity:f}",
                line.unit,
                _amount(own, Money(line.gross_micros), terms),
                Money(line.base_micros),
                standing([(charge["key"], read_finding(charge["finding"])) for charge in own if charge["finding"]]),
            ),
        )
    total = document.total
    return InvoiceView(
        row["id"],
        row["number"],
        row["kind"],
        row["contract_id"],
        str(document.period),
        row["issued_on"],
        row["due_on"],
        row["variable_symbol"],
        Money(total.gross_micros),
        Money(total.base_micros),
        Money(total.tax_micros),
        Money(document.to_pay_micros),
        document.corrects,
        lines,
    )


def _amount(charges: list[Row], printed: Money, terms: BillingTerms) -> Finding[Money] | Money:
    """The rounding that made the printed amount, where it did; net-led amounts come from their VAT."""
    exact = Money(sum(charge["amount_micros"] for charge in charges))
    if not charges:
        return printed
    found: Finding[Money] = line_amount(exact=exact, decimals=terms.invoice_line_decimals, rounding=terms.rounding)
    return found if found.value == printed else printed
