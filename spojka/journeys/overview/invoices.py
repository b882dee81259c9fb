"""One invoice as its customer reads it, and why each of its amounts is what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.charges.store import charges_by_id
from spojka.journeys.overview.clauses import clauses_by_id, clauses_by_ref
from spojka.journeys.overview.usage import ReasonView
from spojka.kernel.ids import InvoiceId, PartyId
from spojka.kernel.money import Money
from spojka.revenue.billing.frozen import charges_of, to_document
from spojka.revenue.documents.invoice import InvoiceDocument
from spojka.terms.clauses import Language
from spojka.terms.findings import Finding, RuleUnknown, read_finding
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


def invoice_row(ctx: Context, invoice: InvoiceId) -> Row | None:
    """An issued invoice's row, or `None` when there is none, or none of the actor's."""
    row = ctx.db.execute(
        "SELECT * FROM invoice WHERE tenant_id = %s AND id = %s AND state = 'issued'",
        [ctx.tenant, invoice],
    ).fetchone()
    return row if row is not None and ctx.actor.party in (None, row["party_id"]) else None


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


def _beneath(finding: Finding[Any]) -> Iterator[Finding[Any]]:
    """The findings that a finding rests on, the nearest first."""
    for fact in finding.facts.values():
        if isinstance(fact, Finding):
            yield fact
            yield from _beneath(fact)


def reasons_of_line(ctx: Context, row: Row, line: str, language: Language) -> list[ReasonView]:
    """Why a line of an invoice is what it is: one reason for each item it was billed from."""
    charges = charges_of(row).get(line, [])
    return [_reason(ctx, each, language) for each in charges_by_id(ctx, charges)]


def _reason(ctx: Context, charge: Row, language: Language) -> ReasonView:
    amount = Money(charge["amount_micros"])
    try:
        finding = read_finding(charge["finding"]) if charge["finding"] else None
    except RuleUnknown:
        finding = None
    if finding is None:
        cited = clauses_by_id(ctx, charge["clauses"], charge["billable_on"])
        return ReasonView(amount, charge["words"][language], [], list(cited.values()))
    shelf = shelf_of(ctx)
    beneath = [each.explain(language, shelf.title) for each in _beneath(finding)]
    return ReasonView(
        amount,
        finding.explain(language, shelf.title),
        list(dict.fromkeys(beneath)),
        clauses_by_ref(ctx, finding.refs),
    )


@dataclass(frozen=True, slots=True)
class RunLine:
    """A bill run: how far it is."""

    id: UUID
    period_on: date
    state: str
    contracts: int
    drafted: int
    issued: int
    total: Money
    started_at: datetime
    finished_at: datetime | None

    @property
    def done_pct(self) -> int:
        """How much of it is done: drafting is the first half, issuing the second."""
        if self.finished_at is not None:
            return 100
        return min(99, (self.drafted + self.issued) * 50 // max(self.contracts, 1))


def run_lines(ctx: Context) -> list[RunLine]:
    """Bill runs, newest period first."""
    rows = ctx.db.execute(
        "SELECT id, period_on, state, contracts, drafted, issued, gross_micros, started_at, finished_at FROM bill_run"
        " WHERE tenant_id = %s ORDER BY period_on DESC LIMIT 36",
        [ctx.tenant],
    ).fetchall()
    return [
        RunLine(**{key: row[key] for key in row if key != "gross_micros"}, total=Money(row["gross_micros"]))
        for row in rows
    ]
