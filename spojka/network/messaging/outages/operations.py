"""Faults reported and worked on, outages recorded, and the reduction that a subscriber asks for (o2/8.3, 8.6)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.outages.crediting import credit_outage
from spojka.network.messaging.outages.rules import (
    STATES,
    Part,
    State,
    outages_of,
    refuse_cause,
    refuse_claim,
    refuse_report,
)
from spojka.network.messaging.outages.store import (
    add_outage,
    add_ticket,
    end_outage,
    mark_credited,
    move_ticket,
    outage_row,
    outage_rows,
    ticket_row,
)
from spojka.network.messaging.outages.views import (
    FaultTicket,
    OutageCredit,
    RecordedOutage,
    outage_view,
    ticket_view,
)
from spojka.network.messaging.terms import OutageTerms
from spojka.terms.findings import refuse
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import lock_service, service_row


def _terms(ctx: Context) -> OutageTerms:
    return shelf_of(ctx).sheet(OutageTerms, ctx.today)


def _ticket(ctx: Context, ticket: UUID) -> FaultTicket:
    row = ticket_row(ctx, ticket)
    assert row is not None
    return ticket_view(row)


@operation(
    "connector.report_fault",
    permission="connector.use",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "WRONG_FAULT_CHANNEL", "PRECHECK_MISSING"),
)
def report_fault(
    ctx: Context,
    *,
    application: ServiceId,
    channel: str,
    caller: str,
    description: str,
    prechecks: list[str] = [],  # noqa: B006  # never changed
) -> FaultTicket | Refusal:
    """
    Open a ticket for a fault reported at the fault desk, once the caller confirmed the three checks (o2/8.6).

    Other channels, the portal among them, are told the desk's number and open nothing.
    """
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    came_by = channel if ctx.actor.party is None else "portal"
    refusal = refuse_report(came_by, prechecks, _terms(ctx))
    if refusal is not None:
        return refusal
    made = add_ticket(ctx, application=application, caller=caller, description=description, prechecks=prechecks)
    publish(ctx, kind="fault_reported", key="work", body={"application": application, "ticket": made})
    return _ticket(ctx, made)


@operation(
    "connector.move_fault",
    permission="connector.decide",
    refusals=("FAULT_UNKNOWN", "FAULT_STATE_INVALID", "FAULT_CAUSE_UNKNOWN"),
)
def move_fault(ctx: Context, *, ticket: UUID, state: State, cause: str = "") -> FaultTicket | Refusal:
    """Move a ticket on; `cause_set` needs the cause, which stays (o2/7.3, 8.6)."""
    row = ticket_row(ctx, ticket)
    if row is None:
        return Refusal("FAULT_UNKNOWN", (), {"ticket": ticket})
    if STATES.index(state) <= STATES.index(row["state"]):
        terms = _terms(ctx)
        return refuse("FAULT_STATE_INVALID", terms.fault_channel, figures={"state": row["state"], "wanted": state})
    stays = row["cause"] or cause
    if STATES.index(state) >= STATES.index("cause_set"):
        refusal = refuse_cause(stays, _terms(ctx))
        if refusal is not None:
            return refusal
    else:
        stays = ""
    move_ticket(ctx, ticket, state=state, cause=stays)
    return _ticket(ctx, ticket)


def _refuse_time(ctx: Context, starts_at: datetime, ends_at: datetime | None) -> Refusal | None:
    if starts_at <= ctx.now and (ends_at is None or starts_at < ends_at <= ctx.now):
        return None
    return Refusal("OUTAGE_TIME_INVALID", (), {"starts_at": starts_at, "ends_at": ends_at or "–"})


@operation(
    "connector.record_outage",
    permission="connector.decide",
    refusals=("SERVICE_UNKNOWN", "FAULT_UNKNOWN", "FAULT_CAUSE_UNKNOWN", "OUTAGE_TIME_INVALID"),
)
def record_outage(
    ctx: Context,
    *,
    application: ServiceId,
    starts_at: datetime,
    cause: str,
    ends_at: datetime | None = None,
    degraded: bool = False,
    ticket: UUID | None = None,
) -> RecordedOutage | Refusal:
    """
    Record a time without full operation, with one cause (o2/8.3).

    It begins with the monitoring's evidence, or with the ticket where the fault was reported earlier; without an end it
    lasts. Times with several causes are recorded one by one.
    """
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    reported = None if ticket is None else ticket_row(ctx, ticket)
    if ticket is not None and (reported is None or reported["service_id"] != application):
        return Refusal("FAULT_UNKNOWN", (), {"ticket": ticket})
    refusal = refuse_cause(cause, _terms(ctx)) or _refuse_time(ctx, starts_at, ends_at)
    if refusal is not None:
        return refusal
    made = add_outage(
        ctx,
        application=application,
        starts_at=starts_at if reported is None else min(starts_at, reported["received_at"]),
        ends_at=ends_at,
        cause=cause,
        degraded=degraded,
        ticket=ticket,
    )
    publish(ctx, kind="outage_recorded", key=f"service:{application}", body={"outage": made})
    row = outage_row(ctx, made)
    assert row is not None
    return outage_view(row)


@operation("connector.end_outage", permission="connector.decide", refusals=("OUTAGE_UNKNOWN", "OUTAGE_TIME_INVALID"))
def finish_outage(ctx: Context, *, outage: UUID, ends_at: datetime) -> RecordedOutage | Refusal:
    """Full operation is back since an instant; an end that stands is not changed."""
    row = outage_row(ctx, outage)
    if row is None:
        return Refusal("OUTAGE_UNKNOWN", (), {"outage": outage})
    if row["ends_at"] is None:
        refusal = _refuse_time(ctx, row["starts_at"], ends_at)
        if refusal is not None:
            return refusal
        end_outage(ctx, outage, ends_at)
    row = outage_row(ctx, outage)
    assert row is not None
    return outage_view(row)


@operation(
    "connector.claim_outage_credit",
    permission="connector.write",
    customers=True,
    refusals=(
        "OUTAGE_UNKNOWN",
        "CAUSE_NOT_PROVIDER",
        "OUTAGE_LASTS",
        "OUTAGE_CREDITED",
        "OUTAGE_NOT_LONGER_THAN_DAY",
        "OUTAGE_CLAIM_LATE",
    ),
)
def claim_outage_credit(ctx: Context, *, outage: UUID) -> OutageCredit | Refusal:
    """
    Ask for the monthly fee to be lowered for an outage, named by any record of it (o2/8.3).

    Nothing is given back without this request, and once only. Messages stay paid.
    """
    row = outage_row(ctx, outage)
    service = None if row is None else service_row(ctx, row["service_id"])
    if row is None or service is None:
        return Refusal("OUTAGE_UNKNOWN", (), {"outage": outage})
    lock_service(ctx, service["id"])
    terms = _terms(ctx)
    if row["cause"] not in terms.provider_fault_causes.value:
        return refuse("CAUSE_NOT_PROVIDER", terms.provider_fault_causes, figures={"cause": row["cause"]})
    rows = outage_rows(ctx, service["id"])
    parts = [Part(one["id"], one["starts_at"], one["ends_at"], one["cause"]) for one in rows]
    whole = next(one for one in outages_of(parts, terms.provider_fault_causes.value) if outage in one.parts)
    if any(one["credited_at"] for one in rows if one["id"] in whole.parts):
        return refuse("OUTAGE_CREDITED", terms.outage_credit_on_request, figures={"starts_at": whole.starts_at})
    entitled = refuse_claim(whole, today=ctx.today, terms=terms)
    if isinstance(entitled, Refusal):
        return entitled
    months = credit_outage(ctx, service, whole, terms)
    mark_credited(ctx, whole.parts)
    return OutageCredit(outage, entitled, months, Money(sum(one.amount.value.micros for one in months)))
