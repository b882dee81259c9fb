"""HTTP bodies: an envelope alone, or an envelope and its content as attachments (TS 23.140, 8.7.8.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from spojka.network.messaging.mm7.content import CannotBeWritten, Content, Layout, MediaPart
from spojka.network.messaging.mm7.envelope import (
    CARRIES_CONTENT,
    NAMESPACE,
    Envelope,
    Reference,
    Unreadable,
    read_envelope,
    write_envelope,
)
from spojka.network.messaging.mm7.limits import READ_LIMITS, Limits
from spojka.network.messaging.mm7.messages import Fault, Message
from spojka.network.messaging.mm7.mime import (
    BodyWrong,
    ContentType,
    Part,
    TransferEncoding,
    join_parts,
    read_content_type,
    split_parts,
    write_content_type,
    write_part,
)
from spojka.network.messaging.mm7.statuses import CONTENT_REFUSED, FORMAT_CORRUPT, VALIDATION_ERROR

ENVELOPE_ID: Final = "envelope@mm7"
_XML: Final = ("text/xml", "application/xml", "application/soap+xml")


@dataclass(frozen=True, slots=True)
class Body:
    """A body to be sent and the `Content-Type` that goes with it."""

    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """A message that was read with its content, what to echo, and the namespace to answer in."""

    message: Message | Fault
    transaction_id: str | None = None
    namespace: str = NAMESPACE


def write_body(
    message: Message,
    *,
    transaction_id: str | None,
    namespace: str = NAMESPACE,
    encoding: TransferEncoding = TransferEncoding.BASE64,
) -> Body:
    """
    A message as a body: text/xml, or multipart/related where it carries content. The same message gives the same bytes.

    Raises:
        CannotBeWritten: where a value cannot stand in XML or a header, or two ids are the same.

    """
    envelope = write_envelope(message, transaction_id=transaction_id, namespace=namespace)
    content = message.content if isinstance(message, CARRIES_CONTENT) else None
    if content is None:
        return Body("text/xml; charset=utf-8", envelope)
    if content.content_id == ENVELOPE_ID:
        raise CannotBeWritten(f"content id {ENVELOPE_ID!r} is the envelope's own")
    head = [("Content-Type", "text/xml; charset=utf-8"), ("Content-ID", f"<{ENVELOPE_ID}>")]
    boundary, data = join_parts(
        [write_part(head, envelope, TransferEncoding.BINARY), _write_content(content, encoding)],
    )
    parameters = [("type", "text/xml"), ("start", f"<{ENVELOPE_ID}>"), ("boundary", boundary)]
    return Body(write_content_type("multipart/related", parameters), data)


def _write_content(content: Content, encoding: TransferEncoding) -> bytes:
    if content.layout is Layout.SINGLE:
        return _write_media(replace(content.parts[0], content_id=content.content_id), encoding)
    boundary, data = join_parts([_write_media(part, encoding) for part in content.parts])
    parameters = [("boundary", boundary)]
    if content.layout is Layout.RELATED:
        presentation = content.presentation()
        if presentation is not None:
            parameters.insert(0, ("type", presentation.media_type))
        if content.start is not None:
            parameters.insert(0, ("start", f"<{content.start}>"))
    head = [
        ("Content-Type", write_content_type(content.layout, parameters)),
        ("Content-ID", f"<{content.content_id}>"),
    ]
    return write_part(head, data, TransferEncoding.BINARY)


def _write_media(part: MediaPart, encoding: TransferEncoding) -> bytes:
    given = (("charset", part.charset), ("name", part.name))
    parameters = [(name, value) for name, value in given if value is not None]
    headers = [("Content-Type", write_content_type(part.media_type, parameters))]
    if part.content_id is not None:
        headers.append(("Content-ID", f"<{part.content_id}>"))
    if part.location is not None:
        headers.append(("Content-Location", part.location))
    return write_part(headers, part.data, encoding)


def read_body(content_type: str, data: bytes, *, limits: Limits = READ_LIMITS) -> Received | Unreadable:
    """
    The message in a body with its content.

    Never raises for what a peer sent: an XML that cannot be parsed or lacks a mandatory element is 4004, a value or an
    attachment that is missing or wrong 2007, content that cannot be taken apart or is too large 2004, a version that is
    not known 4002, an element that is no message 4003.

    Args:
        content_type: the HTTP header as it came.
        data: the whole body.
        limits: sizes beyond which nothing is parsed.

    """
    if len(data) > limits.body_bytes:
        return Unreadable(CONTENT_REFUSED, f"a body of {len(data)} bytes; at most {limits.body_bytes} are read")
    try:
        outer = read_content_type(content_type)
    except BodyWrong as error:
        return Unreadable(FORMAT_CORRUPT, str(error))
    if outer.media_type in _XML:
        return _complete(read_envelope(data, charset=outer.parameters.get("charset"), limits=limits), (), limits)
    if not outer.is_container:
        return Unreadable(FORMAT_CORRUPT, f"a body of type {outer.media_type[:80]!r} holds no envelope")
    try:
        parts = split_parts(data, outer, limits=limits)
    except BodyWrong as error:
        return Unreadable(FORMAT_CORRUPT, str(error))
    root = _root(parts, outer)
    if isinstance(root, Unreadable):
        return root
    envelope = read_envelope(root.data, charset=root.content_type.parameters.get("charset"), limits=limits)
    return _complete(envelope, tuple(part for part in parts if part is not root), limits)


def _root(parts: tuple[Part, ...], outer: ContentType) -> Part | Unreadable:
    """The part with the envelope: the one `start` names, else the first."""
    start = outer.parameters.get("start", "").strip().removeprefix("<").removesuffix(">").strip()
    root = next((part for part in parts if not start or part.content_id == start), None)
    if root is None:
        return Unreadable(FORMAT_CORRUPT, f"no part is {start[:80]!r}, where the envelope should be")
    if root.content_type.media_type not in _XML:
        return Unreadable(VALIDATION_ERROR, f"the envelope is of type {root.content_type.media_type[:80]!r}")
    return root


def _complete(envelope: Envelope | Unreadable, others: tuple[Part, ...], limits: Limits) -> Received | Unreadable:
    """The message with its content put in."""
    if isinstance(envelope, Unreadable):
        return envelope
    message = envelope.message

    def wrong(code: int, reason: str) -> Unreadable:
        kind = None if isinstance(message, Fault) else type(message)
        return Unreadable(code, reason, envelope.transaction_id, kind, envelope.namespace)

    if isinstance(message, CARRIES_CONTENT):
        part = _attachment(envelope.reference, others)
        if part is None and envelope.reference is not None:
            return wrong(FORMAT_CORRUPT, f"no part is {envelope.reference.content_id[:80]!r}, which Content refers to")
        if part is not None:
            try:
                content = content_of(part, envelope.reference, limits=limits)
            except (BodyWrong, CannotBeWritten) as error:
                return wrong(CONTENT_REFUSED, str(error))
            message = replace(message, content=content)
    return Received(message, envelope.transaction_id, envelope.namespace)


def _attachment(reference: Reference | None, others: tuple[Part, ...]) -> Part | None:
    """The part that the envelope refers to; where it refers to none, the only other part, lest content be lost."""
    if reference is None:
        return others[0] if len(others) == 1 else None
    return next((part for part in others if part.content_id == reference.content_id), None)


def content_of(part: Part, reference: Reference | None = None, *, limits: Limits = READ_LIMITS) -> Content:
    """
    The media in a part, however deep its containers stand.

    Raises:
        BodyWrong: where a container cannot be taken apart, or there are too many parts.
        CannotBeWritten: where a part's type, id or name could not be passed on.

    """
    leaves: list[MediaPart] = []
    _gather(part, leaves, depth=2, limits=limits)
    kind = part.content_type.media_type
    single = Layout.SINGLE if not part.content_type.is_container else Layout.MIXED
    start = part.content_type.parameters.get("start", "").strip().removeprefix("<").removesuffix(">").strip()
    layout = Layout.RELATED if kind == Layout.RELATED else single
    content_id = part.content_id or (reference.content_id if reference is not None else None)
    return Content(
        parts=tuple(leaves),
        layout=layout,
        content_id=content_id or "content@mm7",
        start=(start or None) if layout is Layout.RELATED else None,
        allow_adaptations=reference.allow_adaptations if reference is not None else None,
    )


def _gather(part: Part, leaves: list[MediaPart], *, depth: int, limits: Limits) -> None:
    """The media within a part, in their order; containers within containers are opened."""
    if not part.content_type.is_container:
        if len(leaves) >= limits.parts:
            raise BodyWrong(f"more than {limits.parts} parts")
        leaves.append(
            MediaPart(
                media_type=part.content_type.media_type,
                data=part.data,
                content_id=part.content_id,
                location=part.headers.get("content-location") or None,
                charset=part.content_type.parameters.get("charset") or None,
                name=part.content_type.parameters.get("name") or None,
            )
        )
        return
    if depth >= limits.part_depth:
        raise BodyWrong(f"containers stand more than {limits.part_depth - 1} deep")
    for inner in split_parts(part.data, part.content_type, limits=limits):
        _gather(inner, leaves, depth=depth + 1, limits=limits)
