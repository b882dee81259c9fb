"""Messages to send."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class _ToOne:
    to: str

    def __repr__(self) -> str:
        said = [(one.name, getattr(self, one.name), one.default) for one in fields(self)]
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value, usual in said if value != usual)})"
        )


@dataclass(frozen=True, slots=True, repr=False)
class Message(_ToOne):
    """
    An SMS to one recipient; what is left out is decided by the connector.

    Args:
        to: the recipient: E.164, or nine Czech digits.
        text: the words, as they shall be read.
        data: octets of a binary SMS in place of a text.
        header: its user data header.
        sender: application number, MSISDN, nickname; by default the number that the recipient can answer.
        purpose: commercial unless said otherwise.
        coding: `gsm7-translit` replaces characters to save parts; nothing else alters a text.
        reference: your own key: the same one again answers the same and sends nothing. Made for you where missing.
        report: whether the outcome comes as a report.
        flash: shown at once and not stored.
        send_at: leaves no sooner.
        expires_at: leaves no later.
        valid_for_s: in place of `expires_at`: seconds from now.

    """

    text: str | None = None
    data: bytes | None = None
    header: bytes | None = None
    sender: str | None = None
    purpose: Literal["commercial", "service"] | None = None
    coding: Literal["auto", "gsm7-translit", "ucs2"] | None = None
    reference: str | None = None
    report: bool | None = None
    flash: bool | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    valid_for_s: int | None = None

    def body(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {one.name: _plain(value) for one in fields(self) if (value := getattr(self, one.name)) is not None}


@dataclass(frozen=True, slots=True)
class MultimediaPart:
    """One part of a multimedia message: its type, its octets, and the id that a presentation refers to."""

    content_type: str
    content: bytes
    id: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class MultimediaMessage(_ToOne):
    """A multimedia message to one recipient; fields as of `Message`."""

    parts: tuple[MultimediaPart, ...] = field(default=())
    subject: str | None = None
    sender: str | None = None
    purpose: Literal["commercial", "service"] | None = None
    reference: str | None = None
    report: bool | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    valid_for_s: int | None = None

    def body(self) -> dict[str, Any]:
        """As JSON takes it."""
        found = {one.name: _plain(value) for one in fields(self) if (value := getattr(self, one.name)) is not None}
        found["parts"] = [
            {"content_type": one.content_type, "content": _plain(one.content), "id": one.id} for one in self.parts
        ]
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.isoformat()
    return value
