"""Counts of refused requests, and measurements, over a given connection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import uuid7

Door = Literal["https", "smpp"]
NOBODY: Final = UUID(int=0)
"""Whose a request is counted as that came with no certificate of one application."""

_ADD: Final = """
INSERT INTO refused_request AS r (tenant_id, application_id, at, door, code, count)
SELECT %s, n.* FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[]) AS n
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (tenant_id, application_id, at, door, code) DO UPDATE SET count = r.count + excluded.count
"""
"""In one order, so that two gateways that add at once never wait for each other in a circle."""


class Refused(NamedTuple):
    """What is counted together: whose requests, in which minute, where they came, and why they were refused."""

    application: UUID
    at: datetime
    door: Door
    code: str


def add_refused(ctx: Context, counts: Mapping[Refused, int]) -> None:
    """Add what one gateway counted, in one statement."""
    ctx.db.execute(
        _ADD,
        [
            ctx.tenant,
            arrays.of_ids([one.application for one in counts]),
            arrays.of_instants([one.at for one in counts]),
            [one.door for one in counts],
            [one.code for one in counts],
            arrays.of_numbers(counts.values()),
        ],
    )


def refused_between(ctx: Context, application: UUID, from_at: datetime, to_at: datetime) -> list[Row]:
    """Why requests of an application were refused in `[from_at, to_at)`, the most frequent reason first."""
    return ctx.db.execute(
        "SELECT door, code, sum(count)::bigint AS count, min(at) AS first_at, max(at) AS last_at FROM refused_request"
        " WHERE tenant_id = %s AND application_id = %s AND at >= %s AND at < %s"
        " GROUP BY door, code ORDER BY 3 DESC, 1, 2",
        [ctx.tenant, application, from_at, to_at],
    ).fetchall()


def refused_by_minute(ctx: Context, application: UUID, from_at: datetime, to_at: datetime, *, most: int) -> list[Row]:
    """Refused requests of an application in `[from_at, to_at)`, by minute, door and code, the oldest first."""
    return ctx.db.execute(
        "SELECT at, door, code, count FROM refused_request"
        " WHERE tenant_id = %s AND application_id = %s AND at >= %s AND at < %s ORDER BY at, door, code LIMIT %s",
        [ctx.tenant, application, from_at, to_at, most],
    ).fetchall()


def forget_refused(ctx: Context, *, before: datetime, limit: int) -> int:
    """Forget counts of minutes before an instant; returns how many rows."""
    return ctx.db.execute(
        "DELETE FROM refused_request r USING (SELECT application_id, at, door, code FROM refused_request"
        " WHERE tenant_id = %(tenant)s AND at < %(before)s ORDER BY at LIMIT %(limit)s) AS o"
        " WHERE r.tenant_id = %(tenant)s AND r.application_id = o.application_id AND r.at = o.at"
        " AND r.door = o.door AND r.code = o.code",
        {"tenant": ctx.tenant, "before": before, "limit": limit},
    ).rowcount


def add_probe(ctx: Context, *, at: datetime, submit_ms: int | None, pickup_ms: int | None, fault: str) -> UUID:
    """Write a measurement; returns its id."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO interface_probe (tenant_id, id, at, submit_ms, pickup_ms, fault, recorded_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [ctx.tenant, made, at, submit_ms, pickup_ms, fault, ctx.actor.name],
    )
    return made


def probes_between(ctx: Context, from_at: datetime, to_at: datetime) -> Row:
    """Measurements in `[from_at, to_at)`: `tries`, `failed`, `slowest_ms`, `last_at`, `failed_at`, `fault`."""
    row = ctx.db.execute(
        "SELECT count(*) AS tries, count(*) FILTER (WHERE fault <> '') AS failed,"
        " max(submit_ms + pickup_ms) FILTER (WHERE fault = '') AS slowest_ms, max(at) AS last_at,"
        " max(at) FILTER (WHERE fault <> '') AS failed_at, (array_agg(fault ORDER BY at DESC)"
        " FILTER (WHERE fault <> ''))[1] AS fault"
        " FROM interface_probe WHERE tenant_id = %s AND at >= %s AND at < %s",
        [ctx.tenant, from_at, to_at],
    ).fetchone()
    assert row is not None
    return row


def forget_probes(ctx: Context, *, before: datetime, limit: int) -> int:
    """Forget measurements before an instant; returns how many."""
    return ctx.db.execute(
        "DELETE FROM interface_probe p USING (SELECT id FROM interface_probe WHERE tenant_id = %(tenant)s"
        " AND at < %(before)s ORDER BY at LIMIT %(limit)s) AS o WHERE p.tenant_id = %(tenant)s AND p.id = o.id",
        {"tenant": ctx.tenant, "before": before, "limit": limit},
    ).rowcount
