"""Consents to serve other companies, over a given connection."""

from __future__ import annotations

from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId, uuid7
from spojka.trade.parties.rules import folded


def company_key(company: str) -> str:
    """A company's name as two of them are compared: letters and digits, without case and accents."""
    return "".join(letter for letter in folded(company) if letter.isalnum())


def has_consent(ctx: Context, party: PartyId, company: str) -> bool:
    """Whether a subscriber may serve a company now."""
    row = ctx.db.execute(
        "SELECT 1 AS there FROM resale_consent WHERE tenant_id = %s AND party_id = %s AND folded = %s"
        " AND state = 'granted' LIMIT 1",
        [ctx.tenant, party, company_key(company)],
    ).fetchone()
    return row is not None


def add_request(ctx: Context, *, party: PartyId, company: str, scope: str) -> UUID:
    """Write a request for a consent."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO resale_consent (tenant_id, id, party_id, company, folded, scope, state, document, reason,"
        " asked_by, asked_at, decided_by) VALUES (%s, %s, %s, %s, %s, %s, 'asked', '', '', %s, %s, '')",
        [ctx.tenant, made, party, company, company_key(company), scope, ctx.actor.name, ctx.now],
    )
    return made


def consent_row(ctx: Context, request: UUID) -> Row | None:
    """One request, locked, or none."""
    return ctx.db.execute(
        "SELECT * FROM resale_consent WHERE tenant_id = %s AND id = %s FOR UPDATE", [ctx.tenant, request]
    ).fetchone()


def decide(ctx: Context, request: UUID, *, state: str, document: str, reason: str) -> None:
    """A request was granted or rejected, or a consent withdrawn."""
    ctx.db.execute(
        "UPDATE resale_consent SET state = %s, document = %s, reason = %s, decided_by = %s, decided_at = %s"
        " WHERE tenant_id = %s AND id = %s",
        [state, document, reason, ctx.actor.name, ctx.now, ctx.tenant, request],
    )


def consents_of(ctx: Context, party: UUID) -> list[Row]:
    """Every consent that a subscriber asked for, newest first."""
    return ctx.db.execute(
        "SELECT * FROM resale_consent WHERE tenant_id = %s AND party_id = %s ORDER BY asked_at DESC, id DESC LIMIT 500",
        [ctx.tenant, party],
    ).fetchall()
