"""Payments and allocations over a given connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId, PaymentId, uuid7
from spojka.revenue.payments.rules import Open, Part

GIVEN_BACK = "document"
"""Source of money that no bank brought: a document gave back more than was owed."""


def add_payment(
    ctx: Context,
    *,
    source: str,
    source_id: str,
    received_on: date,
    micros: int,
    variable_symbol: str,
    counter_account: str,
    message: str,
    party: UUID | None,
) -> PaymentId | None:
    """Write a payment; `None` when the source's id is known already."""
    payment = PaymentId(uuid7())
    row = ctx.db.execute(
        "INSERT INTO payment (tenant_id, id, source, source_id, received_on, amount_micros, allocated_micros,"
        " variable_symbol, counter_account, message, party_id, recorded_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, 0, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        [
            ctx.tenant,
            payment,
            source,
            source_id,
            received_on,
            micros,
            variable_symbol,
            counter_account,
            message,
            party,
            ctx.now,
        ],
    ).fetchone()
    return payment if row else None


def payment_by_source(ctx: Context, source: str, source_id: str) -> Row | None:
    """The payment of a source's id."""
    return ctx.db.execute(
        "SELECT * FROM payment WHERE tenant_id = %s AND source = %s AND source_id = %s",
        [ctx.tenant, source, source_id],
    ).fetchone()


def payment_row(ctx: Context, payment: UUID) -> Row | None:
    """One payment, locked."""
    return ctx.db.execute(
        "SELECT * FROM payment WHERE tenant_id = %s AND id = %s FOR UPDATE",
        [ctx.tenant, payment],
    ).fetchone()


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose money it is, and for which contract, as far as that was said."""

    party: UUID
    contract: UUID | None = None


def payer_of_symbol(ctx: Context, variable_symbol: str) -> Payer | None:
    """Whose contract a variable symbol names, a former number included (nej/4.4); leading zeros do not matter."""
    row = ctx.db.execute(
        "SELECT c.party_id, c.id FROM contract_number n"
        " JOIN contract c ON c.tenant_id = n.tenant_id AND c.id = n.contract_id"
        " WHERE n.tenant_id = %s AND n.number = ltrim(%s, '0')",
        [ctx.tenant, variable_symbol],
    ).fetchone()
    return Payer(row["party_id"], row["id"]) if row else None


def open_invoices(ctx: Context, party: UUID, invoice: UUID | None = None) -> list[Open]:
    """A party's issued invoices with something left to pay, locked."""
    rows = ctx.db.execute(
        "SELECT i.id, i.due_on, i.number, i.gross_micros"
        " - coalesce((SELECT sum(a.amount_micros) FROM payment_allocation a"
        "   WHERE a.tenant_id = i.tenant_id AND a.invoice_id = i.id), 0)::bigint"
        " - coalesce((SELECT sum(k.gross_micros) FROM invoice k"
        "   WHERE k.tenant_id = i.tenant_id AND k.corrects_id = i.id AND k.state = 'issued'), 0)::bigint AS left_micros"
        " FROM invoice i WHERE i.tenant_id = %(t)s AND i.party_id = %(p)s AND i.kind = 'invoice' AND i.state = 'issued'"
        " AND (%(i)s::uuid IS NULL OR i.id = %(i)s) ORDER BY i.due_on, i.number FOR UPDATE OF i",
        {"t": ctx.tenant, "p": party, "i": invoice},
    ).fetchall()
    return [Open(row["id"], row["due_on"], row["number"], row["left_micros"]) for row in rows if row["left_micros"] > 0]


def allocate(ctx: Context, parts: Mapping[UUID, Sequence[Part]]) -> None:
    """Write allocations, by payment, and what each payment has allocated now."""
    rows = [(payment, part) for payment, own in parts.items() for part in own]
    if not rows:
        return
    ctx.db.execute(
        "INSERT INTO payment_allocation (tenant_id, id, payment_id, invoice_id, amount_micros, allocated_at)"
        " SELECT %s, n.id, n.payment, n.invoice, n.micros, %s"
        " FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[]) AS n(id, payment, invoice, micros)"
        " ON CONFLICT (tenant_id, payment_id, invoice_id)"
        " DO UPDATE SET amount_micros = payment_allocation.amount_micros + excluded.amount_micros",
        [
            ctx.tenant,
            ctx.now,
            [uuid7() for _ in rows],
            [payment for payment, _ in rows],
            [part.invoice for _, part in rows],
            [part.micros for _, part in rows],
        ],
    )
    ctx.db.execute(
        "UPDATE payment p SET allocated_micros = p.allocated_micros + n.micros"
        " FROM (SELECT payment, sum(micros)::bigint AS micros FROM unnest(%s::uuid[], %s::bigint[])"
        " AS u(payment, micros) GROUP BY payment) AS n WHERE p.tenant_id = %s AND p.id = n.payment",
        [[payment for payment, _ in rows], [part.micros for _, part in rows], ctx.tenant],
    )


def give_to(ctx: Context, payment: UUID, party: PartyId) -> None:
    """Say whose an unmatched payment is."""
    ctx.db.execute(
        "UPDATE payment SET party_id = %s WHERE tenant_id = %s AND id = %s",
        [party, ctx.tenant, payment],
    )


def open_advances(ctx: Context, parties: Sequence[UUID]) -> list[Row]:
    """Payments of parties with something not allocated yet, oldest first, locked."""
    return ctx.db.execute(
        "SELECT id, party_id, source_id, variable_symbol, amount_micros - allocated_micros AS left_micros FROM payment"
        " WHERE tenant_id = %s AND party_id = ANY(%s) AND allocated_micros < amount_micros"
        " ORDER BY party_id, received_on, id FOR UPDATE",
        [ctx.tenant, list(parties)],
    ).fetchall()


def overcredited(ctx: Context, invoice: UUID) -> int:
    """What credit notes and payments together exceed an invoice by, less what was given back for it already."""
    row = ctx.db.execute(
        "SELECT coalesce((SELECT sum(a.amount_micros) FROM payment_allocation a"
        "   WHERE a.tenant_id = %(t)s AND a.invoice_id = %(i)s), 0)"
        " + coalesce((SELECT sum(k.gross_micros) FROM invoice k"
        "   WHERE k.tenant_id = %(t)s AND k.corrects_id = %(i)s AND k.state = 'issued'), 0)"
        " - coalesce((SELECT sum(p.amount_micros) FROM payment p JOIN invoice k ON k.tenant_id = p.tenant_id"
        "   AND k.corrects_id = %(i)s AND p.source = %(source)s AND p.source_id = k.id::text"
        "   WHERE p.tenant_id = %(t)s), 0) - i.gross_micros AS excess"
        " FROM invoice i WHERE i.tenant_id = %(t)s AND i.id = %(i)s",
        {"t": ctx.tenant, "i": invoice, "source": GIVEN_BACK},
    ).fetchone()
    return max(0, int(row["excess"])) if row else 0
