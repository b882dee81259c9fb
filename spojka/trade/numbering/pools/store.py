"""Who holds which number of a pool, over a given connection; free numbers are no rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from spojka.access.operations.context import Context


def lock_pool(ctx: Context, pool: str) -> None:
    """Let nobody else take a number of a pool until the transaction ends; whoever comes waits."""
    ctx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"number pool {ctx.tenant} {pool}"])


def held_numbers(ctx: Context, pool: str) -> frozenset[str]:
    """Numbers of a pool that cannot be given out now: held by a service, or resting."""
    rows = ctx.db.execute(
        "SELECT number FROM pool_number WHERE tenant_id = %s AND pool = %s"
        " AND (service_id IS NOT NULL OR free_from > %s)",
        [ctx.tenant, pool, ctx.now],
    ).fetchall()
    return frozenset(row["number"] for row in rows)


def take_number(ctx: Context, *, pool: str, number: str, service: UUID) -> None:
    """Give a number that is free, of a pool that is locked, to a service."""
    ctx.db.execute(
        "INSERT INTO pool_number (tenant_id, number, pool, service_id, taken_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, number) DO UPDATE SET pool = excluded.pool, service_id = excluded.service_id,"
        " taken_at = excluded.taken_at, free_from = NULL",
        [ctx.tenant, number, pool, service, ctx.now],
    )


def numbers_of(ctx: Context, service: UUID) -> list[str]:
    """The numbers of pools that a service holds."""
    rows = ctx.db.execute(
        "SELECT number FROM pool_number WHERE tenant_id = %s AND service_id = %s ORDER BY number",
        [ctx.tenant, service],
    ).fetchall()
    return [row["number"] for row in rows]


def rest_numbers(ctx: Context, *, service: UUID, free_from: datetime) -> list[str]:
    """Take back the numbers of a service; they rest until an instant. Returns them."""
    rows = ctx.db.execute(
        "UPDATE pool_number SET service_id = NULL, free_from = %s WHERE tenant_id = %s AND service_id = %s"
        " RETURNING number",
        [free_from, ctx.tenant, service],
    ).fetchall()
    return sorted(row["number"] for row in rows)


def counts(ctx: Context) -> dict[str, tuple[int, int]]:
    """How many numbers of each pool are held and how many rest now."""
    rows = ctx.db.execute(
        "SELECT pool, count(service_id) AS held, count(*) FILTER (WHERE free_from > %s) AS resting FROM pool_number"
        " WHERE tenant_id = %s GROUP BY pool",
        [ctx.now, ctx.tenant],
    ).fetchall()
    return {row["pool"]: (row["held"], row["resting"]) for row in rows}
