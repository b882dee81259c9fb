"""Receipts that came before the answer which names their part, and reports for an application's inbox."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages.records import Arrived, EventKind

KEPT: Final = timedelta(hours=96)
"""A report is kept for pick-up as long as a message (o2/3.2)."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A receipt without a part: the way it came, what the part is called there, of whom, and what it says."""

    link: str
    remote_id: str
    recipient: str
    state: str
    detail: Mapping[str, Any]
    received_at: datetime


class OfPart(Protocol):
    """What a report needs to know of a part."""

    message: UUID
    part: int
    application: UUID
    recipient: str
    sender: str
    parts: int


def park(ctx: Context, receipts: Sequence[Parked]) -> None:
    """Keep receipts until their answers come."""
    ctx.db.execute(
        "INSERT INTO message_receipt (tenant_id, id, link, remote_id, recipient, state, detail, received_at)"
        " SELECT %s, n.* FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %b::jsonb[],"
        " %s::timestamptz[]) AS n",
        [
            ctx.tenant,
            [uuid7() for _ in receipts],
            [one.link for one in receipts],
            [one.remote_id for one in receipts],
            [one.recipient for one in receipts],
            [one.state for one in receipts],
            [json.dumps(dict(one.detail)) for one in receipts],
            [one.received_at for one in receipts],
        ],
    )


def settled_parts(ctx: Context, receipts: Sequence[Parked]) -> None:
    """Receipts found their parts: they are not kept any more."""
    ctx.db.execute(
        "DELETE FROM message_receipt r USING unnest(%s::text[], %s::text[]) AS n(link, remote_id)"
        " WHERE r.tenant_id = %s AND r.link = n.link AND r.remote_id = n.remote_id",
        [[one.link for one in receipts], [one.remote_id for one in receipts], ctx.tenant],
    )


def report_of(part: OfPart, kind: EventKind, at: datetime) -> Arrived:
    """A report for the inbox: which part of which message, what became of it."""
    return Arrived(
        id=uuid7(),
        application=ServiceId(part.application),
        kind="report",
        sender=part.recipient,
        network="",
        dialled=part.sender,
        content={"state": kind, "part": part.part, "parts": part.parts, "at": at.isoformat()},
        received_at=at,
        expires_at=at + KEPT,
        message=part.message,
    )
