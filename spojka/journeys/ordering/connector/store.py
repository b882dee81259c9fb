"""What a party owes, what became of its order, who accepted which edition, over a given connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.outcome import plain
from spojka.charging.charges.monthly import OWN_BREACH
from spojka.journeys.ordering.connector.rules import Obligations
from spojka.kernel.ids import ContractId, OrderId, ServiceId, uuid7
from spojka.kernel.money import Money
from spojka.revenue.payments.store import open_invoices
from spojka.terms.editions import Edition

CONNECTOR_ORDER = "connector"
"""The kind of an order for an application."""


def obligations_of(ctx: Context, party: UUID) -> Obligations:
    """What a party owes and owed today, over all its contracts whatever they are for."""
    overdue = sum(one.micros for one in open_invoices(ctx, party) if one.due_on < ctx.today)
    row = ctx.db.execute(
        "SELECT (SELECT count(DISTINCT i.id) FROM invoice i JOIN payment_allocation a ON a.tenant_id = i.tenant_id"
        " AND a.invoice_id = i.id JOIN payment p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id"
        " WHERE i.tenant_id = %(t)s AND i.party_id = %(p)s AND i.kind = 'invoice' AND i.state = 'issued'"
        " AND p.received_on > i.due_on) AS late,"
        " (SELECT count(*) FROM service_hold h JOIN service s ON s.tenant_id = h.tenant_id AND s.id = h.service_id"
        " WHERE h.tenant_id = %(t)s AND s.party_id = %(p)s AND h.released_at IS NULL AND h.reason = ANY(%(reasons)s))"
        " AS breaches",
        {"t": ctx.tenant, "p": party, "reasons": sorted(OWN_BREACH)},
    ).fetchone()
    assert row is not None
    return Obligations(Money(overdue), row["late"], row["breaches"])


def settle_order(
    ctx: Context, order: OrderId, *, state: str, reason: str, service: ServiceId | None, asked: Mapping[str, object]
) -> None:
    """An order was decided: what it came to, why, and for which service."""
    ctx.db.execute(
        "UPDATE customer_order SET state = %s, reason = %s, service_id = %s, asked = %s"
        " WHERE tenant_id = %s AND id = %s",
        [state, reason, service, Jsonb(plain(dict(asked))), ctx.tenant, order],
    )


def execute_order_of(ctx: Context, service: ServiceId) -> None:
    """The order of an application was carried out now."""
    ctx.db.execute(
        "UPDATE customer_order SET state = 'executed', executed_at = %s WHERE tenant_id = %s AND service_id = %s"
        " AND kind = %s AND state = 'received'",
        [ctx.now, ctx.tenant, service, CONNECTOR_ORDER],
    )


def add_acceptance(
    ctx: Context, *, contract: ContractId, service: ServiceId, product: str, edition: Edition, channel: str
) -> None:
    """Keep that whoever acts accepted an edition by switching a service on."""
    ctx.db.execute(
        "INSERT INTO terms_acceptance (tenant_id, id, contract_id, service_id, product, document, edition, digest,"
        " actor, channel, accepted_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            ctx.tenant,
            uuid7(),
            contract,
            service,
            product,
            edition.document,
            edition.edition,
            edition.digest,
            ctx.actor.name,
            channel,
            ctx.now,
        ],
    )


def acceptances_of(ctx: Context, services: Sequence[UUID]) -> list[Row]:
    """Which editions were accepted for services, in order of time."""
    return ctx.db.execute(
        "SELECT contract_id, service_id, product, document, edition, digest, actor, channel, accepted_at"
        " FROM terms_acceptance WHERE tenant_id = %s AND service_id = ANY(%s) ORDER BY accepted_at, document",
        [ctx.tenant, list(services)],
    ).fetchall()
