"""Orders over a given connection."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.outcome import plain
from spojka.kernel.ids import OrderId, uuid7


def add_order(
    ctx: Context,
    *,
    party: UUID,
    service: UUID | None,
    kind: str,
    channel: str,
    evidence: str,
    asked: Mapping[str, object],
    state: str,
    order: OrderId | None = None,
) -> OrderId:
    """Write an order, under an id that what it asked for may point to already."""
    order = order or OrderId(uuid7())
    executed_at = ctx.now if state == "executed" else None
    ctx.db.execute(
        "INSERT INTO customer_order"
        " (tenant_id, id, party_id, service_id, kind, channel, evidence, asked, state, reason, agent,"
        " made_at, executed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s, %s, %s)",
        [
            ctx.tenant,
            order,
            party,
            service,
            kind,
            channel,
            evidence,
            Jsonb(plain(dict(asked))),
            state,
            ctx.actor.name,
            ctx.now,
            executed_at,
        ],
    )
    return order


def order_row(ctx: Context, order: UUID) -> Row | None:
    """One order, locked, or none; a customer reaches only its own."""
    return ctx.db.execute(
        "SELECT * FROM customer_order WHERE tenant_id = %(tenant)s AND id = %(order)s"
        " AND (%(party)s::uuid IS NULL OR party_id = %(party)s) FOR UPDATE",
        {"tenant": ctx.tenant, "order": order, "party": ctx.actor.party},
    ).fetchone()


def waiting_order(ctx: Context, *, party: UUID, service: UUID, feature: str) -> Row | None:
    """The order of a feature that waits for its deposit, if there is one; there is never a second."""
    return ctx.db.execute(
        "SELECT id, asked FROM customer_order WHERE tenant_id = %s AND party_id = %s AND service_id = %s"
        " AND kind = 'enable' AND state = 'waiting' AND asked ->> 'feature' = %s",
        [ctx.tenant, party, service, feature],
    ).fetchone()


def order_behind(ctx: Context, *, service: UUID, feature: str) -> OrderId | None:
    """The order that last switched a feature of a service on; `None` for what came with the card."""
    row = ctx.db.execute(
        "SELECT order_id FROM service_switch WHERE tenant_id = %s AND service_id = %s AND feature = %s AND is_on"
        " ORDER BY at DESC, id DESC LIMIT 1",
        [ctx.tenant, service, feature],
    ).fetchone()
    return row["order_id"] if row else None


def execute_order(ctx: Context, order: UUID) -> None:
    """The order was carried out now."""
    ctx.db.execute(
        "UPDATE customer_order SET state = 'executed', executed_at = %s WHERE tenant_id = %s AND id = %s",
        [ctx.now, ctx.tenant, order],
    )


def count_unlocks(ctx: Context, service: UUID) -> int:
    """How many times premium numbers were unlocked on a service."""
    row = ctx.db.execute(
        "SELECT count(*) AS count FROM service_switch WHERE tenant_id = %s AND service_id = %s"
        " AND feature = 'premium_90x' AND is_on",
        [ctx.tenant, service],
    ).fetchone()
    assert row is not None
    return int(row["count"])


def count_paid_invoices(ctx: Context, party: UUID) -> int:
    """How many of a party's invoices are paid in full."""
    row = ctx.db.execute(
        "SELECT count(*) AS count FROM invoice i WHERE i.tenant_id = %s AND i.party_id = %s AND i.state = 'issued'"
        " AND i.kind = 'invoice' AND i.gross_micros <= coalesce((SELECT sum(a.amount_micros) FROM payment_allocation a"
        " WHERE a.tenant_id = i.tenant_id AND a.invoice_id = i.id), 0)",
        [ctx.tenant, party],
    ).fetchone()
    assert row is not None
    return int(row["count"])
