"""Faults and outages of an application, and the right to a lower fee that follows from them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import day_of
from spojka.network.messaging.applications.diagnosis.queries import Diagnosis, diagnosis_of
from spojka.network.messaging.outages import refusals as _faults  # noqa: F401  # FAULT_UNKNOWN
from spojka.network.messaging.outages.rules import Outage, Part, claim_until, outages_of, reduction_due
from spojka.network.messaging.outages.store import outage_rows, ticket_seen, tickets_of
from spojka.network.messaging.outages.views import FaultTicket, OutageView, ticket_view
from spojka.network.messaging.terms import OutageTerms
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import service_row


def _view(outage: Outage, terms: OutageTerms, *, credited: bool) -> OutageView:
    parts = sorted(outage.parts)
    if outage.ends_at is None:
        return OutageView(outage.starts_at, None, parts, None, None, credited)
    entitled = reduction_due(
        starts_at=outage.starts_at,
        ends_at=outage.ends_at,
        threshold=terms.outage_threshold_h,
        strict=terms.outage_threshold_strict,
    )
    until = claim_until(ended_on=day_of(outage.ends_at), months=terms.outage_request_deadline_months)
    return OutageView(outage.starts_at, outage.ends_at, parts, entitled, until, credited)


@query("connector.outages", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def outages(ctx: Context, *, application: ServiceId) -> list[OutageView] | Refusal:
    """Outages through the provider's fault and whether each lowers the fee when that is asked for (o2/8.3)."""
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    terms = shelf_of(ctx).sheet(OutageTerms, ctx.today)
    rows = outage_rows(ctx, application)
    credited = {row["id"] for row in rows if row["credited_at"] is not None}
    parts = [Part(row["id"], row["starts_at"], row["ends_at"], row["cause"]) for row in rows]
    return [
        _view(one, terms, credited=bool(credited & one.parts))
        for one in outages_of(parts, terms.provider_fault_causes.value)
    ]


BEFORE: Final = timedelta(hours=24)
"""What happened so long before a fault was reported belongs to it."""


@query("connector.fault_evidence", permission="connector.read", customers=True, refusals=("FAULT_UNKNOWN",))
def fault_evidence(ctx: Context, *, ticket: UUID) -> Diagnosis | Refusal:
    """
    What shows on whose side a reported fault lies (o2/7.3).

    Refused requests of its application and measurements of the platform, from a day before the report until the fault
    is resolved.
    """
    row = ticket_seen(ctx, ticket)
    if row is None or service_row(ctx, row["service_id"]) is None:
        return Refusal("FAULT_UNKNOWN", (), {"ticket": ticket})
    ends = row["changed_at"] if row["state"] in {"resolved", "closed"} else ctx.now
    return diagnosis_of(ctx, ServiceId(row["service_id"]), row["received_at"] - BEFORE, ends)


@query("connector.faults", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def faults(ctx: Context, *, application: ServiceId) -> list[FaultTicket] | Refusal:
    """Fault tickets of an application, the newest first (o2/8.6)."""
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return [ticket_view(row) for row in tickets_of(ctx, application)]
