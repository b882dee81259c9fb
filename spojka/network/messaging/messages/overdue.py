"""Parts of which nothing final was heard: found once, in the order of acceptance, when their time is over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.time import micros_of

_FINAL: Final = "('delivered', 'undelivered', 'failed', 'cancelled', 'expired', 'unknown')"

_SILENT: Final = f"""
SELECT m.id AS message_id, m.application_id, m.recipient, m.sender, m.sender_kind, m.parts, m.options,
    q.id IS NOT NULL AS queued, e.part, e.left_at, e.link, e.remote_id, e.said, e.shared,
    coalesce(e.over, false) AS over
FROM unnest(%(ids)s::uuid[]) AS n(id)
CROSS JOIN LATERAL (SELECT * FROM message WHERE tenant_id = %(tenant)s AND id = n.id OFFSET 0) AS m
LEFT JOIN LATERAL (SELECT part, max(at) FILTER (WHERE kind IN ('sent', 'uncertain')) AS left_at,
        (array_agg(link ORDER BY at DESC) FILTER (WHERE kind IN ('sent', 'uncertain')))[1] AS link,
        (array_agg(remote_id ORDER BY at DESC) FILTER (WHERE kind = 'sent'))[1] AS remote_id,
        (array_agg(detail ->> 'said' ORDER BY at DESC) FILTER (WHERE kind = 'sent'))[1] AS said,
        bool_or(kind = 'sent' AND detail ? 'batch_id') AS shared, bool_or(kind IN {_FINAL}) AS over
    FROM message_event WHERE tenant_id = %(tenant)s AND message_id = n.id GROUP BY part) AS e ON true
LEFT JOIN LATERAL (SELECT id FROM message_queue WHERE tenant_id = %(tenant)s AND id = n.id OFFSET 0) AS q ON true
WHERE q.id IS NOT NULL OR (e.left_at IS NOT NULL AND NOT e.over)
"""  # noqa: S608  # our own words
"""Each message is looked up by its own key, whatever the planner takes the tables for."""


def accepted_until(ctx: Context, name: str, until: datetime, *, limit: int) -> list[UUID]:
    """Messages accepted until an instant that were not given under this name before; they are given once."""
    bound = UUID(int=micros_of(until) // 1000 << 80)
    rows = ctx.db.execute(
        "SELECT id FROM message WHERE tenant_id = %(tenant)s AND id < %(bound)s AND id > coalesce("
        "(SELECT after FROM message_cursor WHERE tenant_id = %(tenant)s AND name = %(name)s),"
        " '00000000-0000-0000-0000-000000000000') ORDER BY id LIMIT %(limit)s",
        {"tenant": ctx.tenant, "bound": bound, "name": name, "limit": limit},
    ).fetchall()
    if rows:
        ctx.db.execute(
            "INSERT INTO message_cursor (tenant_id, name, after) VALUES (%s, %s, %s)"
            " ON CONFLICT (tenant_id, name) DO UPDATE SET after = excluded.after",
            [ctx.tenant, name, rows[-1]["id"]],
        )
    return [row["id"] for row in rows]


def to_look_at(ctx: Context, *, limit: int) -> list[UUID]:
    """Messages that are to be looked at again by now."""
    rows = ctx.db.execute(
        "DELETE FROM message_overdue WHERE (tenant_id, message_id) IN (SELECT tenant_id, message_id"
        " FROM message_overdue WHERE tenant_id = %s AND look_at <= %s ORDER BY look_at LIMIT %s) RETURNING message_id",
        [ctx.tenant, ctx.now, limit],
    ).fetchall()
    return [row["message_id"] for row in rows]


def look_again(ctx: Context, at: Mapping[UUID, datetime]) -> None:
    """Have messages looked at again at their instants."""
    if at:
        ctx.db.execute(
            "INSERT INTO message_overdue (tenant_id, message_id, look_at)"
            " SELECT %s, n.* FROM unnest(%s::uuid[], %s::timestamptz[]) AS n"
            " ON CONFLICT (tenant_id, message_id) DO UPDATE SET look_at = excluded.look_at",
            [ctx.tenant, arrays.of_ids(at), arrays.of_instants(at.values())],
        )


def silent_parts(ctx: Context, messages: Collection[UUID]) -> list[Row]:
    """
    Parts of messages of which nothing final is known: when and where they left, and what they are called there.

    A message that still waits has rows too, `queued`.
    """
    if not messages:
        return []
    return ctx.db.execute(_SILENT, {"tenant": ctx.tenant, "ids": arrays.of_ids(messages)}).fetchall()
