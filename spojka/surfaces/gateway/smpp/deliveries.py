"""Items of an inbox as the deliver_sm that carry them: messages of mobiles, and receipts (SMPP 3.4, 4.6 and B)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.network.messaging.applications.accounts.store import LongTexts
from spojka.network.messaging.messages.lives import Life, ends_message
from spojka.network.messaging.messages.records import FINAL, EventKind
from spojka.network.messaging.sending.composing import INTERNATIONAL, NATIONAL_SHORT, TYPES
from spojka.network.messaging.smpp.pdus import DeliverSm
from spojka.network.messaging.smpp.receipts import (
    ESM_RECEIPT,
    ESM_UDHI,
    MessageState,
    receipt_tlvs,
    write_receipt,
)
from spojka.network.messaging.smpp.tlvs import MESSAGE_PAYLOAD, MOST_VALUE
from spojka.network.messaging.text.codings import data_coding_of
from spojka.network.messaging.text.parts import InParts, TooManyParts, Uncarried, choose, cut_octets, cut_text, room
from spojka.surfaces.gateway.smpp.handling import STATES, TOGETHER

FAILURES: Final = "failures"
REPORTED: Final[Mapping[EventKind, MessageState]] = {
    "delivered": MessageState.DELIVERED,
    "undelivered": MessageState.UNDELIVERABLE,
    "failed": MessageState.REJECTED,
    "unknown": MessageState.UNKNOWN,
    "cancelled": MessageState.DELETED,
    "expired": MessageState.EXPIRED,
}
"""What a report says, as SMPP says it; what is not here is no end, and nothing is said."""
_LOST: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item of the inbox and the requests that carry it; none where there is nothing to say."""

    item: UUID
    tries: int
    requests: Sequence[DeliverSm]


def message_of(row: Row, *, long_texts: LongTexts) -> list[DeliverSm]:
    """A message from a mobile: in one request, or a long one in parts where the account wants them."""
    content: Mapping[str, Any] = row["content"]
    ton, npi = INTERNATIONAL if row["dialled"].startswith("+") else NATIONAL_SHORT
    if "octets" in content:
        data = bytes.fromhex(content["octets"])
        whole, data_coding = data, data_coding_of("octets")
        is_short = len(data) <= room("octets")
    else:
        words = str(content.get("text", ""))
        chosen = choose(words)
        if isinstance(chosen, Uncarried):
            chosen = choose(words.encode("utf-16-be", "replace").decode("utf-16-be"))
            assert not isinstance(chosen, Uncarried), row["id"]
        whole, data_coding = chosen.encoded, data_coding_of(chosen.coding)
        is_short = len(whole) <= (room("gsm7") if chosen.coding == "gsm7" else 2 * room("ucs2"))
    made = [(b"", whole)] if is_short or long_texts == "payload" else _parts(row["id"], content, whole)
    return [
        DeliverSm(
            tlvs=() if is_short or header else ((MESSAGE_PAYLOAD, octets[:MOST_VALUE]),),
            source_addr_ton=INTERNATIONAL[0],
            source_addr_npi=INTERNATIONAL[1],
            source_addr=row["sender"].removeprefix("+"),
            dest_addr_ton=ton,
            dest_addr_npi=npi,
            destination_addr=row["dialled"].removeprefix("+"),
            esm_class=ESM_UDHI if header else 0,
            data_coding=data_coding,
            short_message=header + octets if is_short or header else b"",
        )
        for header, octets in made
    ]


def _parts(item: UUID, content: Mapping[str, Any], whole: bytes) -> list[tuple[bytes, bytes]]:
    """Headers and payloads of parts; the reference that holds them together is the end of the item's id."""
    reference = item.int & 0xFF
    cut: InParts | TooManyParts | Uncarried
    if "octets" in content:
        cut = cut_octets(whole, reference=reference)
    else:
        cut = cut_text(str(content["text"]), reference=reference)
    return [(part.header, part.payload) for part in cut.parts] if isinstance(cut, InParts) else [(b"", whole)]


def receipt_of(row: Row, life: Life | None) -> list[DeliverSm]:
    """
    A receipt on a message, once for all its parts: with the report that was the last to come.

    Nothing is said of success to who asked for failures alone, nor of a message that is not kept any more.
    """
    content: Mapping[str, Any] = row["content"]
    if life is None or not ends_message(life, content):
        return []
    state = STATES[life.status] if content.get("parts", 1) > 1 else REPORTED.get(content["state"])
    message = life.row
    if state is None or not state.final:
        return []
    if state is MessageState.DELIVERED and message["options"].get("report") == FAILURES:
        return []
    error = _error(life)
    known_as = _known_as(message)
    ton, npi = TYPES[message["sender_kind"]]
    return [
        DeliverSm(
            tlvs=receipt_tlvs(message_id=known_as, state=state, error=error),
            source_addr_ton=INTERNATIONAL[0],
            source_addr_npi=INTERNATIONAL[1],
            source_addr=message["recipient"].removeprefix("+"),
            dest_addr_ton=ton,
            dest_addr_npi=npi,
            destination_addr=message["sender"].removeprefix("+"),
            esm_class=ESM_RECEIPT,
            short_message=write_receipt(
                message_id=known_as,
                state=state,
                submitted_at=message["accepted_at"],
                done_at=datetime.fromisoformat(content["at"]),
                error=error,
            ),
        )
    ]


def _known_as(message: Row) -> str:
    """The id that the program was given: the message's own, or that of all in one submit_multi."""
    reference = message["reference"] or ""
    if reference.startswith(TOGETHER):
        return str(reference.removeprefix(TOGETHER).partition("#")[0])
    return str(message["id"].hex)


def _error(life: Life) -> int:
    found = [one["detail"]["error"] for one in life.events if one["kind"] in FINAL and "error" in (one["detail"] or {})]
    return found[-1] if found and 0 <= found[-1] < 1 << 16 else 0
