"""
Receipts of delivery: the text of Appendix B and the parameters that go before it, ids in one form, bits of esm_class.

Centres differ in the order and case of the keys, in the length of dates, in how an error is written, and in how they
write one id in the answer and in the receipt. `read_receipt` takes all of them; `IdForms` brings ids of one link to one
form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Final

from spojka.network.messaging.smpp.pdus import DataSm, DeliverSm
from spojka.network.messaging.smpp.tlvs import (
    MESSAGE_STATE,
    NETWORK_ERROR_CODE,
    RECEIPTED_MESSAGE_ID,
    Tlv,
    first,
    first_number,
    first_text,
    octet,
)
from spojka.network.messaging.smpp.tlvs import text as text_tlv

ESM_UDHI: Final = 0x40
"""The content begins with a user data header."""
ESM_REPLY_PATH: Final = 0x80
ESM_RECEIPT: Final = 0x04
ESM_DELIVERY_ACK: Final = 0x08
ESM_MANUAL_ACK: Final = 0x10
ESM_INTERMEDIATE: Final = 0x20
_TYPE: Final = 0x3C

WANT_NONE: Final = 0
WANT_ALL: Final = 1
"""registered_delivery: a receipt of success or failure."""
WANT_FAILURES: Final = 2
_WANTED: Final = 0x03


class MessageState(IntEnum):
    """What became of a message (SMPP 3.4, 5.2.28)."""

    ENROUTE = 1
    DELIVERED = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIVERABLE = 5
    ACCEPTED = 6
    UNKNOWN = 7
    REJECTED = 8

    @property
    def final(self) -> bool:
        """Whether nothing more will come."""
        return self is not MessageState.ENROUTE


STAT: Final[Mapping[MessageState, str]] = {
    MessageState.ENROUTE: "ENROUTE",
    MessageState.DELIVERED: "DELIVRD",
    MessageState.EXPIRED: "EXPIRED",
    MessageState.DELETED: "DELETED",
    MessageState.UNDELIVERABLE: "UNDELIV",
    MessageState.ACCEPTED: "ACCEPTD",
    MessageState.UNKNOWN: "UNKNOWN",
    MessageState.REJECTED: "REJECTD",
}
"""The words of Appendix B."""
_STATE_OF: Final = {word: state for state, word in STAT.items()} | {
    "DELIVERED": MessageState.DELIVERED,
    "UNDELIVERABLE": MessageState.UNDELIVERABLE,
    "ACCEPTED": MessageState.ACCEPTED,
    "REJECTED": MessageState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    What a receipt says.

    `error` is the network's number where one can be read (`network` its type: 3 is GSM), `error_text` the err field as
    it stood, `state_text` the word of the state; instants are UTC; `intermediate` says that a final one is to come.
    """

    message_id: str
    state: MessageState
    state_text: str = ""
    error: int | None = None
    error_text: str = ""
    network: int | None = None
    submitted_at: datetime | None = None
    done_at: datetime | None = None
    intermediate: bool = False


def has_udh(esm_class: int) -> bool:
    """Whether the content begins with a user data header."""
    return bool(esm_class & ESM_UDHI)


def is_receipt(esm_class: int) -> bool:
    """Whether a deliver_sm or data_sm is a receipt or an intermediate notification, by its esm_class."""
    return esm_class & _TYPE in (ESM_RECEIPT, ESM_INTERMEDIATE)


def receipt_wanted(registered_delivery: int, *, delivered: bool) -> bool:
    """Whether who sent a message asked for a receipt of this end."""
    wanted = registered_delivery & _WANTED
    return wanted == WANT_ALL or (wanted == WANT_FAILURES and not delivered)


_EXACT: Final = re.compile(
    r"id:(\S*) sub:\d* dlvrd:\d* submit date:(\d*) done date:(\d*) stat:(\w+) err:(\S*) ?(?:text:.*)?",
    re.IGNORECASE | re.DOTALL,
)
_KEY: Final = re.compile(
    r"(?:^|(?<=\s))(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text)\s*:[ \t]*", re.IGNORECASE
)


def read_receipt(pdu: DeliverSm | DataSm, *, zone: tzinfo = UTC) -> Receipt | None:
    """
    The receipt in a deliver_sm or data_sm, or None when there is none in it.

    Parameters go before the text. `zone` is where the centre's dates are. A message whose esm_class is plain counts as
    a receipt only when it carries `receipted_message_id` and a state: what a mobile wrote is never taken for one. One
    that is marked as a receipt always is one: without an id that can be read its `message_id` is empty, without a state
    that we know it is UNKNOWN.
    """
    named = first_text(pdu.tlvs, RECEIPTED_MESSAGE_ID) if pdu.tlvs else None
    coded = first_number(pdu.tlvs, MESSAGE_STATE) if pdu.tlvs else None
    flagged = is_receipt(pdu.esm_class)
    if not flagged and (not named or coded is None):
        return None
    content = pdu.content
    said = _keys_of(content.decode("latin-1")) if content else {}
    word = said.get("stat", "")
    network, error = _network_error(pdu.tlvs)
    error_text = said.get("err", "")
    return Receipt(
        message_id=named or said.get("id", ""),
        state=_state(coded) or _STATE_OF.get(word.upper(), MessageState.UNKNOWN),
        state_text=word,
        error=error if error is not None else read_error(error_text),
        error_text=error_text,
        network=network,
        submitted_at=read_date(said.get("submitdate", ""), zone=zone),
        done_at=read_date(said.get("donedate", ""), zone=zone),
        intermediate=pdu.esm_class & _TYPE == ESM_INTERMEDIATE,
    )


def _state(coded: int | None) -> MessageState | None:
    return MessageState(coded) if coded is not None and 1 <= coded <= MessageState.REJECTED else None


def _network_error(tlvs: tuple[Tlv, ...]) -> tuple[int | None, int | None]:
    value = first(tlvs, NETWORK_ERROR_CODE) if tlvs else None
    if value is None or len(value) != 3:
        return None, None
    return value[0], int.from_bytes(value[1:], "big")


def _keys_of(text: str) -> dict[str, str]:
    """The keys of a receipt's text, in lower case without blanks, with their values."""
    exact = _EXACT.fullmatch(text)
    if exact is not None:
        return dict(zip(("id", "submitdate", "donedate", "stat", "err"), exact.groups(), strict=True))
    found: dict[str, str] = {}
    marks = list(_KEY.finditer(text))
    for place, mark in enumerate(marks):
        key = mark[1].lower().replace(" ", "").replace("_", "")
        if key == "text" and "id" in found and "stat" in found:
            break  # what the message itself says is no key
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        found.setdefault(key, text[mark.end() : end].strip())
    return found


def read_error(text: str) -> int | None:
    """
    The number that an err field says: decimal digits, or hexadecimal when it has a letter in it; None for words.

    >>> read_error("006"), read_error("0x1B"), read_error("1b"), read_error("none")
    (6, 27, 27, None)
    """
    try:
        return int(text) if text.isdecimal() else int(text if text.isalnum() else "none", 16)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def read_date(text: str, *, zone: tzinfo = UTC) -> datetime | None:
    """
    The instant (UTC) of a date of 10 or 12 digits, or None; receipts of one time have the same one.

    >>> read_date("2602010830"), read_date("260201083059")
    (datetime.datetime(2026, 2, 1, 8, 30, tzinfo=datetime.timezone.utc), \
datetime.datetime(2026, 2, 1, 8, 30, 59, tzinfo=datetime.timezone.utc))
    """
    if len(text) not in (10, 12) or not (text.isascii() and text.isdigit()):
        return None
    year, month, day, hour, minute, *second = (int(text[at : at + 2]) for at in range(0, len(text), 2))
    try:
        return datetime(2000 + year, month, day, hour, minute, second[0] if second else 0, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_SAME_MINUTE: Final[dict[tuple[datetime, tzinfo], str]] = {}


def _date(at: datetime, zone: tzinfo) -> str:
    """Ten digits; those of a minute are the same, so the last minute is remembered."""
    minute = at - timedelta(seconds=at.second, microseconds=at.microsecond)
    known = _SAME_MINUTE.get((minute, zone))
    if known is None:
        if len(_SAME_MINUTE) > 64:
            _SAME_MINUTE.clear()
        known = _SAME_MINUTE[minute, zone] = f"{minute.astimezone(zone):%y%m%d%H%M}"
    return known


def write_receipt(
    *,
    message_id: str,
    state: MessageState,
    submitted_at: datetime,
    done_at: datetime,
    error: int = 0,
    text: bytes = b"",
    zone: tzinfo = UTC,
) -> bytes:
    """
    The text of a receipt as Appendix B lays it out; `text` is the beginning of the message (20 octets are taken).

    >>> at = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
    >>> write_receipt(message_id="7", state=MessageState.DELIVERED, submitted_at=at, done_at=at, text=b"Hello")
    b'id:7 sub:001 dlvrd:001 submit date:2602010830 done date:2602010830 stat:DELIVRD err:000 text:Hello'
    """
    delivered = "001" if state is MessageState.DELIVERED else "000"
    head = (
        f"id:{message_id} sub:001 dlvrd:{delivered} submit date:{_date(submitted_at, zone)}"
        f" done date:{_date(done_at, zone)} stat:{STAT[state]} err:{error:03} text:"
    )
    return head.encode("latin-1") + text[:20]


def receipt_tlvs(*, message_id: str, state: MessageState, error: int = 0, network: int = 3) -> tuple[Tlv, ...]:
    """What a receipt says as parameters: the id, the state, and the network's error when there is one."""
    said = (text_tlv(RECEIPTED_MESSAGE_ID, message_id), octet(MESSAGE_STATE, state))
    return (*said, (NETWORK_ERROR_CODE, bytes((network,)) + error.to_bytes(2, "big"))) if error else said


class IdForm(StrEnum):
    """How one side of a link writes the ids of messages."""

    TEXT = "text"
    """As characters; case does not matter, and zeros in front of digits do not."""
    DECIMAL = "decimal"
    HEX = "hex"


@dataclass(frozen=True, slots=True)
class IdForms:
    """How a link writes ids in its answers and in its receipts: the setting that makes them meet."""

    answer: IdForm = IdForm.TEXT
    receipt: IdForm = IdForm.TEXT

    def of_answer(self, message_id: str) -> str:
        """
        The one form of an id from an answer (submit_sm_resp, submit_multi_resp, data_sm_resp, query_sm_resp).

        >>> IdForms(answer=IdForm.HEX, receipt=IdForm.DECIMAL).of_answer("00000a1F")
        '2591'
        """
        return normal_id(message_id, self.answer)

    def of_receipt(self, message_id: str) -> str:
        """
        The one form of an id from a receipt.

        >>> IdForms(answer=IdForm.HEX, receipt=IdForm.DECIMAL).of_receipt("0000002591")
        '2591'
        """
        return normal_id(message_id, self.receipt)


def normal_id(message_id: str, form: IdForm) -> str:
    """
    An id in its one form; what is no number in the given base stays text, so it can still meet itself.

    >>> normal_id(" 00AB ", IdForm.TEXT), normal_id("000123", IdForm.TEXT), normal_id("0", IdForm.TEXT)
    ('00ab', '123', '0')
    >>> normal_id("0x1f", IdForm.HEX), normal_id("x-1", IdForm.HEX)
    ('31', 'x-1')
    """
    plain = message_id.strip().lower()
    digits = plain.isascii() and plain.isdigit()
    if form is IdForm.HEX:
        bare = plain.removeprefix("0x")
        try:
            return str(int(bare, 16)) if bare.isalnum() else plain
        except ValueError:
            return plain
    return (plain.lstrip("0") or "0") if digits else plain
