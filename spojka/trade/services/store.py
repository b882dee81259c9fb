"""Services, their tariffs, add-ons, holds and switches over a given connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ContractId, OrderId, PartyId, ServiceId, uuid7


def add_service(  # a service is these facts
    ctx: Context,
    *,
    service: ServiceId,
    contract: ContractId,
    party: PartyId,
    msisdn: str,
    imsi: str,
    iccid: str,
) -> None:
    """Write a service that waits for activation."""
    ctx.db.execute(
        "INSERT INTO service (tenant_id, id, contract_id, party_id, msisdn, imsi, iccid, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, 'waiting')",
        [ctx.tenant, service, contract, party, msisdn, imsi, iccid],
    )


def service_row(ctx: Context, service: UUID) -> Row | None:
    """One service with its contract's commitment, or none; a customer sees only its own."""
    row = ctx.db.execute(
        "SELECT s.*, c.state AS contract_state, c.signed_on, c.committed_until, c.product FROM service s"
        " JOIN contract c ON c.tenant_id = s.tenant_id AND c.id = s.contract_id"
        " WHERE s.tenant_id = %s AND s.id = %s",
        [ctx.tenant, service],
    ).fetchone()
    if row is None or ctx.actor.party not in (None, row["party_id"]):
        return None
    return row


def lock_service(ctx: Context, service: UUID) -> None:
    """Hold a service's row until the transaction ends, so that changes of it come one after another."""
    ctx.db.execute("SELECT 1 FROM service WHERE tenant_id = %s AND id = %s FOR UPDATE", [ctx.tenant, service])


def services_of_contract(ctx: Context, contract: UUID) -> list[Row]:
    """The services of a contract, oldest first."""
    return ctx.db.execute(
        "SELECT * FROM service WHERE tenant_id = %s AND contract_id = %s ORDER BY id",
        [ctx.tenant, contract],
    ).fetchall()


def activate(ctx: Context, service: ServiceId) -> None:
    """The card works from now."""
    ctx.db.execute(
        "UPDATE service SET state = 'active', activated_at = %s WHERE tenant_id = %s AND id = %s",
        [ctx.now, ctx.tenant, service],
    )


def establish(ctx: Context, service: ServiceId, at: datetime) -> None:
    """The card registered for the first time; a later registration changes nothing (nej/3.2)."""
    ctx.db.execute(
        "UPDATE service SET established_at = %s WHERE tenant_id = %s AND id = %s AND established_at IS NULL",
        [at, ctx.tenant, service],
    )


def end(ctx: Context, service: ServiceId) -> None:
    """The service ended now; its tariff and add-ons end with this day."""
    ctx.db.execute(
        "UPDATE service SET state = 'ended', ended_at = %s WHERE tenant_id = %s AND id = %s",
        [ctx.now, ctx.tenant, service],
    )
    for table in ("service_tariff", "service_addon"):
        ctx.db.execute(
            f"UPDATE {table} SET valid_to = %(day)s::date + 1"  # noqa: S608  # one of two fixed names
            " WHERE tenant_id = %(tenant)s AND service_id = %(service)s"
            " AND (valid_to IS NULL OR valid_to > %(day)s::date + 1)",
            {"tenant": ctx.tenant, "service": service, "day": ctx.today},
        )


def tariffs(ctx: Context, services: Sequence[UUID]) -> list[Row]:
    """The tariffs of services by day, in order."""
    return ctx.db.execute(
        "SELECT service_id, tariff, valid_from, valid_to, reason FROM service_tariff"
        " WHERE tenant_id = %s AND service_id = ANY(%s) ORDER BY service_id, valid_from",
        [ctx.tenant, list(services)],
    ).fetchall()


def planned_order(ctx: Context, service: UUID) -> OrderId | None:
    """The order behind the last tariff planned for a service, if one asked for it."""
    row = ctx.db.execute(
        "SELECT order_id FROM service_tariff WHERE tenant_id = %s AND service_id = %s ORDER BY valid_from DESC LIMIT 1",
        [ctx.tenant, service],
    ).fetchone()
    return row["order_id"] if row else None


def set_tariff(
    ctx: Context,
    *,
    service: ServiceId,
    tariff: str,
    from_on: date,
    reason: str,
    order: OrderId | None = None,
) -> None:
    """From a day the service has a tariff; the earlier one ends there, a planned later one is replaced."""
    ctx.db.execute(
        "DELETE FROM service_tariff WHERE tenant_id = %s AND service_id = %s AND valid_from >= %s",
        [ctx.tenant, service, from_on],
    )
    ctx.db.execute(
        "UPDATE service_tariff SET valid_to = %s WHERE tenant_id = %s AND service_id = %s"
        " AND (valid_to IS NULL OR valid_to > %s)",
        [from_on, ctx.tenant, service, from_on],
    )
    ctx.db.execute(
        "INSERT INTO service_tariff (tenant_id, id, service_id, tariff, valid_from, reason, order_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [ctx.tenant, uuid7(), service, tariff, from_on, reason, order],
    )


def addons(ctx: Context, services: Sequence[UUID]) -> list[Row]:
    """The add-ons of services, by time of activation."""
    return ctx.db.execute(
        "SELECT id, service_id, addon, activated_at, valid_from, valid_to FROM service_addon"
        " WHERE tenant_id = %s AND service_id = ANY(%s) ORDER BY service_id, activated_at, id",
        [ctx.tenant, list(services)],
    ).fetchall()


def add_addon(ctx: Context, *, service: ServiceId, addon: str, id_: UUID | None = None) -> None:
    """An add-on runs from today, under an id by which its holder ends it, or a new one."""
    ctx.db.execute(
        "INSERT INTO service_addon (tenant_id, id, service_id, addon, activated_at, valid_from)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [ctx.tenant, id_ or uuid7(), service, addon, ctx.now, ctx.today],
    )


def end_addon(ctx: Context, *, service: ServiceId, addon: str, on: date) -> bool:
    """A running add-on ends on a day (exclusive); true when one ran."""
    row = ctx.db.execute(
        "UPDATE service_addon SET valid_to = %s WHERE tenant_id = %s AND service_id = %s AND addon = %s"
        " AND (valid_to IS NULL OR valid_to > %s) RETURNING id",
        [on, ctx.tenant, service, addon, on],
    ).fetchone()
    return row is not None


def end_addon_by_id(ctx: Context, id_: UUID, *, on: date) -> None:
    """One add-on ends on a day (exclusive), whatever others of its kind the service has."""
    ctx.db.execute("UPDATE service_addon SET valid_to = %s WHERE tenant_id = %s AND id = %s", [on, ctx.tenant, id_])


def holds(ctx: Context, services: Sequence[UUID]) -> list[Row]:
    """Every hold of services, released ones too, in order of time."""
    return ctx.db.execute(
        "SELECT id, service_id, reason, scope, clauses, held_at, planned_until, released_at, requested_by"
        " FROM service_hold WHERE tenant_id = %s AND service_id = ANY(%s) ORDER BY service_id, held_at, id",
        [ctx.tenant, list(services)],
    ).fetchall()


def overdue_holds(ctx: Context) -> list[Row]:
    """Holds that should have ended before now and have not, the longest overdue first."""
    return ctx.db.execute(
        "SELECT service_id, reason, scope, clauses, held_at, planned_until, requested_by FROM service_hold"
        " WHERE tenant_id = %s AND released_at IS NULL AND planned_until < %s ORDER BY planned_until, id LIMIT 1000",
        [ctx.tenant, ctx.now],
    ).fetchall()


def hold(  # a hold is these facts
    ctx: Context,
    *,
    service: UUID,
    reason: str,
    scope: str,
    clauses: Sequence[str],
    planned_until: datetime | None = None,
) -> None:
    """Hold a service for a reason; the same reason twice holds once."""
    ctx.db.execute(
        "INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, planned_until,"
        " requested_by) SELECT %(tenant)s, %(id)s, %(service)s, %(reason)s, %(scope)s, %(clauses)s, %(at)s,"
        " %(until)s, %(by)s WHERE NOT EXISTS (SELECT 1 FROM service_hold WHERE tenant_id = %(tenant)s"
        " AND service_id = %(service)s AND reason = %(reason)s AND released_at IS NULL)",
        {
            "tenant": ctx.tenant,
            "id": uuid7(),
            "service": service,
            "reason": reason,
            "scope": scope,
            "clauses": Jsonb(list(clauses)),
            "at": ctx.now,
            "until": planned_until,
            "by": ctx.actor.name,
        },
    )


def release_hold(ctx: Context, *, service: UUID, reason: str) -> bool:
    """A reason no longer holds a service; true when it did."""
    row = ctx.db.execute(
        "UPDATE service_hold SET released_at = %s WHERE tenant_id = %s AND service_id = %s AND reason = %s"
        " AND released_at IS NULL RETURNING id",
        [ctx.now, ctx.tenant, service, reason],
    ).fetchone()
    return row is not None


def switch(
    ctx: Context,
    *,
    service: UUID,
    feature: str,
    is_on: bool,
    channel: str,
    order: OrderId | None = None,
) -> None:
    """Record that a feature was switched."""
    ctx.db.execute(
        "INSERT INTO service_switch (tenant_id, id, service_id, feature, is_on, at, channel, actor, order_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [ctx.tenant, uuid7(), service, feature, is_on, ctx.now, channel, ctx.actor.name, order],
    )


def switches(ctx: Context, services: Sequence[UUID]) -> list[Row]:
    """Every switching of features of services, in order of time."""
    return ctx.db.execute(
        "SELECT service_id, feature, is_on, at, channel, actor FROM service_switch"
        " WHERE tenant_id = %s AND service_id = ANY(%s) ORDER BY service_id, at, id",
        [ctx.tenant, list(services)],
    ).fetchall()
