"""Messages, queue and events over a given connection, always many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import orjson

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.database.lines import Later
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7s
from spojka.network.messaging.messages.rates import count_accepted, count_events
from spojka.network.messaging.messages.records import Happened, Kind, Message, Queued

Period = Literal["day", "month"]
CounterKey = tuple[ServiceId, Period, date]
"""An application, and a day or the first day of a month."""

WAKE: Final = "spojka_messages"
"""The channel on which a sender is woken; the payload is the tenant, with `URGENT` behind it for a priority message."""
URGENT: Final = " priority"


_ADD: Final = """
WITH t AS (SELECT %s::uuid AS tenant), n AS (SELECT * FROM ROWS FROM (
    unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::int[], %s::bytea[], %s::bytea[]),
    jsonb_to_recordset(%s::jsonb) AS (
        kind text, class text, purpose text, recipient text, sender text, sender_kind text, network text,
        destination text, coding text, reference text, certificate text, options jsonb, ready_at timestamptz,
        expires_at timestamptz))
    AS n(id, application_id, accepted_at, parts, body, body_hash, kind, class, purpose, recipient, sender, sender_kind,
        network, destination, coding, reference, certificate, options, ready_at, expires_at)),
m AS (INSERT INTO message (tenant_id, id, application_id, kind, class, purpose, recipient, sender, sender_kind, network,
        destination, coding, parts, body, body_hash, reference, certificate, options, accepted_at)
    SELECT t.tenant, n.id, n.application_id, n.kind, n.class, n.purpose, n.recipient, n.sender, n.sender_kind,
        n.network, n.destination, n.coding, n.parts, n.body, n.body_hash, n.reference, decode(n.certificate, 'hex'),
        n.options, n.accepted_at FROM t, n)
INSERT INTO message_queue (tenant_id, id, application_id, kind, class, parts, ready_at, later_at, expires_at, state)
SELECT t.tenant, n.id, n.application_id, n.kind, n.class, n.parts, coalesce(n.ready_at, n.accepted_at),
    CASE WHEN n.ready_at > n.accepted_at THEN n.ready_at END, n.expires_at, 'waiting'
FROM t, n
"""


def add_messages(ctx: Context, messages: Sequence[Message]) -> None:
    """Write accepted messages and their places in the queue."""
    if not messages:
        return
    rest = [
        {
            "kind": one.kind,
            "class": one.class_,
            "purpose": one.purpose,
            "recipient": one.recipient,
            "sender": one.sender,
            "sender_kind": one.sender_kind,
            "network": one.network,
            "destination": one.destination,
            "coding": one.coding,
            "reference": one.reference,
            "certificate": one.certificate.hex() if one.certificate else None,
            "options": one.options,
            "ready_at": one.not_before.isoformat() if one.not_before else None,
            "expires_at": one.expires_at.isoformat() if one.expires_at else None,
        }
        for one in messages
    ]
    ctx.db.execute(
        _ADD,
        [
            ctx.tenant,
            arrays.of_ids([one.id for one in messages]),
            arrays.of_ids([one.application for one in messages]),
            arrays.of_instants([one.accepted_at for one in messages]),
            arrays.of_numbers([one.parts for one in messages]),
            arrays.of_octets([one.body for one in messages]),
            arrays.of_octets([one.body_hash for one in messages]),
            orjson.dumps(rest).decode(),
        ],
    )
    count_accepted(ctx, sum([one.parts for one in messages]))


def wake(ctx: Context, messages: Sequence[Message]) -> None:
    """Tell senders, once the transaction is committed, that messages wait."""
    urgent = any(one.class_ == "priority" for one in messages)
    ctx.db.execute("SELECT pg_notify(%s, %s)", [WAKE, f"{ctx.tenant}{URGENT if urgent else ''}"])


_WAITING: Final = """
SELECT q.id, q.application_id, q.class, q.parts, q.ready_at, q.expires_at, q.state, m.recipient, m.sender,
    m.sender_kind, m.kind, m.purpose, m.network, m.destination, m.coding,
    CASE WHEN q.kind = 'sms' THEN m.body ELSE '' END AS body, m.body_hash, m.options, m.accepted_at,
    m.certificate
FROM message_queue q CROSS JOIN LATERAL (
    SELECT * FROM message WHERE tenant_id = q.tenant_id AND id = q.id OFFSET 0) AS m
"""
"""
An MMS comes without its body, which is read when it is sent: thousands of them do not fit into memory.

Each message is looked up by its own key: a planner that has not counted a provider's messages yet takes them for one,
and would read all of them for each place in the queue.
"""

_OF: Final[Mapping[Kind, str]] = {"sms": "kind = 'sms'", "mms": "kind = 'mms'"}
"""Written out, so that the few MMS among many SMS are found by an index of their own."""


def waiting_after(ctx: Context, after: UUID, *, limit: int, kind: Kind = "sms") -> list[Row]:
    """Waiting messages of a kind beyond an id, in the order of acceptance, with what is needed to send them."""
    return ctx.db.execute(
        f"{_WAITING} WHERE q.tenant_id = %s AND q.id > %s AND q.state = 'waiting' AND q.{_OF[kind]}"
        " ORDER BY q.id LIMIT %s",
        [ctx.tenant, after, limit],
    ).fetchall()


def waiting_beside(ctx: Context, known: Collection[UUID], *, limit: int, kind: Kind = "sms") -> list[Row]:
    """Waiting messages of a kind other than those, in the order of acceptance."""
    rows = ctx.db.execute(
        f"SELECT id FROM message_queue WHERE tenant_id = %s AND state = 'waiting' AND {_OF[kind]} ORDER BY id",  # noqa: S608
        [ctx.tenant],
    ).fetchall()
    missed = [row["id"] for row in rows if row["id"] not in known][:limit]
    if not missed:
        return []
    return ctx.db.execute(
        f"{_WAITING} WHERE q.tenant_id = %s AND q.id = ANY(%s) AND q.state = 'waiting' ORDER BY q.id",
        [ctx.tenant, missed],
    ).fetchall()


def claimed_messages(ctx: Context, *, limit: int, kind: Kind = "sms") -> list[Row]:
    """Messages of a kind that somebody claimed and that are not finished; a sender that starts settles them first."""
    return ctx.db.execute(
        f"{_WAITING} WHERE q.tenant_id = %s AND q.state = 'claimed' AND q.{_OF[kind]} ORDER BY q.id LIMIT %s",
        [ctx.tenant, limit],
    ).fetchall()


def claim(ctx: Context, messages: Sequence[UUID]) -> set[UUID]:
    """Claim waiting messages before any part of them is sent; returns those that could be claimed."""
    rows = ctx.db.execute(
        "UPDATE message_queue SET state = 'claimed' WHERE tenant_id = %s AND id = ANY(%s::uuid[]) AND state = 'waiting'"
        " RETURNING id",
        [ctx.tenant, arrays.of_ids(messages)],
    ).fetchall()
    return {row["id"] for row in rows}


def unclaim(ctx: Context, messages: Sequence[UUID]) -> None:
    """Let claimed messages wait again: nothing of them was sent."""
    ctx.db.execute(
        "UPDATE message_queue SET state = 'waiting' WHERE tenant_id = %s AND id = ANY(%s::uuid[])",
        [ctx.tenant, arrays.of_ids(messages)],
    )


def leave_queue(ctx: Context, messages: Sequence[UUID]) -> None:
    """Take messages out of the queue: everything of them is sent or will never be."""
    if messages:
        ctx.db.execute(
            "DELETE FROM message_queue WHERE tenant_id = %s AND id = ANY(%s::uuid[])",
            [ctx.tenant, arrays.of_ids(messages)],
        )


_EVENTS: Final = """
INSERT INTO message_event (tenant_id, message_id, id, kind, part, at, link, remote_id, detail)
SELECT %s, n.message, n.id, n.kind, n.part, n.at, n.link, n.remote_id, NULLIF(n.detail, 'null'::jsonb)
FROM ROWS FROM (unnest(%s::uuid[], %s::uuid[], %s::text[], %s::int[], %s::timestamptz[]),
    jsonb_to_recordset(%s::jsonb) AS (link text, remote_id text, detail jsonb))
AS n(message, id, kind, part, at, link, remote_id, detail)
"""


def add_events(ctx: Context, events: Sequence[Happened]) -> None:
    """Write what happened, in this order."""
    if not events:
        return
    said = [{"link": one.link, "remote_id": one.remote_id, "detail": one.detail} for one in events]
    ctx.db.execute(
        _EVENTS,
        [
            ctx.tenant,
            arrays.of_ids([one.message for one in events]),
            arrays.of_ids(uuid7s(len(events))),
            "{" + ",".join([one.kind for one in events]) + "}",
            arrays.of_numbers([one.part for one in events]),
            arrays.of_instants([one.at for one in events]),
            orjson.dumps(said).decode(),
        ],
    )
    count_events(ctx, events)


def events_of(ctx: Context, messages: Iterable[UUID]) -> list[Row]:
    """What happened to messages, in its order."""
    return ctx.db.execute(
        "SELECT * FROM message_event WHERE tenant_id = %s AND message_id = ANY(%s) ORDER BY message_id, id",
        [ctx.tenant, list(messages)],
    ).fetchall()


def messages_by_id(ctx: Context, messages: Iterable[UUID]) -> list[Row]:
    """Messages as accepted."""
    return ctx.db.execute(
        "SELECT * FROM message WHERE tenant_id = %s AND id = ANY(%s)", [ctx.tenant, list(messages)]
    ).fetchall()


def sent_as(ctx: Context, link: str, remote_ids: Sequence[str]) -> list[Row]:
    """Parts that a link knows by these ids: message, part, and when; the latest last."""
    return ctx.db.execute(
        "SELECT e.remote_id, e.message_id, e.part, e.at, m.application_id, m.recipient, m.sender, m.parts, m.options"
        " FROM message_event e CROSS JOIN LATERAL (SELECT * FROM message WHERE tenant_id = e.tenant_id"
        " AND id = e.message_id OFFSET 0) AS m"
        " WHERE e.tenant_id = %s AND e.link = %s AND e.remote_id = ANY(%s) AND e.kind = 'sent' ORDER BY e.at",
        [ctx.tenant, link, list(remote_ids)],
    ).fetchall()


def lock_counters(ctx: Context, keys: Sequence[CounterKey]) -> Later[dict[CounterKey, int]]:
    """What is used of limits, held until the transaction ends; always in the same order, and made when missing."""
    if not keys:
        return dict
    wanted = sorted(set(keys), key=lambda key: (key[0].int, key[1], key[2]))
    columns = [
        arrays.of_ids([key[0] for key in wanted]),
        "{" + ",".join([key[1] for key in wanted]) + "}",
        arrays.of_days([key[2] for key in wanted]),
    ]
    select = (
        "SELECT c.application_id, c.period, c.period_on, c.used FROM message_counter c"
        " JOIN unnest(%s::uuid[], %s::text[], %s::date[]) AS n(application_id, period, period_on)"
        " USING (application_id, period, period_on) WHERE c.tenant_id = %s"
        " ORDER BY c.application_id, c.period, c.period_on FOR UPDATE OF c"
    )
    asked = ctx.db.execute(select, [*columns, ctx.tenant])

    def answer() -> dict[CounterKey, int]:
        rows = asked.fetchall()
        if len(rows) < len(wanted):
            ctx.db.execute(
                "INSERT INTO message_counter (tenant_id, application_id, period, period_on, used)"
                " SELECT %s, n.a, n.p, n.d, 0 FROM unnest(%s::uuid[], %s::text[], %s::date[]) AS n(a, p, d)"
                " ON CONFLICT DO NOTHING",
                [ctx.tenant, *columns],
            )
            rows = ctx.db.execute(select, [*columns, ctx.tenant]).fetchall()
        return {(row["application_id"], row["period"], row["period_on"]): row["used"] for row in rows}

    return answer


def counters(ctx: Context, applications: Sequence[ServiceId], *, day: date, month: date) -> dict[CounterKey, int]:
    """What is used of the limits of a day and of a month, nothing held; what nothing was counted of is left out."""
    rows = ctx.db.execute(
        "SELECT application_id, period, period_on, used FROM message_counter WHERE tenant_id = %s"
        " AND application_id = ANY(%s::uuid[]) AND ((period = 'day' AND period_on = %s)"
        " OR (period = 'month' AND period_on = %s))",
        [ctx.tenant, arrays.of_ids(applications), day, month],
    ).fetchall()
    return {(row["application_id"], row["period"], row["period_on"]): row["used"] for row in rows}


def count_used(ctx: Context, used: Mapping[CounterKey, int]) -> None:
    """Write what is used of limits now; the counters are held."""
    if not used:
        return
    keys = list(used)
    ctx.db.execute(
        "UPDATE message_counter c SET used = n.used"
        " FROM unnest(%s::uuid[], %s::text[], %s::date[], %s::bigint[]) AS n(application_id, period, period_on, used)"
        " WHERE c.tenant_id = %s AND c.application_id = n.application_id AND c.period = n.period"
        " AND c.period_on = n.period_on",
        [
            arrays.of_ids([key[0] for key in keys]),
            "{" + ",".join([key[1] for key in keys]) + "}",
            arrays.of_days([key[2] for key in keys]),
            arrays.of_numbers([used[key] for key in keys]),
            ctx.tenant,
        ],
    )


def known_keys(ctx: Context, keys: Sequence[tuple[ServiceId, str]]) -> Later[dict[tuple[ServiceId, str], Row]]:
    """Submissions that were made before under the caller's own keys, with their answers."""
    if not keys:
        return dict
    asked = ctx.db.execute(
        "SELECT k.application_id, k.reference, k.message_id, k.answer FROM message_key k"
        " JOIN unnest(%s::uuid[], %s::text[]) AS n(application_id, reference) USING (application_id, reference)"
        " WHERE k.tenant_id = %s",
        [[key[0] for key in keys], [key[1] for key in keys], ctx.tenant],
    )
    return lambda: {(row["application_id"], row["reference"]): row for row in asked.fetchall()}


def keep_keys(ctx: Context, kept: Sequence[tuple[ServiceId, str, UUID, Mapping[str, object]]]) -> None:
    """
    Remember answers under the caller's own keys.

    `psycopg.errors.UniqueViolation` says that somebody else used one meanwhile: then the batch is to be tried again.
    """
    if not kept:
        return
    ctx.db.execute(
        "INSERT INTO message_key (tenant_id, application_id, reference, message_id, answer, at)"
        " SELECT %s, n.a, n.r, n.m, n.answer, %s FROM ROWS FROM (unnest(%s::uuid[], %s::text[], %s::uuid[]),"
        " jsonb_array_elements(%s::jsonb)) AS n(a, r, m, answer)",
        [
            ctx.tenant,
            ctx.now,
            [one[0] for one in kept],
            [one[1] for one in kept],
            [one[2] for one in kept],
            orjson.dumps([one[3] for one in kept]).decode(),
        ],
    )


def forget_keys(ctx: Context, *, before: datetime, limit: int) -> int:
    """Forget references of submissions made before an instant; returns how many."""
    return ctx.db.execute(
        "DELETE FROM message_key WHERE (tenant_id, application_id, reference) IN (SELECT tenant_id, application_id,"
        " reference FROM message_key WHERE tenant_id = %s AND at < %s ORDER BY at LIMIT %s)",
        [ctx.tenant, before, limit],
    ).rowcount


_QUEUED: Final = """
SELECT a.application_id, q.* FROM unnest(%s::uuid[]) AS a(application_id) CROSS JOIN LATERAL (
    SELECT coalesce(sum(parts) FILTER (WHERE class = 'standard' AND NOT later), 0)::bigint AS standard,
        coalesce(sum(parts) FILTER (WHERE class = 'priority' AND NOT later), 0)::bigint AS priority,
        coalesce(sum(parts) FILTER (WHERE class = 'standard' AND later), 0)::bigint AS standard_later,
        coalesce(sum(parts) FILTER (WHERE class = 'priority' AND later), 0)::bigint AS priority_later
    FROM (SELECT class, parts, coalesce(later_at > %s, false) AS later FROM message_queue
        WHERE tenant_id = %s AND application_id = a.application_id) AS w) AS q
"""
"""Each application's by the index: asked for together, a planner reads the queue of all instead."""


def queue_lengths(ctx: Context, applications: Sequence[ServiceId]) -> dict[ServiceId, Queued]:
    """Parts of each application that wait."""
    rows = ctx.db.execute(_QUEUED, [list(applications), ctx.now, ctx.tenant]).fetchall()
    return {row.pop("application_id"): Queued(**row) for row in rows}
