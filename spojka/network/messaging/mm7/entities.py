"""A message kept as one MIME entity: its subject and its media, written and read back (RFC 2045, 2046)."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.network.messaging.mm7.bodies import content_of
from spojka.network.messaging.mm7.content import CannotBeWritten, Content
from spojka.network.messaging.mm7.envelope import Unreadable
from spojka.network.messaging.mm7.limits import READ_LIMITS, Limits
from spojka.network.messaging.mm7.mime import BodyWrong, TransferEncoding, join_parts, read_part, write_part
from spojka.network.messaging.mm7.statuses import CONTENT_REFUSED


@dataclass(frozen=True, slots=True)
class Entity:
    """What a message says: its subject, where it has one, and its media."""

    subject: str | None
    content: Content


def write_text_entity(text: str) -> bytes:
    """A message that is one text, as an entity; the same text gives the same bytes."""
    boundary, joined = join_parts(
        [write_part([("Content-Type", "text/plain; charset=utf-8")], text.encode(), TransferEncoding.BINARY)]
    )
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\nMIME-Version: 1.0\r\n\r\n'
    return head.encode() + joined


def read_entity(data: bytes, *, limits: Limits = READ_LIMITS) -> Entity | Unreadable:
    """The message in an entity, or what is wrong with it (2004); never raises for what it holds."""
    if len(data) > limits.body_bytes:
        return Unreadable(CONTENT_REFUSED, f"an entity of {len(data)} bytes; at most {limits.body_bytes} are read")
    try:
        part = read_part(data, limits=limits)
        return Entity(part.headers.get("subject") or None, content_of(part, limits=limits))
    except (BodyWrong, CannotBeWritten) as wrong:
        return Unreadable(CONTENT_REFUSED, str(wrong))
