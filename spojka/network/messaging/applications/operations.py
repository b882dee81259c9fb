"""Limits of applications: asked for by the contact person, decided and set by the provider (o2/3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications import announcing as _told  # noqa: F401  # of new editions
from spojka.network.messaging.applications import refusals as _words  # noqa: F401  # LIMIT_REQUEST_UNKNOWN
from spojka.network.messaging.applications.contacts.rules import Requester, speaks
from spojka.network.messaging.applications.contacts.store import contacts_at
from spojka.network.messaging.applications.store import add_limit, application_row, limit_row
from spojka.network.messaging.applications.store import decide_limit as write_decision
from spojka.network.messaging.applications.terms import ReservedActs
from spojka.network.messaging.terms import LimitTerms
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.trade.numbering import operations as _reasons  # noqa: F401  # REASON_MISSING
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN, SERVICE_TERMINATED
from spojka.trade.services.store import lock_service

LimitPeriod = Literal["day", "month"]
Messages = Annotated[int, Field(ge=0, le=10**12)]


@dataclass(frozen=True, slots=True)
class LimitAsked:
    """A request for a limit and how it stands; `basis` is the clause that lets it be asked for."""

    id: UUID
    application: ServiceId
    period: str
    asked: int
    granted: int | None
    state: str
    valid_from: datetime | None
    basis: Term[Literal["contact_person"]]


def _asked(ctx: Context, request: UUID) -> LimitAsked:
    row = limit_row(ctx, request)
    assert row is not None
    basis = shelf_of(ctx).sheet(LimitTerms, ctx.today).limit_raise_requested_by
    return LimitAsked(
        row["id"],
        row["application_id"],
        row["period"],
        row["asked"],
        row["granted"],
        row["state"],
        row["valid_from"],
        basis,
    )


def _open(ctx: Context, application: ServiceId) -> Refusal | None:
    lock_service(ctx, application)
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    return None


@operation(
    "connector.ask_limit",
    permission="connector.use",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED", "NOT_CONTACT_PERSON"),
)
def ask_limit(
    ctx: Context, *, application: ServiceId, period: LimitPeriod, value: Messages, asked_by: Requester | None = None
) -> LimitAsked | Refusal:
    """
    Ask for another limit of messages a day or a month; only the contact person may (o2/3.3).

    Staff name in `asked_by` whom they ask for.
    """
    closed = _open(ctx, application)
    if closed is not None:
        return closed
    contact = contacts_at(ctx, [application], ctx.now).get(application)
    who = ctx.actor.name if asked_by is None else f"{asked_by.name} {asked_by.phone} ({ctx.actor.name})"
    if not speaks(contact, login=ctx.actor.name, for_customer=ctx.actor.party is not None, asked_by=asked_by):
        shelf = shelf_of(ctx)
        terms, reserved = shelf.sheet(LimitTerms, ctx.today), shelf.sheet(ReservedActs, ctx.today)
        acts = reserved.default_contact_person_acts
        return refuse("NOT_CONTACT_PERSON", terms.limit_raise_requested_by, acts, figures={"asked": who})
    request = add_limit(ctx, application=application, period=period, asked=value, asked_by=who)
    publish(ctx, kind="limit_asked", key="work", body={"application": application, "request": request})
    return _asked(ctx, request)


@operation(
    "connector.decide_limit",
    permission="connector.decide",
    refusals=("LIMIT_REQUEST_UNKNOWN", "LIMIT_ABOVE_REQUEST", "REASON_MISSING"),
)
def decide_limit(
    ctx: Context, *, request: UUID, granted: Messages | None = None, reason: str = ""
) -> LimitAsked | Refusal:
    """
    Grant a limit that was asked for, or a lower one, from this instant on; without `granted` reject it with a reason.

    What was sent already stays counted (o2/3.3).
    """
    row = limit_row(ctx, request)
    if row is None or row["state"] != "asked":
        return Refusal("LIMIT_REQUEST_UNKNOWN", (), {"request": request})
    if granted is None and not reason.strip():
        return Refusal("REASON_MISSING")
    if granted is not None and granted > row["asked"]:
        basis = shelf_of(ctx).sheet(LimitTerms, ctx.today).limit_raise_requested_by
        return refuse("LIMIT_ABOVE_REQUEST", basis, figures={"asked": row["asked"], "granted": granted})
    write_decision(ctx, request, granted=granted, reason=reason.strip())
    publish(ctx, kind="limit_decided", key=f"service:{row['application_id']}", body={"request": request})
    return _asked(ctx, request)


@operation(
    "connector.set_limit",
    permission="connector.decide",
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED", "REASON_MISSING"),
)
def set_limit(
    ctx: Context, *, application: ServiceId, period: LimitPeriod, value: Messages, reason: str
) -> LimitAsked | Refusal:
    """Set a limit from this instant on by the provider's own decision, higher or lower, with a reason (o2/3.3)."""
    closed = _open(ctx, application)
    if closed is not None:
        return closed
    if not reason.strip():
        return Refusal("REASON_MISSING")
    by = f"{ctx.actor.name}: {reason.strip()}"
    return _asked(ctx, add_limit(ctx, application=application, period=period, asked=value, asked_by=by, granted=value))
