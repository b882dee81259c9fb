"""Parts of long messages from mobile numbers, kept until the others are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context


@dataclass(frozen=True, slots=True)
class Fragment:
    """One part as it came: its way, who sent it to whom, reference and number of parts, octets and their coding."""

    id: UUID
    link: str
    source: str
    dialled: str
    reference: int
    total: int
    octets: bytes
    data_coding: int
    received_at: datetime


def keep_fragments(ctx: Context, one: Fragment) -> None:
    """Keep a part."""
    ctx.db.execute(
        "INSERT INTO message_fragment (tenant_id, id, link, source, dialled, reference, total, octets, data_coding,"
        " received_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            ctx.tenant,
            one.id,
            one.link,
            one.source,
            one.dialled,
            one.reference,
            one.total,
            one.octets,
            one.data_coding,
            one.received_at,
        ],
    )


def drop_fragments(ctx: Context, one: Fragment) -> None:
    """Forget the parts of a message that is complete."""
    ctx.db.execute(
        "DELETE FROM message_fragment WHERE tenant_id = %s AND source = %s AND dialled = %s AND reference = %s"
        " AND total = %s",
        [ctx.tenant, one.source, one.dialled, one.reference, one.total],
    )


def all_fragments(ctx: Context) -> list[Row]:
    """Every part that waits, in the order they came."""
    return ctx.db.execute("SELECT * FROM message_fragment WHERE tenant_id = %s ORDER BY id", [ctx.tenant]).fetchall()
