"""What came in for applications: kept for pick-up, then erased (o2/3.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

import structlog

from spojka.access.database import arrays
from spojka.access.database.connections import Connection, Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, TenantId
from spojka.network.messaging.messages.records import Arrived

_log = structlog.get_logger(__name__)

ARRIVED: Final = "spojka_inbox"
"""The channel that tells of what came in; the payload is `tenant:application`."""

_COLUMNS = (
    "id, application_id, kind, sender, network, dialled, content, message_id, received_at, expires_at, fetched_at,"
    " acked_at, erased, digest, fetched_digest"
)

InboxState = Literal["waiting", "picked_up", "expired_not_collected"]
_SUMMARY: Final = """
SELECT count(*) FILTER (WHERE expires_at > %(now)s) AS waiting,
    min(expires_at) FILTER (WHERE expires_at > %(now)s) AS oldest_expires_at,
    count(*) FILTER (WHERE expires_at <= %(now)s AND expires_at >= %(since)s AND fetched_at IS NULL
        AND kind <> 'report')
    + (SELECT count(*) FROM message_inbox WHERE tenant_id = %(tenant)s AND application_id = %(application)s AND erased
        AND expires_at >= %(since)s AND fetched_at IS NULL AND acked_at IS NULL AND kind <> 'report')
    AS deleted_unread
FROM message_inbox WHERE tenant_id = %(tenant)s AND application_id = %(application)s AND acked_at IS NULL AND NOT erased
"""


def add_arrived(ctx: Context, arrived: Sequence[Arrived]) -> None:
    """Write what came in, and tell those who wait for it; it is durable once the transaction is."""
    if not arrived:
        return
    said = [
        {
            "kind": one.kind,
            "sender": one.sender,
            "network": one.network,
            "dialled": one.dialled,
            "content": one.content,
            "message_id": str(one.message) if one.message else None,
        }
        for one in arrived
    ]
    ctx.db.execute(
        "INSERT INTO message_inbox (tenant_id, id, application_id, kind, sender, network, dialled, content, message_id,"
        " received_at, expires_at, digest) SELECT %s, n.id, n.application, n.kind, n.sender, n.network, n.dialled,"
        " n.content, n.message_id, n.received_at, n.expires_at, n.digest FROM ROWS FROM (unnest(%s::uuid[], %s::uuid[],"
        " %s::timestamptz[], %s::timestamptz[], %s::bytea[]), jsonb_to_recordset(%s::jsonb) AS (kind text, sender text,"
        " network text, dialled text, content jsonb, message_id uuid)) AS n(id, application, received_at, expires_at,"
        " digest, kind, sender, network, dialled, content, message_id)",
        [
            ctx.tenant,
            arrays.of_ids([one.id for one in arrived]),
            arrays.of_ids([one.application for one in arrived]),
            arrays.of_instants([one.received_at for one in arrived]),
            arrays.of_instants([one.expires_at for one in arrived]),
            arrays.of_octets([digest_of(one.kind, one.content) for one in arrived]),
            json.dumps(said, ensure_ascii=False),
        ],
    )
    told = sorted({f"{ctx.tenant}:{one.application}" for one in arrived})
    ctx.db.execute("SELECT pg_notify(%s, n) FROM unnest(%s::text[]) AS n", [ARRIVED, told])


def digest_of(kind: str, content: Mapping[str, Any]) -> bytes | None:
    """
    SHA-256 of what a mobile sent: of its text in UTF-8, of its octets; of an MMS, of subject and parts (o2/7.1).

    A report is nobody's data and has none.

    >>> digest_of("sms", {"text": "Ano"}) == sha256(b"Ano").digest(), digest_of("report", {"state": "delivered"})
    (True, None)
    """
    if kind == "report":
        return None
    if kind == "mms":
        said = [str(content.get("subject", "")), *(str(part.get("sha256", "")) for part in content.get("parts", ()))]
        return sha256("\n".join(said).encode()).digest()
    if "text" in content:
        return sha256(str(content["text"]).encode(errors="surrogatepass")).digest()
    return sha256(bytes.fromhex(content.get("octets", ""))).digest()


def waiting_among(db: Connection, tenant: TenantId, applications: Sequence[ServiceId]) -> list[ServiceId]:
    """Those of the applications that have something to pick up; one look into the index for each."""
    rows = db.execute(
        "SELECT n.id FROM unnest(%s::uuid[]) AS n(id) WHERE EXISTS (SELECT 1 FROM message_inbox i"
        " WHERE i.tenant_id = %s AND i.application_id = n.id AND i.acked_at IS NULL AND NOT i.erased)",
        [arrays.of_ids(applications), tenant],
    ).fetchall()
    return [ServiceId(row["id"]) for row in rows]


def pending(
    ctx: Context, application: ServiceId, *, after: UUID | None = None, limit: int, kinds: Sequence[str] | None = None
) -> list[Row]:
    """What an application has not acknowledged and may still pick up, the oldest first."""
    return ctx.db.execute(
        f"SELECT {_COLUMNS} FROM message_inbox WHERE tenant_id = %(tenant)s AND application_id = %(application)s"  # noqa: S608
        " AND acked_at IS NULL AND NOT erased AND expires_at > %(now)s AND id > %(after)s"
        " AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s)) ORDER BY id LIMIT %(limit)s",
        {
            "tenant": ctx.tenant,
            "application": application,
            "now": ctx.now,
            "after": after or UUID(int=0),
            "kinds": list(kinds) if kinds is not None else None,
            "limit": limit,
        },
    ).fetchall()


def state_of(row: Row, now: datetime) -> InboxState:
    """What became of an item: it waits until its end, then it was picked up or nobody collected it (o2/3.2)."""
    if row["expires_at"] > now and not row["erased"]:
        return "waiting"
    collected = row["fetched_at"] is not None or row["acked_at"] is not None
    return "picked_up" if collected else "expired_not_collected"


def summary(ctx: Context, application: ServiceId, *, since: datetime) -> Row:
    """
    How many items of an application wait, when the first of them ends, and how many messages ended uncollected.

    What ended counts from an instant on, and also before its content is erased. Columns: `waiting`,
    `oldest_expires_at`, `deleted_unread`.
    """
    row = ctx.db.execute(
        _SUMMARY, {"tenant": ctx.tenant, "application": application, "now": ctx.now, "since": since}
    ).fetchone()
    assert row is not None
    return row


def arrived_by_id(ctx: Context, application: ServiceId, ids: Sequence[UUID]) -> list[Row]:
    """Items of an application's inbox, whatever became of them."""
    return ctx.db.execute(
        f"SELECT {_COLUMNS} FROM message_inbox WHERE tenant_id = %s AND application_id = %s AND id = ANY(%s)"  # noqa: S608
        " ORDER BY id",
        [ctx.tenant, application, list(ids)],
    ).fetchall()


def mark_fetched(ctx: Context, items: Sequence[Row]) -> None:
    """
    Remember when items were first handed out, and the digest of what was: it is that of what came (o2/7.1).

    Args:
        ctx: the call.
        items: as they are handed out: their ids, kinds and contents.

    """
    rows = ctx.db.execute(
        "UPDATE message_inbox i SET fetched_at = %s, fetched_digest = n.digest"
        " FROM unnest(%s::uuid[], %s::bytea[]) AS n(id, digest)"
        " WHERE i.tenant_id = %s AND i.id = n.id AND i.fetched_at IS NULL"
        " RETURNING i.id, i.application_id, i.digest <> n.digest AS is_altered",
        [
            ctx.now,
            arrays.of_ids([row["id"] for row in items]),
            arrays.of_octets([digest_of(row["kind"], row["content"]) for row in items]),
            ctx.tenant,
        ],
    ).fetchall()
    for row in rows:
        if row["is_altered"]:
            _log.error("received_message_altered", item=str(row["id"]), application=str(row["application_id"]))


def acknowledge(ctx: Context, application: ServiceId, ids: Sequence[UUID]) -> set[UUID]:
    """Items that their application has are not pending any more; expired ones are left. Returns those that are."""
    rows = ctx.db.execute(
        "UPDATE message_inbox SET acked_at = coalesce(acked_at, %s) WHERE tenant_id = %s AND application_id = %s"
        " AND id = ANY(%s) AND expires_at > %s AND NOT erased RETURNING id",
        [ctx.now, ctx.tenant, application, list(ids), ctx.now],
    ).fetchall()
    return {row["id"] for row in rows}


def erase_expired(ctx: Context, *, before: datetime, limit: int) -> int:
    """Erase the content of items whose time is over, with their media; what remains says whether they were fetched."""
    row = ctx.db.execute(
        "WITH gone AS (UPDATE message_inbox SET content = NULL, erased = true WHERE (tenant_id, id) IN (SELECT"
        " tenant_id, id FROM message_inbox WHERE tenant_id = %s AND expires_at <= %s AND NOT erased"
        " ORDER BY expires_at LIMIT %s) RETURNING id),"
        " media AS (DELETE FROM message_medium WHERE tenant_id = %s AND item_id IN (SELECT id FROM gone))"
        " SELECT count(*) AS n FROM gone",
        [ctx.tenant, before, limit, ctx.tenant],
    ).fetchone()
    assert row is not None
    return int(row["n"])
