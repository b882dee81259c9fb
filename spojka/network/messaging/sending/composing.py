"""A message as the SMPP requests that carry it, a part each (SMPP 3.4, 4.4; o2/7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Self
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.messages.records import REPLACED, Class, Destination, Message, Purpose, SenderKind
from spojka.network.messaging.smpp.fields import Destination as Recipient
from spojka.network.messaging.smpp.pdus import SubmitMulti, SubmitSm
from spojka.network.messaging.smpp.receipts import ESM_UDHI, WANT_ALL
from spojka.network.messaging.smpp.times import relative_time
from spojka.network.messaging.text.codings import data_coding_of
from spojka.network.messaging.text.parts import (
    Coding,
    InParts,
    Part,
    TooManyParts,
    Uncarried,
    Wish,
    cut_octets,
    cut_text,
)
from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET

INTERNATIONAL: Final = (1, 1)
NATIONAL_SHORT: Final = (3, 0)
ALPHANUMERIC: Final = (5, 0)
TYPES: Final[dict[SenderKind, tuple[int, int]]] = {
    "msisdn": INTERNATIONAL,
    "app_number": NATIONAL_SHORT,
    "nickname": ALPHANUMERIC,
}
"""Type and plan of a sender's number."""


class NotComposed(ValueError):
    """A message that cannot be written as the parts it was accepted with; `code` and `clauses` tell its life why."""

    code = "message_invalid"
    clauses: tuple[str, ...] = ()


class Altered(NotComposed):
    """What would be sent is not what was accepted, so it is not sent (o2/7.1)."""

    code = "BODY_ALTERED"
    clauses = ("o2/7.1",)


@dataclass(slots=True)
class Outgoing:
    """
    A message on its way out.

    Args:
        id: the message's.
        application: whose.
        class_: `standard` or `priority`.
        purpose: `commercial` or `service`.
        kind: `sms` or `mms`.
        recipient: E.164.
        sender: as registered.
        sender_kind: which of its numbers or names.
        network: that serves the recipient.
        coding: `gsm7`, `ucs2`, `octets`.
        parts: how many.
        body: text in UTF-8, or octets.
        options: `flash`, `header`, `data_coding`, `report`.
        accepted_at: when.
        expires_at: when it is not worth sending any more.
        handed: whether a part of it was given to a link.
        answered: parts that are settled with the centre.
        claimed_ns: when it was claimed.
        spacing_ns: how far apart its parts leave.
        tries: how often a centre did not say what was wrong with it.
        destination: the class of its network: `own`, `other_cz`, `foreign`.
        others: messages that leave in one request with it (o2/2.2).
        certificate: SHA-256 of the certificate it was accepted with (o2/6.2).
        body_hash: SHA-256 of the body as it came (o2/7.1).

    """

    id: UUID
    application: ServiceId
    class_: Class
    purpose: Purpose
    kind: str
    recipient: str
    sender: str
    sender_kind: SenderKind
    network: str
    coding: str
    parts: int
    body: bytes
    options: dict[str, Any]
    accepted_at: datetime
    expires_at: datetime | None = None
    handed: bool = False
    answered: int = 0
    claimed_ns: int = 0
    spacing_ns: int = 0
    tries: int = 0
    destination: Destination = "own"
    others: tuple[Outgoing, ...] = ()
    certificate: bytes | None = None
    body_hash: bytes = b""

    @property
    def accepted_hash(self) -> bytes:
        """SHA-256 of what may be sent: the body as it came, or with its signs replaced where that was asked for."""
        replaced = self.options.get(REPLACED)
        return bytes.fromhex(replaced) if replaced else self.body_hash

    @classmethod
    def read(cls, row: Row) -> Self:
        """A message from its rows in the queue and the store."""
        return cls(
            id=row["id"],
            application=row["application_id"],
            class_=row["class"],
            purpose=row["purpose"],
            kind=row["kind"],
            recipient=row["recipient"],
            sender=row["sender"],
            sender_kind=row["sender_kind"],
            network=row["network"],
            coding=row["coding"],
            parts=row["parts"],
            body=row["body"],
            options=row["options"],
            accepted_at=row["accepted_at"],
            expires_at=row["expires_at"],
            destination=row["destination"],
            certificate=row["certificate"],
            body_hash=row["body_hash"],
        )

    @classmethod
    def of(cls, one: Message) -> Self:
        """A message that was just accepted."""
        return cls(
            id=one.id,
            application=one.application,
            class_=one.class_,
            purpose=one.purpose,
            kind=one.kind,
            recipient=one.recipient,
            sender=one.sender,
            sender_kind=one.sender_kind,
            network=one.network,
            coding=one.coding,
            parts=one.parts,
            body=one.body or b"",
            options=dict(one.options),
            accepted_at=one.accepted_at,
            expires_at=one.expires_at,
            destination=one.destination,
            certificate=one.certificate,
            body_hash=one.body_hash,
        )


def requests_of(message: Outgoing, *, presented: str = "") -> list[SubmitSm]:
    """
    The requests of a message, in the order of its parts; how long they are valid is set when they leave.

    The reference that holds the parts together is the end of the message's id. `presented` is the number shown in
    place of its sender (o2/3.1).

    Raises:
        Altered: where the parts, read back, are not what was accepted (o2/7.1).
        NotComposed: where it does not fit the parts it was accepted with.

    """
    ton, npi = TYPES[message.sender_kind]
    if presented:
        ton, npi = INTERNATIONAL if presented.startswith("+") else NATIONAL_SHORT
    cut = _parts_of(message)
    coding: Coding = cut.coding
    flash = bool(message.options.get("flash"))
    data_coding = message.options.get("data_coding", data_coding_of(coding, flash=flash))
    return [
        SubmitSm(
            source_addr_ton=ton,
            source_addr_npi=npi,
            source_addr=(presented or message.sender).removeprefix("+"),
            dest_addr_ton=INTERNATIONAL[0],
            dest_addr_npi=INTERNATIONAL[1],
            destination_addr=message.recipient.removeprefix("+"),
            esm_class=ESM_UDHI if part.header else 0,
            priority_flag=1 if message.class_ == "priority" else 0,
            registered_delivery=WANT_ALL,
            data_coding=data_coding,
            short_message=part.octets,
        )
        for part in cut.parts
    ]


def request_to_many(messages: Sequence[Outgoing], *, presented: str = "") -> SubmitMulti:
    """One request of messages of one part that differ in their recipients alone (SMPP 3.4, 4.5; o2/2.2)."""
    accepted = messages[0].accepted_hash
    if any(one.accepted_hash != accepted for one in messages):
        raise Altered(f"{messages[0].id} and those with it were not accepted with one body")
    (alone,) = requests_of(messages[0], presented=presented)
    return SubmitMulti(
        source_addr_ton=alone.source_addr_ton,
        source_addr_npi=alone.source_addr_npi,
        source_addr=alone.source_addr,
        destinations=tuple(Recipient(one.recipient.removeprefix("+"), *INTERNATIONAL) for one in messages),
        esm_class=alone.esm_class,
        priority_flag=alone.priority_flag,
        registered_delivery=alone.registered_delivery,
        data_coding=alone.data_coding,
        short_message=alone.short_message,
    )


def set_validity(request: SubmitSm | SubmitMulti, message: Outgoing, now: datetime) -> None:
    """A request that leaves now is valid until its message expires."""
    if message.expires_at is not None:
        request.validity_period = relative_time(message.expires_at - now)


def _parts_of(message: Outgoing) -> InParts:
    reference = message.id.int & 0xFF
    cut: InParts | TooManyParts | Uncarried
    if message.coding == "octets" and "data_coding" in message.options:
        header = bytes.fromhex(message.options.get("header", ""))
        cut = InParts("octets", len(message.body), (Part(header, message.body, len(message.body)),))
    elif message.coding == "octets":
        elements = bytes.fromhex(message.options.get("header", ""))[1:]
        cut = cut_octets(message.body, reference=reference, elements=elements)
    else:
        wish: Wish = "ucs2" if message.coding == "ucs2" else "auto"
        cut = cut_text(message.body.decode(), reference=reference, wish=wish)
    if not isinstance(cut, InParts) or len(cut.parts) != message.parts:
        raise NotComposed(f"{message.id} was accepted with {message.parts} parts")
    if sha256(_read_back(cut)).digest() != message.accepted_hash:
        raise Altered(f"{message.id} is not what was accepted")
    return cut


def _read_back(cut: InParts) -> bytes:
    """What the parts say together, as a body is kept."""
    payload = cut.parts[0].payload if len(cut.parts) == 1 else b"".join([part.payload for part in cut.parts])
    if cut.coding == "octets":
        return payload
    return (DEFAULT_ALPHABET.decode(payload) if cut.coding == "gsm7" else payload.decode("utf-16-be")).encode()
