"""What a customer's program asks, what is known when it is decided, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.network.messaging.consents.standing import Standing
from spojka.network.messaging.messages.records import Class, Destination, Kind, Purpose, Queued, SenderKind

Coding = Literal["auto", "gsm7-translit", "ucs2"]
AUTO = "auto"
"""The sender that the recipient can answer."""


@dataclass(frozen=True, slots=True)
class Submission:
    """
    One message to one recipient, as a program asks for it.

    Args:
        application: whose program.
        to: the recipient as written.
        text: the words of an SMS; `None` where `data` is sent.
        data: octets of a binary SMS, or a whole MMS.
        kind: SMS or MMS.
        sender: application number, MSISDN, nickname, or `auto`.
        url: the class of the URL it came to (o2/2.2).
        priority: the parameter of the message, which must agree with the URL (o2/5.1-d).
        purpose: commercial unless said otherwise (o2/8.1).
        coding: how the text may be encoded; only `gsm7-translit` may change it, on request.
        reference: the caller's own key; the same one again answers the same and sends nothing.
        report: whether the outcome is reported, or only a failure.
        flash: shown at once on the display.
        header: user data header of a binary SMS.
        data_coding: how `data` of a part that a program made itself is written (SMPP 3.4, 5.2.19); it goes as it came.
        not_before: leaves no sooner.
        expires_at: leaves no later.
        certificate: SHA-256 of the certificate it came with.

    """

    application: ServiceId
    to: str
    text: str | None = None
    data: bytes | None = None
    kind: Kind = "sms"
    sender: str = AUTO
    url: Class = "standard"
    priority: bool | None = None
    purpose: Purpose = "commercial"
    coding: Coding = "auto"
    reference: str | None = None
    report: bool | Literal["failures"] = False
    flash: bool = False
    header: bytes = b""
    data_coding: int | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """How a message is carried: its coding and the parts that are counted, paid and paced."""

    coding: str
    parts: int


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient: E.164, the network that serves it now, and its class for prices."""

    number: str
    network: str
    destination: Destination


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the recipient sees, and whether an answer reaches the application."""

    number: str
    kind: SenderKind
    reply_possible: bool


@dataclass(slots=True)
class Room:
    """What an application may still submit; a batch counts it down in its order."""

    day_used: int
    month_used: int
    queued: Queued


@dataclass(frozen=True, slots=True)
class Taken:
    """What a submission that passed every check becomes: class, recipient, sender, shape, and place in the queue."""

    class_: Class
    recipient: Recipient
    sender: Sender
    shape: Shape
    place: int
    expected_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    A message that is in the database.

    Args:
        id: the message's.
        parts: SMS it is charged as.
        coding: how it is carried.
        class_: `standard` or `priority`.
        sender: what the recipient sees.
        reply_possible: whether an answer reaches the application.
        place: parts of the application that leave before it.
        expected_at: when it is expected to leave.
        price: net, if all its parts leave; `None` where the price list has none.
        repeated: it had been accepted before under the same reference.

    """

    id: UUID
    parts: int
    coding: str
    class_: Class
    sender: str
    reply_possible: bool
    place: int
    expected_at: datetime
    price: Money | None = None
    repeated: bool = False

    def stored(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "id": str(self.id),
            "parts": self.parts,
            "coding": self.coding,
            "class": self.class_,
            "sender": self.sender,
            "reply_possible": self.reply_possible,
            "place": self.place,
            "expected_at": self.expected_at.isoformat(),
            "price": None if self.price is None else str(self.price),
        }

    @classmethod
    def again(cls, stored: Mapping[str, Any]) -> Accepted:
        """A stored answer, given for a repeated submission."""
        price = stored.get("price")
        return cls(
            UUID(stored["id"]),
            stored["parts"],
            stored["coding"],
            stored["class"],
            stored["sender"],
            stored["reply_possible"],
            stored["place"],
            datetime.fromisoformat(stored["expected_at"]),
            Money.parse(price) if price else None,
            repeated=True,
        )


@dataclass(frozen=True, slots=True)
class Known:
    """
    What is looked up before a batch is decided.

    Args:
        networks: the network that serves a Czech number now, by E.164, where it is known.
        standing: what recipients want of subscribers.
        numbers: recipients in E.164 by how they were written, `None` for what is no number.

    """

    networks: Mapping[str, str] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    numbers: Mapping[str, str | None] = field(default_factory=dict)
