"""Messages as people look for them, and one message's whole life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.lives import Life, lives_of
from spojka.network.messaging.messages.records import Status
from spojka.trade.services.store import service_row

PAGE = 100


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message in a list: to whom, as whom, how many parts, what it is now."""

    id: UUID
    application: ServiceId
    accepted_at: datetime
    recipient: str
    sender: str
    class_: str
    parts: int
    network: str
    status: Status
    reference: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened to a part of a message, by which way, with its figures."""

    at: datetime
    kind: str
    part: int
    link: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LifeView:
    """One message with what happened to it, in its order; its words are shown while they are kept."""

    message: MessageView
    text: str | None
    purpose: str
    coding: str
    sender_kind: str
    certificate: str | None
    events: list[EventView]
    waits: bool


@query("messages.search", permission="messages.read", customers=True, refusals=("APPLICATION_UNKNOWN",))
def search(
    ctx: Context,
    *,
    application: ServiceId,
    recipient: str | None = None,
    before: UUID | None = None,
    limit: int = PAGE,
) -> list[MessageView] | Refusal:
    """An application's messages, the latest first, all or those to one number; `before` goes on behind a message."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    rows = ctx.db.execute(
        "SELECT id FROM message WHERE tenant_id = %(tenant)s AND application_id = %(application)s"
        " AND (%(recipient)s::text IS NULL OR recipient = %(recipient)s)"
        " AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        {
            "tenant": ctx.tenant,
            "application": application,
            "recipient": recipient,
            "before": before,
            "limit": min(max(1, limit), PAGE),
        },
    ).fetchall()
    return [_view(life) for life in reversed(lives_of(ctx, application, [row["id"] for row in rows]))]


@query(
    "messages.life",
    permission="messages.read",
    customers=True,
    refusals=("APPLICATION_UNKNOWN", "MESSAGE_NOT_FOUND"),
)
def life(ctx: Context, *, application: ServiceId, message: UUID) -> LifeView | Refusal:
    """One message's whole life: how it was accepted and every thing that happened to it (o2/6.3, o2/8.1)."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    found = lives_of(ctx, application, [message])
    if not found:
        return Refusal("MESSAGE_NOT_FOUND", (), {"id": message})
    row = found[0].row
    return LifeView(
        message=_view(found[0]),
        text=_text(row),
        purpose=row["purpose"],
        coding=row["coding"],
        sender_kind=row["sender_kind"],
        certificate=row["certificate"].hex() if row["certificate"] else None,
        events=[
            EventView(one["at"], one["kind"], one["part"], one["link"], one["detail"] or {}) for one in found[0].events
        ],
        waits=found[0].waits,
    )


def _view(found: Life) -> MessageView:
    row = found.row
    return MessageView(
        row["id"],
        row["application_id"],
        row["accepted_at"],
        row["recipient"],
        row["sender"],
        row["class"],
        row["parts"],
        row["network"],
        found.status,
        row["reference"],
    )


def _text(row: Row) -> str | None:
    if row["body"] is None or row["coding"] in {"octets", "mms"}:
        return None
    return str(bytes(row["body"]).decode())
