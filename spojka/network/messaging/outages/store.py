"""Fault tickets and outages over a given connection."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.kernel.time import Period


def add_ticket(
    ctx: Context, *, application: ServiceId, caller: str, description: str, prechecks: Sequence[str]
) -> UUID:
    """Open a ticket now; returns its number."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO fault_ticket (tenant_id, id, service_id, caller, description, prechecks, received_at, received_by,"
        " state, cause, changed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'received', '', %s)",
        [
            ctx.tenant,
            made,
            application,
            caller,
            description,
            Jsonb(list(prechecks)),
            ctx.now,
            ctx.actor.name,
            ctx.now,
        ],
    )
    return made


def ticket_row(ctx: Context, ticket: UUID) -> Row | None:
    """One ticket, locked, or none."""
    return ctx.db.execute(
        "SELECT * FROM fault_ticket WHERE tenant_id = %s AND id = %s FOR UPDATE", [ctx.tenant, ticket]
    ).fetchone()


def ticket_seen(ctx: Context, ticket: UUID) -> Row | None:
    """One ticket as it stands, or none."""
    return ctx.db.execute(
        "SELECT * FROM fault_ticket WHERE tenant_id = %s AND id = %s", [ctx.tenant, ticket]
    ).fetchone()


def move_ticket(ctx: Context, ticket: UUID, *, state: str, cause: str) -> None:
    """A ticket is in another state now."""
    ctx.db.execute(
        "UPDATE fault_ticket SET state = %s, cause = %s, changed_at = %s WHERE tenant_id = %s AND id = %s",
        [state, cause, ctx.now, ctx.tenant, ticket],
    )


def tickets_of(ctx: Context, application: ServiceId) -> list[Row]:
    """Tickets of an application, the newest first."""
    return ctx.db.execute(
        "SELECT * FROM fault_ticket WHERE tenant_id = %s AND service_id = %s ORDER BY received_at DESC, id DESC"
        " LIMIT 500",
        [ctx.tenant, application],
    ).fetchall()


def add_outage(
    ctx: Context,
    *,
    application: ServiceId,
    starts_at: datetime,
    ends_at: datetime | None,
    cause: str,
    degraded: bool,
    ticket: UUID | None,
) -> UUID:
    """Record a time without full operation."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO service_outage (tenant_id, id, service_id, starts_at, ends_at, cause, degraded, ticket_id,"
        " recorded_at, recorded_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [ctx.tenant, made, application, starts_at, ends_at, cause, degraded, ticket, ctx.now, ctx.actor.name],
    )
    return made


def outage_row(ctx: Context, outage: UUID) -> Row | None:
    """One record, or none."""
    return ctx.db.execute(
        "SELECT * FROM service_outage WHERE tenant_id = %s AND id = %s", [ctx.tenant, outage]
    ).fetchone()


def end_outage(ctx: Context, outage: UUID, ends_at: datetime) -> None:
    """A record that lasted is over."""
    ctx.db.execute(
        "UPDATE service_outage SET ends_at = %s WHERE tenant_id = %s AND id = %s", [ends_at, ctx.tenant, outage]
    )


def outage_rows(ctx: Context, application: ServiceId) -> list[Row]:
    """Every record of an application in order of time."""
    return ctx.db.execute(
        "SELECT * FROM service_outage WHERE tenant_id = %s AND service_id = %s ORDER BY starts_at, id",
        [ctx.tenant, application],
    ).fetchall()


def mark_credited(ctx: Context, outages: Collection[UUID]) -> None:
    """The fee was lowered for these records now."""
    ctx.db.execute(
        "UPDATE service_outage SET credited_at = %s WHERE tenant_id = %s AND id = ANY(%s)",
        [ctx.now, ctx.tenant, list(outages)],
    )


_STRETCHES: Final = (
    "SELECT 'tariff' AS kind, tariff AS code FROM service_tariff WHERE tenant_id = %(tenant)s"
    " AND service_id = %(service)s AND valid_from <= %(last_on)s AND (valid_to IS NULL OR valid_to > %(first_on)s)"
    " UNION ALL SELECT 'addon', addon FROM service_addon WHERE tenant_id = %(tenant)s"
    " AND service_id = %(service)s AND valid_from <= %(last_on)s AND (valid_to IS NULL OR valid_to > %(first_on)s)"
)


def used_between(ctx: Context, application: ServiceId, first_on: date, last_on: date) -> list[Row]:
    """Tariffs and options that an application had on any of some days (both included): kind and code."""
    given = {"tenant": ctx.tenant, "service": application, "first_on": first_on, "last_on": last_on}
    return ctx.db.execute(_STRETCHES, given).fetchall()


def fees_charged(ctx: Context, application: ServiceId, month: Period) -> int | None:
    """What flat fees a month was charged, in micro-units; `None` while it was not."""
    row = ctx.db.execute(
        "SELECT sum(amount_micros)::bigint AS micros FROM charge WHERE tenant_id = %s AND service_id = %s"
        " AND period_on = %s AND \"group\" = 'fees'",
        [ctx.tenant, application, month.starts_on],
    ).fetchone()
    return None if row is None else row["micros"]
