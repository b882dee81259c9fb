"""Downloads of the free program, and who may have it, over a given connection."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId, uuid7

_RUNNING = (
    "FROM application a JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.id"
    " WHERE a.tenant_id = %s AND a.product = ANY(%s) AND s.state = 'active'"
)


def runs_any(ctx: Context, party: PartyId, products: Sequence[str]) -> bool:
    """Whether a subscriber has a running application of one of the products."""
    return (
        ctx.db.execute(
            f"SELECT 1 AS there {_RUNNING} AND a.party_id = %s LIMIT 1", [ctx.tenant, list(products), party]
        ).fetchone()
        is not None
    )


def subscribers_of(ctx: Context, products: Sequence[str]) -> list[PartyId]:
    """Every subscriber with a running application of one of the products."""
    rows = ctx.db.execute(f"SELECT DISTINCT a.party_id {_RUNNING}", [ctx.tenant, list(products)]).fetchall()
    return [row["party_id"] for row in rows]


def add_download(ctx: Context, party: PartyId, *, version: str, sha256: str) -> UUID:
    """Write that a version was taken now, and by whom."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO program_download (tenant_id, id, party_id, version, sha256, downloaded_at, downloaded_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [ctx.tenant, made, party, version, sha256, ctx.now, ctx.actor.name],
    )
    return made


def downloads_of(ctx: Context, party: PartyId, limit: int) -> list[Row]:
    """A subscriber's downloads, the latest first."""
    return ctx.db.execute(
        "SELECT version, sha256, downloaded_at, downloaded_by FROM program_download"
        " WHERE tenant_id = %s AND party_id = %s ORDER BY id DESC LIMIT %s",
        [ctx.tenant, party, limit],
    ).fetchall()
