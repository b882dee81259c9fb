"""
Frames to PDUs and back: tables for all, a quick way for submit_sm, deliver_sm and their answers (SMPP 3.4, 3.2).

Reading never raises: what cannot be read is a `Malformed` that knows its answer. Writing raises `FieldWrong` for a
value that the field cannot hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from struct import error as struct_error
from typing import Any, Final

from spojka.network.messaging.smpp import pdus, statuses
from spojka.network.messaging.smpp.fields import (
    MOST_SHORT,
    Destinations,
    Field,
    FieldWrong,
    Number,
    Octets,
    Refusals,
    Text,
)
from spojka.network.messaging.smpp.pdus import RESPONSE, RESPONSES, GenericNack, Message, MessageResp, Pdu
from spojka.network.messaging.smpp.tlvs import MOST_VALUE, read_tlvs, write_tlvs, wrong_length

HEADER: Final = 16
"""Octets of a header: length, id, status, sequence."""
MOST_FRAME: Final = 72 * 1024
"""Octets of the longest frame: a message_payload of 64 K with all the rest."""

_HEAD: Final = Struct(">IIII")
_THREE: Final = Struct("3B")
_FIVE: Final = Struct("5B")


@dataclass(frozen=True, slots=True)
class Malformed:
    """
    A frame that cannot be read: which field, why, and the status to answer with.

    `command` is 0 when not even the id could be read. Malformed answers are not answered.
    """

    command: int
    sequence: int
    field: str
    status: int
    reason: str

    def answer(self) -> Pdu | None:
        """What to answer: the request's own answer, generic_nack to what has none; None to an answer."""
        if self.command & RESPONSE:
            return None
        return RESPONSES.get(self.command, GenericNack)(self.sequence, self.status)


def _source(most: int = 21) -> tuple[Field, ...]:
    return (
        Number("source_addr_ton"),
        Number("source_addr_npi"),
        Text("source_addr", most, statuses.ESME_RINVSRCADR),
    )


def _destination(most: int = 21) -> tuple[Field, ...]:
    return (
        Number("dest_addr_ton"),
        Number("dest_addr_npi"),
        Text("destination_addr", most, statuses.ESME_RINVDSTADR),
    )


_SERVICE: Final = Text("service_type", 6, statuses.ESME_RINVSERTYP)
_ID: Final = Text("message_id", 65, statuses.ESME_RINVMSGID)
_SCHEDULE: Final = Text("schedule_delivery_time", 17, statuses.ESME_RINVSCHED)
_VALIDITY: Final = Text("validity_period", 17, statuses.ESME_RINVEXPIRY)
_SYSTEM_ID: Final = Text("system_id", 16, statuses.ESME_RINVSYSID)
_PASSWORD: Final = Text("password", 9, statuses.ESME_RINVPASWD)
_BIND: Final = (
    _SYSTEM_ID,
    _PASSWORD,
    Text("system_type", 13, statuses.ESME_RINVSYSTYP),
    Number("interface_version"),
    Number("addr_ton"),
    Number("addr_npi"),
    Text("address_range", 41, statuses.ESME_RBINDFAIL),
)
_HOW: Final = (
    Number("esm_class"),
    Number("protocol_id"),
    Number("priority_flag"),
    _SCHEDULE,
    _VALIDITY,
    Number("registered_delivery"),
    Number("replace_if_present_flag"),
    Number("data_coding"),
    Number("sm_default_msg_id"),
    Octets(),
)
_MESSAGE: Final = (_SERVICE, *_source(), *_destination(), *_HOW)

_TABLE: Final[tuple[tuple[type[Pdu], tuple[Field, ...]], ...]] = (
    (pdus.GenericNack, ()),
    (pdus.BindReceiver, _BIND),
    (pdus.BindReceiverResp, (_SYSTEM_ID,)),
    (pdus.BindTransmitter, _BIND),
    (pdus.BindTransmitterResp, (_SYSTEM_ID,)),
    (pdus.BindTransceiver, _BIND),
    (pdus.BindTransceiverResp, (_SYSTEM_ID,)),
    (pdus.Outbind, (_SYSTEM_ID, _PASSWORD)),
    (pdus.Unbind, ()),
    (pdus.UnbindResp, ()),
    (pdus.EnquireLink, ()),
    (pdus.EnquireLinkResp, ()),
    (pdus.SubmitSm, _MESSAGE),
    (pdus.SubmitSmResp, (_ID,)),
    (pdus.DeliverSm, _MESSAGE),
    (pdus.DeliverSmResp, (_ID,)),
    (pdus.SubmitMulti, (_SERVICE, *_source(), Destinations(), *_HOW)),
    (pdus.SubmitMultiResp, (_ID, Refusals())),
    (
        pdus.DataSm,
        (
            _SERVICE,
            *_source(65),
            *_destination(65),
            Number("esm_class"),
            Number("registered_delivery"),
            Number("data_coding"),
        ),
    ),
    (pdus.DataSmResp, (_ID,)),
    (pdus.QuerySm, (_ID, *_source())),
    (
        pdus.QuerySmResp,
        (
            _ID,
            Text("final_date", 17, statuses.ESME_RINVEXPIRY),
            Number("message_state"),
            Number("error_code"),
        ),
    ),
    (pdus.CancelSm, (_SERVICE, _ID, *_source(), *_destination())),
    (pdus.CancelSmResp, ()),
    (
        pdus.ReplaceSm,
        (
            _ID,
            *_source(),
            _SCHEDULE,
            _VALIDITY,
            Number("registered_delivery"),
            Number("sm_default_msg_id"),
            Octets(),
        ),
    ),
    (pdus.ReplaceSmResp, ()),
    (
        pdus.AlertNotification,
        (
            *_source(65),
            Number("esme_addr_ton"),
            Number("esme_addr_npi"),
            Text("esme_addr", 65, statuses.ESME_RINVDSTADR),
        ),
    ),
)

LAYOUTS: Final[dict[int, tuple[type[Pdu], tuple[Field, ...]]]] = {made.command: (made, of) for made, of in _TABLE}
"""Each id's class and its mandatory fields, in the order of the class's own attributes."""


def decode(frame: bytes) -> Pdu | Malformed:
    """One whole frame (header and body) as a PDU; what cannot be read is a `Malformed`. Unknown parameters are kept."""
    if len(frame) < HEADER:
        return Malformed(0, 0, "command_length", statuses.ESME_RINVCMDLEN, "shorter than a header")
    length, command, status, sequence = _HEAD.unpack_from(frame)
    if length != len(frame):
        return Malformed(command, sequence, "command_length", statuses.ESME_RINVCMDLEN, f"{length}, not {len(frame)}")
    quick = _QUICK_READ.get(command)
    if quick is not None:
        found = quick(frame, status, sequence)
        if found is not None:
            return found
    return decode_by_table(frame, command, status, sequence)


def decode_by_table(frame: bytes, command: int, status: int, sequence: int) -> Pdu | Malformed:
    """A frame by its layout; slower than `decode` and the measure of its quick ways."""
    layout = LAYOUTS.get(command)
    if layout is None:
        return Malformed(command, sequence, "command_id", statuses.ESME_RINVCMDID, "unknown")
    made: Callable[..., Pdu] = layout[0]
    answer = command & RESPONSE
    if answer and len(frame) == HEADER:
        return made(sequence, status)  # an answer that refuses may leave its body out
    values: list[Any] = []
    at = HEADER
    try:
        for field in layout[1]:
            value, at = field.read(frame, at)
            values.append(value)
    except FieldWrong as wrong:
        return Malformed(command, sequence, wrong.name, wrong.status, wrong.reason)
    tlvs, fault = read_tlvs(frame, at)
    if not answer:  # what an answer says is taken although its tail is wrong: the request was answered
        if fault:
            return Malformed(command, sequence, "tlvs", statuses.ESME_RINVOPTPARSTREAM, fault)
        tag = wrong_length(tlvs)
        if tag is not None:
            return Malformed(command, sequence, "tlvs", statuses.ESME_RINVPARLEN, f"length of 0x{tag:04X}")
    return made(sequence, status, tlvs, *values)


def encode(pdu: Pdu) -> bytes:
    """A PDU as a frame; raises `FieldWrong` when a field cannot hold its value."""
    quick = _QUICK_WRITE.get(pdu.command)
    if quick is not None:
        found = quick(pdu)
        if found is not None:
            return found
    return encode_by_table(pdu)


def encode_by_table(pdu: Pdu) -> bytes:
    """A PDU by its layout; slower than `encode` and the measure of its quick ways."""
    command = pdu.command
    _, fields = LAYOUTS[command]
    if command & RESPONSE and pdu.status and not pdu.tlvs and not any(getattr(pdu, field.name) for field in fields):
        fields = ()
    body = b"".join([field.write(getattr(pdu, field.name)) for field in fields])
    if pdu.tlvs:
        if any(len(value) > MOST_VALUE for _, value in pdu.tlvs):
            raise FieldWrong("tlvs", statuses.ESME_RINVPARLEN, f"a value longer than {MOST_VALUE} octets")
        body += write_tlvs(pdu.tlvs)
    length = HEADER + len(body)
    if length > MOST_FRAME:
        raise FieldWrong("command_length", statuses.ESME_RINVCMDLEN, f"{length} octets")
    return _HEAD.pack(length, command, pdu.status, pdu.sequence) + body


def _read_message(made: Callable[..., Message], frame: bytes, status: int, sequence: int) -> Pdu | None:
    """A submit_sm or deliver_sm in which all is well; None for the table to say what is not."""
    try:
        find = frame.find
        service = find(0, 16, 22)
        source = find(0, service + 3, service + 24)
        target = find(0, source + 3, source + 24)
        schedule = find(0, target + 4, target + 21)
        validity = find(0, schedule + 1, schedule + 18)
        if service < 0 or source < 0 or target < 0 or schedule < 0 or validity < 0:
            return None
        esm_class, protocol_id, priority_flag = _THREE.unpack_from(frame, target + 1)
        registered, replace, coding, default, length = _FIVE.unpack_from(frame, validity + 1)
        at = validity + 6
        end = at + length
        size = len(frame)
        if end > size or length > MOST_SHORT:
            return None
        tlvs: tuple[tuple[int, bytes], ...] = ()
        if end < size:
            tlvs, fault = read_tlvs(frame, end)
            if fault or wrong_length(tlvs) is not None:
                return None
        return made(
            sequence,
            status,
            tlvs,
            "" if service == HEADER else frame[16:service].decode("latin-1"),
            frame[service + 1],
            frame[service + 2],
            frame[service + 3 : source].decode("latin-1"),
            frame[source + 1],
            frame[source + 2],
            frame[source + 3 : target].decode("latin-1"),
            esm_class,
            protocol_id,
            priority_flag,
            "" if schedule == target + 4 else frame[target + 4 : schedule].decode("latin-1"),
            "" if validity == schedule + 1 else frame[schedule + 1 : validity].decode("latin-1"),
            registered,
            replace,
            coding,
            default,
            frame[at:end],
        )
    except (IndexError, struct_error):
        return None


def _read_submit(frame: bytes, status: int, sequence: int) -> Pdu | None:
    return _read_message(pdus.SubmitSm, frame, status, sequence)


def _read_deliver(frame: bytes, status: int, sequence: int) -> Pdu | None:
    return _read_message(pdus.DeliverSm, frame, status, sequence)


def _read_answer(made: Callable[..., MessageResp], frame: bytes, status: int, sequence: int) -> Pdu | None:
    """An answer that is an id and nothing else; None for the table to read the others."""
    last = len(frame) - 1
    if not HEADER <= last < HEADER + 65 or frame.find(0, HEADER) != last:
        return None
    return made(sequence, status, (), frame[HEADER:last].decode("latin-1"))


def _read_submit_resp(frame: bytes, status: int, sequence: int) -> Pdu | None:
    return _read_answer(pdus.SubmitSmResp, frame, status, sequence)


def _read_deliver_resp(frame: bytes, status: int, sequence: int) -> Pdu | None:
    return _read_answer(pdus.DeliverSmResp, frame, status, sequence)


def _write_message(pdu: Any) -> bytes | None:
    """A submit_sm or deliver_sm in which every value fits; None for the table to say which does not."""
    service, source, target = pdu.service_type, pdu.source_addr, pdu.destination_addr
    schedule, validity, content = pdu.schedule_delivery_time, pdu.validity_period, pdu.short_message
    if (
        len(service) > 5
        or len(source) > 20
        or len(target) > 20
        or len(schedule) > 16
        or len(validity) > 16
        or len(content) > MOST_SHORT
    ):
        return None
    try:
        texts = f"{service}\0{source}\0{target}\0{schedule}\0{validity}".encode("latin-1")
        if texts.count(0) != 4:
            return None
        service_, source_, target_, schedule_, validity_ = texts.split(b"\0")
        body = b"%b\0%c%c%b\0%c%c%b\0%c%c%c%b\0%b\0%c%c%c%c%c%b" % (
            service_,
            pdu.source_addr_ton,
            pdu.source_addr_npi,
            source_,
            pdu.dest_addr_ton,
            pdu.dest_addr_npi,
            target_,
            pdu.esm_class,
            pdu.protocol_id,
            pdu.priority_flag,
            schedule_,
            validity_,
            pdu.registered_delivery,
            pdu.replace_if_present_flag,
            pdu.data_coding,
            pdu.sm_default_msg_id,
            len(content),
            content,
        )
    except (UnicodeEncodeError, OverflowError):
        return None
    if pdu.tlvs:
        if any(len(value) > MOST_VALUE for _, value in pdu.tlvs):
            return None
        body += write_tlvs(pdu.tlvs)
    length = HEADER + len(body)
    return _HEAD.pack(length, pdu.command, pdu.status, pdu.sequence) + body if length <= MOST_FRAME else None


def _write_answer(pdu: Any) -> bytes | None:
    """An answer that is an id and nothing else."""
    name: str = pdu.message_id
    if len(name) > 64 or pdu.tlvs or "\0" in name or not (name or not pdu.status) or not name.isascii():
        return None
    return _HEAD.pack(17 + len(name), pdu.command, pdu.status, pdu.sequence) + name.encode("ascii") + b"\0"


_QUICK_READ: Final[dict[int, Callable[[bytes, int, int], Pdu | None]]] = {
    pdus.SubmitSm.command: _read_submit,
    pdus.SubmitSmResp.command: _read_submit_resp,
    pdus.DeliverSm.command: _read_deliver,
    pdus.DeliverSmResp.command: _read_deliver_resp,
}
_QUICK_WRITE: Final[dict[int, Callable[[Any], bytes | None]]] = {
    pdus.SubmitSm.command: _write_message,
    pdus.SubmitSmResp.command: _write_answer,
    pdus.DeliverSm.command: _write_message,
    pdus.DeliverSmResp.command: _write_answer,
}
