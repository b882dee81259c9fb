"""Balances, bought volumes and spending limits over a given connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.balances.rules import Limit
from spojka.charging.rating.kernel import SPENT
from spojka.charging.rating.slots import PURCHASED
from spojka.kernel.ids import uuid7
from spojka.kernel.time import Period

BALANCE_COLUMNS: Final = (
    "service_id, period_on, slots, capacity, remaining, counters, rated_until, version, latest_at, facts"
)


def add_volume(ctx: Context, *, service: UUID, period: Period, code: str, amount: int, key: str) -> None:
    """Write a bought volume of so many bytes; a known key changes nothing."""
    ctx.db.execute(
        "INSERT INTO balance_grant (tenant_id, id, service_id, period_on, bucket, code, amount, at, key)"
        " VALUES (%s, %s, %s, %s, 'purchased', %s, %s, %s, %s) ON CONFLICT (tenant_id, key) DO NOTHING",
        [ctx.tenant, uuid7(), service, period.starts_on, code, amount, ctx.now, key],
    )


def services_with_volumes(ctx: Context, period: Period) -> list[str]:
    """Services that bought a volume in a period."""
    rows = ctx.db.execute(
        "SELECT DISTINCT service_id::text AS service FROM balance_grant"
        " WHERE tenant_id = %s AND period_on = %s AND bucket = 'purchased' ORDER BY 1",
        [ctx.tenant, period.starts_on],
    ).fetchall()
    return [row["service"] for row in rows]


def purchased_rests(ctx: Context, period: Period, running_at: datetime) -> dict[UUID, int]:
    """Bytes left of volumes bought in a period, of services that bought some and still run at an instant."""
    rows = ctx.db.execute(
        "SELECT b.service_id, b.remaining[array_position(b.slots, %(slot)s)] AS rest FROM balance b"
        " JOIN service s ON s.tenant_id = b.tenant_id AND s.id = b.service_id"
        " WHERE b.tenant_id = %(t)s AND b.period_on = %(p)s AND (s.ended_at IS NULL OR s.ended_at > %(at)s)"
        " AND EXISTS (SELECT 1 FROM balance_grant g WHERE g.tenant_id = b.tenant_id AND g.service_id = b.service_id"
        " AND g.period_on = b.period_on AND g.bucket = 'purchased')",
        {"t": ctx.tenant, "p": period.starts_on, "slot": PURCHASED, "at": running_at},
    ).fetchall()
    return {row["service_id"]: row["rest"] or 0 for row in rows}


def set_carried(ctx: Context, period: Period, rests: Mapping[UUID, int]) -> list[str]:
    """
    Bytes that services carry into the period after; returns the services for which they changed.

    Setting them again after late records moves the amount; a rest of nothing is written only over an earlier one.
    """
    into = period.next()
    rows = ctx.db.execute(
        "INSERT INTO balance_grant AS g (tenant_id, id, service_id, period_on, bucket, code, amount, at, key)"
        " SELECT %(t)s, n.id, n.service, %(into)s, 'carried', 'carried', n.rest, %(at)s, n.key"
        " FROM unnest(%(ids)s::uuid[], %(services)s::uuid[], %(rests)s::bigint[], %(keys)s::text[])"
        " AS n(id, service, rest, key) WHERE n.rest > 0 OR EXISTS (SELECT 1 FROM balance_grant e"
        " WHERE e.tenant_id = %(t)s AND e.key = n.key)"
        " ON CONFLICT (tenant_id, key) DO UPDATE SET amount = excluded.amount WHERE g.amount <> excluded.amount"
        " RETURNING service_id::text AS service",
        {
            "t": ctx.tenant,
            "into": into.starts_on,
            "at": into.starts_at,
            "ids": [uuid7() for _ in rests],
            "services": list(rests),
            "rests": list(rests.values()),
            "keys": [f"carried:{service}:{period}" for service in rests],
        },
    ).fetchall()
    return sorted(row["service"] for row in rows)


def limit_rows(ctx: Context, services: Sequence[UUID], period: Period) -> list[Row]:
    """The spending limits of services; `value`, and `advance` on a period, are micro-crowns."""
    return ctx.db.execute(
        "SELECT l.service_id, l.kind, l.period, l.set_by, l.value, l.action, l.set_at,"
        " (SELECT coalesce(sum(a.amount), 0)::bigint FROM spending_advance a WHERE a.tenant_id = l.tenant_id"
        " AND a.service_id = l.service_id AND a.period_on = %s) AS advance FROM spending_limit l"
        " WHERE l.tenant_id = %s AND l.service_id = ANY(%s) ORDER BY l.service_id, l.value, l.set_by",
        [period.starts_on, ctx.tenant, list(services)],
    ).fetchall()


def spent_before(ctx: Context, services: Sequence[UUID], period: Period) -> dict[UUID, int]:
    """Micro-crowns that services had spent in a period as far as it was rated."""
    rows = ctx.db.execute(
        "SELECT service_id, counters[%s] AS micros FROM balance"
        " WHERE tenant_id = %s AND service_id = ANY(%s) AND period_on = %s",
        [SPENT + 1, ctx.tenant, list(services), period.starts_on],
    ).fetchall()
    return {row["service_id"]: row["micros"] for row in rows}


def put_limit(ctx: Context, *, service: UUID, kind: str, period: str, limit: Limit) -> None:
    """Set the most that one kind of use may come to; there is one by the provider and one by the customer."""
    ctx.db.execute(
        "INSERT INTO spending_limit (tenant_id, service_id, kind, period, set_by, value, action, set_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, service_id, kind, period, set_by)"
        " DO UPDATE SET value = excluded.value, action = excluded.action, set_at = excluded.set_at",
        [ctx.tenant, service, kind, period, limit.set_by, limit.value_micros, limit.action, ctx.now],
    )


def drop_limit(ctx: Context, *, service: UUID, kind: str, period: str, set_by: str) -> None:
    """Take a limit back."""
    ctx.db.execute(
        "DELETE FROM spending_limit WHERE tenant_id = %s AND service_id = %s AND kind = %s AND period = %s"
        " AND set_by = %s",
        [ctx.tenant, service, kind, period, set_by],
    )


def last_switch(ctx: Context, *, service: UUID, feature: str) -> bool | None:
    """How a feature was switched last, or `None` when it never was."""
    row = ctx.db.execute(
        "SELECT is_on FROM service_switch WHERE tenant_id = %s AND service_id = %s AND feature = %s AND at <= %s"
        " ORDER BY at DESC, id DESC LIMIT 1",
        [ctx.tenant, service, feature, ctx.now],
    ).fetchone()
    return None if row is None else bool(row["is_on"])


def balances_of_period(ctx: Context, services: Sequence[UUID], period_on: date) -> list[Row]:
    """The balances of services in the period that begins on a day."""
    return ctx.db.execute(
        f"SELECT {BALANCE_COLUMNS} FROM balance WHERE tenant_id = %s AND service_id = ANY(%s) AND period_on = %s",  # noqa: S608
        [ctx.tenant, list(services), period_on],
    ).fetchall()
