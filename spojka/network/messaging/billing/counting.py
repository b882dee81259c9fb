"""
Dispatched parts counted in the database, so that no message goes through Python, however many there are.

A part was handed to a network when its centre took it (`sent`), or when it arrived though nobody knows whether it was
taken (`delivered`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.time import micros_of
from spojka.network.messaging.messages.records import CONFIRMS
from spojka.network.messaging.prices.rules import Sort

SLACK: Final = timedelta(hours=1)
"""An id is made at acceptance, so its time is the message's within this much; the exact instant decides."""

HANDED_OVER: Final = "e.kind IN ('sent', 'delivered')"
"""What shows that a part was handed to a network."""

_RANGE: Final = (
    "m.tenant_id = %(tenant)s AND m.id >= %(first)s AND m.id < %(beyond)s"
    f" AND m.accepted_at >= %(from_at)s AND m.accepted_at < %(to_at)s AND NOT m.options ? '{CONFIRMS}'"
)
"""Answers to withdrawals are nobody's traffic and are not counted (o2/8.1)."""
_SORT: Final = (
    "width_bucket(m.accepted_at, %(starts)s::timestamptz[]) AS piece, m.kind, m.destination,"
    " m.sender_kind = 'nickname' AS nickname, m.class = 'priority' AS priority"
)
_SUMS: Final = "count(*) AS messages, sum(d.parts)::bigint AS parts"

_COUNTED: Final = f"""
WITH d AS (SELECT e.message_id, count(DISTINCT e.part) AS parts FROM message_event e
    WHERE e.tenant_id = %(tenant)s AND e.message_id >= %(first)s AND e.message_id < %(beyond)s AND {HANDED_OVER}
    GROUP BY e.message_id)
SELECT m.application_id, {_SORT}, {_SUMS} FROM message m JOIN d ON d.message_id = m.id WHERE {_RANGE}
GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608  # our own words

_USED: Final = f"""
WITH w AS MATERIALIZED (SELECT * FROM unnest(%(applications)s::uuid[], %(certificates)s::bytea[],
    %(ends)s::timestamptz[]) AS w(application_id, certificate, ends_at)),
m AS MATERIALIZED (SELECT m.*, w.ends_at FROM w JOIN message m ON m.application_id = w.application_id
    AND m.certificate = w.certificate WHERE {_RANGE}),
p AS (SELECT e.message_id, e.part, min(e.at) AS at FROM m JOIN message_event e ON e.message_id = m.id
    WHERE e.tenant_id = %(tenant)s AND e.message_id >= %(first)s AND e.message_id < %(beyond)s AND {HANDED_OVER}
    GROUP BY e.message_id, e.part),
d AS (SELECT message_id, count(*) AS parts, max(at) AS completed_at FROM p GROUP BY message_id)
SELECT m.application_id, {_SORT}, greatest(m.accepted_at, d.completed_at) >= m.ends_at AS beyond, {_SUMS}
FROM m JOIN d ON d.message_id = m.id GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608  # our own words

_COUNTED_AND_USED: Final = f"""
SELECT c.*, NULL::bool AS beyond FROM ({_COUNTED}) c
UNION ALL SELECT u.application_id, u.piece, u.kind, u.destination, u.nickname, u.priority, u.messages, u.parts, u.beyond
FROM ({_USED}) u
"""  # noqa: S608  # our own words


@dataclass(frozen=True, slots=True)
class Counted:
    """
    Dispatched messages of one application that were accepted in one piece of the time counted and cost the same.

    Args:
        piece: which piece, from 0.
        messages, parts: how many.

    """

    application: ServiceId
    piece: int
    sort: Sort
    messages: int
    parts: int


@dataclass(frozen=True, slots=True)
class Window:
    """A certificate of an application whose subscriber answers for it until an instant (o2/6.4, 6.7)."""

    application: ServiceId
    certificate: bytes
    ends_at: datetime


def id_at(instant: datetime) -> UUID:
    """The smallest UUIDv7 of an instant (RFC 9562, 5.7)."""
    return UUID(int=micros_of(instant) // 1000 << 80)


def accepted_within(ctx: Context, from_at: datetime, to_at: datetime) -> dict[str, Any]:
    """What names messages accepted in `[from_at, to_at)`: by id, so that other months are not read, and exactly."""
    return {
        "tenant": ctx.tenant,
        "first": id_at(from_at - SLACK),
        "beyond": id_at(to_at + SLACK),
        "from_at": from_at,
        "to_at": to_at,
    }


def _counted(row: Row) -> Counted:
    sort = Sort(row["kind"], row["destination"], row["nickname"], row["priority"])
    return Counted(row["application_id"], row["piece"] - 1, sort, row["messages"], row["parts"])


@dataclass(frozen=True, slots=True)
class Used:
    """Messages sent with one of the certificates; `beyond`: completed after the subscriber's liability ended."""

    counted: Counted
    beyond: bool


@dataclass(frozen=True, slots=True)
class Dispatched:
    """Dispatched messages of every application, and those of them whose certificates' windows were asked about."""

    counted: list[Counted]
    used: list[Used]


def dispatched(ctx: Context, starts: Sequence[datetime], to_at: datetime, windows: Sequence[Window]) -> Dispatched:
    """
    Dispatched messages of every application, counted in one statement, so that all figures are of one instant.

    Args:
        ctx: the call.
        starts: when each piece of the time begins, ascending; by acceptance.
        to_at: when the last one ends (exclusive).
        windows: of certificates whose messages are counted apart too.

    """
    given = {**accepted_within(ctx, starts[0], to_at), "starts": arrays.of_instants(starts)}
    if not windows:
        return Dispatched([_counted(row) for row in ctx.db.execute(_COUNTED, given)], [])
    rows = ctx.db.execute(_COUNTED_AND_USED, {**given, **_of_windows(windows)}).fetchall()
    return Dispatched(
        [_counted(row) for row in rows if row["beyond"] is None],
        [Used(_counted(row), row["beyond"]) for row in rows if row["beyond"] is not None],
    )


def used_with(ctx: Context, windows: Sequence[Window], starts: Sequence[datetime], to_at: datetime) -> list[Used]:
    """Dispatched messages sent with given certificates, apart by who answers for them (`liable_party`)."""
    if not windows:
        return []
    given = {**accepted_within(ctx, starts[0], to_at), "starts": arrays.of_instants(starts), **_of_windows(windows)}
    return [Used(_counted(row), row["beyond"]) for row in ctx.db.execute(_USED, given)]


def _of_windows(windows: Sequence[Window]) -> dict[str, Any]:
    return {
        "applications": arrays.of_ids([one.application for one in windows]),
        "certificates": [one.certificate for one in windows],
        "ends": arrays.of_instants([one.ends_at for one in windows]),
    }


_OF_LINE: Final = f"""
SELECT m.id, m.accepted_at, m.kind, m.recipient, m.sender, m.sender_kind, m.network, m.destination, m.class,
    m.certificate, d.parts, d.completed_at
FROM message m CROSS JOIN LATERAL (SELECT count(*) AS parts, max(p.at) AS completed_at FROM (
    SELECT min(e.at) AS at FROM message_event e WHERE e.tenant_id = %(tenant)s AND e.message_id = m.id
    AND e.message_id >= %(first)s AND e.message_id < %(beyond)s AND {HANDED_OVER} GROUP BY e.part) p) d
WHERE {_RANGE} AND m.application_id = %(application)s AND m.id > %(after)s AND d.parts > 0
    AND (m.kind, m.destination, m.sender_kind = 'nickname') IN (
        SELECT * FROM unnest(%(kinds)s::text[], %(destinations)s::text[], %(nicknames)s::bool[]))
    AND (NOT %(priority)s OR m.class = 'priority')
ORDER BY m.id LIMIT %(limit)s
"""  # noqa: S608  # our own words


def messages_of(
    ctx: Context,
    application: ServiceId,
    sorts: Sequence[Sort],
    within: tuple[datetime, datetime],
    *,
    priority: bool,
    after: UUID,
    limit: int,
) -> list[Row]:
    """
    Dispatched messages of an application beyond an id, in the order of acceptance.

    Args:
        ctx: the call.
        application: whose.
        sorts: of which kinds, networks and senders; their classes do not matter.
        within: accepted from the first instant to the second (exclusive).
        priority: those sent as priority alone.
        after: the last id of the page before.
        limit: how many at most.

    """
    given = {
        **accepted_within(ctx, *within),
        "application": application,
        "kinds": [sort.kind for sort in sorts],
        "destinations": [sort.destination for sort in sorts],
        "nicknames": [sort.nickname for sort in sorts],
        "priority": priority,
        "after": after,
        "limit": limit,
    }
    return ctx.db.execute(_OF_LINE, given).fetchall()
