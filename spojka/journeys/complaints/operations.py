"""Complaints opened, disclosed, warned about and decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.journeys.complaints import warning
from spojka.journeys.complaints.queries import ComplaintView, shown
from spojka.journeys.complaints.rules import (
    Ground,
    Kind,
    Logged,
    Matched,
    MatchedBy,
    kind_of,
    match,
    refuse_measure,
    required_warning,
)
from spojka.journeys.complaints.store import (
    NewCase,
    add_case,
    add_warning,
    case_row,
    first_delivery,
    logged,
    logged_to,
    others_suspend,
    prove_delivery,
    warning_key,
    warnings_of,
)
from spojka.journeys.complaints.store import decide as write_decision
from spojka.journeys.complaints.terms import ComplaintTerms
from spojka.journeys.ordering.connector.ending.operations import terminate as end_application
from spojka.kernel.ids import CaseId, PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.contacts.operations import ContactDisclosed, disclose_contact
from spojka.network.messaging.messages.lives import cancel_waiting
from spojka.network.messaging.messages.store import messages_by_id
from spojka.network.messaging.recipients import RecipientTerms, normalise_recipient
from spojka.terms.findings import refuse
from spojka.trade.numbering import operations as _reasons  # noqa: F401  # REASON_MISSING
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_TERMINATED, NOT_SUSPENDED
from spojka.trade.services.store import hold, lock_service, release_hold, service_row

_OF_CASE = ("COMPLAINT_UNKNOWN", "COMPLAINT_DECIDED")
_MEASURE = (*_OF_CASE, "NO_PRIOR_WARNING", "SERVICE_TERMINATED")


def _terms(ctx: Context) -> ComplaintTerms:
    return shelf_of(ctx).sheet(ComplaintTerms, ctx.today)


def _open_case(ctx: Context, case: UUID, *states: str) -> Row | Refusal:
    """A case that is in one of the states (open, unless named), or why not."""
    row = case_row(ctx, case)
    if row is None:
        return Refusal("COMPLAINT_UNKNOWN", (), {"case": case})
    if row["state"] not in (states or ("open",)):
        return Refusal("COMPLAINT_DECIDED", (), {"state": row["state"]})
    return row


@operation(
    "complaints.open",
    permission="complaints.write",
    refusals=("COMPLAINANT_MISSING", "MESSAGE_NOT_MATCHED", "MESSAGES_OF_SEVERAL_SERVICES"),
)
def open_case(
    ctx: Context,
    *,
    ground: Ground = "SPAM",
    phone: str = "",
    complainant: str = "",
    text: str = "",
    happened_at: datetime | None = None,
    application: ServiceId | None = None,
    messages: list[UUID] = [],  # noqa: B006  # never changed
) -> ComplaintView | Refusal:
    """
    Take a complaint of a number about a message, find the message in the log, and open a case (o2/8.1, o2/9.1).

    A case about content can be opened without anybody complaining, by naming messages. The complainant's text and time
    (now, unless given) find the message among those sent to that number.
    """
    required = required_warning(kind_of(ground), _terms(ctx))
    number = normalise_recipient(phone, shelf_of(ctx).sheet(RecipientTerms, ctx.today)) if phone else None
    if number is None and (phone or ground == "SPAM"):
        return refuse("COMPLAINANT_MISSING", required, figures={"phone": phone or "—"})
    named = [logged(row) for row in messages_by_id(ctx, messages)]
    found: Matched | None = Matched(named[0], "named") if named else None
    if number is not None:
        at = happened_at or ctx.now
        sent = logged_to(ctx, number, happened_at=at, application=application)
        found = match([one for one in sent if not messages or one.id in messages], text=text, happened_at=at)
    if found is None or len(named) < len(set(messages)):
        return refuse("MESSAGE_NOT_MATCHED", required)
    of_case = named or [found.message]
    if {one.application for one in of_case} != {found.message.application}:
        return refuse("MESSAGES_OF_SEVERAL_SERVICES", required)
    case = add_case(
        ctx, _new_case(ctx, ground, found, of_case, said=(complainant.strip(), number or "", text, happened_at))
    )
    publish(ctx, kind="complaint_opened", key="work", body={"case": case})
    return shown(ctx, case)


def _new_case(
    ctx: Context,
    ground: Ground,
    found: Matched,
    messages: Sequence[Logged],
    *,
    said: tuple[str, str, str, datetime | None],
) -> NewCase:
    rows = messages_by_id(ctx, [one.id for one in messages])
    service = service_row(ctx, found.message.application)
    assert service is not None
    by: MatchedBy = found.by
    evidence = {"messages": [{"message": row["id"], "sha256": bytes(row["body_hash"]).hex()} for row in rows]}
    return NewCase(ServiceId(service["id"]), PartyId(service["party_id"]), ground, *said, by, evidence)


@operation(
    "complaints.disclose",
    permission="complaints.write",
    refusals=("COMPLAINT_UNKNOWN", "CONTACT_PERSON_MISSING", "DISCLOSURE_NOT_PERMITTED"),
)
def disclose(ctx: Context, *, case: CaseId) -> ContactDisclosed | Refusal:
    """Tell the complainant of a case the company and its contact person of today; a record is kept (o2/8.2)."""
    row = case_row(ctx, case)
    if row is None:
        return Refusal("COMPLAINT_UNKNOWN", (), {"case": case})
    return disclose_contact(
        ctx, application=row["service_id"], complainant=row["complainant"], phone=row["phone"], case=str(case)
    )


@operation("complaints.warn", permission="complaints.write", refusals=_OF_CASE)
def warn(ctx: Context, *, case: CaseId) -> ComplaintView | Refusal:
    """
    Warn the subscriber in a case, once: by e-mail and in the portal, the contact person by text message (o2/8.1, 9.1).

    The warning counts from when a network proves that it took it; it serves later cases of its kind on the service.
    """
    row = _open_case(ctx, case)
    if isinstance(row, Refusal):
        return row
    kind = kind_of(row["ground"])
    made = add_warning(ctx, case=case, service=row["service_id"], kind=kind)
    if made is not None:
        sent_at = messages_by_id(ctx, [UUID(one["message"]) for one in row["evidence"]["messages"]])[0]["accepted_at"]
        facts = {"at": sent_at, "phone": row["phone"]}
        key, clauses = warning_key(made), _clauses(ctx, kind)
        warning.write(ctx, warning.WARNING[kind], row, facts=facts, key=key, clauses=clauses)
    return shown(ctx, case)


def _clauses(ctx: Context, kind: Kind) -> list[str]:
    return [required_warning(kind, _terms(ctx)).ref.id]


@operation(
    "complaints.prove_delivery",
    permission="complaints.write",
    refusals=("COMPLAINT_UNKNOWN", "WARNING_MISSING", "DELIVERY_NOT_POSSIBLE"),
)
def prove(ctx: Context, *, case: CaseId, delivered_at: datetime, proof: str) -> ComplaintView | Refusal:
    """Record that the warning of a case was delivered otherwise: when, and what proves it, as a letter's receipt."""
    row = case_row(ctx, case)
    if row is None:
        return Refusal("COMPLAINT_UNKNOWN", (), {"case": case})
    kind = kind_of(row["ground"])
    required = required_warning(kind, _terms(ctx))
    written = next((one for one in warnings_of(ctx, row["service_id"], kind=kind) if one["case_id"] == case), None)
    if written is None:
        return refuse("WARNING_MISSING", required)
    if not written["written_at"] <= delivered_at <= ctx.now or not proof.strip():
        figures = {"written_at": written["written_at"], "delivered_at": delivered_at}
        return refuse("DELIVERY_NOT_POSSIBLE", required, figures=figures)
    prove_delivery(ctx, case, delivered_at=delivered_at, proof=proof.strip())
    return shown(ctx, case)


def _refuse_measure(ctx: Context, row: Row) -> Refusal | None:
    service = service_row(ctx, row["service_id"])
    assert service is not None
    if service["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": service["ended_at"]})
    kind = kind_of(row["ground"])
    delivered_at = first_delivery(ctx, row["service_id"], kind)
    return refuse_measure(kind, delivered_at=delivered_at, now=ctx.now, terms=_terms(ctx))


@operation("complaints.suspend", permission="complaints.decide", refusals=_MEASURE)
def suspend(ctx: Context, *, case: CaseId, reason: str = "") -> ComplaintView | Refusal:
    """
    Suspend the service of a case, after a delivered warning of its kind, strictly later (o2/8.1, o2/9.1).

    Nothing is taken in either direction, what waits is cancelled and not charged; what came before can be picked up.
    """
    row = _open_case(ctx, case)
    if isinstance(row, Refusal):
        return row
    lock_service(ctx, row["service_id"])
    refusal = _refuse_measure(ctx, row)
    if refusal is not None:
        return refusal
    kind = kind_of(row["ground"])
    clauses = _clauses(ctx, kind)
    hold(ctx, service=row["service_id"], reason=kind, scope="both", clauses=clauses)
    cancel_waiting(ctx, row["service_id"], why={"code": "SERVICE_SUSPENDED", "clauses": clauses})
    write_decision(ctx, case, state="suspended", decision=reason.strip())
    key = f"complaint-suspended:{ctx.call_id}"
    warning.write(ctx, warning.SUSPENDED, row, facts={"at": ctx.now}, key=key, clauses=clauses)
    publish(ctx, kind="service_suspended", key=f"service:{row['service_id']}", body={"reason": kind, "case": case})
    return shown(ctx, case)


@operation("complaints.resume", permission="complaints.decide", refusals=_OF_CASE)
def resume(ctx: Context, *, case: CaseId, reason: str = "") -> ComplaintView | Refusal:
    """End the suspension of a case: the service runs with its former settings, unless another case holds it (9.1)."""
    row = _open_case(ctx, case, "suspended")
    if isinstance(row, Refusal):
        return row
    lock_service(ctx, row["service_id"])
    kind = kind_of(row["ground"])
    write_decision(ctx, case, state="open", decision=reason.strip())
    if not others_suspend(ctx, case, service=row["service_id"], kind=kind):
        release_hold(ctx, service=row["service_id"], reason=kind)
        key = f"complaint-resumed:{ctx.call_id}"
        clauses = _clauses(ctx, kind)
        warning.write(ctx, warning.RESUMED, row, facts={"at": ctx.now}, key=key, clauses=clauses)
        publish(ctx, kind="service_restored", key=f"service:{row['service_id']}", body={"case": case})
    return shown(ctx, case)


@operation("complaints.terminate", permission="complaints.decide", refusals=(*_MEASURE, "SERVICE_UNKNOWN"))
def terminate(ctx: Context, *, case: CaseId, reason: str = "") -> ComplaintView | Refusal:
    """End the service of a case for good, after a delivered warning of its kind, strictly later (o2/8.1, o2/9.1)."""
    row = _open_case(ctx, case, "open", "suspended")
    if isinstance(row, Refusal):
        return row
    lock_service(ctx, row["service_id"])
    refusal = _refuse_measure(ctx, row)
    if refusal is not None:
        return refusal
    ended = end_application(ctx, application=ServiceId(row["service_id"]), reason=kind_of(row["ground"]))
    if isinstance(ended, Refusal):
        return ended
    write_decision(ctx, case, state="terminated", decision=reason.strip())
    return shown(ctx, case)


@operation("complaints.close", permission="complaints.decide", refusals=(*_OF_CASE, "REASON_MISSING"))
def close(ctx: Context, *, case: CaseId, reason: str) -> ComplaintView | Refusal:
    """Close a case without a measure, with a reason; a warning that was delivered keeps counting (o2/8.1)."""
    row = _open_case(ctx, case)
    if isinstance(row, Refusal):
        return row
    if not reason.strip():
        return Refusal("REASON_MISSING")
    write_decision(ctx, case, state="closed", decision=reason.strip())
    return shown(ctx, case)
