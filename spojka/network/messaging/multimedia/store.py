"""Multimedia messages over a given connection: bodies, those that wait again, reports without a message, deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.network.messaging.messages.numbered import days_between, to_number
from spojka.network.messaging.messages.partitions import LAST, first_id_at

REMEMBERED: Final = timedelta(days=30)
"""A message whose answer was lost so long ago is settled by no report any more."""

LONGEST_ID: Final = 200
"""So much of an id of an MMSC's is kept and compared: no index holds one without end."""

_IS_UNSETTLED: Final = """m.kind = 'mms' AND (%(sender)s = '' OR ltrim(m.sender, '+') = ltrim(%(sender)s, '+'))
AND EXISTS (SELECT 1 FROM message_event e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id
    AND e.kind = 'uncertain' AND (e.link IS NULL OR e.link = %(link)s))
AND NOT EXISTS (SELECT 1 FROM message_event e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id
    AND e.kind IN ('sent', 'failed', 'delivered', 'undelivered', 'cancelled', 'expired'))"""
_UNSETTLED: Final = f"""
SELECT m.id AS message_id, 1 AS part, m.application_id, m.recipient, m.sender, m.parts, m.options
FROM {to_number([_IS_UNSETTLED])} LIMIT %(limit)s
"""  # noqa: S608  # our own words


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it is known again: the way, the MMSC's id of it, and SHA-256 of what it says."""

    link: str
    transaction_id: str
    digest: bytes


def bodies_of(ctx: Context, wanted: Sequence[UUID]) -> dict[UUID, bytes]:
    """Bodies of messages; of one that is erased an empty one."""
    rows = ctx.db.execute(
        "SELECT id, body FROM message WHERE tenant_id = %s AND id = ANY(%s)", [ctx.tenant, list(wanted)]
    ).fetchall()
    return dict.fromkeys(wanted, b"") | {row["id"]: bytes(row["body"]) for row in rows if row["body"] is not None}


def wait_until(ctx: Context, message: UUID, ready_at: datetime) -> None:
    """Let a claimed message wait again, and leave no sooner."""
    ctx.db.execute(
        "UPDATE message_queue SET state = 'waiting', ready_at = %s WHERE tenant_id = %s AND id = %s",
        [ready_at, ctx.tenant, message],
    )


def unsettled(ctx: Context, *, link: str, recipient: str, sender: str) -> Row | None:
    """
    The message of which nobody knows whether the MMSC took it, that a report on this recipient can only be about.

    `None` where there is none, or more than one.
    """
    rows = ctx.db.execute(
        _UNSETTLED,
        {
            "tenant": ctx.tenant,
            "recipient": recipient,
            "sender": sender,
            "link": link,
            "limit": 2,
            **days_between(ctx, first_id_at(ctx.now - REMEMBERED), LAST),
        },
    ).fetchall()
    return rows[0] if len(rows) == 1 else None


def ended(ctx: Context, message: UUID) -> bool:
    """Whether a message has its end."""
    row = ctx.db.execute(
        "SELECT 1 AS one FROM message_event WHERE tenant_id = %s AND message_id = %s"
        " AND kind IN ('delivered', 'undelivered', 'expired', 'cancelled') LIMIT 1",
        [ctx.tenant, message],
    ).fetchone()
    return row is not None


def take_parked(ctx: Context, links: Sequence[str], *, recipient: str | None = None) -> list[Row]:
    """Reports that waited for their message are taken out, all of these ways or those on one recipient, in order."""
    rows = ctx.db.execute(
        "DELETE FROM message_receipt WHERE tenant_id = %(tenant)s AND link = ANY(%(links)s) AND given_up_at IS NULL"
        " AND (%(recipient)s::text IS NULL OR recipient = %(recipient)s)"
        " RETURNING id, link, remote_id, recipient, state, detail, received_at",
        {"tenant": ctx.tenant, "links": list(links), "recipient": recipient},
    ).fetchall()
    return sorted(rows, key=lambda row: row["id"])


def heard_before(ctx: Context, delivery: Delivery) -> bool:
    """Whether a delivery was kept before; held against another of the same until the transaction ends."""
    row = ctx.db.execute(
        "INSERT INTO message_delivery (tenant_id, link, transaction_id, digest, at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING 1 AS one",
        [ctx.tenant, delivery.link, delivery.transaction_id, delivery.digest, ctx.now],
    ).fetchone()
    return row is None


def forget_heard(ctx: Context, *, before: datetime, limit: int) -> int:
    """Forget deliveries that no MMSC repeats any more; returns how many."""
    return ctx.db.execute(
        "DELETE FROM message_delivery WHERE (tenant_id, link, transaction_id, digest) IN (SELECT tenant_id, link,"
        " transaction_id, digest FROM message_delivery WHERE tenant_id = %s AND at < %s ORDER BY at LIMIT %s)",
        [ctx.tenant, before, limit],
    ).rowcount
