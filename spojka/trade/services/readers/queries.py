"""Who may read which lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.trade.services.readers.store import Reader, readers_of
from spojka.trade.services.store import service_row


@dataclass(frozen=True, slots=True)
class Readable:
    """A service of somebody else whose list a party may read."""

    service: ServiceId
    msisdn: str
    holder: str
    granted_at: datetime


@query("services.readers", permission="services.readers", customers=True, refusals=("SERVICE_UNKNOWN",))
def readers(ctx: Context, *, service: ServiceId) -> list[Reader] | Refusal:
    """Who else may read a service's list, oldest first; only its holder and staff are told."""
    if service_row(ctx, service) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    return readers_of(ctx, service)


@query("services.readable", permission="overview.read", customers=True)
def readable(ctx: Context, *, party: PartyId) -> list[Readable]:
    """Services of others whose lists a party may read."""
    if ctx.actor.party not in (None, party):
        return []
    rows = ctx.db.execute(
        "SELECT r.service_id, s.msisdn, p.name, r.granted_at FROM service_reader r"
        " JOIN service s ON s.tenant_id = r.tenant_id AND s.id = r.service_id"
        " JOIN party p ON p.tenant_id = s.tenant_id AND p.id = s.party_id"
        " WHERE r.tenant_id = %s AND r.party_id = %s AND r.ended_at IS NULL ORDER BY r.granted_at, r.id",
        [ctx.tenant, party],
    ).fetchall()
    return [Readable(row["service_id"], row["msisdn"], row["name"], row["granted_at"]) for row in rows]
