"""Authorisations over a given connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.readers.rules import refuse_reading
from spojka.trade.services.readers.terms import ReaderTerms


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may read a service's list, since when, and who let them."""

    party: PartyId
    name: str
    granted_at: datetime
    granted_by: str


def readable_service(ctx: Context, service: ServiceId) -> Row | Refusal:
    """A service whose list the actor may read: staff any, a customer its own and what it was authorised for."""
    row = ctx.db.execute("SELECT * FROM service WHERE tenant_id = %s AND id = %s", [ctx.tenant, service]).fetchone()
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    if ctx.actor.party in (None, row["party_id"]):
        return row
    found = ctx.db.execute(
        "SELECT r.service_id FROM service_reader r JOIN service s ON s.tenant_id = r.tenant_id AND s.id = r.service_id"
        " WHERE r.tenant_id = %s AND r.party_id = %s AND r.ended_at IS NULL AND s.party_id = %s",
        [ctx.tenant, ctx.actor.party, row["party_id"]],
    ).fetchall()
    if not found:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    refusal = refuse_reading(
        service=service,
        actor=ctx.actor.name,
        authorised_for={one["service_id"] for one in found},
        readers=reader_terms(ctx).default_itemised_readers,
    )
    return refusal or row


def reader_terms(ctx: Context) -> ReaderTerms:
    """The terms that bind today."""
    return shelf_of(ctx).sheet(ReaderTerms, ctx.today)


def readers_of(ctx: Context, service: ServiceId) -> list[Reader]:
    """Who may read a service's list beside its holder, oldest first."""
    rows = ctx.db.execute(
        "SELECT r.party_id, p.name, r.granted_at, r.granted_by FROM service_reader r"
        " JOIN party p ON p.tenant_id = r.tenant_id AND p.id = r.party_id"
        " WHERE r.tenant_id = %s AND r.service_id = %s AND r.ended_at IS NULL ORDER BY r.granted_at, r.id",
        [ctx.tenant, service],
    ).fetchall()
    return [Reader(row["party_id"], row["name"], row["granted_at"], row["granted_by"]) for row in rows]
