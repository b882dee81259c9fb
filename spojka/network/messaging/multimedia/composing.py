"""An MMS as the request that submits it, its media unchanged (TS 23.140, 8.7.8; o2/7.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from spojka.network.messaging.mm7.content import SMIL, CannotBeWritten, Content, Layout
from spojka.network.messaging.mm7.entities import read_entity
from spojka.network.messaging.mm7.envelope import Unreadable
from spojka.network.messaging.mm7.integrity import PartDigest, alterations, digests
from spojka.network.messaging.mm7.messages import (
    Address,
    AddressKind,
    Recipients,
    SenderIdentification,
    SubmitReq,
)
from spojka.network.messaging.multimedia.ways import WaySettings
from spojka.network.messaging.sending.composing import Altered, NotComposed, Outgoing


@dataclass(frozen=True, slots=True)
class Composed:
    """A request, and the digests of the media as they are dispatched."""

    request: SubmitReq
    parts: tuple[PartDigest, ...]


def request_of(message: Outgoing, body: bytes, way: WaySettings, *, now: datetime) -> Composed:
    """
    The request that submits a message to one recipient.

    A delivery report is always wanted: it settles what nobody knows, and says what became of the message (o2/3.1).

    Raises:
        Altered: where the body, or a medium as it would be sent, is not what was accepted (o2/7.1).
        NotComposed: where the body is no message that MM7 carries.

    """
    if sha256(body).digest() != message.accepted_hash:
        raise Altered(f"{message.id} is not what was accepted")
    entity = read_entity(body)
    if isinstance(entity, Unreadable):
        raise NotComposed(f"{message.id}: {entity.reason}")
    try:
        content = _laid_out(entity.content)
    except CannotBeWritten as wrong:
        raise NotComposed(f"{message.id}: {wrong}") from None
    parts = digests(content.parts)
    if alterations(digests(entity.content.parts), parts):
        raise Altered(f"{message.id} has other media than were accepted")
    shown = AddressKind.SHORT_CODE if message.sender_kind == "app_number" else AddressKind.NUMBER
    request = SubmitReq(
        sender=SenderIdentification(way.vasp_id or None, way.vas_id or None, Address(shown, message.sender)),
        recipients=Recipients(to=(Address(AddressKind.NUMBER, message.recipient),)),
        sent_at=now,
        expiry=message.expires_at,
        delivery_report=True,
        subject=entity.subject,
        content=content,
    )
    return Composed(request, parts)


def _laid_out(content: Content) -> Content:
    """A presentation makes the parts related to it: the container is converted, the media are not."""
    presentation = next((part for part in content.parts if part.media_type == SMIL), None)
    if presentation is None or content.layout is Layout.RELATED:
        return content
    return replace(content, layout=Layout.RELATED, start=presentation.content_id)
