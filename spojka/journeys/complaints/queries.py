"""Complaints and content cases as people read them: the message, its consent, the warnings, the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.journeys.complaints import refusals as _words  # noqa: F401  # COMPLAINT_UNKNOWN
from spojka.journeys.complaints.rules import kind_of, required_warning
from spojka.journeys.complaints.store import case_rows, claims_of, warnings_of
from spojka.journeys.complaints.terms import ComplaintTerms
from spojka.kernel.ids import CaseId, PartyId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.consents.queries import MessageEvidence, evidence_of
from spojka.network.messaging.messages.store import messages_by_id
from spojka.terms.clauses import Term
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import service_row


@dataclass(frozen=True, slots=True)
class WarningView:
    """
    A warning to the subscriber.

    Args:
        kind: `spam` or `content`; it serves every case of that kind on the service.
        case: in which it was written.
        delivered_at: the earliest proved delivery, `None` before.
        proofs: what networks answered for each notice.
        proof: what else proves the delivery, such as a letter's receipt.

    """

    id: UUID
    kind: str
    case: CaseId
    written_at: datetime
    delivered_at: datetime | None
    proofs: list[dict[str, Any]]
    proof: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Damages claimed in a case; owed from `asserted_at` on."""

    id: UUID
    amount: Money
    calculation: str
    due_on: date
    claimed_at: datetime
    asserted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """
    A complaint about a message, or a case about what messages say.

    Args:
        ground: `SPAM`, or what content is: `HARM_PROVIDER`, `HARM_SUBSCRIBERS`, `SERVICE_IMPACT`, `UNLAWFUL`.
        kind: `spam` or `content`: which warnings serve it.
        matched_by: how the message was found: by its `text`, a `quote` of it, the `time`, or `named` by staff.
        messages: each with who sent it when, from which number, and under which consent.
        warnings: those of this kind to the service, of other cases too.
        warned_at: since when a measure is possible, strictly later; `None` before a warning is delivered.
        required: the clause that asks for the warning.

    """

    id: CaseId
    service: ServiceId
    party: PartyId
    ground: str
    kind: str
    complainant: str
    phone: str
    text: str
    happened_at: datetime | None
    matched_by: str
    messages: list[MessageEvidence]
    state: str
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str
    decision: str
    warnings: list[WarningView]
    warned_at: datetime | None
    claims: list[ClaimView]
    required: Term[bool]


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """A complaint in a list; `complaints.case` shows all of it."""

    id: CaseId
    service: ServiceId
    party: PartyId
    ground: str
    complainant: str
    phone: str
    state: str
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str
    decision: str


def claim_view(row: Row) -> ClaimView:
    """A claim's row as people read it."""
    amount = Money(row["amount_micros"])
    return ClaimView(row["id"], amount, row["calculation"], row["due_on"], row["claimed_at"], row["asserted_at"])


def _view(ctx: Context, row: Row) -> ComplaintView:
    kind = kind_of(row["ground"])
    terms = shelf_of(ctx).sheet(ComplaintTerms, ctx.today)
    warnings = [
        WarningView(
            one["id"],
            one["kind"],
            one["case_id"],
            one["written_at"],
            one["delivered_at"],
            one["proofs"] or [],
            one["proof"],
        )
        for one in warnings_of(ctx, row["service_id"], kind=kind)
    ]
    messages = [evidence_of(ctx, UUID(one["message"])) for one in row["evidence"]["messages"]]
    return ComplaintView(
        id=row["id"],
        service=row["service_id"],
        party=row["party_id"],
        ground=row["ground"],
        kind=kind,
        complainant=row["complainant"],
        phone=row["phone"],
        text=row["text"],
        happened_at=row["happened_at"],
        matched_by=row["matched_by"],
        messages=[one for one in messages if one is not None],
        state=row["state"],
        opened_at=row["opened_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        decision=row["decision"],
        warnings=warnings,
        warned_at=min((one.delivered_at for one in warnings if one.delivered_at is not None), default=None),
        claims=[claim_view(one) for one in claims_of(ctx, row["id"])],
        required=required_warning(kind, terms),
    )


def shown(ctx: Context, case: UUID) -> ComplaintView:
    """One case that is there."""
    (row,) = case_rows(ctx, case=case)
    return _view(ctx, row)


@query("complaints.case", permission="complaints.read", refusals=("COMPLAINT_UNKNOWN",))
def case_shown(ctx: Context, *, case: CaseId) -> ComplaintView | Refusal:
    """One complaint with the message, its consent, the warnings with their proof, and what was decided (o2/8.1)."""
    rows = case_rows(ctx, case=case)
    return _view(ctx, rows[0]) if rows else Refusal("COMPLAINT_UNKNOWN", (), {"case": case})


@query("complaints.cases", permission="complaints.read")
def cases(
    ctx: Context,
    *,
    service: ServiceId | None = None,
    state: Literal["open", "suspended", "terminated", "closed"] | None = None,
) -> list[ComplaintLine]:
    """Complaints and content cases, the latest first, of a service or in a state."""
    return [
        ComplaintLine(
            row["id"],
            row["service_id"],
            row["party_id"],
            row["ground"],
            row["complainant"],
            row["phone"],
            row["state"],
            row["opened_at"],
            row["decided_at"],
            row["decided_by"],
            row["decision"],
        )
        for row in case_rows(ctx, service=service, state=state)
    ]


@dataclass(frozen=True, slots=True)
class OwnComplaint:
    """
    A case about a subscriber's own service, as the subscriber may see it: never who complained.

    Args:
        ground: `SPAM`, or what content is said to be.
        recipients: the numbers that the messages in question went to.
        messages: their ids.
        warned_at: when the warning was delivered; strictly after it a measure is possible.

    """

    id: CaseId
    service: ServiceId
    ground: str
    state: str
    recipients: list[str]
    messages: list[UUID]
    opened_at: datetime
    warned_at: datetime | None
    decided_at: datetime | None
    required: Term[bool]


@query("complaints.own", permission="complaints.own", customers=True, refusals=("SERVICE_UNKNOWN",))
def own(ctx: Context, *, service: ServiceId) -> list[OwnComplaint] | Refusal:
    """Cases about a service as its subscriber may see them: what about, how far, since when warned (o2/8.1, 9.1)."""
    if service_row(ctx, service) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    terms = shelf_of(ctx).sheet(ComplaintTerms, ctx.today)
    rows = case_rows(ctx, service=service)
    ids = [UUID(one["message"]) for row in rows for one in row["evidence"]["messages"]]
    sent = {one["id"]: one["recipient"] for one in (messages_by_id(ctx, ids) if ids else ())}
    warned: dict[str, datetime] = {}
    for one in warnings_of(ctx, service) if rows else ():
        if one["delivered_at"] is not None:
            warned[one["kind"]] = min(one["delivered_at"], warned.get(one["kind"], one["delivered_at"]))
    found = []
    for row in rows:
        own_ids = [UUID(one["message"]) for one in row["evidence"]["messages"]]
        found.append(
            OwnComplaint(
                row["id"],
                row["service_id"],
                row["ground"],
                row["state"],
                sorted({sent[one] for one in own_ids if one in sent}),
                own_ids,
                row["opened_at"],
                warned.get(kind_of(row["ground"])),
                row["decided_at"],
                required_warning(kind_of(row["ground"]), terms),
            )
        )
    return found
