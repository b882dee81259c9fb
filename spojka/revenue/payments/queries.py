"""Payments as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import PartyId, PaymentId
from spojka.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One payment; `left` is an advance, or waits to be matched."""

    id: PaymentId
    source: str
    source_id: str
    received_on: date
    amount: Money
    left: Money
    variable_symbol: str
    counter_account: str
    message: str


def _view(row: Row) -> PaymentView:
    return PaymentView(
        row["id"],
        row["source"],
        row["source_id"],
        row["received_on"],
        Money(row["amount_micros"]),
        Money(row["amount_micros"] - row["allocated_micros"]),
        row["variable_symbol"],
        row["counter_account"],
        row["message"],
    )


@query("payments.unmatched", permission="payments.read")
def unmatched(ctx: Context, *, limit: int = 200) -> list[PaymentView]:
    """Payments that nobody knows whose they are, oldest first; none is ever lost."""
    rows = ctx.db.execute(
        "SELECT * FROM payment WHERE tenant_id = %s AND party_id IS NULL ORDER BY received_on, id LIMIT %s",
        [ctx.tenant, limit],
    ).fetchall()
    return [_view(row) for row in rows]


@query("payments.of_party", permission="payments.read", customers=True)
def of_party(ctx: Context, *, party: PartyId) -> list[PaymentView]:
    """A party's payments, newest first."""
    if ctx.actor.party not in (None, party):
        return []
    rows = ctx.db.execute(
        "SELECT * FROM payment WHERE tenant_id = %s AND party_id = %s ORDER BY received_on DESC, id DESC LIMIT 500",
        [ctx.tenant, party],
    ).fetchall()
    return [_view(row) for row in rows]
