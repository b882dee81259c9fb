"""Consents to serve another company: asked for, decided, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import PartyId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications import refusals as _words  # noqa: F401  # RESALE_REQUEST_UNKNOWN
from spojka.network.messaging.applications.resale.store import add_request, consent_row, decide
from spojka.trade.numbering import operations as _reasons  # noqa: F401  # REASON_MISSING
from spojka.trade.parties import operations as _parties  # noqa: F401  # PARTY_UNKNOWN
from spojka.trade.parties.store import party_row


@dataclass(frozen=True, slots=True)
class ResaleConsentView:
    """A consent to serve a company: `asked`, `granted` on a document, `rejected`, or `withdrawn` with a reason."""

    id: UUID
    party: PartyId
    company: str
    scope: str
    state: str
    document: str
    reason: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None


def consent_view(row: Row) -> ResaleConsentView:
    """A consent's row as a view."""
    return ResaleConsentView(
        row["id"],
        row["party_id"],
        row["company"],
        row["scope"],
        row["state"],
        row["document"],
        row["reason"],
        row["asked_at"],
        row["decided_by"],
        row["decided_at"],
    )


def _now(ctx: Context, request: UUID) -> ResaleConsentView:
    row = consent_row(ctx, request)
    assert row is not None
    return consent_view(row)


@operation(
    "connector.ask_resale", permission="connector.write", customers=True, refusals=("PARTY_UNKNOWN", "REASON_MISSING")
)
def ask_resale(ctx: Context, *, party: PartyId, company: str, scope: str = "") -> ResaleConsentView | Refusal:
    """Ask for the provider's consent to serve a company that is another than the subscriber (o2/8.4)."""
    if party_row(ctx, party) is None or ctx.actor.party not in (None, party):
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    if not company.strip():
        return Refusal("REASON_MISSING")
    request = add_request(ctx, party=party, company=company.strip(), scope=scope)
    publish(ctx, kind="resale_asked", key="work", body={"request": request, "company": company.strip()})
    return _now(ctx, request)


@operation(
    "connector.decide_resale",
    permission="connector.decide",
    refusals=("RESALE_REQUEST_UNKNOWN", "REASON_MISSING"),
)
def decide_resale(
    ctx: Context,
    *,
    request: UUID,
    decision: Literal["grant", "reject", "withdraw"],
    document: str = "",
    reason: str = "",
) -> ResaleConsentView | Refusal:
    """Grant a consent on a document, reject a request or withdraw a consent with a reason (o2/8.4)."""
    row = consent_row(ctx, request)
    if row is None or row["state"] != ("granted" if decision == "withdraw" else "asked"):
        return Refusal("RESALE_REQUEST_UNKNOWN", (), {"request": request})
    if not (document if decision == "grant" else reason).strip():
        return Refusal("REASON_MISSING")
    state = {"grant": "granted", "reject": "rejected", "withdraw": "withdrawn"}[decision]
    kept = document.strip() or row["document"]
    decide(ctx, request, state=state, document=kept, reason=reason.strip())
    return _now(ctx, request)
