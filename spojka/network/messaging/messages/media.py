"""Parts of multimedia messages from mobile numbers: kept beside the inbox, and erased with it (o2/3.2, 7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId


@dataclass(frozen=True, slots=True)
class Medium:
    """
    One part of a message.

    Args:
        content_type: its type with its charset, fit for a header.
        data: its octets.
        id: what other parts refer to it by.
        name: of the file, as the phone sent it.

    """

    content_type: str
    data: bytes
    id: str | None = None
    name: str | None = None

    def shown(self, number: int) -> dict[str, Any]:
        """What stands of it in the inbox: its number from 1, and everything but its octets."""
        said = {"part": number, "content_type": self.content_type, "size": len(self.data)}
        said["sha256"] = sha256(self.data).hexdigest()
        return said | {name: value for name, value in (("id", self.id), ("name", self.name)) if value}


def add_media(ctx: Context, item: UUID, media: Sequence[Medium]) -> None:
    """Keep the parts of an item of the inbox, in their order."""
    ctx.db.execute(
        "INSERT INTO message_medium (tenant_id, item_id, part, content_type, data)"
        " SELECT %s, %s, n.part, n.content_type, n.data"
        " FROM unnest(%s::text[], %b::bytea[]) WITH ORDINALITY AS n(content_type, data, part)",
        [ctx.tenant, item, [one.content_type for one in media], [one.data for one in media]],
    )


def media_of(ctx: Context, item: UUID) -> list[Row]:
    """The parts of an item: number, type, octets; none once they are erased."""
    return ctx.db.execute(
        "SELECT part, content_type, data FROM message_medium WHERE tenant_id = %s AND item_id = %s ORDER BY part",
        [ctx.tenant, item],
    ).fetchall()


def medium_of(ctx: Context, application: ServiceId, item: UUID, part: int) -> Row | None:
    """One part of an item in an application's inbox while it may be picked up, with the digest of what came."""
    return ctx.db.execute(
        "SELECT m.content_type, m.data, i.content->'parts'->(m.part - 1)->>'sha256' AS sha256"
        " FROM message_medium m JOIN message_inbox i ON i.tenant_id = m.tenant_id"
        " AND i.id = m.item_id WHERE m.tenant_id = %s AND m.item_id = %s AND m.part = %s AND i.application_id = %s"
        " AND i.expires_at > %s AND NOT i.erased",
        [ctx.tenant, item, part, application, ctx.now],
    ).fetchone()
