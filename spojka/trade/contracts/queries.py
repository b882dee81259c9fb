"""Contracts as they stand."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ContractId, PartyId
from spojka.kernel.refusals import Refusal
from spojka.trade.contracts.operations import Contract, shown
from spojka.trade.contracts.store import contract_row


@query("contracts.show", permission="contracts.read", customers=True, refusals=("CONTRACT_UNKNOWN",))
def show(ctx: Context, *, contract: ContractId) -> Contract | Refusal:
    """One contract with its services and the editions accepted."""
    if contract_row(ctx, contract) is None:
        return Refusal("CONTRACT_UNKNOWN", (), {"contract": contract})
    return shown(ctx, contract)


@query("contracts.by_number", permission="contracts.read", customers=True, refusals=("CONTRACT_UNKNOWN",))
def by_number(ctx: Context, *, number: str) -> Contract | Refusal:
    """The contract that a public number, present or former, belongs to (nej/4.4)."""
    row = ctx.db.execute(
        "SELECT contract_id FROM contract_number WHERE tenant_id = %s AND number = %s",
        [ctx.tenant, number],
    ).fetchone()
    if row is None or contract_row(ctx, row["contract_id"]) is None:
        return Refusal("CONTRACT_UNKNOWN", (), {"contract": number})
    return shown(ctx, row["contract_id"])


@query("contracts.of_party", permission="contracts.read", customers=True)
def of_party(ctx: Context, *, party: PartyId) -> list[Contract]:
    """The contracts of a party, oldest first."""
    if ctx.actor.party not in (None, party):
        return []
    rows = ctx.db.execute(
        "SELECT id FROM contract WHERE tenant_id = %s AND party_id = %s ORDER BY id",
        [ctx.tenant, party],
    ).fetchall()
    return [shown(ctx, row["id"]) for row in rows]
