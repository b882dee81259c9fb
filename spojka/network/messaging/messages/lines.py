"""
What waits, by application and class: read in pieces from where one left off, so that no queue is ever read whole.

What is to leave later is not in a line until its time has come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import Reported, report_of
from spojka.network.messaging.messages.records import Class, Happened
from spojka.network.messaging.messages.store import add_events

LineKey = tuple[ServiceId, Class]
"""An application and a class."""

_LINED: Final = "q.state = 'waiting' AND q.kind = 'sms' AND q.later_at IS NULL"
_IN_ORDER: Final = "ORDER BY q.later_at, q.id"
"""The order of the index of lines: one that left out what is null throughout would be sorted anew for each page."""

_COLUMNS: Final = """
q.id, q.application_id, q.class, q.parts, q.expires_at, m.recipient, m.sender, m.sender_kind, m.kind, m.purpose,
    m.network, m.destination, m.coding, m.body, m.body_hash, m.options, m.accepted_at, m.certificate
"""
_MESSAGE: Final = "SELECT * FROM message WHERE tenant_id = q.tenant_id AND id = q.id OFFSET 0"
"""Each message is looked up by its own key: a planner that has not counted a provider's messages takes them for one."""

_READ: Final = f"""
SELECT w.* FROM unnest(%(applications)s::uuid[], %(classes)s::text[], %(afters)s::uuid[], %(mosts)s::int[])
    AS n(application_id, class, after, most)
CROSS JOIN LATERAL (SELECT {_COLUMNS} FROM (SELECT * FROM message_queue q
    WHERE q.tenant_id = %(tenant)s AND q.application_id = n.application_id AND q.class = n.class AND q.id > n.after
        AND {_LINED} {_IN_ORDER} LIMIT n.most) AS q CROSS JOIN LATERAL ({_MESSAGE}) AS m) AS w
"""  # noqa: S608  # our own words

_PRIORITY: Final = f"""
SELECT w.* FROM (SELECT DISTINCT q.application_id FROM message_queue q
    WHERE q.tenant_id = %(tenant)s AND q.class = 'priority' AND q.id > %(after)s AND {_LINED}) AS n
CROSS JOIN LATERAL (SELECT {_COLUMNS} FROM (SELECT * FROM message_queue q
    WHERE q.tenant_id = %(tenant)s AND q.application_id = n.application_id AND q.class = 'priority'
        AND q.id > %(after)s AND {_LINED} {_IN_ORDER} LIMIT %(limit)s) AS q CROSS JOIN LATERAL ({_MESSAGE}) AS m) AS w
ORDER BY w.id
"""  # noqa: S608  # our own words


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line to read on: beyond which message, and how many."""

    after: UUID
    most: int


def read_lines(ctx: Context, wanted: Mapping[LineKey, Wanted]) -> list[Row]:
    """Messages of some lines with what is needed to send them, each line in the order of acceptance."""
    return ctx.db.execute(
        _READ,
        {
            "tenant": ctx.tenant,
            "applications": arrays.of_ids([key[0] for key in wanted]),
            "classes": [key[1] for key in wanted],
            "afters": arrays.of_ids([one.after for one in wanted.values()]),
            "mosts": arrays.of_numbers([one.most for one in wanted.values()]),
        },
    ).fetchall()


def priority_after(ctx: Context, after: UUID, *, limit: int) -> list[Row]:
    """
    Priority messages beyond an id, in the order of acceptance, as `read_lines` gives them.

    The limit is that of each application, so that none hides what others have.
    """
    return ctx.db.execute(_PRIORITY, {"tenant": ctx.tenant, "after": after, "limit": limit}).fetchall()


@dataclass(frozen=True, slots=True)
class Seen:
    """Lines in which something waits beyond a message, the last of those messages, and when the next comes later."""

    lines: frozenset[LineKey]
    last: UUID
    later_at: datetime | None


def lines_after(ctx: Context, after: UUID) -> Seen:
    """Look which lines have messages beyond an id."""
    rows = ctx.db.execute(
        f"SELECT q.application_id, q.class, max(q.id::text)::uuid AS last FROM message_queue q"  # noqa: S608
        f" WHERE q.tenant_id = %s AND q.id > %s AND {_LINED} GROUP BY 1, 2",
        [ctx.tenant, after],
    ).fetchall()
    lines = frozenset((row["application_id"], row["class"]) for row in rows)
    return Seen(lines, max([row["last"] for row in rows], default=after), next_later(ctx))


def next_later(ctx: Context) -> datetime | None:
    """When the next message is to leave of those that leave later."""
    row = ctx.db.execute(
        "SELECT later_at FROM message_queue WHERE tenant_id = %s AND later_at IS NOT NULL AND kind = 'sms'"
        " ORDER BY later_at LIMIT 1",
        [ctx.tenant],
    ).fetchone()
    return None if row is None else row["later_at"]


def counts_until(ctx: Context, lines: Mapping[LineKey, UUID]) -> dict[LineKey, int]:
    """How many messages of each line wait up to one of them; lines with none are left out."""
    rows = ctx.db.execute(
        "SELECT n.application_id, n.class, w.n FROM unnest(%s::uuid[], %s::text[], %s::uuid[])"  # noqa: S608
        " AS n(application_id, class, last) CROSS JOIN LATERAL (SELECT count(*) AS n FROM message_queue q"
        " WHERE q.tenant_id = %s AND q.application_id = n.application_id AND q.class = n.class AND q.id <= n.last"
        f" AND {_LINED}) AS w WHERE w.n > 0",
        [
            arrays.of_ids([key[0] for key in lines]),
            [key[1] for key in lines],
            arrays.of_ids(lines.values()),
            ctx.tenant,
        ],
    ).fetchall()
    return {(row["application_id"], row["class"]): row["n"] for row in rows}


def enter_lines(ctx: Context, *, limit: int) -> dict[LineKey, UUID]:
    """Messages whose time has come enter their lines; returns the first of each line that did."""
    rows = ctx.db.execute(
        "UPDATE message_queue SET later_at = NULL WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM message_queue"
        " WHERE tenant_id = %s AND later_at <= %s AND kind = 'sms' ORDER BY later_at LIMIT %s)"
        " RETURNING application_id, class, id",
        [ctx.tenant, ctx.now, limit],
    ).fetchall()
    first: dict[LineKey, UUID] = {}
    for row in rows:
        key = (row["application_id"], row["class"])
        first[key] = min(row["id"], first.get(key, row["id"]))
    return first


def expire_waiting(ctx: Context, *, limit: int) -> dict[UUID, int]:
    """Messages that waited beyond their time leave the queue, and who asked is told (o2/3.1); returns their parts."""
    rows = ctx.db.execute(
        "DELETE FROM message_queue WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM message_queue"
        " WHERE tenant_id = %s AND expires_at <= %s AND state = 'waiting' AND kind = 'sms' ORDER BY expires_at"
        " LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id, parts",
        [ctx.tenant, ctx.now, limit],
    ).fetchall()
    events = [Happened(row["id"], number, "expired", ctx.now) for row in rows for number in range(1, row["parts"] + 1)]
    add_events(ctx, events)
    _report_expired(ctx, [row["id"] for row in rows])
    return {row["id"]: row["parts"] for row in rows}


def _report_expired(ctx: Context, messages: Sequence[UUID]) -> None:
    if not messages:
        return
    rows = ctx.db.execute(
        "SELECT id, application_id, recipient, sender, parts FROM message WHERE tenant_id = %s"
        " AND id = ANY(%s::uuid[]) AND options ->> 'report' IS NOT NULL",
        [ctx.tenant, arrays.of_ids(messages)],
    ).fetchall()
    parts = [
        Reported(row["id"], number, row["application_id"], row["recipient"], row["sender"], row["parts"])
        for row in rows
        for number in range(1, row["parts"] + 1)
    ]
    add_arrived(ctx, [report_of(part, "expired", ctx.now) for part in parts])
