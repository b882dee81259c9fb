"""How refusals are said in SMPP: one table of statuses, and the reason code as text beside the status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.pdus import Pdu, answer_to
from spojka.network.messaging.smpp.tlvs import ADDITIONAL_STATUS_INFO_TEXT, first_text, text

STATUSES: Final[Mapping[str, int]] = {
    "APPLICATION_UNKNOWN": statuses.ESME_RSUBMITFAIL,
    "SERVICE_TERMINATED": statuses.ESME_RSUBMITFAIL,
    "SERVICE_NOT_ACTIVE": statuses.ESME_RSUBMITFAIL,
    "SERVICE_SUSPENDED": statuses.ESME_RSUBMITFAIL,
    "MESSAGE_TYPE_NOT_SUPPORTED": statuses.ESME_RSUBMITFAIL,
    "MESSAGE_TOO_LONG": statuses.ESME_RINVMSGLEN,
    "ENCODING_ERROR": statuses.ESME_RSUBMITFAIL,
    "PRIORITY_NOT_AVAILABLE": statuses.ESME_RINVPRTFLG,
    "PRIORITY_REQUIRES_PRIORITY_URL": statuses.ESME_RINVPRTFLG,
    "PRIORITY_URL_REQUIRES_PRIORITY": statuses.ESME_RINVPRTFLG,
    "SENDER_NOT_ASSIGNED": statuses.ESME_RINVSRCADR,
    "NICKNAME_NOT_AVAILABLE": statuses.ESME_RINVSRCADR,
    "NICKNAME_NOT_ACTIVE": statuses.ESME_RINVSRCADR,
    "NICKNAME_ABROAD_NOT_SUPPORTED": statuses.ESME_RINVSRCADR,
    "RECIPIENT_INVALID": statuses.ESME_RINVDSTADR,
    "CONSENT_WITHDRAWN": statuses.ESME_RINVDSTADR,
    "CONSENT_MISSING": statuses.ESME_RINVDSTADR,
    "OPT_OUT_ROUTE_MISSING": statuses.ESME_RINVSRCADR,
    "MONTHLY_LIMIT_EXCEEDED": statuses.ESME_RTHROTTLED,
    "DAILY_LIMIT_EXCEEDED": statuses.ESME_RTHROTTLED,
    "QUEUE_FULL": statuses.ESME_RTHROTTLED,
    "WOULD_EXPIRE": statuses.ESME_RMSGQFUL,
    "KEY_REUSED": statuses.ESME_RSUBMITFAIL,
    "MESSAGE_NOT_FOUND": statuses.ESME_RINVMSGID,
    "MESSAGE_LEFT": statuses.ESME_RCANCELFAIL,
    "SYSTEM_ID_UNKNOWN": statuses.ESME_RINVSYSID,
    "SYSTEM_PASSWORD_WRONG": statuses.ESME_RINVPASWD,
    "TOO_MANY_BINDS": statuses.ESME_RBINDFAIL,
    "BIND_ACCOUNT_CLOSED": statuses.ESME_RBINDFAIL,
    "TRY_AGAIN": statuses.ESME_RSYSERR,
    "FAULT": statuses.ESME_RSYSERR,
    "OUTCOME_UNKNOWN": statuses.ESME_RSYSERR,
}
"""
The status of each refusal (SMPP 3.4, 5.1.3); of a certificate's it is ESME_RBINDFAIL, of any other ESME_RSUBMITFAIL.

A recipient who wants nothing is a destination that will not do: sending again cannot succeed. A limit, like a full
queue, asks for patience.
"""


def status_of(code: str) -> int:
    """
    The status that says a refusal.

    >>> [hex(status_of(code)) for code in ("QUEUE_FULL", "CERT_REVOKED", "RECIPIENT_INVALID", "SOMETHING_NEW")]
    ['0x58', '0xd', '0xb', '0x45']
    """
    if code.startswith("CERT_"):
        return statuses.ESME_RBINDFAIL
    return STATUSES.get(code, statuses.ESME_RSUBMITFAIL)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is wrong with a request itself: the status, and the field as SMPP names it."""

    status: int
    field: str

    @property
    def code(self) -> str:
        """The reason code with the field."""
        return f"REQUEST_MALFORMED {self.field}"


def reason_of(answer: Pdu) -> str:
    """The reason code in an answer that refuses, without the field; else the name of its status."""
    said = first_text(answer.tlvs, ADDITIONAL_STATUS_INFO_TEXT) or statuses.status_of(answer.status).name
    return said.partition(" ")[0]


def refusing(request: Pdu, why: Refusal | Unreadable) -> Pdu:
    """The answer that refuses a request: its status, and the reason code in additional_status_info_text."""
    status = why.status if isinstance(why, Unreadable) else status_of(why.code)
    answer = answer_to(request, status=status)
    answer.tlvs = (text(ADDITIONAL_STATUS_INFO_TEXT, why.code),)
    return answer
