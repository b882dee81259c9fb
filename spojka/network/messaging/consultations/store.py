"""Consultations over a given connection."""

from __future__ import annotations

from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.consultations.rules import Channel, Offer


def add_consultation(ctx: Context, *, application: ServiceId, channel: Channel, text: str) -> UUID:
    """Keep a written request; returns the case's id."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO consultation (tenant_id, id, service_id, state, channel, text, requested_at, requested_by, scope,"
        " content, offered_by, agreed_by, report) VALUES (%s, %s, %s, 'requested', %s, %s, %s, %s, '', '', '', '', '')",
        [ctx.tenant, made, application, channel, text.strip(), ctx.now, ctx.actor.name],
    )
    return made


def consultation_row(ctx: Context, consultation: UUID) -> Row | None:
    """One case, locked, or none; a customer reaches only its own."""
    return ctx.db.execute(
        "SELECT c.* FROM consultation c JOIN service s ON s.tenant_id = c.tenant_id AND s.id = c.service_id"
        " WHERE c.tenant_id = %(tenant)s AND c.id = %(id)s AND (%(party)s::uuid IS NULL OR s.party_id = %(party)s)"
        " FOR UPDATE OF c",
        {"tenant": ctx.tenant, "id": consultation, "party": ctx.actor.party},
    ).fetchone()


def consultation_rows(ctx: Context, application: UUID) -> list[Row]:
    """Cases of an application, the newest first."""
    return ctx.db.execute(
        "SELECT * FROM consultation WHERE tenant_id = %s AND service_id = %s ORDER BY requested_at DESC, id DESC"
        " LIMIT 500",
        [ctx.tenant, application],
    ).fetchall()


def write_offer(ctx: Context, consultation: UUID, offer: Offer) -> None:
    """The offer is this now."""
    ctx.db.execute(
        "UPDATE consultation SET state = 'offered', scope = %s, content = %s, price_micros = %s, offered_at = %s,"
        " offered_by = %s WHERE tenant_id = %s AND id = %s",
        [
            offer.scope.strip(),
            offer.content.strip(),
            None if offer.price is None else offer.price.micros,
            ctx.now,
            ctx.actor.name,
            ctx.tenant,
            consultation,
        ],
    )


def write_agreement(ctx: Context, consultation: UUID, agreement: str) -> None:
    """Both sides agreed now, under a number."""
    ctx.db.execute(
        "UPDATE consultation SET state = 'agreed', agreement = %s, agreed_at = %s, agreed_by = %s"
        " WHERE tenant_id = %s AND id = %s",
        [agreement, ctx.now, ctx.actor.name, ctx.tenant, consultation],
    )


def write_end(ctx: Context, consultation: UUID, *, report: str) -> None:
    """What was agreed is done now."""
    ctx.db.execute(
        "UPDATE consultation SET state = 'done', done_at = %s, report = %s WHERE tenant_id = %s AND id = %s",
        [ctx.now, report.strip(), ctx.tenant, consultation],
    )


def write_withdrawal(ctx: Context, consultation: UUID) -> None:
    """Nobody wants it any more."""
    ctx.db.execute(
        "UPDATE consultation SET state = 'withdrawn' WHERE tenant_id = %s AND id = %s", [ctx.tenant, consultation]
    )
