"""Orders of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import PartyId


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order with its channel and evidence."""

    id: str
    kind: str
    channel: str
    evidence: str
    asked: dict[str, Any]
    state: str
    made_at: datetime
    executed_at: datetime | None


@query("ordering.of_party", permission="ordering.read", customers=True)
def of_party(ctx: Context, *, party: PartyId) -> list[OrderView]:
    """A party's orders, newest first."""
    if ctx.actor.party not in (None, party):
        return []
    rows = ctx.db.execute(
        "SELECT id::text, kind, channel, evidence, asked, state, made_at, executed_at FROM customer_order"
        " WHERE tenant_id = %s AND party_id = %s ORDER BY made_at DESC, id DESC LIMIT 500",
        [ctx.tenant, party],
    ).fetchall()
    return [OrderView(**row) for row in rows]
