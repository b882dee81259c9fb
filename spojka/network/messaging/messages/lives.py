"""One message's life as its program sees it: what it is now, what happened to it, and taking it back in time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import Reported, report_of
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


def statuses_of(ctx: Context, items: Sequence[Row]) -> dict[UUID, Status]:
    """What the messages are now, as a whole, that items of an inbox report on; one that is not kept is left out."""
    messages = [row["message_id"] for row in items if row["message_id"] is not None]
    return {life.row["id"]: life.status for life in lives_of(ctx, None, messages)} if messages else {}


_CANCEL: Final = """
WITH gone AS (DELETE FROM message_queue q WHERE q.tenant_id = %(tenant)s AND q.state = 'waiting' AND {which}
    RETURNING q.id)
SELECT m.id, m.application_id, m.recipient, m.sender, m.parts, m.options FROM gone CROSS JOIN LATERAL (
    SELECT * FROM message WHERE tenant_id = %(tenant)s AND id = gone.id OFFSET 0) AS m
"""
"""Each message is looked up by its own key, whatever a planner thinks of how many there are."""

_ONE: Final = _CANCEL.format(which="q.application_id = %(application)s AND q.id = %(id)s")
_ALL: Final = _CANCEL.format(which="q.application_id = %(application)s")
_ACCEPTED_WITH: Final = _CANCEL.format(
    which="q.application_id = ANY(%(applications)s) AND (SELECT certificate FROM message"
    " WHERE tenant_id = q.tenant_id AND id = q.id) = ANY(%(certificates)s)"
)


TAKEN_BACK: Final = "TAKEN_BACK"
"""Why a message is cancelled that its own subscriber, or a program of theirs, does not want sent any more."""


def taken_back(ctx: Context) -> dict[str, Any]:
    """What the life of a message tells that is taken back: why, and by whom."""
    return {"code": TAKEN_BACK, "by": ctx.actor.name}


def ends_message(life: Life, report: Mapping[str, Any]) -> bool:
    """Whether a report, as an inbox keeps it, is the last on its message: on the last part to end, and all have."""
    if report.get("parts", 1) <= 1 or report["state"] == "cancelled":
        return True
    ends = [(one["at"], one["part"]) for one in life.events if one["kind"] in FINAL]
    if len({part for _, part in ends}) < report["parts"]:
        return False
    return max(ends) == (datetime.fromisoformat(report["at"]), report["part"])


def cancel(ctx: Context, application: ServiceId, message: UUID) -> Life | Refusal:
    """
    Take a message back while nothing of it is sent; it stays counted (o2/3.3). Safe to repeat.

    Returns its life, or `MESSAGE_NOT_FOUND`, `MESSAGE_LEFT`.
    """
    given = {"tenant": ctx.tenant, "application": application, "id": message}
    _cancelled(ctx, ctx.db.execute(_ONE, given).fetchall(), taken_back(ctx))
    found = lives_of(ctx, application, [message])
    if not found:
        return Refusal("MESSAGE_NOT_FOUND", (), {"id": message})
    if found[0].status != "cancelled":
        return Refusal("MESSAGE_LEFT", (), {"id": message, "status": found[0].status})
    return found[0]


def cancel_waiting(ctx: Context, application: ServiceId, *, why: Mapping[str, Any]) -> int:
    """
    Cancel every message of an application that waits, with a reason; what is claimed is not recalled.

    Reports go to the inbox where they were asked for (o2/3.1). Returns how many messages that is.
    """
    given = {"tenant": ctx.tenant, "application": application}
    return _cancelled(ctx, ctx.db.execute(_ALL, given).fetchall(), why)


def cancel_accepted_with(
    ctx: Context, certificates: Collection[bytes], *, applications: Collection[UUID], why: Mapping[str, Any]
) -> int:
    """Cancel what waits of applications and was accepted with certificates of these fingerprints (o2/6.2)."""
    if not certificates:
        return 0
    given = {"tenant": ctx.tenant, "applications": list(applications), "certificates": list(certificates)}
    return _cancelled(ctx, ctx.db.execute(_ACCEPTED_WITH, given).fetchall(), why)


def _cancelled(ctx: Context, rows: Sequence[Row], why: Mapping[str, Any]) -> int:
    add_events(ctx, [Happened(row["id"], 1, "cancelled", ctx.now, detail=why) for row in rows])
    reports = [
        Reported(row["id"], 1, row["application_id"], row["recipient"], row["sender"], row["parts"])
        for row in rows
        if row["options"].get("report")
    ]
    add_arrived(ctx, [report_of(one, "cancelled", ctx.now) for one in reports])
    return len(rows)
