"""
What a submit_sm, submit_multi or data_sm asks for, as a submission (SMPP 3.4, 4.4, 4.5, 4.7).

Nothing is left out silently: what cannot be done as it was asked is refused with the field's own status. Only a hint is
taken as one: `priority_flag`. The class of a message is that of the account it came with, as the address decides over
HTTPS (o2/2.2), so that no flag changes what a message costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from spojka.network.messaging.applications.accounts.store import Account
from spojka.network.messaging.sending.composing import INTERNATIONAL
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.pdus import DataSm, SubmitMulti, SubmitSm
from spojka.network.messaging.smpp.receipts import WANT_FAILURES, WANT_NONE, has_udh
from spojka.network.messaging.smpp.times import TimeWrong, read_time
from spojka.network.messaging.smpp.tlvs import (
    QOS_TIME_TO_LIVE,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    first,
    first_number,
    first_text,
)
from spojka.network.messaging.submission.requests import AUTO, Submission
from spojka.network.messaging.text.codings import decode_payload, scheme_of
from spojka.network.messaging.text.headers import PartOf, part_element, read_header, with_length
from spojka.surfaces.gateway.connector.fields import FARTHEST_S, LONGEST_REFERENCE
from spojka.surfaces.gateway.smpp.answers import Unreadable
from spojka.trade.numbering.gsm_alphabet import DEFAULT_ALPHABET

REFERENCE: Final = 0x1400
"""
The optional parameter of our own in which a program may give its reference, by which a repeat is known.

`user_message_reference` is none: its two octets come round after 65,536 messages.
"""
ASCII: Final = 0x01
LATIN: Final = 0x03
_OCTETS: Final = frozenset({0x02, 0x04, *range(0x14, 0x18), *range(0xF4, 0xF8)})
_MODE, _TRANSACTION, _TYPE, _WANTED = 0x03, 0x02, 0x3C, 0x03
_PLAIN: Final = frozenset({0x0A, 0x0D, *range(0x20, 0x7F)})
_NATIONAL_MOST: Final = 9
"""Digits of a number without its country."""

Request = SubmitSm | SubmitMulti | DataSm


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: words, or octets with their header and coding; `flash` is shown at once."""

    text: str | None = None
    data: bytes | None = None
    header: bytes = b""
    data_coding: int | None = None
    flash: bool = False


def submission_of(pdu: Request, *, account: Account, certificate: bytes, now: datetime) -> Submission | Unreadable:
    """A request as a submission, or which field cannot be done; of submit_multi all but the recipient."""
    wrong = _unsupported(pdu)
    if wrong is not None:
        return wrong
    content = _content(pdu)
    if isinstance(content, Unreadable):
        return content
    times = _times(pdu, now)
    if isinstance(times, Unreadable):
        return times
    reference = first_text(pdu.tlvs, REFERENCE) if pdu.tlvs else None
    if reference is not None and not (0 < len(reference) <= LONGEST_REFERENCE and reference.isprintable()):
        return Unreadable(statuses.ESME_RINVPARLEN, "reference")
    to = "" if isinstance(pdu, SubmitMulti) else recipient_of(pdu.destination_addr, pdu.dest_addr_ton)
    return Submission(
        account.application,
        to,
        content.text,
        data=content.data,
        sender=_sender_of(pdu.source_addr),
        url=account.message_class,
        purpose=account.purpose,
        reference=reference,
        report=_wanted(pdu.registered_delivery),
        flash=content.flash,
        header=content.header,
        data_coding=content.data_coding,
        not_before=times[0],
        expires_at=times[1],
        certificate=certificate,
    )


def recipient_of(addr: str, ton: int) -> str:
    """
    A destination as people write it: international ones begin with a plus.

    >>> recipient_of("420602000001", 1), recipient_of("420602000001", 0), recipient_of("602000001", 2)
    ('+420602000001', '+420602000001', '602000001')
    """
    if addr[:1] in ("+", "0") or not addr.isdigit():
        return addr
    return f"+{addr}" if ton == INTERNATIONAL[0] or len(addr) > _NATIONAL_MOST else addr


def _sender_of(addr: str) -> str:
    """A sender as registered: its type is not asked, since programs set one for all."""
    if not addr:
        return AUTO
    return f"+{addr}" if addr.isdigit() and len(addr) > _NATIONAL_MOST else addr


def _wanted(registered_delivery: int) -> bool | Literal["failures"]:
    wanted = registered_delivery & _WANTED
    return "failures" if wanted == WANT_FAILURES else wanted != WANT_NONE


def _unsupported(pdu: Request) -> Unreadable | None:
    if pdu.esm_class & _MODE == _TRANSACTION or pdu.esm_class & _TYPE:
        return Unreadable(statuses.ESME_RINVESMCLASS, "esm_class")
    if isinstance(pdu, DataSm):
        return None
    if pdu.replace_if_present_flag:
        return Unreadable(statuses.ESME_RINVREPFLAG, "replace_if_present_flag")
    if pdu.sm_default_msg_id:
        return Unreadable(statuses.ESME_RINVDFTMSGID, "sm_default_msg_id")
    if pdu.protocol_id:
        return Unreadable(statuses.ESME_RSUBMITFAIL, "protocol_id")
    return None


def _times(pdu: Request, now: datetime) -> tuple[datetime | None, datetime | None] | Unreadable:
    """When it may leave and until when, both within a year and in order."""
    if isinstance(pdu, DataSm):
        seconds = first_number(pdu.tlvs, QOS_TIME_TO_LIVE) if pdu.tlvs else None
        if seconds is None:
            return None, None
        if not 1 <= seconds <= FARTHEST_S:
            return Unreadable(statuses.ESME_RINVEXPIRY, "qos_time_to_live")
        return None, now + timedelta(seconds=seconds)
    if not pdu.schedule_delivery_time and not pdu.validity_period:
        return None, None
    starts = read_time(pdu.schedule_delivery_time, now=now)
    if isinstance(starts, TimeWrong) or _is_far(starts, now):
        return Unreadable(statuses.ESME_RINVSCHED, "schedule_delivery_time")
    ends = read_time(pdu.validity_period, now=now)
    if isinstance(ends, TimeWrong) or _is_far(ends, now) or (ends and starts and ends <= starts):
        return Unreadable(statuses.ESME_RINVEXPIRY, "validity_period")
    return (starts if starts is not None and starts > now else None), ends


def _is_far(at: datetime | None, now: datetime) -> bool:
    return at is not None and abs(at - now) > timedelta(seconds=FARTHEST_S)


def _content(pdu: Request) -> Content | Unreadable:
    octets = pdu.content
    scheme = scheme_of(pdu.data_coding)
    if scheme.waiting or (scheme.family == "octets" and pdu.data_coding not in _OCTETS):
        return Unreadable(statuses.ESME_RSUBMITFAIL, "data_coding")
    if has_udh(pdu.esm_class):
        header = read_header(octets)
        if header is None:
            return Unreadable(statuses.ESME_RINVMSGLEN, "short_message")
        return _as_made(header.octets, octets[len(header.octets) :], pdu.data_coding)
    if pdu.tlvs and first(pdu.tlvs, SAR_MSG_REF_NUM) is not None:
        made = _sar_header(pdu)
        return made if isinstance(made, Unreadable) else _as_made(made, octets, pdu.data_coding)
    flash = scheme.message_class == 0
    if scheme.family == "octets":
        return Content(data=octets, flash=flash)
    text = _text(octets, pdu.data_coding)
    return Unreadable(statuses.ESME_RSUBMITFAIL, "short_message") if text is None else Content(text, flash=flash)


def _text(octets: bytes, data_coding: int) -> str | None:
    """
    The words, or `None` where an octet is no sign of their coding.

    Some programs call the alphabet of GSM ASCII: octets that ASCII does not print say so.
    """
    family = scheme_of(data_coding).family
    if data_coding == ASCII and not _PLAIN.issuperset(octets):
        family = "gsm7"
    text, exact = decode_payload(octets, family=family)
    return text if exact else None


def _as_made(header: bytes, payload: bytes, data_coding: int) -> Content:
    """
    One part that a program made itself: it keeps its header and its coding.

    ASCII and Latin-1 become the alphabet of GSM where that has all their signs, since phones know no others.
    """
    if data_coding in (ASCII, LATIN):
        text = _text(payload, data_coding)
        septets = None if text is None else DEFAULT_ALPHABET.encode(text)
        if septets is not None:
            payload, data_coding = septets, 0
    return Content(data=payload, header=header, data_coding=data_coding)


def _sar_header(pdu: Request) -> bytes | Unreadable:
    """The header that says what the parameters of segments do (SMPP 3.4, 5.3.2.22 to 24)."""
    reference, total, number = (
        first_number(pdu.tlvs, tag) or 0 for tag in (SAR_MSG_REF_NUM, SAR_TOTAL_SEGMENTS, SAR_SEGMENT_SEQNUM)
    )
    if not 1 <= number <= total:
        return Unreadable(statuses.ESME_RINVOPTPARSTREAM, "sar_segment_seqnum")
    return with_length(part_element(PartOf(reference & 0xFF, total, number)))
