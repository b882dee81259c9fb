"""Messages as they flow now: by second, what waits, the ways to centres, what went wrong and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.network.messaging.messages.finding import RARELY
from spojka.network.messaging.messages.partitions import first_id_at
from spojka.network.messaging.messages.rates import by_link, by_second
from spojka.network.messaging.routes.store import all_routes
from spojka.network.messaging.sending.sole import is_sending

SHOWN_S: Final = 120
MOST_WAITING: Final = 100_000
"""Waiting messages that are counted; where there are more, the answer says at least."""
MOST_PLACED: Final = 5_000
"""Waiting messages, the oldest first, whose networks are looked up."""
MOST_WRONG: Final = 10_000
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
CARRIES: Final = {"sms": "smpp", "mms": "mm7"}
"""The kind of way that takes each kind of message."""
EVERYWHERE: Final = "*"
"""What a way to all other networks names."""


@dataclass(frozen=True, slots=True)
class SecondCounted:
    """One second: parts accepted, sent, delivered, failed, uncertain in it, and how many waited at its end."""

    at: datetime
    accepted: int
    sent: int
    delivered: int
    failed: int
    uncertain: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    What waits.

    Args:
        messages, parts: in the queue, those in the hands of a sender among them.
        claimed: messages in the hands of a sender.
        oldest_at: when the oldest of them was accepted, `None` when nothing waits.
        whole: whether all were counted; else there are at least so many.

    """

    messages: int
    parts: int
    claimed: int
    oldest_at: datetime | None
    whole: bool


@dataclass(frozen=True, slots=True)
class WayNow:
    """
    A way and what it did in the seconds shown.

    Args:
        is_set: whether it is set still; what has gone may have counts yet.
        sent_at: the second in which it last took a part, within an hour; `None` when it took none.
        waiting: messages that wait for it, among the oldest `MOST_PLACED`.

    """

    name: str
    networks: list[str]
    is_set: bool
    sent_at: datetime | None
    sent: int
    delivered: int
    failed: int
    uncertain: int
    waiting: int


@dataclass(frozen=True, slots=True)
class WentWrong:
    """Parts that did not arrive, or of which nobody knows, in a day: what happened, why (a code), how many."""

    kind: str
    reason: str
    parts: int


@dataclass(frozen=True, slots=True)
class Watch:
    """
    The flow of messages of a provider.

    Args:
        until: the end of the last whole second.
        seconds: each whole second before it, oldest first, those in which nothing happened among them.
        is_sending: whether a sender runs, as the database knows by its lock.
        homeless: waiting messages that no way leads to, among the oldest `MOST_PLACED`.
        wrong: of messages accepted within a day, the most frequent first.

    """

    until: datetime
    seconds: list[SecondCounted]
    waiting: Waiting
    is_sending: bool
    ways: list[WayNow]
    homeless: int
    wrong: list[WentWrong]


@query("messages.watch", permission="messages.read")
def watch(ctx: Context, *, seconds: Annotated[int, Field(ge=10, le=600)] = SHOWN_S) -> Watch:
    """The flow of messages in the last seconds, what waits now, the ways to centres, what went wrong in a day."""
    until = ctx.now.replace(microsecond=0)
    from_at = until - timedelta(seconds=seconds)
    waiting = _waiting(ctx)
    ways, homeless = _ways(ctx, from_at, until)
    return Watch(
        until,
        _seconds(ctx, from_at, until, waiting.parts),
        waiting,
        is_sending(ctx.db, ctx.tenant),
        ways,
        homeless,
        _wrong(ctx),
    )


def _seconds(ctx: Context, from_at: datetime, until: datetime, waiting: int) -> list[SecondCounted]:
    """Every second; what waited is what waits now, less what came and plus what left since."""
    rows = {row["at"]: row for row in by_second(ctx, from_at, until + timedelta(seconds=1))}
    found: list[SecondCounted] = []
    last = rows.get(until)
    queue = waiting - (last["accepted"] - last["gone"] if last else 0)
    for place in range(int((until - from_at).total_seconds())):
        at = until - timedelta(seconds=place + 1)
        row = rows.get(at)
        if row is None:
            found.append(SecondCounted(at, 0, 0, 0, 0, 0, max(queue, 0)))
            continue
        found.append(
            SecondCounted(
                at,
                row["accepted"],
                row["sent"],
                row["delivered"],
                row["failed"],
                row["uncertain"],
                max(queue, 0),
            )
        )
        queue -= row["accepted"] - row["gone"]
    return found[::-1]


_QUEUE: Final = """
SELECT count(*) AS messages, coalesce(sum(q.parts), 0)::bigint AS parts,
    count(*) FILTER (WHERE q.state = 'claimed') AS claimed,
    (SELECT m.accepted_at FROM (SELECT id FROM message_queue WHERE tenant_id = %(tenant)s ORDER BY id LIMIT 1) o
        JOIN message m ON m.tenant_id = %(tenant)s AND m.id = o.id) AS oldest_at
FROM (SELECT parts, state FROM message_queue WHERE tenant_id = %(tenant)s ORDER BY id LIMIT %(most)s) q
"""


def _waiting(ctx: Context) -> Waiting:
    row = ctx.db.execute(_QUEUE, {"tenant": ctx.tenant, "most": MOST_WAITING}).fetchone()
    assert row is not None
    return Waiting(**row, whole=row["messages"] < MOST_WAITING)


_PLACED: Final = """
SELECT m.kind, m.network, count(*) AS messages FROM (
    SELECT id FROM message_queue WHERE tenant_id = %(tenant)s AND state = 'waiting' ORDER BY id LIMIT %(most)s) q
CROSS JOIN LATERAL (SELECT kind, network FROM message WHERE tenant_id = %(tenant)s AND id = q.id OFFSET 0) AS m
GROUP BY m.kind, m.network
"""
"""Each message is looked up by its own key, whatever the planner knows of how many there are."""


def _ways(ctx: Context, from_at: datetime, until: datetime) -> tuple[list[WayNow], int]:
    """Every way with what it did, and how many waiting messages none of them leads to."""
    rows = all_routes(ctx)
    routes = {row["name"]: row["networks"] for row in rows}
    counted = {row["link"]: row for row in by_link(ctx, from_at, until)}
    last = {row["link"]: row["sent_at"] for row in by_link(ctx, until - HOUR, until + timedelta(seconds=1))}
    leads = {(row["kind"], network): row["name"] for row in rows for network in row["networks"]}
    waiting, homeless = dict.fromkeys([*routes, *counted], 0), 0
    placed = ctx.db.execute(_PLACED, {"tenant": ctx.tenant, "most": MOST_PLACED}).fetchall()
    for row in placed:
        carries = CARRIES[row["kind"]]
        way = leads.get((carries, row["network"]), leads.get((carries, EVERYWHERE)))
        if way is not None:
            waiting[way] += row["messages"]
        else:
            homeless += row["messages"]
    nothing = dict.fromkeys(("sent", "delivered", "failed", "uncertain"), 0)
    ways = [
        WayNow(
            name,
            routes.get(name, []),
            name in routes,
            last.get(name),
            **{figure: counted.get(name, nothing)[figure] for figure in nothing},
            waiting=waiting[name],
        )
        for name in sorted(waiting)
    ]
    return ways, homeless


_WRONG: Final = f"""
SELECT kind, reason, count(*) AS parts FROM (
    SELECT e.kind, coalesce(e.detail->>'code', e.detail->>'state', '') AS reason FROM message_event e
    WHERE e.tenant_id = %(tenant)s AND e.kind = %(kind)s AND {RARELY} AND e.message_id >= %(since)s
    ORDER BY e.message_id DESC LIMIT %(most)s) AS n
GROUP BY kind, reason
"""  # noqa: S608  # our own words


def wrong_of(ctx: Context, since: datetime) -> tuple[str, dict[str, object]]:
    """The statement that counts what went wrong with messages accepted since an instant, and what it is given."""
    given = {"tenant": ctx.tenant, "since": first_id_at(since), "most": MOST_WRONG}
    kinds = ("failed", "undelivered", "uncertain", "unknown", "expired")
    return " UNION ALL ".join(_WRONG.replace("%(kind)s", f"'{kind}'") for kind in kinds), given


def _wrong(ctx: Context) -> list[WentWrong]:
    rows = ctx.db.execute(*wrong_of(ctx, ctx.now - DAY)).fetchall()
    found = [WentWrong(row["kind"], row["reason"], row["parts"]) for row in rows]
    return sorted(found, key=lambda one: (-one.parts, one.kind, one.reason))
