"""Authorising somebody to read a service's list, and ending it."""

from __future__ import annotations

from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import PartyId, ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.terms.findings import refuse
from spojka.trade.services.readers.store import Reader, reader_terms, readers_of
from spojka.trade.services.store import service_row


@operation(
    "services.authorise_reader",
    permission="services.readers",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "PARTY_UNKNOWN", "READERS_NOT_OFFERED", "READER_IS_HOLDER"),
)
def authorise_reader(ctx: Context, *, service: ServiceId, party: PartyId) -> list[Reader] | Refusal:
    """Let another registered party read the list of one service; the holder does it, or staff for the holder."""
    row = service_row(ctx, service)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    readers = reader_terms(ctx).default_itemised_readers
    if "authorised" not in readers.value:
        return refuse("READERS_NOT_OFFERED", readers, figures={"readers": readers.value})
    if party == row["party_id"]:
        return refuse("READER_IS_HOLDER", readers, figures={"party": party})
    granted = ctx.db.execute(
        "INSERT INTO service_reader (tenant_id, id, service_id, party_id, granted_at, granted_by, ended_by)"
        " SELECT tenant_id, %s, %s, id, %s, %s, '' FROM party WHERE tenant_id = %s AND id = %s"
        " ON CONFLICT (tenant_id, party_id, service_id) WHERE ended_at IS NULL"
        " DO UPDATE SET ended_by = service_reader.ended_by RETURNING id",
        [uuid7(), service, ctx.now, ctx.actor.name, ctx.tenant, party],
    ).fetchone()
    if granted is None:
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    publish(ctx, kind="reader_authorised", key=f"service:{service}", body={"service": service, "party": party})
    return readers_of(ctx, service)


@operation(
    "services.end_reader",
    permission="services.readers",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "READER_UNKNOWN"),
)
def end_reader(ctx: Context, *, service: ServiceId, party: PartyId) -> list[Reader] | Refusal:
    """End somebody's right to read a service's list at once; it stays on record from when to when they had it."""
    if service_row(ctx, service) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    ended = ctx.db.execute(
        "UPDATE service_reader SET ended_at = %s, ended_by = %s WHERE tenant_id = %s AND service_id = %s"
        " AND party_id = %s AND ended_at IS NULL RETURNING id",
        [ctx.now, ctx.actor.name, ctx.tenant, service, party],
    ).fetchone()
    if ended is None:
        return Refusal("READER_UNKNOWN", (), {"party": party})
    publish(ctx, kind="reader_ended", key=f"service:{service}", body={"service": service, "party": party})
    return readers_of(ctx, service)
