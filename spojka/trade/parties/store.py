"""Parties over a given connection."""

from __future__ import annotations

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId


def party_row(ctx: Context, party: PartyId) -> Row | None:
    """One party, or none; a customer sees only itself."""
    if ctx.actor.party not in (None, party):
        return None
    return ctx.db.execute("SELECT * FROM party WHERE tenant_id = %s AND id = %s", [ctx.tenant, party]).fetchone()
