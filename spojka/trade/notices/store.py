"""The outbox over a given connection: notices written many at once, picked for sending, marked with their proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.deadlines.store import set_deadline
from spojka.access.operations.context import Context
from spojka.kernel.ids import InvoiceId, NoticeId, PartyId, ServiceId, uuid7

Channel = Literal["email", "sms", "portal"]
SEND: Final = "notices.send_due"
"""The operation that sends what is due."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """
    Something a customer is to be told.

    Args:
        kind: what it is about, like `volume_80` or `invoice`.
        channels: by which ways, each a notice of its own.
        subject, body: the words by language; the customer's language is sent.
        clauses: ids of the clauses it rests on.
        key: recognises a repeat, whatever the channel; a notice of a known key changes nothing.
        party: who is told; may be left out where `service` is given.
        service: what it is about; a text message goes to its number, else to the customer's phone.
        invoice: goes along as attachments.
        recipient: an address or number of somebody who acts for the party; `""` for the party's own.

    """

    kind: str
    channels: tuple[Channel, ...]
    subject: Mapping[str, str]
    body: Mapping[str, str]
    clauses: tuple[str, ...]
    key: str
    party: PartyId | None = None
    service: ServiceId | UUID | None = None
    invoice: InvoiceId | None = None
    recipient: str = ""


_TELL: Final = """
INSERT INTO notice (tenant_id, id, party_id, service_id, kind, channel, recipient, language, subject, body, clauses,
    invoice_id, key, state, attempts, written_at, next_at, sent_at, proof)
SELECT %(tenant)s, told.id, p.id, told.service_id, told.kind, told.channel, told.recipient, p.language,
    told.subject ->> p.language, told.body ->> p.language, told.clauses, told.invoice_id, told.key,
    CASE WHEN told.channel = 'portal' THEN 'sent' WHEN told.recipient = '' THEN 'failed' ELSE 'queued' END, 0,
    %(now)s, %(now)s, CASE WHEN told.channel = 'portal' THEN %(now)s::timestamptz END,
    CASE WHEN told.channel = 'portal' THEN '{"by": "portal"}'::jsonb
         WHEN told.recipient = '' THEN '{"problem": "no address"}'::jsonb END
FROM (
    SELECT n.*, coalesce(n.given_party, s.party_id) AS party_id,
        CASE WHEN n.channel = 'portal' THEN '' WHEN n.given_recipient <> '' THEN n.given_recipient
             WHEN n.channel = 'email' THEN q.email ELSE coalesce(s.msisdn, q.phone) END AS recipient
    FROM unnest(%(ids)s::uuid[], %(parties)s::uuid[], %(services)s::uuid[], %(kinds)s::text[], %(channels)s::text[],
            %(subjects)s::jsonb[], %(bodies)s::jsonb[], %(clauses)s::jsonb[], %(invoices)s::uuid[], %(keys)s::text[],
            %(recipients)s::text[])
        AS n (id, given_party, service_id, kind, channel, subject, body, clauses, invoice_id, key, given_recipient)
    LEFT JOIN service s ON s.tenant_id = %(tenant)s AND s.id = n.service_id
    JOIN party q ON q.tenant_id = %(tenant)s AND q.id = coalesce(n.given_party, s.party_id)
) AS told JOIN party p ON p.tenant_id = %(tenant)s AND p.id = told.party_id
ON CONFLICT (tenant_id, key) DO NOTHING
RETURNING state
"""


def tell(ctx: Context, notices: Sequence[NewNotice]) -> int:
    """
    Put notices into the outbox, each key once a channel; returns how many were new.

    What is for the portal is there at once; a notice without an address is kept as failed, so that somebody sees it.
    """
    rows = [(notice, channel) for notice in notices for channel in notice.channels]
    if not rows:
        return 0
    given = {
        "tenant": ctx.tenant,
        "now": ctx.now,
        "ids": [uuid7() for _ in rows],
        "parties": [notice.party for notice, _ in rows],
        "services": [notice.service for notice, _ in rows],
        "kinds": [notice.kind for notice, _ in rows],
        "channels": [channel for _, channel in rows],
        "subjects": [Jsonb(dict(notice.subject)) for notice, _ in rows],
        "bodies": [Jsonb(dict(notice.body)) for notice, _ in rows],
        "clauses": [Jsonb(list(notice.clauses)) for notice, _ in rows],
        "invoices": [notice.invoice for notice, _ in rows],
        "keys": [f"{notice.key}:{channel}" for notice, channel in rows],
        "recipients": [notice.recipient for notice, _ in rows],
    }
    written = ctx.db.execute(_TELL, given).fetchall()
    if any(row["state"] == "queued" for row in written):
        promise_sending(ctx, ctx.now)
    return len(written)


def promise_sending(ctx: Context, not_before: datetime) -> None:
    """Have what is due sent at the next whole minute after an instant; many notices share one promise."""
    minute = not_before.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    set_deadline(
        ctx,
        due_at=minute,
        operation=SEND,
        arguments={},
        subject="notices",
        key=f"notices:{minute.isoformat()}",
    )


def promise_more(ctx: Context) -> None:
    """Have what a batch left over sent at once, in a transaction of its own."""
    set_deadline(
        ctx,
        due_at=ctx.now,
        operation=SEND,
        arguments={},
        subject="notices",
        key=f"notices:{ctx.now.isoformat()}:{ctx.call_id}",
    )


def due_notices(ctx: Context, limit: int) -> list[Row]:
    """Queued notices whose time has come, oldest first, locked; others skip them."""
    return ctx.db.execute(
        "SELECT id, party_id, kind, channel, recipient, language, subject, body, invoice_id, attempts FROM notice"
        " WHERE tenant_id = %s AND state = 'queued' AND next_at <= %s ORDER BY next_at, id LIMIT %s"
        " FOR UPDATE SKIP LOCKED",
        [ctx.tenant, ctx.now, limit],
    ).fetchall()


@dataclass(frozen=True, slots=True)
class Tried:
    """
    What became of one attempt.

    Args:
        notice: which.
        state: `sent`, `queued` to be tried again, or `failed` for good.
        next_at: when it is tried again.
        proof: what the network answered, or what went wrong.

    """

    notice: NoticeId
    state: Literal["sent", "queued", "failed"]
    next_at: datetime
    proof: Mapping[str, str]


def note_attempts(ctx: Context, tried: Sequence[Tried]) -> None:
    """Keep what became of attempts."""
    ctx.db.execute(
        "UPDATE notice SET state = t.state, attempts = attempts + 1, next_at = t.next_at, proof = t.proof,"
        " sent_at = CASE WHEN t.state = 'sent' THEN %s::timestamptz END"
        " FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::jsonb[]) AS t (id, state, next_at, proof)"
        " WHERE notice.tenant_id = %s AND notice.id = t.id",
        [
            ctx.now,
            [one.notice for one in tried],
            [one.state for one in tried],
            [one.next_at for one in tried],
            [Jsonb(dict(one.proof)) for one in tried],
            ctx.tenant,
        ],
    )


def next_queued_at(ctx: Context) -> datetime | None:
    """When the next queued notice is to be tried."""
    row = ctx.db.execute(
        "SELECT min(next_at) AS next_at FROM notice WHERE tenant_id = %s AND state = 'queued'", [ctx.tenant]
    ).fetchone()
    return row["next_at"] if row else None


def notices_of_party(ctx: Context, party: PartyId, limit: int) -> list[Row]:
    """A customer's notices, newest first."""
    return ctx.db.execute(
        "SELECT id, service_id, kind, channel, recipient, language, subject, body, clauses, invoice_id, state,"
        " attempts, written_at, sent_at, proof FROM notice WHERE tenant_id = %s AND party_id = %s"
        " ORDER BY written_at DESC, id DESC LIMIT %s",
        [ctx.tenant, party, limit],
    ).fetchall()
