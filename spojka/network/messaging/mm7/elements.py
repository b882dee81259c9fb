"""The elements of each message in the order the schema wants them; writing and reading both follow these tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from spojka.network.messaging.mm7 import values
from spojka.network.messaging.mm7.messages import (
    CancelReq,
    CancelRsp,
    ChargedParty,
    DeliverReq,
    DeliverRsp,
    DeliveryReportReq,
    DeliveryReportRsp,
    Message,
    MessageClass,
    Priority,
    ReadReplyReq,
    ReadReplyRsp,
    ReplaceReq,
    ReplaceRsp,
    RSErrorRsp,
    SubmitReq,
    SubmitRsp,
    VASPErrorRsp,
)


@dataclass(frozen=True, slots=True)
class Element:
    """
    One element of a message.

    Args:
        tag: its local name; `field` is the field of the message's class.
        codec: how the value is written and read.
        required: whether a message without it is refused.
        also: other local names under which peers send it; read, never written.

    """

    tag: str
    field: str
    codec: values.Codec
    required: bool = False
    also: tuple[str, ...] = ()


_VERSION: Final = Element("MM7Version", "version", values.TOKEN)
_RELAY: Final = Element("MMSRelayServerID", "relay_id", values.TOKEN)
_SENDER: Final = Element("SenderIdentification", "sender", values.SENDER, required=True)
_STATUS: Final = Element("Status", "status", values.STATUS, required=True)
_MESSAGE_ID: Final = Element("MessageID", "message_id", values.TOKEN, required=True)
_RECIPIENT: Final = Element("Recipient", "recipient", values.ADDRESS, required=True)
_APPLICATION: Final = (
    Element("ApplicID", "applic_id", values.TOKEN),
    Element("ReplyApplicID", "reply_applic_id", values.TOKEN),
    Element("AuxApplicInfo", "aux_applic_info", values.WORDS),
)
_ANSWER: Final = (_VERSION, _STATUS)

ELEMENTS: Final[Mapping[type[Message], tuple[Element, ...]]] = {
    SubmitReq: (
        _VERSION,
        _SENDER,
        Element("Recipients", "recipients", values.RECIPIENTS, required=True),
        Element("ServiceCode", "service_code", values.TOKEN),
        Element("LinkedID", "linked_id", values.TOKEN),
        Element("MessageClass", "message_class", values.choice(MessageClass)),
        Element("TimeStamp", "sent_at", values.INSTANT),
        Element("ReplyCharging", "reply_charging", values.REPLY_CHARGING),
        Element("EarliestDeliveryTime", "earliest", values.MOMENT),
        Element("ExpiryDate", "expiry", values.MOMENT),
        Element("DeliveryReport", "delivery_report", values.FLAG),
        Element("ReadReply", "read_reply", values.FLAG),
        Element("Priority", "priority", values.choice(Priority)),
        Element("Subject", "subject", values.WORDS),
        Element("ChargedParty", "charged_party", values.choice(ChargedParty)),
        Element("ChargedPartyID", "charged_party_id", values.TOKEN),
        Element("DistributionIndicator", "distribution", values.FLAG),
        Element("DeliveryCondition", "conditions", values.CONDITIONS),
        *_APPLICATION,
        Element("ContentClass", "content_class", values.TOKEN),
        Element("DRMContent", "drm_content", values.FLAG),
    ),
    SubmitRsp: (*_ANSWER, Element("MessageID", "message_id", values.TOKEN)),
    DeliverReq: (
        _VERSION,
        _RELAY,
        Element("VASPID", "vasp_id", values.TOKEN),
        Element("VASID", "vas_id", values.TOKEN),
        Element("LinkedID", "linked_id", values.TOKEN),
        Element("Sender", "sender", values.ADDRESS, required=True),
        Element("Recipients", "recipients", values.RECIPIENTS),
        Element("TimeStamp", "sent_at", values.INSTANT),
        Element("ReplyChargingID", "reply_charging_id", values.TOKEN),
        Element("Priority", "priority", values.choice(Priority)),
        Element("Subject", "subject", values.WORDS),
        *_APPLICATION,
        Element("UACapabilities", "capabilities", values.CAPABILITIES),
    ),
    DeliverRsp: (*_ANSWER, Element("ServiceCode", "service_code", values.TOKEN)),
    DeliveryReportReq: (
        _VERSION,
        _RELAY,
        _MESSAGE_ID,
        _RECIPIENT,
        Element("Sender", "sender", values.ADDRESS),
        Element("Date", "reported_at", values.INSTANT, also=("TimeStamp",)),
        Element("MMStatus", "mm_status", values.TOKEN, required=True),
        Element("MMStatusExtension", "mm_status_extension", values.TOKEN),
        Element("StatusText", "status_text", values.WORDS),
        Element("UACapabilities", "capabilities", values.CAPABILITIES),
    ),
    DeliveryReportRsp: _ANSWER,
    ReadReplyReq: (
        _VERSION,
        _RELAY,
        _MESSAGE_ID,
        _RECIPIENT,
        Element("Sender", "sender", values.ADDRESS),
        Element("TimeStamp", "reported_at", values.INSTANT, also=("Date",)),
        Element("MMStatus", "mm_status", values.TOKEN, required=True),
        Element("StatusText", "status_text", values.WORDS),
    ),
    ReadReplyRsp: _ANSWER,
    CancelReq: (_VERSION, _SENDER, _MESSAGE_ID),
    CancelRsp: _ANSWER,
    ReplaceReq: (
        _VERSION,
        _SENDER,
        _MESSAGE_ID,
        Element("ServiceCode", "service_code", values.TOKEN),
        Element("TimeStamp", "sent_at", values.INSTANT),
        Element("ReadReply", "read_reply", values.FLAG),
        Element("EarliestDeliveryTime", "earliest", values.MOMENT),
        Element("DistributionIndicator", "distribution", values.FLAG),
    ),
    ReplaceRsp: _ANSWER,
    RSErrorRsp: _ANSWER,
    VASPErrorRsp: _ANSWER,
}
"""Every message; `Content`, where a message has it, comes last and is written apart."""

BY_NAME: Final[Mapping[str, type[Message]]] = {kind.__name__: kind for kind in ELEMENTS}
"""Every message's class by the local name of its element."""
