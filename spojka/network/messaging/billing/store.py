"""Totals of messages over a given connection, and the contracts they are billed to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.time import Period
from spojka.network.messaging.billing.counting import SLACK, id_at
from spojka.network.messaging.billing.totals import Key


def lock_count(ctx: Context, period: Period) -> None:
    """Let nobody else count this period until the transaction ends; whoever comes waits."""
    ctx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"messages counted {ctx.tenant} {period}"])


def contracts_of(ctx: Context, applications: Iterable[UUID]) -> dict[UUID, Row]:
    """Contract, product and day of signature of applications."""
    rows = ctx.db.execute(
        "SELECT s.id, s.contract_id, c.product, c.signed_on FROM service s JOIN contract c"
        " ON c.tenant_id = s.tenant_id AND c.id = s.contract_id WHERE s.tenant_id = %s AND s.id = ANY(%s)",
        [ctx.tenant, list(applications)],
    ).fetchall()
    return {row["id"]: row for row in rows}


def revocations(ctx: Context, period: Period) -> list[Row]:
    """Certificates whose contact person asked for their revocation and that were not blocked before a period."""
    return ctx.db.execute(
        "SELECT service_id, kind, fingerprint, revocation_asked_at, blocked_at FROM connector_certificate"
        " WHERE tenant_id = %s AND revocation_asked_at IS NOT NULL AND (blocked_at IS NULL OR blocked_at >= %s)",
        [ctx.tenant, period.starts_at],
    ).fetchall()


def waiting_months(ctx: Context, period: Period) -> list[Period]:
    """Months before a period of which messages still wait in the queue, the earliest first."""
    rows = ctx.db.execute(
        "SELECT DISTINCT date_trunc('month', m.accepted_at AT TIME ZONE 'Europe/Prague')::date AS starts_on"
        " FROM message_queue q CROSS JOIN LATERAL ("
        "  SELECT accepted_at FROM message WHERE tenant_id = q.tenant_id AND id = q.id OFFSET 0) AS m"
        " WHERE q.tenant_id = %s AND q.id < %s AND m.accepted_at < %s ORDER BY 1",
        [ctx.tenant, id_at(period.starts_at + SLACK), period.starts_at],
    ).fetchall()
    return [Period.containing(row["starts_on"]) for row in rows]


def known_totals(ctx: Context, period: Period) -> dict[Key, Row]:
    """What was counted of a period before."""
    rows = ctx.db.execute(
        "SELECT service_id, line, edition, reason, messages, parts, amount_micros, version FROM message_total"
        " WHERE tenant_id = %s AND period_on = %s",
        [ctx.tenant, period.starts_on],
    ).fetchall()
    return {Key(row["service_id"], row["line"], row["edition"], row["reason"]): row for row in rows}


def keep_totals(ctx: Context, period: Period, changed: Mapping[Key, tuple[int, int, int | None, int]]) -> None:
    """Keep messages, parts, amount and version of totals that changed."""
    if not changed:
        return
    keys, values = list(changed), list(changed.values())
    ctx.db.execute(
        "INSERT INTO message_total (tenant_id, service_id, period_on, line, edition, reason, messages, parts,"
        " amount_micros, version, counted_at) SELECT %s, n.service, %s, n.line, n.edition, n.reason, n.messages,"
        " n.parts, n.amount, n.version, %s FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::int[])"
        " AS n(service, line, edition, reason, messages, parts, amount, version)"
        " ON CONFLICT (tenant_id, service_id, period_on, line, edition, reason) DO UPDATE"
        " SET messages = excluded.messages, parts = excluded.parts, amount_micros = excluded.amount_micros,"
        " version = excluded.version, counted_at = excluded.counted_at",
        [
            ctx.tenant,
            period.starts_on,
            ctx.now,
            [key.service for key in keys],
            [key.line for key in keys],
            [key.edition for key in keys],
            [key.reason for key in keys],
            *(list(column) for column in zip(*values, strict=True)),
        ],
    )


def unpriced(ctx: Context, period: Period | None) -> Sequence[Row]:
    """Messages without a price, of one month or of all, the newest month first."""
    return ctx.db.execute(
        "SELECT t.service_id, t.period_on, t.line, t.messages, t.parts, t.counted_at, c.product, c.signed_on"
        " FROM message_total t JOIN service s ON s.tenant_id = t.tenant_id AND s.id = t.service_id"
        " JOIN contract c ON c.tenant_id = s.tenant_id AND c.id = s.contract_id"
        " WHERE t.tenant_id = %(tenant)s AND t.reason = 'PRICE_MISSING' AND t.parts > 0"
        " AND (%(on)s::date IS NULL OR t.period_on = %(on)s)"
        " ORDER BY t.period_on DESC, t.service_id, t.line LIMIT 1000",
        {"tenant": ctx.tenant, "on": None if period is None else period.starts_on},
    ).fetchall()
