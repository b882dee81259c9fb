"""Messages as people look for them, and one message's whole life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.finding import Wanted, candidates
from spojka.network.messaging.messages.lives import Life, lives_of
from spojka.network.messaging.messages.records import Status
from spojka.trade.numbering.numbers import normalise
from spojka.trade.services.store import service_row

PAGE: Final = 100
LOOKED_AT: Final = 500
"""Candidates that are compared with a state in one call."""


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
    remote_id: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LifeView:
    """
    One message with what happened to it, in its order.

    Args:
        text: its words; `None` once they are erased, for data and MMS, and for whoever may not read words.
        hidden: there are words, and whoever asks may not read them: staff need `messages.text`, the subscriber not.
        body_sha256: of what was submitted, also after the words are erased (o2/7.1).
        waits: nothing of it is sent and nobody has claimed it.
        claimed: a sender has it in hand.
        expires_at: when it is not worth sending any more.

    """

    message: MessageView
    text: str | None
    hidden: bool
    body_sha256: str
    purpose: str
    coding: str
    destination: str
    sender_kind: str
    certificate: str | None
    events: list[EventView]
    waits: bool
    claimed: bool
    expires_at: datetime | None
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FoundMessages:
    """
    A page of messages, the latest first.

    Args:
        messages: those that fit.
        next_before: from where the search goes on behind this page, `None` at the end. A page may hold fewer messages
            than asked for and still go on: no more than `LOOKED_AT` are compared with a state at once.

    """

    messages: list[MessageView]
    next_before: UUID | None


@query("messages.search", permission="messages.read", customers=True, refusals=("APPLICATION_UNKNOWN",))
def search(
    ctx: Context,
    *,
    application: ServiceId | None = None,
    recipient: str | None = None,
    reference: str | None = None,
    status: Status | None = None,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    before: UUID | None = None,
    limit: int = PAGE,
) -> FoundMessages | Refusal:
    """
    Messages by application, number in any written form, reference, state and time `[from_at, to_at)`, latest first.

    `before` goes on behind a message. A customer names the application. A reference is known for the days that a
    repeated submission is (o2/3.1), and longer beside a number.
    """
    if (application is None and ctx.actor.party is not None) or (
        application is not None and service_row(ctx, application) is None
    ):
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    number = (normalise(recipient) or recipient) if recipient else None
    most = min(max(1, limit), PAGE)
    wanted = Wanted(application, number, reference or None, status, from_at, to_at, before)
    ids = candidates(ctx, wanted, limit=most + 1 if status is None else LOOKED_AT)
    fitting = [life for life in reversed(lives_of(ctx, None, ids)) if status in (None, life.status)]
    shown = [message_view(life) for life in fitting[:most]]
    if len(fitting) > most:
        return FoundMessages(shown, shown[-1].id)
    return FoundMessages(shown, ids[-1] if status is not None and len(ids) == LOOKED_AT else None)


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
    return life_view(ctx, found[0])


def life_view(ctx: Context, found: Life) -> LifeView:
    """A life as whoever asks may see it."""
    row, text = found.row, _text(found.row)
    reads = ctx.actor.party is not None or ctx.actor.may("messages.text")
    return LifeView(
        message=message_view(found),
        text=text if reads else None,
        hidden=text is not None and not reads,
        body_sha256=bytes(row["body_hash"]).hex(),
        purpose=row["purpose"],
        coding=row["coding"],
        destination=row["destination"],
        sender_kind=row["sender_kind"],
        certificate=row["certificate"].hex() if row["certificate"] else None,
        events=[
            EventView(one["at"], one["kind"], one["part"], one["link"], one["remote_id"], one["detail"] or {})
            for one in found.events
        ],
        waits=found.waits,
        claimed=row["queue_state"] == "claimed",
        expires_at=row["queue_expires_at"],
        options=row["options"],
    )


def message_view(found: Life) -> MessageView:
    """A message as lists show it."""
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
