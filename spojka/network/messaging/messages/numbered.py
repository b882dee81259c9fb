"""
Messages to one number, found day by day.

Their index begins with the day of acceptance: what is accepted now is written into its newest part, which stays small
and in memory however many messages lie behind it. Whoever looks a number up asks it once for each day.
The day of a message is the one that its id carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.network.messaging.messages.partitions import first_id_at

_EPOCH: Final = date(1970, 1, 1)
_DAY: Final = timedelta(days=1)
_EDGES: Final = """
SELECT (SELECT id FROM message WHERE tenant_id = %(tenant)s AND id >= %(first)s AND id < %(beyond)s
        ORDER BY id LIMIT 1) AS oldest,
    (SELECT id FROM message WHERE tenant_id = %(tenant)s AND id >= %(first)s AND id < %(beyond)s
        ORDER BY id DESC LIMIT 1) AS latest
"""


def to_number(where: Sequence[str] = ()) -> str:
    """
    What a statement selects from to read messages `m` to `%(recipient)s`, accepted on `days_between`.

    Args:
        where: what else must hold of a message `m`, in words of our own; the latest `%(limit)s` of each day are read.

    """
    conditions = (
        "m.tenant_id = %(tenant)s",
        "m.accepted_on = d.day",
        "m.recipient = %(recipient)s",
        "m.id >= d.first AND m.id < d.beyond",
        *where,
    )
    return (  # our own words
        "unnest(%(days)s::date[], %(firsts)s::uuid[], %(beyonds)s::uuid[]) AS d(day, first, beyond) CROSS JOIN LATERAL"  # noqa: S608
        f" (SELECT * FROM message m WHERE {' AND '.join(conditions)} ORDER BY m.id DESC LIMIT %(limit)s) AS m"
    )


def days_between(ctx: Context, first: UUID, beyond: UUID) -> dict[str, Any]:
    """The days on which the messages `[first, beyond)` were accepted, with their first ids, as `to_number` asks."""
    edges = ctx.db.execute(_EDGES, {"tenant": ctx.tenant, "first": first, "beyond": beyond}).fetchone()
    assert edges is not None
    days: list[date] = []
    if edges["oldest"] is not None:
        oldest, latest = _day_of(edges["oldest"]), _day_of(edges["latest"])
        days = [oldest + number * _DAY for number in range((latest - oldest).days + 1)]
    return {
        "days": days,
        "firsts": [max(first, _first_id_on(day)) for day in days],
        "beyonds": [min(beyond, _first_id_on(day + _DAY)) for day in days],
    }


def _day_of(message: UUID) -> date:
    """The day in UTC that an id carries (RFC 9562, 5.7)."""
    return _EPOCH + timedelta(milliseconds=message.int >> 80)


def _first_id_on(day: date) -> UUID:
    return first_id_at(datetime.combine(day, time(), UTC))
