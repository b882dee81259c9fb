"""What a command_status means: its name, whether to try again, and the code that we show outwards (SMPP 3.4, 5.1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class StatusClass(StrEnum):
    """What to do about a status."""

    DONE = "done"
    SLOW_DOWN = "slow_down"
    """Try again later, and send more slowly."""
    RETRY = "retry"
    """Try again later."""
    RETRY_LIMITED = "retry_limited"
    """Try again a few times: the centre does not say what it is."""
    DESTINATION = "destination"
    """This destination will not do."""
    SENDER = "sender"
    """This sender will not do."""
    MESSAGE = "message"
    """This message will not do."""
    LINK = "link"
    """The session itself is wrong: bind anew, tell somebody."""
    REQUEST = "request"
    """A query, cancellation or replacement could not be done."""


_PERMANENT: Final = frozenset({StatusClass.DESTINATION, StatusClass.SENDER, StatusClass.MESSAGE, StatusClass.REQUEST})


@dataclass(frozen=True, slots=True)
class Status:
    """
    A status: its number, its name in the specification, its class and the stable code outwards.

    `permanent` says that sending the same again cannot succeed; `retry_after_s` is 0 where nothing is to be retried.
    """

    number: int
    name: str
    kind: StatusClass
    code: str
    retry_after_s: int = 0

    @property
    def permanent(self) -> bool:
        """Whether sending the same again cannot succeed."""
        return self.kind in _PERMANENT


_OUTWARD: Final = {
    StatusClass.DONE: ("accepted", 0),
    StatusClass.SLOW_DOWN: ("network_busy", 1),
    StatusClass.RETRY: ("network_unavailable", 10),
    StatusClass.RETRY_LIMITED: ("network_error", 30),
    StatusClass.DESTINATION: ("destination_invalid", 0),
    StatusClass.SENDER: ("sender_invalid", 0),
    StatusClass.MESSAGE: ("message_invalid", 0),
    StatusClass.LINK: ("network_link_fault", 10),
    StatusClass.REQUEST: ("request_failed", 0),
}

ESME_ROK: Final = 0x00
ESME_RINVMSGLEN: Final = 0x01
ESME_RINVCMDLEN: Final = 0x02
ESME_RINVCMDID: Final = 0x03
ESME_RINVBNDSTS: Final = 0x04
ESME_RALYBND: Final = 0x05
ESME_RINVPRTFLG: Final = 0x06
ESME_RSYSERR: Final = 0x08
ESME_RINVSRCADR: Final = 0x0A
ESME_RINVDSTADR: Final = 0x0B
ESME_RINVMSGID: Final = 0x0C
ESME_RBINDFAIL: Final = 0x0D
ESME_RINVPASWD: Final = 0x0E
ESME_RINVSYSID: Final = 0x0F
ESME_RCANCELFAIL: Final = 0x11
ESME_RREPLACEFAIL: Final = 0x13
ESME_RMSGQFUL: Final = 0x14
ESME_RINVSERTYP: Final = 0x15
ESME_RINVNUMDESTS: Final = 0x33
ESME_RINVDLNAME: Final = 0x34
ESME_RINVDESTFLAG: Final = 0x40
ESME_RINVESMCLASS: Final = 0x43
ESME_RSUBMITFAIL: Final = 0x45
ESME_RINVSYSTYP: Final = 0x53
ESME_RINVREPFLAG: Final = 0x54
ESME_RTHROTTLED: Final = 0x58
ESME_RINVSCHED: Final = 0x61
ESME_RINVEXPIRY: Final = 0x62
ESME_RINVDFTMSGID: Final = 0x63
ESME_RX_P_APPN: Final = 0x65
ESME_RX_R_APPN: Final = 0x66
ESME_RQUERYFAIL: Final = 0x67
ESME_RINVOPTPARSTREAM: Final = 0xC0
ESME_RINVPARLEN: Final = 0xC2
ESME_RUNKNOWNERR: Final = 0xFF

_KNOWN: Final = (
    (0x00, "ESME_ROK", StatusClass.DONE),
    (0x01, "ESME_RINVMSGLEN", StatusClass.MESSAGE),
    (0x02, "ESME_RINVCMDLEN", StatusClass.LINK),
    (0x03, "ESME_RINVCMDID", StatusClass.LINK),
    (0x04, "ESME_RINVBNDSTS", StatusClass.LINK),
    (0x05, "ESME_RALYBND", StatusClass.LINK),
    (0x06, "ESME_RINVPRTFLG", StatusClass.MESSAGE),
    (0x07, "ESME_RINVREGDLVFLG", StatusClass.MESSAGE),
    (0x08, "ESME_RSYSERR", StatusClass.RETRY),
    (0x0A, "ESME_RINVSRCADR", StatusClass.SENDER),
    (0x0B, "ESME_RINVDSTADR", StatusClass.DESTINATION),
    (0x0C, "ESME_RINVMSGID", StatusClass.REQUEST),
    (0x0D, "ESME_RBINDFAIL", StatusClass.LINK),
    (0x0E, "ESME_RINVPASWD", StatusClass.LINK),
    (0x0F, "ESME_RINVSYSID", StatusClass.LINK),
    (0x11, "ESME_RCANCELFAIL", StatusClass.REQUEST),
    (0x13, "ESME_RREPLACEFAIL", StatusClass.REQUEST),
    (0x14, "ESME_RMSGQFUL", StatusClass.SLOW_DOWN),
    (0x15, "ESME_RINVSERTYP", StatusClass.MESSAGE),
    (0x33, "ESME_RINVNUMDESTS", StatusClass.DESTINATION),
    (0x34, "ESME_RINVDLNAME", StatusClass.DESTINATION),
    (0x40, "ESME_RINVDESTFLAG", StatusClass.DESTINATION),
    (0x42, "ESME_RINVSUBREP", StatusClass.DESTINATION),
    (0x43, "ESME_RINVESMCLASS", StatusClass.MESSAGE),
    (0x44, "ESME_RCNTSUBDL", StatusClass.DESTINATION),
    (0x45, "ESME_RSUBMITFAIL", StatusClass.RETRY_LIMITED),
    (0x48, "ESME_RINVSRCTON", StatusClass.SENDER),
    (0x49, "ESME_RINVSRCNPI", StatusClass.SENDER),
    (0x50, "ESME_RINVDSTTON", StatusClass.DESTINATION),
    (0x51, "ESME_RINVDSTNPI", StatusClass.DESTINATION),
    (0x53, "ESME_RINVSYSTYP", StatusClass.LINK),
    (0x54, "ESME_RINVREPFLAG", StatusClass.MESSAGE),
    (0x55, "ESME_RINVNUMMSGS", StatusClass.REQUEST),
    (0x58, "ESME_RTHROTTLED", StatusClass.SLOW_DOWN),
    (0x61, "ESME_RINVSCHED", StatusClass.MESSAGE),
    (0x62, "ESME_RINVEXPIRY", StatusClass.MESSAGE),
    (0x63, "ESME_RINVDFTMSGID", StatusClass.MESSAGE),
    (0x64, "ESME_RX_T_APPN", StatusClass.RETRY),
    (0x65, "ESME_RX_P_APPN", StatusClass.MESSAGE),
    (0x66, "ESME_RX_R_APPN", StatusClass.MESSAGE),
    (0x67, "ESME_RQUERYFAIL", StatusClass.REQUEST),
    (0xC0, "ESME_RINVOPTPARSTREAM", StatusClass.MESSAGE),
    (0xC1, "ESME_ROPTPARNOTALLWD", StatusClass.MESSAGE),
    (0xC2, "ESME_RINVPARLEN", StatusClass.MESSAGE),
    (0xC3, "ESME_RMISSINGOPTPARAM", StatusClass.MESSAGE),
    (0xC4, "ESME_RINVOPTPARAMVAL", StatusClass.MESSAGE),
    (0xFE, "ESME_RDELIVERYFAILURE", StatusClass.RETRY),
    (0xFF, "ESME_RUNKNOWNERR", StatusClass.RETRY_LIMITED),
)


def _status(number: int, name: str, kind: StatusClass) -> Status:
    code, retry_after_s = _OUTWARD[kind]
    return Status(number, name, kind, code, retry_after_s)


STATUSES: Final[Mapping[int, Status]] = {number: _status(number, name, kind) for number, name, kind in _KNOWN}
"""What the specification names, by number."""


def status_of(number: int, *, vendor: Mapping[int, StatusClass] | None = None) -> Status:
    """
    What a command_status means; `vendor` is the link's own table, which goes before ours.

    A number that nobody knows (0x400 to 0x4FF belong to vendors) is tried again a limited number of times.

    >>> status_of(0x58).kind, status_of(0x58).permanent
    (<StatusClass.SLOW_DOWN: 'slow_down'>, False)
    >>> status_of(0x0B).permanent, status_of(0x412).code
    (True, 'network_error')
    """
    known = STATUSES.get(number)
    if vendor is not None and number in vendor:
        return _status(number, known.name if known else f"0x{number:08X}", vendor[number])
    return known or _status(number, f"0x{number:08X}", StatusClass.RETRY_LIMITED)
