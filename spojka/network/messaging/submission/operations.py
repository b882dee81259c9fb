"""Submitting messages as an operation: what programs do through the gateway, staff and stories do by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic_ns
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.lives import cancel
from spojka.network.messaging.messages.records import Class, Purpose
from spojka.network.messaging.submission import refusals as _words  # noqa: F401  # the words of every answer
from spojka.network.messaging.submission.batches import Batch, Memory
from spojka.network.messaging.submission.requests import AUTO, Accepted, Coding, Submission
from spojka.trade.services.store import service_row

SUBMIT_REFUSALS = (
    "APPLICATION_UNKNOWN",
    "SERVICE_TERMINATED",
    "SERVICE_NOT_ACTIVE",
    "SERVICE_SUSPENDED",
    "MESSAGE_TYPE_NOT_SUPPORTED",
    "MESSAGE_TOO_LONG",
    "ENCODING_ERROR",
    "PRIORITY_NOT_AVAILABLE",
    "PRIORITY_REQUIRES_PRIORITY_URL",
    "PRIORITY_URL_REQUIRES_PRIORITY",
    "SENDER_NOT_ASSIGNED",
    "NICKNAME_NOT_AVAILABLE",
    "NICKNAME_NOT_ACTIVE",
    "NICKNAME_ABROAD_NOT_SUPPORTED",
    "RECIPIENT_INVALID",
    "CONSENT_WITHDRAWN",
    "CONSENT_MISSING",
    "OPT_OUT_ROUTE_MISSING",
    "MONTHLY_LIMIT_EXCEEDED",
    "DAILY_LIMIT_EXCEEDED",
    "QUEUE_FULL",
    "WOULD_EXPIRE",
    "KEY_REUSED",
)
"""In the order of the checks (o2/3.1)."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """The answers of a submission to several recipients, in the order given: accepted, or why not."""

    accepted: list[Accepted]
    refused: list[Refusal]


@operation("messages.submit", permission="messages.send", customers=True, refusals=SUBMIT_REFUSALS)
def submit(
    ctx: Context,
    *,
    application: ServiceId,
    to: str,
    text: str,
    sender: str = AUTO,
    url: Class = "standard",
    priority: bool | None = None,
    purpose: Purpose = "commercial",
    coding: Coding = "auto",
    reference: str | None = None,
    report: bool = False,
    expires_at: datetime | None = None,
) -> Accepted | Refusal:
    """Submit one SMS to one recipient; it is decided and queued as those that programs send (o2/3.1)."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    asked = Submission(
        application,
        to,
        text,
        sender=sender,
        url=url,
        priority=priority,
        purpose=purpose,
        coding=coding,
        reference=reference,
        report=report,
        expires_at=expires_at,
    )
    return _decide(ctx, [asked])[0]


@operation("messages.submit_to_many", permission="messages.send", customers=True, refusals=SUBMIT_REFUSALS)
def submit_to_many(
    ctx: Context,
    *,
    application: ServiceId,
    to: list[str],
    text: str,
    sender: str = AUTO,
    url: Class = "standard",
    purpose: Purpose = "commercial",
) -> Recipients | Refusal:
    """Submit one SMS to several recipients, each tried in the order given and answered by itself (o2/3.1, o2/3.3)."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    answers = _decide(ctx, [Submission(application, one, text, sender=sender, url=url, purpose=purpose) for one in to])
    return Recipients(
        [one for one in answers if isinstance(one, Accepted)], [one for one in answers if isinstance(one, Refusal)]
    )


def _decide(ctx: Context, asked: Sequence[Submission]) -> list[Accepted | Refusal]:
    batch = Batch(ctx, Memory(), now_ns=monotonic_ns())
    answers = batch.run(asked)
    if batch.messages:
        store.wake(ctx, batch.messages)
    return answers


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A message that will not leave; it is not charged."""

    message: UUID


@operation(
    "messages.cancel",
    permission="messages.send",
    customers=True,
    refusals=("APPLICATION_UNKNOWN", "MESSAGE_NOT_FOUND", "MESSAGE_LEFT"),
)
def cancel_one(ctx: Context, *, application: ServiceId, message: UUID) -> Cancelled | Refusal:
    """Cancel a message that still waits; what was handed over is not recalled (o2/2.2)."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    found = cancel(ctx, application, message)
    return found if isinstance(found, Refusal) else Cancelled(message)
