"""What is kept of a message: what was accepted, its place in the queue, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from spojka.kernel.ids import ServiceId

Kind = Literal["sms", "mms"]
Class = Literal["standard", "priority"]
Purpose = Literal["commercial", "service"]
SenderKind = Literal["app_number", "msisdn", "nickname"]
Destination = Literal["own", "other_cz", "foreign"]
EventKind = Literal[
    "sent",
    "failed",
    "deferred",
    "uncertain",
    "delivered",
    "undelivered",
    "enroute",
    "unknown",
    "cancelled",
    "expired",
]
Status = Literal["accepted", "dispatched", "delivered", "undelivered", "unknown", "uncertain", "cancelled", "expired"]

FINAL: Final[frozenset[EventKind]] = frozenset(
    {"delivered", "undelivered", "unknown", "failed", "cancelled", "expired"}
)
"""After one of these nothing more is expected of a part; a later receipt still replaces `unknown`."""

REPLACED: Final = "replaced"
"""
The option of a message whose signs were replaced on request (`gsm7-translit`): SHA-256 of what is sent, hexadecimal.
"""

CONFIRMS: Final = "confirms"
"""The option of a message that answers a withdrawal; its value is the id of what it answers. It is nobody's traffic."""


@dataclass(frozen=True, slots=True)
class Message:
    """
    One accepted message to one recipient; nothing of it ever changes.

    Args:
        id: made at acceptance, so ids are in the order of acceptance.
        application: whose.
        kind: SMS or MMS.
        class_: `standard` or `priority`; decided at acceptance (o2/5.1-d).
        purpose: `commercial` or `service` (o2/8.1).
        recipient: E.164 with `+`.
        sender: as registered: application number, MSISDN or nickname.
        sender_kind: which of them.
        network: of the recipient at acceptance.
        destination: its class for prices: `own`, `other_cz`, `foreign`.
        coding: `gsm7`, `ucs2`, `binary` or `mms`.
        parts: SMS charged and counted; 1 for MMS.
        body: the words in UTF-8, the data, or the MMS; `None` once erased.
        body_hash: SHA-256 of the body as it came (o2/7.1).
        reference: the caller's own key, by which a repeated submission is known.
        certificate: SHA-256 of the certificate it came with (o2/6.3).
        options: what else was asked: `report`, `flash`, `not_before`, `header`, `data_coding`.
        accepted_at: which also decides the price (o2/1.4).
        expires_at: when it is not worth sending any more.

    """

    id: UUID
    application: ServiceId
    kind: Kind
    class_: Class
    purpose: Purpose
    recipient: str
    sender: str
    sender_kind: SenderKind
    network: str
    destination: Destination
    coding: str
    parts: int
    body: bytes | None
    body_hash: bytes
    accepted_at: datetime
    reference: str | None = None
    certificate: bytes | None = None
    expires_at: datetime | None = None
    not_before: datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happened:
    """
    Something that happened to a part of a message.

    Args:
        message: which.
        part: its number from 1.
        kind: what.
        at: when.
        link: the way it took.
        remote_id: what the other side calls the part, in the link's normal form.
        detail: status, error, how often; JSON-ready.

    """

    message: UUID
    part: int
    kind: EventKind
    at: datetime
    link: str | None = None
    remote_id: str | None = None
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """
    Something for an application's inbox: a message from a mobile number, or a report on one of its own.

    Args:
        id: made on receipt.
        application: whose inbox.
        kind: `sms`, `mms` or `report`.
        sender: the mobile number.
        network: it is in now.
        dialled: the number it was sent to.
        content: text or parts of an MMS, or the report's figures; JSON-ready.
        received_at: when the last part was complete.
        expires_at: when it is erased (o2/3.2).
        message: the message a report is on.

    """

    id: UUID
    application: ServiceId
    kind: Literal["sms", "mms", "report"]
    sender: str
    network: str
    dialled: str
    content: Mapping[str, Any]
    received_at: datetime
    expires_at: datetime
    message: UUID | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """
    Parts of an application that wait, in its two queues (o2/2.2).

    Args:
        standard, priority: that leave as soon as their turn comes.
        standard_later, priority_later: that are not to leave yet.

    """

    standard: int = 0
    priority: int = 0
    standard_later: int = 0
    priority_later: int = 0

    @property
    def whole(self) -> int:
        """All that wait."""
        return self.standard + self.priority + self.standard_later + self.priority_later

    def ahead(self, class_: Class) -> int:
        """What leaves before a message of a class that comes now: priority goes first."""
        return self.priority if class_ == "priority" else self.priority + self.standard

    def of(self, class_: Class) -> int:
        """All that wait in the queue of a class."""
        if class_ == "priority":
            return self.priority + self.priority_later
        return self.standard + self.standard_later

    def plus(self, class_: Class, parts: int, *, later: bool) -> Queued:
        """With so many more in the queue of a class."""
        name = f"{class_}_later" if later else class_
        return replace(self, **{name: getattr(self, name) + parts})

    def grown(self, before: Queued, after: Queued) -> Queued:
        """With as much more in each queue as there is after and was not before."""
        return Queued(
            self.standard + after.standard - before.standard,
            self.priority + after.priority - before.priority,
            self.standard_later + after.standard_later - before.standard_later,
            self.priority_later + after.priority_later - before.priority_later,
        )
