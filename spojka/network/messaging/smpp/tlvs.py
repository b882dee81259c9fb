"""Optional parameters of SMPP (tag, length, value): names of tags, lengths that are right, bytes in and out (5.3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from struct import Struct
from typing import Final

Tlv = tuple[int, bytes]
"""A tag and its value as it stood on the wire."""

QOS_TIME_TO_LIVE: Final = 0x0017
ADDITIONAL_STATUS_INFO_TEXT: Final = 0x001D
RECEIPTED_MESSAGE_ID: Final = 0x001E
SOURCE_PORT: Final = 0x020A
DESTINATION_PORT: Final = 0x020B
USER_MESSAGE_REFERENCE: Final = 0x0204
SAR_MSG_REF_NUM: Final = 0x020C
SAR_TOTAL_SEGMENTS: Final = 0x020E
SAR_SEGMENT_SEQNUM: Final = 0x020F
SC_INTERFACE_VERSION: Final = 0x0210
NETWORK_ERROR_CODE: Final = 0x0423
MESSAGE_PAYLOAD: Final = 0x0424
MORE_MESSAGES_TO_SEND: Final = 0x0426
MESSAGE_STATE: Final = 0x0427

MOST_VALUE: Final = 0xFFFF

LENGTHS: Final[Mapping[int, tuple[int, int]]] = {
    0x0005: (1, 1),  # dest_addr_subunit
    0x0006: (1, 1),  # dest_network_type
    0x0007: (1, 1),  # dest_bearer_type
    0x0008: (2, 2),  # dest_telematics_id
    0x000D: (1, 1),  # source_addr_subunit
    0x000E: (1, 1),  # source_network_type
    0x000F: (1, 1),  # source_bearer_type
    0x0010: (1, 2),  # source_telematics_id
    QOS_TIME_TO_LIVE: (4, 4),
    0x0019: (1, 1),  # payload_type
    ADDITIONAL_STATUS_INFO_TEXT: (1, 256),
    RECEIPTED_MESSAGE_ID: (1, 65),
    0x0030: (1, 1),  # ms_msg_wait_facilities
    0x0201: (1, 1),  # privacy_indicator
    0x0202: (2, 23),  # source_subaddress
    0x0203: (2, 23),  # dest_subaddress
    USER_MESSAGE_REFERENCE: (2, 2),
    0x0205: (1, 1),  # user_response_code
    SOURCE_PORT: (2, 2),
    DESTINATION_PORT: (2, 2),
    SAR_MSG_REF_NUM: (2, 2),
    0x020D: (1, 1),  # language_indicator
    SAR_TOTAL_SEGMENTS: (1, 1),
    SAR_SEGMENT_SEQNUM: (1, 1),
    SC_INTERFACE_VERSION: (1, 1),
    0x0302: (1, 1),  # callback_num_pres_ind
    0x0303: (0, 65),  # callback_num_atag
    0x0304: (1, 1),  # number_of_messages
    0x0381: (4, 19),  # callback_num
    0x0420: (1, 1),  # dpf_result
    0x0421: (1, 1),  # set_dpf
    0x0422: (1, 1),  # ms_availability_status
    NETWORK_ERROR_CODE: (3, 3),
    MESSAGE_PAYLOAD: (0, MOST_VALUE),
    0x0425: (1, 1),  # delivery_failure_reason
    MORE_MESSAGES_TO_SEND: (1, 1),
    MESSAGE_STATE: (1, 1),
    0x0501: (1, 1),  # ussd_service_op
    0x1201: (1, 1),  # display_time
    0x1203: (2, 2),  # sms_signal
    0x1204: (1, 1),  # ms_validity
    0x130C: (0, 0),  # alert_on_message_delivery
    0x1380: (1, 1),  # its_reply_type
    0x1383: (2, 2),  # its_session_info
}
"""Shortest and longest value of the tags that the specification names; others are kept as they come."""

_HEAD: Final = Struct(">HH")


def first(tlvs: Iterable[Tlv], tag: int) -> bytes | None:
    """The first value of a tag, or None."""
    for known, value in tlvs:
        if known == tag:
            return value
    return None


def first_number(tlvs: Iterable[Tlv], tag: int) -> int | None:
    """The first value of a tag as an unsigned number (an empty one is 0), or None."""
    value = first(tlvs, tag)
    return None if value is None else int.from_bytes(value, "big")


def first_text(tlvs: Iterable[Tlv], tag: int) -> str | None:
    """The first value of a tag as text, up to its NUL, which some senders forget; or None."""
    value = first(tlvs, tag)
    return None if value is None else value.partition(b"\0")[0].decode("latin-1")


def octet(tag: int, value: int) -> Tlv:
    """A parameter of one octet."""
    return tag, bytes((value,))


def text(tag: int, value: str) -> Tlv:
    """A parameter that is a C-string."""
    return tag, value.encode("latin-1") + b"\0"


def read_tlvs(frame: bytes, at: int) -> tuple[tuple[Tlv, ...], str]:
    """The parameters from a place to the end of a frame, and what is wrong with the rest (empty when nothing is)."""
    found: list[Tlv] = []
    end = len(frame)
    while at < end:
        if end - at < _HEAD.size:
            return tuple(found), "the last parameter has no length"
        tag, length = _HEAD.unpack_from(frame, at)
        at += _HEAD.size
        if length > end - at:
            return tuple(found), f"parameter 0x{tag:04X} reaches beyond the end"
        found.append((tag, frame[at : at + length]))
        at += length
    return tuple(found), ""


def wrong_length(tlvs: Iterable[Tlv]) -> int | None:
    """The first tag whose value has a length that the specification rules out, or None."""
    for tag, value in tlvs:
        bounds = LENGTHS.get(tag)
        if bounds is not None and not bounds[0] <= len(value) <= bounds[1]:
            return tag
    return None


def write_tlvs(tlvs: Iterable[Tlv]) -> bytes:
    """Parameters as they go onto the wire."""
    return b"".join([_HEAD.pack(tag, len(value)) + value for tag, value in tlvs])
