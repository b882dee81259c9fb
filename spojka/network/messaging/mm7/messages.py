"""The messages of MM7 as values; fields stand in the order of their elements (TS 23.140, 8.7 and annex L)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from spojka.network.messaging.mm7.content import Content
from spojka.network.messaging.mm7.statuses import status_text

VERSION = "6.8.0"
"""The version that goes with the namespace REL-6-MM7-1-4."""

VERSION_5 = "5.3.0"
"""The version of release 5 that is met most."""


class AddressKind(StrEnum):
    """What an address is, named as its element."""

    NUMBER = "Number"
    SHORT_CODE = "ShortCode"
    EMAIL = "RFC2822Address"


class MessageClass(StrEnum):
    """What kind of message it is to the recipient."""

    PERSONAL = "Personal"
    INFORMATIONAL = "Informational"
    ADVERTISEMENT = "Advertisement"
    AUTO = "Auto"


class Priority(StrEnum):
    """How urgent the sender holds the message."""

    LOW = "Low"
    NORMAL = "Normal"
    HIGH = "High"


class ChargedParty(StrEnum):
    """Who pays for the message."""

    SENDER = "Sender"
    RECIPIENT = "Recipient"
    BOTH = "Both"
    NEITHER = "Neither"
    THIRD_PARTY = "ThirdParty"


class DeliveryStatus(StrEnum):
    """What became of a message, as a delivery report says it."""

    EXPIRED = "Expired"
    RETRIEVED = "Retrieved"
    REJECTED = "Rejected"
    INDETERMINATE = "Indeterminate"
    FORWARDED = "Forwarded"
    UNRECOGNISED = "Unrecognised"
    DEFERRED = "Deferred"

    @property
    def is_final(self) -> bool:
        """Whether no other report can follow for this recipient."""
        return self in (DeliveryStatus.EXPIRED, DeliveryStatus.RETRIEVED, DeliveryStatus.REJECTED)


class ReadStatus(StrEnum):
    """What the recipient did with a message, as a read reply says it."""

    READ = "Read"
    DELETED = "Deleted"
    INDETERMINATE = "Indeterminate"


@dataclass(frozen=True, slots=True)
class Address:
    """A sender or a recipient: a number, a short code, or an e-mail address, as the peer writes it."""

    kind: AddressKind
    value: str


@dataclass(frozen=True, slots=True)
class Recipients:
    """To whom a message goes; a recipient in `bcc` is not shown to the others."""

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()

    def every(self) -> tuple[Address, ...]:
        """All of them in their order: to, cc, bcc."""
        return (*self.to, *self.cc, *self.bcc)


@dataclass(frozen=True, slots=True)
class SenderIdentification:
    """Who submits: the provider of the service, the service, and the address shown as the sender."""

    vasp_id: str | None = None
    vas_id: str | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class ReplyCharging:
    """The sender pays for a reply up to a size in bytes and until a moment, or for a time from now."""

    size_bytes: int | None = None
    deadline: datetime | timedelta | None = None


@dataclass(frozen=True, slots=True)
class UaCapabilities:
    """What the recipient's handset can do: the address of its profile, and when that was learnt."""

    profile: str | None = None
    learnt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What came of a request: a code of `statuses.STATUSES`, a text, and more words where there are any."""

    code: int
    text: str = ""
    details: str | None = None


def status(code: int, details: str | None = None) -> Status:
    """
    A status with the text of its code.

    >>> status(1000)
    Status(code=1000, text='Success', details=None)
    """
    return Status(code, status_text(code), details)


@dataclass(frozen=True, slots=True)
class SubmitReq:
    """A message that a program sends (to the MMSC); `earliest` and `expiry` as durations count from its arrival."""

    sender: SenderIdentification
    recipients: Recipients
    service_code: str | None = None
    linked_id: str | None = None
    message_class: MessageClass | None = None
    sent_at: datetime | None = None
    reply_charging: ReplyCharging | None = None
    earliest: datetime | timedelta | None = None
    expiry: datetime | timedelta | None = None
    delivery_report: bool | None = None
    read_reply: bool | None = None
    priority: Priority | None = None
    subject: str | None = None
    charged_party: ChargedParty | None = None
    charged_party_id: str | None = None
    distribution: bool | None = None
    conditions: tuple[int, ...] = ()
    applic_id: str | None = None
    reply_applic_id: str | None = None
    aux_applic_info: str | None = None
    content_class: str | None = None
    drm_content: bool | None = None
    content: Content | None = None
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class SubmitRsp:
    """What the MMSC says to a submission; `message_id` is what reports will name."""

    status: Status
    message_id: str | None = None
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class DeliverReq:
    """A message that a handset sent to a program (from the MMSC)."""

    sender: Address
    recipients: Recipients = Recipients()
    relay_id: str | None = None
    vasp_id: str | None = None
    vas_id: str | None = None
    linked_id: str | None = None
    sent_at: datetime | None = None
    reply_charging_id: str | None = None
    priority: Priority | None = None
    subject: str | None = None
    applic_id: str | None = None
    reply_applic_id: str | None = None
    aux_applic_info: str | None = None
    capabilities: UaCapabilities | None = None
    content: Content | None = None
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class DeliverRsp:
    """What the program says to a delivered message."""

    status: Status
    service_code: str | None = None
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class DeliveryReportReq:
    """What became of a submitted message at one recipient (from the MMSC); one message has a report a recipient."""

    message_id: str
    recipient: Address
    sender: Address | None = None
    reported_at: datetime | None = None
    mm_status: str = DeliveryStatus.INDETERMINATE
    mm_status_extension: str | None = None
    status_text: str | None = None
    capabilities: UaCapabilities | None = None
    relay_id: str | None = None
    version: str | None = VERSION

    @property
    def delivery(self) -> DeliveryStatus:
        """The status in the standard's words; a word of the MMSC's own leaves the message indeterminate."""
        wanted = self.mm_status.strip().lower().replace("unrecognized", "unrecognised")
        return next((one for one in DeliveryStatus if one.lower() == wanted), DeliveryStatus.INDETERMINATE)


@dataclass(frozen=True, slots=True)
class DeliveryReportRsp:
    """What the program says to a delivery report."""

    status: Status
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class ReadReplyReq:
    """What a recipient did with a message (from the MMSC)."""

    message_id: str
    recipient: Address
    sender: Address | None = None
    reported_at: datetime | None = None
    mm_status: str = ReadStatus.INDETERMINATE
    status_text: str | None = None
    relay_id: str | None = None
    version: str | None = VERSION

    @property
    def reading(self) -> ReadStatus:
        """The status in the standard's words; another word is indeterminate."""
        wanted = self.mm_status.strip().lower()
        return next((one for one in ReadStatus if one.lower() == wanted), ReadStatus.INDETERMINATE)


@dataclass(frozen=True, slots=True)
class ReadReplyRsp:
    """What the program says to a read reply."""

    status: Status
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class CancelReq:
    """A submitted message is to be forgotten where it still waits (to the MMSC)."""

    sender: SenderIdentification
    message_id: str
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class CancelRsp:
    """What the MMSC says to a cancellation."""

    status: Status
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class ReplaceReq:
    """A submitted message that still waits is to be replaced (to the MMSC); what is not given stays as it was."""

    sender: SenderIdentification
    message_id: str
    service_code: str | None = None
    sent_at: datetime | None = None
    read_reply: bool | None = None
    earliest: datetime | timedelta | None = None
    distribution: bool | None = None
    content: Content | None = None
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class ReplaceRsp:
    """What the MMSC says to a replacement."""

    status: Status
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class RSErrorRsp:
    """The MMSC could not make sense of a request."""

    status: Status
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class VASPErrorRsp:
    """The program could not make sense of a request."""

    status: Status
    version: str | None = VERSION


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP fault that carries no MM7 status: its code without prefix, as `Client`, and its words (SOAP 1.1, 4.4)."""

    code: str
    text: str

    @property
    def is_ours(self) -> bool:
        """Whether the fault lies with who asked, so that the same request would fail again."""
        return self.code.partition(".")[0] not in ("Server", "")


ToCentre = SubmitReq | CancelReq | ReplaceReq
FromCentre = DeliverReq | DeliveryReportReq | ReadReplyReq
Answer = SubmitRsp | CancelRsp | ReplaceRsp | DeliverRsp | DeliveryReportRsp | ReadReplyRsp | RSErrorRsp | VASPErrorRsp
Message = ToCentre | FromCentre | Answer

ANSWERS: dict[type[ToCentre | FromCentre], type[Answer]] = {
    SubmitReq: SubmitRsp,
    CancelReq: CancelRsp,
    ReplaceReq: ReplaceRsp,
    DeliverReq: DeliverRsp,
    DeliveryReportReq: DeliveryReportRsp,
    ReadReplyReq: ReadReplyRsp,
}
"""Which message answers which."""
