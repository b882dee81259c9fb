"""What the connector answers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Refused:
    """
    A refusal.

    Args:
        code: stable; one meaning has one code.
        words: the cause with its figures and what to do next.
        clauses: ids of the clauses it rests on.
        figures: the values that the words mention.
        retry_after_s: seconds until the same may be accepted, where that is known.

    """

    code: str
    words: str
    clauses: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    retry_after_s: int | None = None

    @classmethod
    def read(cls, body: Mapping[str, Any], retry_after_s: int | None = None) -> Refused:
        """From JSON."""
        return cls(body["code"], body["words"], tuple(body["clauses"]), body["figures"], retry_after_s)


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    A message that the connector has stored.

    Args:
        id: by which its life is followed.
        parts: SMS it is charged as.
        coding: how it is carried.
        sender: what the recipient sees.
        reply_possible: whether an answer reaches you.
        price: net, in CZK, if all its parts leave; `None` where the price list has none.
        place: parts of yours that leave before it.
        expected_at: when it is expected to leave.
        repeated: it had been accepted before under the same reference.

    """

    id: str
    parts: int
    coding: str
    sender: str
    reply_possible: bool
    price: str | None
    place: int
    expected_at: datetime
    repeated: bool

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Accepted:
        """From JSON."""
        return cls(
            body["id"],
            body["parts"],
            body["coding"],
            body["sender"],
            body["reply_possible"],
            body["price"],
            body["place"],
            datetime.fromisoformat(body["expected_at"]),
            body["repeated"],
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text takes: parts, coding, the text of each part, and why, in words."""

    parts: int
    coding: str
    texts: tuple[str, ...]
    words: str

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Preview:
        """From JSON."""
        return cls(body["parts"], body["coding"], tuple(body["texts"]), body["words"])


@dataclass(frozen=True, slots=True)
class MessageState:
    """A message: its status, whether it still waits, and what happened to it, oldest first."""

    id: str
    status: str
    waits: bool
    to: str
    parts: int
    reference: str | None
    timeline: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> MessageState:
        """From JSON."""
        return cls(
            body["id"],
            body["status"],
            body["waits"],
            body["to"],
            body["parts"],
            body["reference"],
            tuple(body["timeline"]),
        )


Cancelled = MessageState
"""A message that was taken back."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of an MMS that came in.

    Args:
        number: from 1.
        content_type: as its sender wrote it.
        size: bytes.
        sha256: of its octets, in hexadecimal.
        id: what other parts refer to it by.
        name: of the file.

    """

    number: int
    content_type: str
    size: int
    sha256: str
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """
    Something that came in: a message from a mobile number, or a report on one of yours.

    Args:
        id: what acknowledges it.
        kind: `sms`, `mms`, `report`.
        sender: the mobile number.
        dialled: the number of yours.
        content: text (`text`), octets in hexadecimal (`octets`), `subject` and `parts`, or a report's figures.
        message: the message that a report is on.
        received_at: when it came.
        expires_at: when it is erased.
        message_status: of a report: what the whole message is now, `delivered` once all its parts are.

    """

    id: str
    kind: str
    sender: str
    dialled: str
    content: Mapping[str, Any]
    message: str | None
    received_at: datetime
    expires_at: datetime
    message_status: str | None = None

    @property
    def text(self) -> str | None:
        """The words, where it has some."""
        return self.content.get("text")

    @property
    def parts(self) -> list[Part]:
        """The parts of an MMS, in their order; `part` of the connector fetches their octets."""
        return [
            Part(one["part"], one["content_type"], one["size"], one["sha256"], one.get("id"), one.get("name"))
            for one in self.content.get("parts", ())
        ]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Item:
        """From JSON."""
        return cls(
            body["id"],
            body["kind"],
            body["from"],
            body["to"],
            body["content"],
            body["message"],
            datetime.fromisoformat(body["received_at"]),
            datetime.fromisoformat(body["expires_at"]),
            body.get("message_status"),
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the day and of the month with what is used of them, the pace, and the queue."""

    product: str
    pace_per_s: str
    day: Mapping[str, Any]
    month: Mapping[str, Any]
    queue: Mapping[str, Any]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Limits:
        """From JSON."""
        return cls(body["product"], body["pace_per_s"], body["day"], body["month"], body["queue"])
