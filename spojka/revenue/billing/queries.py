"""What bill runs and invoices say."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.charging.charges.queries import ClauseWords, clause_words
from spojka.kernel.ids import ContractId, InvoiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.revenue.billing.runs import page_starts
from spojka.revenue.billing.views import InvoiceView, LineView, issued_row, view_of_invoice
from spojka.terms.findings import Finding
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class LineWhy:
    """Why a line of an invoice is what it is: each item in words, and the clauses in theirs."""

    line: LineView
    cs: list[str]
    en: list[str]
    clauses: list[ClauseWords]


@query("billing.pages", permission="billing.read")
def pages(ctx: Context, *, period: Period) -> list[ContractId | None]:
    """The contracts after which each page of a period's drafts begins; nothing for the first."""
    return page_starts(ctx, period)


@query("billing.invoice", permission="invoices.read", customers=True, refusals=("INVOICE_UNKNOWN",))
def invoice_of(
    ctx: Context,
    *,
    contract: ContractId | None = None,
    period: Period | None = None,
    number: str | None = None,
    invoice: InvoiceId | None = None,
) -> InvoiceView | Refusal:
    """An issued invoice by its number or id, or a contract's of a period, with what every line rests on."""
    row = issued_row(ctx, invoice=invoice, number=number, contract=contract, period=period)
    if row is None:
        return Refusal("INVOICE_UNKNOWN", (), {"invoice": number or invoice or f"{contract} {period}"})
    return view_of_invoice(ctx, row)


@query("billing.why", permission="invoices.read", customers=True, refusals=("INVOICE_UNKNOWN", "LINE_UNKNOWN"))
def why(
    ctx: Context,
    *,
    line: str,
    number: str | None = None,
    invoice: InvoiceId | None = None,
) -> LineWhy | Refusal:
    """One line of an invoice explained in both languages, with its clauses in their words."""
    row = issued_row(ctx, invoice=invoice, number=number)
    if row is None:
        return Refusal("INVOICE_UNKNOWN", (), {"invoice": number or invoice})
    found = next((one for one in view_of_invoice(ctx, row).lines if one.id == line), None)
    if found is None:
        return Refusal("LINE_UNKNOWN", (), {"line": line})
    shelf = shelf_of(ctx)
    reasons = [*found.items, *([found.amount] if isinstance(found.amount, Finding) else [])]
    words = {clause.id: clause for reason in reasons for clause in clause_words(shelf, reason)}
    return LineWhy(
        found,
        [reason.explain("cs", shelf.title) for reason in reasons],
        [reason.explain("en", shelf.title) for reason in reasons],
        list(words.values()),
    )
