"""
The PDUs of SMPP 3.4 as values; their attributes have the names of the specification (section 4).

Text is one character an octet (Latin-1); `short_message` and values of optional parameters are bytes. `sequence` is set
by the link that sends, `status` is 0 in requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from spojka.network.messaging.smpp.fields import Destination, Unsuccessful
from spojka.network.messaging.smpp.tlvs import MESSAGE_PAYLOAD, Tlv, first

RESPONSE: Final = 0x80000000
"""The bit that makes an id that of a response."""


@dataclass(slots=True)
class Pdu:
    """What every PDU has: `sequence` (1 to 0x7FFFFFFF), `status` and optional parameters in their order."""

    command: ClassVar[int] = 0
    sequence: int = 0
    status: int = 0
    tlvs: tuple[Tlv, ...] = ()


@dataclass(slots=True)
class GenericNack(Pdu):
    """The answer to what could not be understood at all (4.3)."""

    command: ClassVar[int] = 0x80000000


@dataclass(slots=True)
class Bind(Pdu):
    """What the three binds share (4.1)."""

    system_id: str = ""
    password: str = ""
    system_type: str = ""
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""


@dataclass(slots=True)
class BindReceiver(Bind):
    """Ask for a session that receives (4.1.3)."""

    command: ClassVar[int] = 0x00000001


@dataclass(slots=True)
class BindTransmitter(Bind):
    """Ask for a session that sends (4.1.1)."""

    command: ClassVar[int] = 0x00000002


@dataclass(slots=True)
class BindTransceiver(Bind):
    """Ask for a session that does both (4.1.5)."""

    command: ClassVar[int] = 0x00000009


@dataclass(slots=True)
class BindResp(Pdu):
    """What the answers to the three binds share."""

    system_id: str = ""


@dataclass(slots=True)
class BindReceiverResp(BindResp):
    """Answer to bind_receiver (4.1.4)."""

    command: ClassVar[int] = 0x80000001


@dataclass(slots=True)
class BindTransmitterResp(BindResp):
    """Answer to bind_transmitter (4.1.2)."""

    command: ClassVar[int] = 0x80000002


@dataclass(slots=True)
class BindTransceiverResp(BindResp):
    """Answer to bind_transceiver (4.1.6)."""

    command: ClassVar[int] = 0x80000009


@dataclass(slots=True)
class Outbind(Pdu):
    """A centre asks an ESME to bind (4.1.7)."""

    command: ClassVar[int] = 0x0000000B
    system_id: str = ""
    password: str = ""


@dataclass(slots=True)
class Unbind(Pdu):
    """End the session (4.2)."""

    command: ClassVar[int] = 0x00000006


@dataclass(slots=True)
class UnbindResp(Pdu):
    """Answer to unbind (4.2.2)."""

    command: ClassVar[int] = 0x80000006


@dataclass(slots=True)
class EnquireLink(Pdu):
    """Ask whether the other side is there (4.11)."""

    command: ClassVar[int] = 0x00000015


@dataclass(slots=True)
class EnquireLinkResp(Pdu):
    """Answer to enquire_link (4.11.2)."""

    command: ClassVar[int] = 0x80000015


@dataclass(slots=True)
class Message(Pdu):
    """What submit_sm and deliver_sm share."""

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""

    @property
    def content(self) -> bytes:
        """The octets of the message with their header, wherever they stand: short_message or message_payload."""
        return self.short_message or first(self.tlvs, MESSAGE_PAYLOAD) or b""


@dataclass(slots=True)
class SubmitSm(Message):
    """A message to the centre (4.4.1)."""

    command: ClassVar[int] = 0x00000004


@dataclass(slots=True)
class DeliverSm(Message):
    """A message or a receipt from the centre (4.6.1)."""

    command: ClassVar[int] = 0x00000005


@dataclass(slots=True)
class MessageResp(Pdu):
    """What the answers with a message_id share."""

    message_id: str = ""


@dataclass(slots=True)
class SubmitSmResp(MessageResp):
    """Answer to submit_sm with the centre's id of the message (4.4.2)."""

    command: ClassVar[int] = 0x80000004


@dataclass(slots=True)
class DeliverSmResp(MessageResp):
    """Answer to deliver_sm; the id is not used (4.6.2)."""

    command: ClassVar[int] = 0x80000005


@dataclass(slots=True)
class SubmitMulti(Pdu):
    """A message to many destinations (4.5.1)."""

    command: ClassVar[int] = 0x00000021
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    destinations: tuple[Destination, ...] = ()
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""

    @property
    def content(self) -> bytes:
        """The octets of the message with their header, wherever they stand: short_message or message_payload."""
        return self.short_message or first(self.tlvs, MESSAGE_PAYLOAD) or b""


@dataclass(slots=True)
class SubmitMultiResp(MessageResp):
    """Answer to submit_multi: one id for all, and the destinations that were not taken (4.5.2)."""

    command: ClassVar[int] = 0x80000021
    unsuccessful: tuple[Unsuccessful, ...] = ()


@dataclass(slots=True)
class DataSm(Pdu):
    """A message with its content in message_payload, either way (4.7.1)."""

    command: ClassVar[int] = 0x00000103
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    registered_delivery: int = 0
    data_coding: int = 0

    @property
    def content(self) -> bytes:
        """The octets of the message with their header."""
        return first(self.tlvs, MESSAGE_PAYLOAD) or b""


@dataclass(slots=True)
class DataSmResp(MessageResp):
    """Answer to data_sm (4.7.2)."""

    command: ClassVar[int] = 0x80000103


@dataclass(slots=True)
class QuerySm(Pdu):
    """Ask what became of a message (4.8.1)."""

    command: ClassVar[int] = 0x00000003
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""


@dataclass(slots=True)
class QuerySmResp(Pdu):
    """What became of a message: its state (1 to 8), when, and the network's error (4.8.2)."""

    command: ClassVar[int] = 0x80000003
    message_id: str = ""
    final_date: str = ""
    message_state: int = 0
    error_code: int = 0


@dataclass(slots=True)
class CancelSm(Pdu):
    """Take a message back, or all of a sender to a destination (4.9.1)."""

    command: ClassVar[int] = 0x00000008
    service_type: str = ""
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""


@dataclass(slots=True)
class CancelSmResp(Pdu):
    """Answer to cancel_sm (4.9.2)."""

    command: ClassVar[int] = 0x80000008


@dataclass(slots=True)
class ReplaceSm(Pdu):
    """Replace the text of a message that waits (4.10.1)."""

    command: ClassVar[int] = 0x00000007
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


@dataclass(slots=True)
class ReplaceSmResp(Pdu):
    """Answer to replace_sm (4.10.2)."""

    command: ClassVar[int] = 0x80000007


@dataclass(slots=True)
class AlertNotification(Pdu):
    """A mobile can be reached again; it has no answer (4.12.1)."""

    command: ClassVar[int] = 0x00000102
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    esme_addr_ton: int = 0
    esme_addr_npi: int = 0
    esme_addr: str = ""


RESPONSES: Final[dict[int, type[Pdu]]] = {
    request.command: response
    for request, response in (
        (BindReceiver, BindReceiverResp),
        (BindTransmitter, BindTransmitterResp),
        (BindTransceiver, BindTransceiverResp),
        (Unbind, UnbindResp),
        (EnquireLink, EnquireLinkResp),
        (SubmitSm, SubmitSmResp),
        (DeliverSm, DeliverSmResp),
        (SubmitMulti, SubmitMultiResp),
        (DataSm, DataSmResp),
        (QuerySm, QuerySmResp),
        (CancelSm, CancelSmResp),
        (ReplaceSm, ReplaceSmResp),
    )
}
"""The response of each request that has one, by the request's id."""


def answer_to(request: Pdu, *, status: int = 0, message_id: str = "") -> Pdu:
    """
    The answer to a request: its class and sequence; `message_id` where the answer has one.

    >>> answer_to(SubmitSm(7), message_id="a1")
    SubmitSmResp(sequence=7, status=0, tlvs=(), message_id='a1')
    >>> answer_to(Unbind(8), status=4)
    UnbindResp(sequence=8, status=4, tlvs=())
    """
    made = RESPONSES.get(request.command, GenericNack)(request.sequence, status)
    if message_id and isinstance(made, MessageResp | QuerySmResp):
        made.message_id = message_id
    return made
