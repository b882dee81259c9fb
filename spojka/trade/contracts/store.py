"""Contracts over a given connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ContractId, PartyId, uuid7

FIRST_NUMBER = 1_000_001


def next_number(ctx: Context, series: str, first: int = FIRST_NUMBER) -> int:
    """The next number of a series, taken under its row's lock; a rolled back transaction gives it back."""
    row = ctx.db.execute(
        "INSERT INTO number_series (tenant_id, series, next_value) VALUES (%s, %s, %s)"
        " ON CONFLICT (tenant_id, series) DO UPDATE SET next_value = number_series.next_value + 1"
        " RETURNING next_value",
        [ctx.tenant, series, first],
    ).fetchone()
    assert row is not None
    return int(row["next_value"])


def add_contract(  # a contract is these facts
    ctx: Context,
    *,
    party: PartyId,
    product: str,
    state: str,
    channel: str,
    proof: str,
    editions: Sequence[str],
    declared_no_resale: bool,
) -> ContractId:
    """Write a contract with its public number."""
    contract = ContractId(uuid7())
    number = str(next_number(ctx, "contract"))
    ctx.db.execute(
        "INSERT INTO contract (tenant_id, id, number, party_id, product, state, signed_at, signed_on, channel, proof,"
        " editions, declared_no_resale) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            ctx.tenant,
            contract,
            number,
            party,
            product,
            state,
            ctx.now,
            ctx.today,
            channel,
            proof,
            Jsonb(list(editions)),
            declared_no_resale,
        ],
    )
    ctx.db.execute(
        "INSERT INTO contract_number (tenant_id, number, contract_id, given_at) VALUES (%s, %s, %s, %s)",
        [ctx.tenant, number, contract, ctx.now],
    )
    return contract


def contract_row(ctx: Context, contract: UUID) -> Row | None:
    """One contract, or none; a customer sees only its own."""
    row = ctx.db.execute(
        "SELECT * FROM contract WHERE tenant_id = %s AND id = %s",
        [ctx.tenant, contract],
    ).fetchone()
    if row is None or ctx.actor.party not in (None, row["party_id"]):
        return None
    return row


def conclude(ctx: Context, *, contract: ContractId, channel: str, proof: str, editions: Sequence[str]) -> None:
    """A draft becomes a contract."""
    ctx.db.execute(
        "UPDATE contract SET state = 'concluded', signed_at = %s, signed_on = %s, channel = %s, proof = %s,"
        " editions = %s WHERE tenant_id = %s AND id = %s",
        [ctx.now, ctx.today, channel, proof, Jsonb(list(editions)), ctx.tenant, contract],
    )


def running_products(ctx: Context, party: PartyId) -> list[str]:
    """The products of a party's concluded contracts under which a service runs."""
    rows = ctx.db.execute(
        "SELECT DISTINCT c.product FROM contract c JOIN service s ON s.tenant_id = c.tenant_id AND s.contract_id = c.id"
        " WHERE c.tenant_id = %s AND c.party_id = %s AND c.state = 'concluded' AND s.state = 'active'",
        [ctx.tenant, party],
    ).fetchall()
    return [row["product"] for row in rows]


def commit_until(ctx: Context, contract: ContractId, until: date) -> None:
    """A contract is committed until a day (exclusive); a commitment that lasts longer stays as it is (nej/1.8)."""
    ctx.db.execute(
        "UPDATE contract SET committed_until = greatest(committed_until, %s) WHERE tenant_id = %s AND id = %s",
        [until, ctx.tenant, contract],
    )


def end_contract(ctx: Context, contract: UUID) -> bool:
    """A contract of which no service is left ends now; true when it did."""
    row = ctx.db.execute(
        "UPDATE contract c SET state = 'ended', ended_at = %s WHERE c.tenant_id = %s AND c.id = %s"
        " AND c.state = 'concluded' AND NOT EXISTS (SELECT 1 FROM service s WHERE s.tenant_id = c.tenant_id"
        " AND s.contract_id = c.id AND s.state <> 'ended') RETURNING c.id",
        [ctx.now, ctx.tenant, contract],
    ).fetchone()
    return row is not None
