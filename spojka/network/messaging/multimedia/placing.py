"""Messages from handsets: whose inbox each belongs to, or with which status it is refused (o2/3.1, o2/3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages.media import Medium
from spojka.network.messaging.messages.records import Arrived
from spojka.network.messaging.mm7.content import MediaPart
from spojka.network.messaging.mm7.messages import Address, DeliverReq, Status, status
from spojka.network.messaging.mm7.mime import write_content_type
from spojka.network.messaging.mm7.statuses import ADDRESS_NOT_FOUND, OPERATION_RESTRICTED, PARTIAL_SUCCESS, SUCCESS
from spojka.network.messaging.recipients import is_number_of
from spojka.network.messaging.sending.arriving import applications_of, refusal_of
from spojka.network.messaging.sending.terms import ArrivalTerms
from spojka.network.messaging.submission.networks import NetworkTerms, networks_of
from spojka.trade.publications.shelf import shelf_of

_log = structlog.get_logger(__name__)

SERVICE_DENIED: Final = 4007
STATUSES: Final[Mapping[str, int]] = {
    "UNKNOWN_APPLICATION_NUMBER": ADDRESS_NOT_FOUND,
    "NOT_REACHABLE_FROM_NETWORK": OPERATION_RESTRICTED,
    "MESSAGE_TYPE_NOT_SUPPORTED": OPERATION_RESTRICTED,
    "SERVICE_NOT_ACTIVE": SERVICE_DENIED,
    "SERVICE_SUSPENDED": SERVICE_DENIED,
    "SERVICE_TERMINATED": SERVICE_DENIED,
}
"""What an MMSC is answered to a message that is refused, by its code."""
LONGEST_SUBJECT: Final = 256
LONGEST_ADDRESS: Final = 254


@dataclass(frozen=True, slots=True)
class Came:
    """A message as an MMSC handed it over, and the way it came."""

    link: str
    transaction_id: str
    message: DeliverReq

    @property
    def parts(self) -> Sequence[MediaPart]:
        """Its media, in their order."""
        return self.message.content.parts if self.message.content is not None else ()

    @property
    def digest(self) -> bytes:
        """SHA-256 of what it says, by which the same delivery is known again."""
        told = self.message
        head = (told.sender, told.recipients, told.linked_id, told.sent_at, told.subject)
        return sha256(b"\0".join([repr(head).encode(), *(sha256(part.data).digest() for part in self.parts)])).digest()


@dataclass(frozen=True, slots=True)
class Placed:
    """What the MMSC is answered, and what stands in which inbox."""

    status: Status
    arrived: tuple[Arrived, ...] = ()


def place(ctx: Context, came: Came) -> Placed:
    """
    Place a message with every application it was sent to.

    Other recipients are not ours to refuse. An application number is reached from the own networks alone, an MSISDN
    from all (o2/3.1); a service that does not run takes nothing.
    """
    terms = shelf_of(ctx).sheet(ArrivalTerms, ctx.today)
    sender = number_of(came.message.sender, terms)
    dialled = [number_of(one, terms).lstrip("+") for one in came.message.recipients.every()]
    applications = applications_of(ctx, set(dialled))
    network = networks_of(ctx, {sender}, shelf_of(ctx).sheet(NetworkTerms, ctx.today))().get(sender, "")
    arrived: dict[UUID, Arrived] = {}
    refused: list[Status] = []
    for number in dict.fromkeys(dialled):
        row = applications.get(number)
        if row is None:
            continue
        code = refusal_of(row, number, network, "mms", terms)
        if code:
            refused.append(_turned_away(code, came.link, number, network))
        elif row["id"] not in arrived:
            arrived[row["id"]] = _arrived(ctx, row, came, number, sender=sender, network=network, terms=terms)
    if arrived:
        return Placed(status(PARTIAL_SUCCESS if refused else SUCCESS), tuple(arrived.values()))
    unknown = refused or [_turned_away("UNKNOWN_APPLICATION_NUMBER", came.link, ",".join(dialled[:1]), network)]
    return Placed(unknown[0])


def number_of(address: Address, terms: ArrivalTerms) -> str:
    """
    A number as it stands elsewhere: E.164 with `+`, or a short one in digits; nine digits are of the home country.

    MMSCs write numbers as `+420601000001`, `420601000001`, or with `/TYPE=PLMN` behind; what is none is left as it is.
    """
    text = address.value.partition("/")[0].replace(" ", "")[:LONGEST_ADDRESS]
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return text
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if len(digits) < 9:
        return digits
    if len(digits) == 9 and not text.startswith("+"):
        return f"{terms.home_country_prefix.value}{digits}"
    return f"+{digits}"


def media_of(came: Came) -> list[Medium]:
    """The media as they are kept, their octets unchanged (o2/7.1)."""
    return [
        Medium(
            write_content_type(part.media_type, [("charset", part.charset)] if part.charset else []),
            part.data,
            part.content_id,
            part.name or part.location,
        )
        for part in came.parts
    ]


def words_of(came: Came) -> list[str]:
    """What the sender wrote: the subject and the texts among the media."""
    texts = [part.text() for part in came.parts if part.media_type == "text/plain"]
    return [text for text in (came.message.subject, *texts) if text]


def _turned_away(code: str, link: str, number: str, network: str) -> Status:
    """The status of a refusal, which is logged without what was said."""
    _log.info("message_turned_away", code=code, link=link, dialled=number, network=network)
    return status(STATUSES[code], code)


def _arrived(
    ctx: Context, row: Row, came: Came, number: str, *, sender: str, network: str, terms: ArrivalTerms
) -> Arrived:
    content = {
        "subject": _kept((came.message.subject or "")[:LONGEST_SUBJECT]),
        "parts": [one.shown(place) for place, one in enumerate(media_of(came), 1)],
    }
    return Arrived(
        uuid7(),
        ServiceId(row["id"]),
        "mms",
        sender,
        network,
        number if is_number_of(number, row["app_number"]) else f"+{number}",
        content,
        ctx.now,
        ctx.now + timedelta(hours=terms.mo_retention_hours.value),
    )


def _kept(text: str) -> str:
    """A text as the database can hold it."""
    return text.replace("\0", "\ufffd")
