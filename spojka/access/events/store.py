"""Publishing and reading news over a given connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.outcome import plain
from spojka.kernel.ids import uuid7


def publish(ctx: Context, *, kind: str, key: str, body: Mapping[str, Any]) -> None:
    """Say that something happened; readers of `key` get it in order, once this transaction commits."""
    ctx.db.execute(
        "INSERT INTO event (tenant_id, id, at, kind, key, body) VALUES (%s, %s, %s, %s, %s, %s)",
        [ctx.tenant, uuid7(), ctx.now, kind, key, Jsonb(plain(body))],
    )
    ctx.db.execute("SELECT pg_notify('spojka_event', %s)", [str(ctx.tenant)])


def of_key(ctx: Context, key: str, after: UUID | None = None, limit: int = 500) -> list[Row]:
    """News of a key after an id, in order."""
    return ctx.db.execute(
        "SELECT id, at, kind, key, body FROM event WHERE tenant_id = %s AND key = %s"
        " AND id > coalesce(%s, '00000000-0000-0000-0000-000000000000'::uuid) ORDER BY id LIMIT %s",
        [ctx.tenant, key, after, limit],
    ).fetchall()
