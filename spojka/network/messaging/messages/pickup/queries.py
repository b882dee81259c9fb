"""What an application can still pick up."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages import refusals as _words  # noqa: F401  # MESSAGE_NOT_FOUND
from spojka.network.messaging.messages.inbox import pending, summary
from spojka.network.messaging.messages.media import medium_of
from spojka.trade.services.store import service_row

PAGE = 100
MOST_PARTS = 2**15
COUNTED: Final = timedelta(days=30)
"""What was deleted unread is counted for so long."""
READING = "messages.text"
"""What staff need in order to read."""


@dataclass(frozen=True, slots=True)
class InboxItem:
    """
    What came in and was not acknowledged: a message from a mobile number, or a report.

    Args:
        kind: `sms`, `mms` or `report`.
        sender: the mobile number; `dialled` is the application's.
        content: its text or its parts, or the report's figures.
        message: the message that a report is on.
        expires_at: when it is erased (o2/3.2).
        fetched_at: when a program first had it, `None` before.
        hidden: whether its words or parts are kept from whoever asks.
        sha256: of what came, also after it is erased; `None` of a report (o2/7.1).
        fetched_sha256: of what a program had, `None` before; the same.

    """

    id: UUID
    kind: str
    sender: str
    network: str
    dialled: str
    content: dict[str, Any]
    message: UUID | None
    received_at: datetime
    expires_at: datetime
    fetched_at: datetime | None
    hidden: bool = False
    sha256: str | None = None
    fetched_sha256: str | None = None


@query("messages.inbox", permission="messages.read", customers=True, refusals=("APPLICATION_UNKNOWN",))
def inbox(
    ctx: Context, *, application: ServiceId, after: UUID | None = None, limit: int = PAGE
) -> list[InboxItem] | Refusal:
    """
    What an application can still pick up: messages and reports, the oldest first; `after` goes on (o2/3.2).

    Words and parts are for the subscriber, and for staff who hold `messages.text`; for others they are blank.
    """
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    reads = _reads(ctx)
    return [
        InboxItem(
            row["id"],
            row["kind"],
            row["sender"],
            row["network"],
            row["dialled"],
            (row["content"] or {}) if reads or row["kind"] == "report" else {},
            row["message_id"],
            row["received_at"],
            row["expires_at"],
            row["fetched_at"],
            hidden=not reads and row["kind"] != "report",
            sha256=_hexadecimal(row["digest"]),
            fetched_sha256=_hexadecimal(row["fetched_digest"]),
        )
        for row in pending(ctx, application, after=after, limit=min(max(1, limit), PAGE))
    ]


def _hexadecimal(digest: bytes | None) -> str | None:
    return None if digest is None else bytes(digest).hex()


def _reads(ctx: Context) -> bool:
    """Whether whoever asks may read what mobile numbers sent."""
    return ctx.actor.party is not None or ctx.actor.may(READING)


@dataclass(frozen=True, slots=True)
class InboxSummary:
    """
    How an application's inbox stands (o2/3.2).

    Args:
        waiting: items that may be picked up and were not acknowledged, reports among them.
        oldest_expires_at: when the first of them is erased; `None` where none waits.
        deleted_unread: messages whose time was over since `since` and that nobody had.

    """

    waiting: int
    oldest_expires_at: datetime | None
    deleted_unread: int
    since: datetime


def summary_of(ctx: Context, application: ServiceId) -> InboxSummary:
    """How the inbox of an application stands now, with what was deleted unread in the last month."""
    since = ctx.now - COUNTED
    row = summary(ctx, application, since=since)
    return InboxSummary(row["waiting"], row["oldest_expires_at"], row["deleted_unread"], since)


@query("messages.inbox_summary", permission="messages.read", customers=True, refusals=("APPLICATION_UNKNOWN",))
def inbox_summary(ctx: Context, *, application: ServiceId) -> InboxSummary | Refusal:
    """How many items wait in an inbox, when the first of them ends, and how many ended unread lately (o2/3.2)."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    return summary_of(ctx, application)


@dataclass(frozen=True, slots=True)
class MediumView:
    """One part of a received MMS: its media type as its sender named it, and its octets in base64."""

    item: UUID
    part: int
    content_type: str
    data_base64: str


@query(
    "messages.medium",
    permission="messages.read",
    customers=True,
    refusals=("NOT_AUTHORISED", "APPLICATION_UNKNOWN", "MESSAGE_NOT_FOUND"),
)
def medium(ctx: Context, *, application: ServiceId, item: UUID, part: int) -> MediumView | Refusal:
    """
    One part of an MMS in an application's inbox, while it may be picked up; looking does not fetch it (o2/3.2).

    It is for the subscriber, and for staff who hold `messages.text`.
    """
    if not _reads(ctx):
        return Refusal("NOT_AUTHORISED", (), {"actor": ctx.actor.name, "permission": READING})
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    row = medium_of(ctx, application, item, part) if 0 < part < MOST_PARTS else None
    if row is None:
        return Refusal("MESSAGE_NOT_FOUND", (), {"id": item})
    return MediumView(item, part, row["content_type"], b64encode(bytes(row["data"])).decode())
