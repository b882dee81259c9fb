"""What pages ask: the search, one page a customer, the first page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.journeys.overview import applications as _applications  # noqa: F401  # registers a query
from spojka.journeys.overview import locks as _locks  # noqa: F401  # tells sign-in where its terms are
from spojka.journeys.overview import messages as _messages  # noqa: F401  # registers messages.story
from spojka.journeys.overview import provider as _provider  # noqa: F401  # registers overview.provider
from spojka.journeys.overview import watching as _watching  # noqa: F401  # registers messages.watch
from spojka.journeys.overview.calendar import AuditLine, CalendarLine, audit_lines, calendar_lines
from spojka.journeys.overview.customer import CustomerView, customer_view
from spojka.journeys.overview.home import Home, home_of
from spojka.journeys.overview.invoices import (
    InvoiceView,
    invoice_view,
    why_line_view,
)
from spojka.journeys.overview.reasons import WhyView
from spojka.journeys.overview.runs import RunLine, RunView, run_lines, run_of
from spojka.journeys.overview.search import MOST, PartyFound, found
from spojka.journeys.overview.usage import (
    ItemisedView,
    itemised,
    periods_shown,
    reason_of_record,
    refuse_period,
)
from spojka.kernel.ids import InvoiceId, PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.revenue.billing.views import issued_row
from spojka.terms.clauses import Language
from spojka.trade.services.readers.store import readable_service


@query("overview.search", permission="overview.search")
def search(ctx: Context, *, text: str, most: Annotated[int, Field(ge=1, le=MOST)] = 20) -> list[PartyFound]:
    """Customers by the beginning of a name's word, e-mail, phone number, contract or invoice number, or company id."""
    return found(ctx, text, most)


@query("overview.customer", permission="overview.read", customers=True, refusals=("PARTY_UNKNOWN",))
def customer(ctx: Context, *, party: PartyId) -> CustomerView | Refusal:
    """One page a customer: contracts, services with what is left, invoices, balance, deadlines and notices."""
    return customer_view(ctx, party) or Refusal("PARTY_UNKNOWN", (), {"party": party})


@query("overview.home", permission="overview.search")
def home(ctx: Context) -> Home:
    """Counts for the console's first page."""
    return home_of(ctx)


@query("overview.calendar", permission="deadlines.read")
def calendar(ctx: Context, *, most: Annotated[int, Field(ge=1, le=1000)] = 200) -> list[CalendarLine]:
    """What will happen by itself next, with the customer each concerns."""
    return calendar_lines(ctx, most)


@query("overview.audit", permission="audit.read")
def audit(
    ctx: Context,
    *,
    actor: str = "",
    operation: str = "",
    before: datetime | None = None,
    most: Annotated[int, Field(ge=1, le=1000)] = 100,
) -> list[AuditLine]:
    """What was called, newest first, with each call's place in the chain."""
    return audit_lines(ctx, actor, operation, before, most)


@query(
    "overview.usage",
    permission="overview.read",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "NOT_AUTHORISED", "PERIOD_NOT_SHOWN"),
)
def usage(ctx: Context, *, service: ServiceId, period: Period | None = None) -> ItemisedView | Refusal:
    """The use of a service in a period (default: the running one): totals by day and line, every record (nej/3.8)."""
    row = readable_service(ctx, service)
    if isinstance(row, Refusal):
        return row
    chosen = period or Period.containing(ctx.today)
    return refuse_period(ctx, chosen, periods_shown(ctx, row)) or itemised(ctx, row, chosen)


@query(
    "overview.why_record",
    permission="overview.read",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "NOT_AUTHORISED", "PERIOD_NOT_SHOWN", "RECORD_UNKNOWN"),
)
def why_record(
    ctx: Context,
    *,
    service: ServiceId,
    period: Period,
    record: str,
    source: str,
    language: Language = "cs",
) -> WhyView | Refusal:
    """Why one record of use costs what it costs."""
    row = readable_service(ctx, service)
    if isinstance(row, Refusal):
        return row
    refusal = refuse_period(ctx, period, periods_shown(ctx, row))
    if refusal is not None:
        return refusal
    found = reason_of_record(ctx, service, period, (source, record), language)
    return found or Refusal("RECORD_UNKNOWN", (), {"record": record, "source": source})


@query("overview.invoice", permission="overview.read", customers=True, refusals=("INVOICE_UNKNOWN",))
def invoice(ctx: Context, *, invoice: InvoiceId) -> InvoiceView | Refusal:
    """One issued invoice with what was paid for it and what corrects it."""
    row = issued_row(ctx, invoice=invoice)
    return invoice_view(ctx, row) if row else Refusal("INVOICE_UNKNOWN", (), {"invoice": invoice})


@query("overview.why_line", permission="overview.read", customers=True, refusals=("INVOICE_UNKNOWN", "LINE_UNKNOWN"))
def why_line(
    ctx: Context,
    *,
    invoice: InvoiceId,
    line: str,
    language: Language = "cs",
) -> WhyView | Refusal:
    """Why a line of an invoice is what it is: the sentences with their figures, the clauses in their words."""
    row = issued_row(ctx, invoice=invoice)
    if row is None:
        return Refusal("INVOICE_UNKNOWN", (), {"invoice": invoice})
    return why_line_view(ctx, row, line, language) or Refusal("LINE_UNKNOWN", (), {"line": line})


@query("overview.bill_run", permission="overview.bill_runs", refusals=("BILL_RUN_NOT_OPEN",))
def bill_run(ctx: Context, *, period: Period) -> RunView | Refusal:
    """One bill run: how far it is, and the contracts it could not bill with the cause of each."""
    return run_of(ctx, period) or Refusal("BILL_RUN_NOT_OPEN", (), {"period": str(period)})


@query("overview.bill_runs", permission="overview.bill_runs")
def bill_runs(ctx: Context) -> list[RunLine]:
    """Bill runs with how far each is, newest first."""
    return run_lines(ctx)
