"""Data sessions recorded, searched with a reason, forgotten in time; a static address is not on offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.deadlines.store import set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import day_of
from spojka.network.provisioning.rules import session_forgotten_at, sessions_kept_from
from spojka.network.provisioning.store import (
    Address,
    Port,
    SessionRecord,
    add_sessions,
    earliest_end,
    forget_before,
    sessions_of,
    unknown_service,
)
from spojka.network.provisioning.terms import ProvisioningTerms
from spojka.terms.findings import Finding, refuse
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class SessionsRecorded:
    """How many of a batch were new, and how many had been recorded before."""

    new: int
    repeated: int


@dataclass(frozen=True, slots=True)
class SessionMatch:
    """A session that had the address: whose, its ports (both included) and its half-open time."""

    service: ServiceId
    msisdn: str
    private_ip: str
    port_from: int
    port_to: int
    starts_at: datetime
    ends_at: datetime
    bytes_up: int
    bytes_down: int
    technology: str


@dataclass(frozen=True, slots=True)
class AddressHolders:
    """
    Who had an address.

    Args:
        matches: the sessions, by their ports.
        ambiguous: they are of more services than one; a port tells them apart.
        kept_from: sessions that ended earlier are forgotten.

    """

    matches: list[SessionMatch]
    ambiguous: bool
    kept_from: Finding[datetime]


@dataclass(frozen=True, slots=True)
class SessionsForgotten:
    """How many sessions were deleted, and since when those kept ended."""

    forgotten: int
    kept_from: Finding[datetime]


def _kept_from(ctx: Context) -> Finding[datetime]:
    terms = shelf_of(ctx).sheet(ProvisioningTerms, ctx.today)
    return sessions_kept_from(today=ctx.today, months=terms.default_session_retention_months)


def _promise_forgetting(ctx: Context) -> None:
    """Have the earliest day of sessions forgotten when its retention ends; that run promises the next."""
    ends_at = earliest_end(ctx)
    if ends_at is None:
        return
    terms = shelf_of(ctx).sheet(ProvisioningTerms, ctx.today)
    due = session_forgotten_at(ended_on=day_of(ends_at), months=terms.default_session_retention_months)
    set_deadline(
        ctx,
        due_at=due.value,
        operation="provisioning.forget_sessions",
        arguments={},
        subject="provisioning",
        key=f"forget-sessions:{due.value.isoformat()}",
        clauses=due.clauses,
    )


@operation(
    "provisioning.record_sessions", permission="provisioning.write", refusals=("SERVICE_UNKNOWN", "SESSION_INVALID")
)
def record_sessions(ctx: Context, *, sessions: list[SessionRecord]) -> SessionsRecorded | Refusal:
    """Record a batch of data sessions wholly or not at all; a record known by its source id changes nothing."""
    for one in sessions:
        if one.starts_at >= one.ends_at or one.port_from > one.port_to:
            return Refusal("SESSION_INVALID", (), {"session": one.source_id})
    unknown = unknown_service(ctx, [one.service for one in sessions])
    if unknown is not None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": unknown})
    new = add_sessions(ctx, sessions)
    _promise_forgetting(ctx)
    return SessionsRecorded(new, len(sessions) - new)


@operation("provisioning.who_had", permission="provisioning.search", refusals=("REASON_MISSING",))
def who_had(
    ctx: Context, *, public_ip: Address, at: datetime, reason: str, port: Port | None = None
) -> AddressHolders | Refusal:
    """
    Find who had a public address (and port) at an instant, for a reason; each search is in the audit (nej/2.16).

    It writes nothing but its trace: the audit's row, and news of that call with the reason.
    """
    if not reason.strip():
        return Refusal("REASON_MISSING")
    kept = _kept_from(ctx)
    matches = [
        SessionMatch(ServiceId(row.pop("service_id")), **row)
        for row in sessions_of(ctx, public_ip=public_ip, at=at, port=port, kept_from=kept.value)
    ]
    told = {"call": ctx.call_id, "actor": ctx.actor.name, "reason": reason}
    publish(ctx, kind="address_searched", key="provisioning", body=told)
    return AddressHolders(matches, len({one.service for one in matches}) > 1, kept)


@operation("provisioning.forget_sessions", permission="provisioning.write")
def forget_sessions(ctx: Context) -> SessionsForgotten:
    """Delete the sessions whose retention is over; a deadline does it by itself (nej/2.16)."""
    kept = _kept_from(ctx)
    forgotten = forget_before(ctx, kept.value)
    _promise_forgetting(ctx)
    return SessionsForgotten(forgotten, kept)


@operation("provisioning.order_static_ip", permission="services.write", refusals=("STATIC_IP_NOT_AVAILABLE",))
def order_static_ip(ctx: Context, *, service: ServiceId) -> Refusal:
    """Order a static address for a service: always refused, addresses are temporary and dynamic (nej/2.16)."""
    terms = shelf_of(ctx).sheet(ProvisioningTerms, ctx.today)
    return refuse("STATIC_IP_NOT_AVAILABLE", terms.default_session_retention_months, figures={"service": service})
