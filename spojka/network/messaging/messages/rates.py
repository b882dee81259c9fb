"""
How much is accepted, sent and delivered in each second, by way: counted where messages and events are written.

Everybody who writes has rows of its own (`source`), so that nobody waits for another; whoever reads adds them up. What
is counted are parts, as everywhere that messages are paced and paid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from spojka.access.database import arrays
from spojka.access.database.connections import Connection, Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages.records import EventKind, Happened

_COLUMNS: Final = ("accepted", "sent", "delivered", "failed", "uncertain", "gone")
_COUNT: Final = f"""
INSERT INTO message_rate (tenant_id, at, source, link, {", ".join(_COLUMNS)})
SELECT %s, %s, %s, n.* FROM unnest(%s::text[], {", ".join("%s::bigint[]" for _ in _COLUMNS)}) AS n
ON CONFLICT (tenant_id, at, source, link)
DO UPDATE SET {", ".join(f"{name} = message_rate.{name} + excluded.{name}" for name in _COLUMNS)}
"""  # noqa: S608  # our own words
_PLACES: Final[Mapping[EventKind, tuple[int, ...]]] = {
    "sent": (1, 5),
    "delivered": (2,),
    "failed": (3, 5),
    "undelivered": (3,),
    "expired": (3,),
    "uncertain": (4, 5),
}
"""Into which columns an event counts; `gone` is what left the queue."""

_sources: Final[WeakKeyDictionary[Connection, UUID]] = WeakKeyDictionary()


def source(db: Connection) -> UUID:
    """The rows that a connection adds to: a random id, made once; a connection writes one transaction at a time."""
    known = _sources.get(db)
    if known is None:
        known = _sources[db] = uuid7()
    return known


def count_accepted(ctx: Context, parts: int) -> None:
    """Count accepted parts into the second of the call."""
    _count(ctx, {"": [parts, 0, 0, 0, 0, 0]})


def count_events(ctx: Context, events: Sequence[Happened]) -> None:
    """Count what happened into the second of the call, by way."""
    by_link: dict[str, list[int]] = {}
    for (link, kind), parts in Counter([(one.link, one.kind) for one in events]).items():
        places = _PLACES.get(kind, ())
        if link is None and kind in {"expired", "cancelled"}:
            places = (*places, 5)
        if places:
            row = by_link.setdefault(link or "", [0] * len(_COLUMNS))
            for place in places:
                row[place] += parts
    if by_link:
        _count(ctx, by_link)


def _count(ctx: Context, by_link: Mapping[str, Sequence[int]]) -> None:
    columns = [arrays.of_numbers(column) for column in zip(*by_link.values(), strict=True)]
    at = ctx.now.replace(microsecond=0)
    ctx.db.execute(_COUNT, [ctx.tenant, at, source(ctx.db), list(by_link), *columns])


_SUMS: Final = ", ".join(f"sum({name})::bigint AS {name}" for name in _COLUMNS)
READ: Final = f"""
SELECT at, {_SUMS} FROM message_rate
WHERE tenant_id = %s AND at >= %s AND at < %s GROUP BY at ORDER BY at
"""  # noqa: S608  # our own words


def by_second(ctx: Context, from_at: datetime, to_at: datetime) -> list[Row]:
    """What was counted in every second of `[from_at, to_at)` in which anything was."""
    return ctx.db.execute(READ, [ctx.tenant, from_at, to_at]).fetchall()


_BY_LINK: Final = f"""
SELECT link, max(at) FILTER (WHERE sent > 0) AS sent_at, {_SUMS} FROM message_rate
WHERE tenant_id = %s AND at >= %s AND at < %s AND link <> '' GROUP BY link
"""  # noqa: S608  # our own words


def by_link(ctx: Context, from_at: datetime, to_at: datetime) -> list[Row]:
    """What was counted of each way in `[from_at, to_at)`, and when it last took a part."""
    return ctx.db.execute(_BY_LINK, [ctx.tenant, from_at, to_at]).fetchall()


def forget_rates(ctx: Context, *, before: datetime, limit: int) -> int:
    """Forget counts of seconds before an instant; returns how many rows."""
    return ctx.db.execute(
        "DELETE FROM message_rate WHERE (tenant_id, at, source, link) IN (SELECT tenant_id, at, source, link"
        " FROM message_rate WHERE tenant_id = %s AND at < %s ORDER BY at LIMIT %s)",
        [ctx.tenant, before, limit],
    ).rowcount
