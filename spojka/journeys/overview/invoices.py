"""One invoice as its customer reads it, and why each of its amounts is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.journeys.overview.reasons import WhyView, reason_view
from spojka.kernel.ids import InvoiceId, PartyId
from spojka.kernel.money import Money
from spojka.revenue.billing.frozen import charges_of, to_document
from spojka.revenue.billing.views import view_of_invoice
from spojka.revenue.documents.invoice import InvoiceDocument
from spojka.terms.clauses import Language
from spojka.terms.findings import Finding
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class PaidPart:
    """A payment or a part of it that settled a part of an invoice."""

    received_on: date
    amount: Money
    source: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A credit note that points back to an invoice."""

    id: InvoiceId
    number: str
    issued_on: date
    total: Money


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """
    One issued invoice or credit note.

    Args:
        id: the invoice.
        party: whose.
        document: everything that is printed; it never changes.
        paid: what came in for it, in order.
        open: what is still to be paid.
        is_overdue: whether its due day has passed with something open.
        corrections: credit notes that point back to it.
        reasoned: ids of the lines that can say why.

    """

    id: InvoiceId
    party: PartyId
    document: InvoiceDocument
    paid: list[PaidPart]
    open: Money
    is_overdue: bool
    corrections: list[Correction]
    reasoned: list[str]


_PAID: Final = """
SELECT p.received_on, a.amount_micros, p.source FROM payment_allocation a
JOIN payment p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id
WHERE a.tenant_id = %s AND a.invoice_id = %s ORDER BY p.received_on, a.id
"""
_CORRECTIONS: Final = """
SELECT id, number, issued_on, gross_micros FROM invoice
WHERE tenant_id = %s AND party_id = %s AND corrects_id = %s AND state = 'issued' ORDER BY id
"""


def invoice_view(ctx: Context, row: Row) -> InvoiceView:
    """An invoice with what was paid for it."""
    paid = [
        PaidPart(each["received_on"], Money(each["amount_micros"]), each["source"])
        for each in ctx.db.execute(_PAID, [ctx.tenant, row["id"]]).fetchall()
    ]
    corrections = [
        Correction(each["id"], each["number"], each["issued_on"], Money(each["gross_micros"]))
        for each in ctx.db.execute(_CORRECTIONS, [ctx.tenant, row["party_id"], row["id"]]).fetchall()
    ]
    document = to_document(row)
    settled = sum(part.amount.micros for part in paid)
    left = Money(document.to_pay_micros - settled if row["kind"] == "invoice" else 0)
    return InvoiceView(
        id=row["id"],
        party=row["party_id"],
        document=document,
        paid=paid,
        open=left,
        is_overdue=left.micros > 0 and document.due_on < ctx.today,
        corrections=corrections,
        reasoned=sorted(line for line, charges in charges_of(row).items() if charges),
    )


def why_line_view(ctx: Context, row: Row, line: str, language: Language) -> WhyView | None:
    """Why a line of an invoice is what it is: one reason for each item, and the rounding of their sum."""
    found = next((each for each in view_of_invoice(ctx, row).lines if each.id == line), None)
    if found is None:
        return None
    shelf = shelf_of(ctx)
    findings = [*found.items, *([found.amount] if isinstance(found.amount, Finding) else [])]
    amount = found.amount.value if isinstance(found.amount, Finding) else found.amount
    return WhyView(amount, [reason_view(ctx, shelf, each, language) for each in findings])
