"""Receipts that came before the answer which names their part, and reports for an application's inbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import orjson

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages.records import Arrived, EventKind

KEPT: Final = timedelta(hours=96)
"""A report is kept for pick-up as long as a message (o2/3.2)."""


@dataclass(slots=True)
class Parked:
    """A receipt: the way it came, what its part is called there, of whom, and what it says; one of many a second."""

    link: str
    remote_id: str
    recipient: str
    state: str
    detail: Mapping[str, Any]
    received_at: datetime
    id: UUID = field(default_factory=uuid7)


class OfPart(Protocol):
    """What a report needs to know of a part."""

    message: UUID
    part: int
    application: UUID
    recipient: str
    sender: str
    parts: int


def park(ctx: Context, receipts: Sequence[Parked]) -> None:
    """Keep receipts until their answers come."""
    said = [
        {
            "link": one.link,
            "remote_id": one.remote_id,
            "recipient": one.recipient,
            "state": one.state,
            "detail": dict(one.detail),
        }
        for one in receipts
    ]
    ctx.db.execute(
        "INSERT INTO message_receipt (tenant_id, id, link, remote_id, recipient, state, detail, received_at)"
        " SELECT %s, n.id, n.link, n.remote_id, n.recipient, n.state, n.detail, n.received_at"
        " FROM ROWS FROM (unnest(%s::uuid[], %s::timestamptz[]), jsonb_to_recordset(%s::jsonb)"
        " AS (link text, remote_id text, recipient text, state text, detail jsonb))"
        " AS n(id, received_at, link, remote_id, recipient, state, detail)",
        [
            ctx.tenant,
            arrays.of_ids([one.id for one in receipts]),
            arrays.of_instants([one.received_at for one in receipts]),
            orjson.dumps(said).decode(),
        ],
    )


def parked_receipts(ctx: Context, links: Collection[str], *, until: datetime, limit: int) -> list[Parked]:
    """Receipts that came some ways until an instant and wait for their part, the oldest first."""
    rows = ctx.db.execute(
        "SELECT id, link, remote_id, recipient, state, detail, received_at FROM message_receipt WHERE tenant_id = %s"
        " AND given_up_at IS NULL AND link = ANY(%s) AND received_at <= %s ORDER BY received_at LIMIT %s",
        [ctx.tenant, list(links), until, limit],
    ).fetchall()
    return [Parked(**row) for row in rows]


def matched(ctx: Context, receipts: Collection[UUID]) -> None:
    """Receipts found their parts, or say nothing new: they are not kept any more."""
    if receipts:
        ctx.db.execute(
            "DELETE FROM message_receipt WHERE tenant_id = %s AND id = ANY(%s::uuid[])",
            [ctx.tenant, arrays.of_ids(receipts)],
        )


def give_up(ctx: Context, *, before: datetime, reason: str) -> list[Parked]:
    """Receipts that came before an instant and found no part: they are kept apart with the reason, to be looked at."""
    rows = ctx.db.execute(
        "UPDATE message_receipt SET given_up_at = %s, reason = %s WHERE tenant_id = %s AND given_up_at IS NULL"
        " AND received_at <= %s RETURNING id, link, remote_id, recipient, state, detail, received_at",
        [ctx.now, reason, ctx.tenant, before],
    ).fetchall()
    return [Parked(**row) for row in rows]


def erase_given_up(ctx: Context, *, before: datetime) -> int:
    """Erase receipts that came before an instant and found no part; returns how many."""
    return ctx.db.execute(
        "DELETE FROM message_receipt WHERE tenant_id = %s AND received_at <= %s AND given_up_at IS NOT NULL",
        [ctx.tenant, before],
    ).rowcount


_NAMELESS: Final = """
SELECT e.link, m.recipient, m.id AS message_id, e.part, m.application_id, m.sender, m.parts, m.options
FROM (SELECT message_id, link, part FROM message_event WHERE tenant_id = %(tenant)s AND kind = 'uncertain'
    AND link = ANY(%(links)s) AND at > %(since)s OFFSET 0) AS e
CROSS JOIN LATERAL (SELECT * FROM message WHERE tenant_id = %(tenant)s AND id = e.message_id OFFSET 0) AS m
WHERE m.recipient || ' ' || e.link = ANY(%(ways)s::text[])
AND NOT EXISTS (SELECT 1 FROM message_event l WHERE l.tenant_id = %(tenant)s AND l.message_id = m.id
    AND l.part = e.part AND l.kind IN ('sent', 'delivered', 'undelivered', 'expired', 'cancelled', 'failed') OFFSET 0)
ORDER BY m.id, e.part
"""
"""By what happened: few parts are uncertain, and the index `message_event_uncertain` holds them."""


def nameless_parts(ctx: Context, receipts: Sequence[Parked], *, since: datetime) -> list[Row]:
    """Parts that went the ways of some receipts to their recipients since an instant, and were never answered."""
    if not receipts:
        return []
    return ctx.db.execute(
        _NAMELESS,
        {
            "tenant": ctx.tenant,
            "links": [one.link for one in receipts],
            "ways": [f"{one.recipient} {one.link}" for one in receipts],
            "since": since,
        },
    ).fetchall()


@dataclass(slots=True)
class Reported:
    """A part that ended here, before any centre could say so."""

    message: UUID
    part: int
    application: UUID
    recipient: str
    sender: str
    parts: int


def report_of(part: OfPart, kind: EventKind, at: datetime, *, said: Mapping[str, Any] | None = None) -> Arrived:
    """
    A report for the inbox: which part of which message, what became of it.

    Where the network said (`said`) in which network its recipient was, so does the report, and whether abroad (o2/4.4).
    """
    where = {} if said is None or "roaming" not in said else {name: said[name] for name in ("network", "roaming")}
    return Arrived(
        id=uuid7(),
        application=ServiceId(part.application),
        kind="report",
        sender=part.recipient,
        network="",
        dialled=part.sender,
        content={"state": kind, "part": part.part, "parts": part.parts, "at": at.isoformat(), **where},
        received_at=at,
        expires_at=at + KEPT,
        message=part.message,
    )
