"""Multimedia messages: parts as JSON or SOAP gave them, kept as one MIME body (RFC 2046; o2/7.1)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.mm7.content import CannotBeWritten, MediaPart
from spojka.network.messaging.mm7.mime import BodyWrong, TransferEncoding, join_parts, read_content_type, write_part
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.gateway.connector.exchange import malformed
from spojka.surfaces.gateway.connector.fields import FIELDS, FieldWrong, Origin, read_message

MOST_PARTS: Final = 50
LONGEST_SUBJECT: Final = 256
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
OF_SMS: Final = ("text", "data", "header", "coding", "flash", "priority")
"""Fields that a multimedia message does not have."""
MULTIMEDIA_FIELDS: Final = {name: field for name, field in FIELDS.items() if name not in OF_SMS}


@dataclass(frozen=True, slots=True)
class Media:
    """One part of a message: its type as written, its octets, and the id it is referred to by."""

    content_type: str
    content: bytes
    id: str | None = None


def body_of(subject: str, parts: Sequence[Media]) -> bytes:
    """
    A message as one MIME entity, its headers first.

    Raises:
        FieldWrong: where a subject, a type or an id cannot stand in a header.

    """
    if _CONTROL.search(subject) or len(subject) > LONGEST_SUBJECT:
        raise FieldWrong("the subject is too long, or holds control characters")
    written = []
    for part in parts:
        try:
            kind = read_content_type(part.content_type)
            MediaPart(kind.media_type, part.content, part.id, charset=kind.parameters.get("charset"))
        except (BodyWrong, CannotBeWritten) as wrong:
            raise FieldWrong(str(wrong)) from None
        if _CONTROL.search(part.content_type):
            raise FieldWrong("a content type holds control characters")
        headers = [("Content-Type", part.content_type)]
        if part.id:
            headers.append(("Content-ID", f"<{part.id}>"))
        written.append(write_part(headers, part.content, TransferEncoding.BINARY))
    boundary, joined = join_parts(written)
    head = [f'Content-Type: multipart/mixed; boundary="{boundary}"', "MIME-Version: 1.0"]
    if subject:
        head.insert(0, f"Subject: {subject}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + joined


def read_multimedia(raw: object, origin: Origin) -> Submission | Refusal:
    """A multimedia message as JSON gave it, or which field cannot be read and why."""
    if not isinstance(raw, dict):
        return malformed("message", "not an object")
    rest = {name: value for name, value in raw.items() if name not in {"subject", "parts"}}
    foreign = next((name for name in rest if name in OF_SMS), None)
    if foreign is not None:
        return malformed(foreign, "a multimedia message has no such field")
    subject, parts = raw.get("subject") or "", raw.get("parts")
    if not isinstance(subject, str):
        return malformed("subject", "not a text")
    if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_PARTS:
        return malformed("parts", f"not a list of 1 to {MOST_PARTS} parts")
    try:
        data = body_of(subject, [_media(part) for part in parts])
    except FieldWrong as wrong:
        return malformed("parts", str(wrong))
    read = read_message({**rest, "text": ""}, origin)
    return read if isinstance(read, Refusal) else as_multimedia(read, data)


def as_multimedia(asked: Submission, data: bytes) -> Submission:
    """The same submission, carrying a multimedia message."""
    return Submission(
        asked.application,
        asked.to,
        data=data,
        kind="mms",
        sender=asked.sender,
        url=asked.url,
        purpose=asked.purpose,
        reference=asked.reference,
        report=asked.report,
        not_before=asked.not_before,
        expires_at=asked.expires_at,
        certificate=asked.certificate,
    )


def _media(raw: Any) -> Media:
    if not isinstance(raw, dict) or not isinstance(raw.get("content"), str):
        raise FieldWrong("a part is no object with content_type and content")
    if not isinstance(raw.get("content_type"), str) or not isinstance(raw.get("id"), str | None):
        raise FieldWrong("a part's content_type or id is not a text")
    try:
        content = base64.b64decode(raw["content"], validate=True)
    except (binascii.Error, ValueError):
        raise FieldWrong("a part's content is not base64") from None
    return Media(raw["content_type"], content, raw.get("id"))
