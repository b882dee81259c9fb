"""Hidden entries over a given connection."""

from __future__ import annotations

from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7


def hide(ctx: Context, application: ServiceId, reason: str) -> None:
    """An entry is hidden from now; one that is stays so, with its first reason."""
    ctx.db.execute(
        "INSERT INTO hidden_entry (tenant_id, id, application_id, reason, hidden_at, hidden_by, shown_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, '')"
        " ON CONFLICT (tenant_id, application_id) WHERE shown_at IS NULL DO NOTHING",
        [ctx.tenant, uuid7(), application, reason, ctx.now, ctx.actor.name],
    )


def show(ctx: Context, application: UUID) -> None:
    """An entry stands in the directory again."""
    ctx.db.execute(
        "UPDATE hidden_entry SET shown_at = %s, shown_by = %s"
        " WHERE tenant_id = %s AND application_id = %s AND shown_at IS NULL",
        [ctx.now, ctx.actor.name, ctx.tenant, application],
    )


def hidings(ctx: Context, application: UUID) -> list[Row]:
    """Every time an entry was hidden, the latest first."""
    return ctx.db.execute(
        "SELECT reason, hidden_at, hidden_by, shown_at FROM hidden_entry WHERE tenant_id = %s AND application_id = %s"
        " ORDER BY hidden_at DESC, id DESC",
        [ctx.tenant, application],
    ).fetchall()
