"""One message's life as its program sees it: what it is now, what happened to it, and taking it back in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.messages.records import FINAL, EventKind, Happened, Status
from spojka.network.messaging.messages.store import add_events, events_of

_BECOMES: Final[Mapping[EventKind, Status]] = {
    "sent": "dispatched",
    "enroute": "dispatched",
    "deferred": "accepted",
    "uncertain": "uncertain",
    "delivered": "delivered",
    "undelivered": "undelivered",
    "failed": "undelivered",
    "unknown": "unknown",
    "cancelled": "cancelled",
    "expired": "expired",
}
_WORST_FIRST: Final[Sequence[Status]] = (
    "cancelled",
    "expired",
    "undelivered",
    "uncertain",
    "unknown",
    "dispatched",
    "accepted",
    "delivered",
)
"""A message is what the first of these is that any part of it is: delivered only once all parts are."""


@dataclass(frozen=True, slots=True)
class Life:
    """
    A message with what happened to it.

    Args:
        row: the message as accepted.
        status: what it is now (o2/3.1).
        events: what happened, in its order.
        waits: whether it still waits in the queue, nothing of it sent.

    """

    row: Row
    status: Status
    events: Sequence[Row]
    waits: bool


def status_of(events: Iterable[tuple[int, EventKind, datetime]], parts: int) -> Status:
    """
    What a message is, from part, kind and time of what happened to it.

    A later event replaces an earlier one of the same part, but nothing that is not final replaces what is.

    >>> from datetime import UTC
    >>> at = datetime(2026, 2, 1, tzinfo=UTC)
    >>> status_of([(1, "sent", at), (1, "delivered", at)], 2)
    'dispatched'
    """
    now: dict[int, EventKind] = {}
    whole: EventKind | None = None
    for part, kind, _ in sorted(events, key=lambda one: one[2]):
        if kind in {"cancelled", "expired"}:
            whole = kind
        elif now.get(part) not in FINAL or (kind in FINAL and kind != "unknown"):
            now[part] = kind
    if whole is not None:
        return _BECOMES[whole]
    each = {_BECOMES[kind] for kind in now.values()}
    if len(now) < parts:
        each.add("dispatched" if each - {"accepted"} else "accepted")
    return next(one for one in _WORST_FIRST if one in each)


def lives_of(ctx: Context, application: ServiceId | None, messages: Sequence[UUID]) -> list[Life]:
    """Messages with their lives, in the order of their ids; those of other applications than one named are left out."""
    rows = ctx.db.execute(
        "SELECT m.*, q.state AS queue_state, q.expires_at AS queue_expires_at FROM message m"
        " LEFT JOIN LATERAL (SELECT state, expires_at FROM message_queue WHERE tenant_id = m.tenant_id AND id = m.id"
        " OFFSET 0) AS q ON true"
        " WHERE m.tenant_id = %s AND m.id = ANY(%s) AND (%s::uuid IS NULL OR m.application_id = %s) ORDER BY m.id",
        [ctx.tenant, list(messages), application, application],
    ).fetchall()
    happened: dict[UUID, list[Row]] = {row["id"]: [] for row in rows}
    for event in events_of(ctx, happened) if happened else ():
        happened[event["message_id"]].append(event)
    return [
        Life(
            row,
            status_of([(one["part"], one["kind"], one["at"]) for one in happened[row["id"]]], row["parts"]),
            happened[row["id"]],
            row["queue_state"] == "waiting",
        )
        for row in rows
    ]


def cancel(ctx: Context, application: ServiceId, message: UUID) -> Life | Refusal:
    """
    Take a message back while nothing of it is sent; it stays counted (o2/3.3). Safe to repeat.

    Returns its life, or `MESSAGE_NOT_FOUND`, `MESSAGE_LEFT`.
    """
    taken = ctx.db.execute(
        "DELETE FROM message_queue WHERE tenant_id = %s AND application_id = %s AND id = %s AND state = 'waiting'"
        " RETURNING id",
        [ctx.tenant, application, message],
    ).fetchone()
    if taken is not None:
        add_events(ctx, [Happened(message, 1, "cancelled", ctx.now, detail={"by": ctx.actor.name})])
    found = lives_of(ctx, application, [message])
    if not found:
        return Refusal("MESSAGE_NOT_FOUND", (), {"id": message})
    if found[0].status != "cancelled":
        return Refusal("MESSAGE_LEFT", (), {"id": message, "status": found[0].status})
    return found[0]


def cancel_waiting(ctx: Context, application: ServiceId, *, why: Mapping[str, Any]) -> int:
    """Cancel every message of an application that waits, with a reason; what is claimed is not recalled."""
    rows = ctx.db.execute(
        "DELETE FROM message_queue WHERE tenant_id = %s AND application_id = %s AND state = 'waiting' RETURNING id",
        [ctx.tenant, application],
    ).fetchall()
    add_events(ctx, [Happened(row["id"], 1, "cancelled", ctx.now, detail=why) for row in rows])
    return len(rows)
