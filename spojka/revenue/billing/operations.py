"""Closing a period, running its bills, correcting one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Final

from pydantic import Field

from spojka.access.deadlines.store import set_deadline
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ContractId, InvoiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, at_local
from spojka.revenue.billing.closing import close_rooms
from spojka.revenue.billing.crediting import credit
from spojka.revenue.billing.delivering import DELIVER, Delivered, deliver_alone, deliver_page
from spojka.revenue.billing.frozen import to_document
from spojka.revenue.billing.letters import Sent, queue_letters
from spojka.revenue.billing.papers import Papers, write_papers
from spojka.revenue.billing.rules import refund_by, refund_for_days
from spojka.revenue.billing.runs import (
    CONTINUE,
    Batch,
    BillRunView,
    Phase,
    continue_run,
    draft_one_page,
    open_run,
    view_of,
)
from spojka.revenue.billing.terms import RefundTerms
from spojka.revenue.billing.views import InvoiceView, issued_row, view_of_invoice
from spojka.terms.findings import Finding, resting_on
from spojka.terms.refusals import define_refusal
from spojka.trade.publications.shelf import pack_of, shelf_of

define_refusal(
    "PERIOD_NOT_OVER",
    cs="Období {period} ještě neskončilo, vyúčtovat je lze od {from_on}.",
    en="The period {period} is not over yet; it can be billed from {from_on}.",
)
define_refusal(
    "BILL_RUN_NOT_OPEN",
    cs="Vyúčtování období {period} nebylo spuštěno. Spusťte je nejdřív.",
    en="The bill run of {period} was not started. Start it first.",
)

CLOSES_AT: Final = time(2)
"""Local time at which a period is closed, on the first day of the next."""


def _refuse_early(ctx: Context, period: Period) -> Refusal | None:
    if ctx.today >= period.ends_on:
        return None
    clauses = pack_of(ctx).rests_on("billing_period")
    return Refusal("PERIOD_NOT_OVER", clauses, {"period": str(period), "from_on": period.ends_on})


@operation("billing.close_period", permission="billing.write", refusals=("PERIOD_NOT_OVER",))
def close_period(ctx: Context, *, period: Period) -> BillRunView | Refusal:
    """Close a period that is over, start its bill run, and promise the close of the next one."""
    early = _refuse_early(ctx, period)
    if early is not None:
        return early
    following = period.next()
    set_deadline(
        ctx,
        due_at=at_local(following.ends_on, CLOSES_AT),
        operation="billing.close_period",
        arguments={"period": str(following)},
        subject="billing",
        key=f"close:{following}",
        clauses=pack_of(ctx).rests_on("billing_period"),
    )
    close_rooms(ctx, period)
    return view_of(ctx, open_run(ctx, period))


@operation("billing.run", permission="billing.write", refusals=("PERIOD_NOT_OVER",))
def start_run(ctx: Context, *, period: Period) -> BillRunView | Refusal:
    """Start the bill run of a closed period, or take it up again for contracts it left out; it goes on by itself."""
    return _refuse_early(ctx, period) or view_of(ctx, open_run(ctx, period))


@operation(CONTINUE, permission="billing.write", refusals=("BILL_RUN_NOT_OPEN",))
def do_next_batch(
    ctx: Context, *, period: Period, phase: Phase = "draft", after: ContractId | None = None
) -> BillRunView | Refusal:
    """Do the next batch of a bill run: drafts of some contracts, or numbers for some drafts."""
    found = continue_run(ctx, period, Batch(phase, after))
    return found or Refusal("BILL_RUN_NOT_OPEN", (), {"period": str(period)})


@operation("billing.draft_page", permission="billing.write", refusals=("BILL_RUN_NOT_OPEN",))
def draft_this_page(ctx: Context, *, period: Period, after: ContractId | None = None) -> BillRunView | Refusal:
    """Draft the contracts after one, for whoever works through several pages at once."""
    found = draft_one_page(ctx, period, after)
    return found or Refusal("BILL_RUN_NOT_OPEN", (), {"period": str(period)})


CREDIT_REFUSALS: Final = (
    "INVOICE_UNKNOWN",
    "LINE_UNKNOWN",
    "LINE_CREDITED",
    "CREDIT_EXCEEDS_LINE",
    "NOTHING_TO_CREDIT",
    "CREDIT_NOTE_FINAL",
)


@operation("billing.credit_note", permission="billing.write", refusals=CREDIT_REFUSALS)
def credit_note(
    ctx: Context,
    *,
    reason: str,
    number: str | None = None,
    invoice: InvoiceId | None = None,
    lines: list[str] = [],  # noqa: B006  # never changed
    amounts: dict[str, Money] = {},  # noqa: B006  # never changed
) -> InvoiceView | Refusal:
    """Correct an issued invoice by a document that points back: all its lines, the named ones, or a part of each."""
    row = issued_row(ctx, invoice=invoice, number=number)
    if row is None:
        return Refusal("INVOICE_UNKNOWN", (), {"invoice": number or invoice})
    note = credit(ctx, row, reason=reason, lines=lines, amounts=amounts)
    return note if isinstance(note, Refusal) else _issued(ctx, note)


def _issued(ctx: Context, invoice: InvoiceId) -> InvoiceView:
    row = issued_row(ctx, invoice=invoice)
    assert row is not None
    return view_of_invoice(ctx, row)


@dataclass(frozen=True, slots=True)
class Refunded:
    """What is returned for days of a fault, by when, and the credit note that says so."""

    amount: Finding[Money]
    due_on: Finding[date]
    note: InvoiceView


@operation("billing.refund_days", permission="billing.write", refusals=CREDIT_REFUSALS)
def refund_days(
    ctx: Context,
    *,
    number: str,
    line: str,
    days: Annotated[int, Field(ge=1)],
    reason: str,
    settled_on: date | None = None,
) -> Refunded | Refusal:
    """Return a line's price for the days a fault touched, by a credit note (nej/2.27)."""
    row = issued_row(ctx, number=number)
    if row is None:
        return Refusal("INVOICE_UNKNOWN", (), {"invoice": number})
    document = to_document(row)
    paid = next((one.gross_micros for one in document.lines if one.id == line), None)
    if paid is None:
        return Refusal("LINE_UNKNOWN", (), {"line": line})
    settled = settled_on or ctx.today
    terms = shelf_of(ctx).sheet(RefundTerms, settled, row["signed_on"])
    due_on = refund_by(settled_on=settled, months=terms.refund_deadline_months)
    amount: Finding[Money] = refund_for_days(
        paid=Money(paid), days=days, days_in_month=document.period.days, due_on=resting_on(due_on)
    )
    note = credit(ctx, row, reason=reason, lines=[], amounts={line: amount.value})
    return note if isinstance(note, Refusal) else Refunded(amount, due_on, _issued(ctx, note))


@operation("billing.documents", permission="billing.write")
def documents(ctx: Context, *, period: Period) -> Papers:
    """Write PDF, ISDOC and UBL of a period's invoices; those that are there stay as they are."""
    return write_papers(ctx, period)


@operation(DELIVER, permission="billing.write")
def deliver(ctx: Context, *, period: Period, after: str = "", number: str = "") -> Delivered:
    """
    Write the files and queue the letters of the next documents of a period, after a number; the rest is promised.

    With `number` it is that document alone.
    """
    return deliver_alone(ctx, period, number) if number else deliver_page(ctx, period, after)


@operation("billing.send", permission="billing.write")
def send(ctx: Context, *, period: Period) -> Sent:
    """Queue an e-mail with its documents for every invoice of a period that was not sent yet."""
    return Sent(queue_letters(ctx, period))
