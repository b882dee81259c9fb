"""
Delivery reports and the messages they are about, matched in the transaction that writes them.

A report of a message that is still being submitted waits for the answer that names it, and so does one whose id names a
message that was over long ago, for MMSCs use ids again. One that no answer ever named is about the message to this
recipient whose answer was lost, where there is exactly one; otherwise it is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.network.messaging.messages import store as messages
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import Parked, Reported, park, report_of
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.mm7.messages import DeliveryReportReq, DeliveryStatus, ReadReplyReq, ReadStatus
from spojka.network.messaging.multimedia import store
from spojka.network.messaging.multimedia.placing import number_of
from spojka.network.messaging.sending.settling import KINDS
from spojka.network.messaging.sending.terms import ArrivalTerms
from spojka.network.messaging.smpp.receipts import MessageState

STATES: Final[Mapping[DeliveryStatus, MessageState]] = {
    DeliveryStatus.RETRIEVED: MessageState.DELIVERED,
    DeliveryStatus.EXPIRED: MessageState.EXPIRED,
    DeliveryStatus.REJECTED: MessageState.REJECTED,
    DeliveryStatus.INDETERMINATE: MessageState.UNKNOWN,
    DeliveryStatus.UNRECOGNISED: MessageState.UNKNOWN,
    DeliveryStatus.FORWARDED: MessageState.ENROUTE,
    DeliveryStatus.DEFERRED: MessageState.ENROUTE,
}
"""What a report's status is called here, in the words that receipts of SMS have too."""

BY_REPORT: Final = {"settled_by": "report"}
"""What stands with the `sent` of a message of which only its report said that the MMSC had taken it."""

Matched = Literal["written", "repeated", "parked"]


@dataclass(frozen=True, slots=True)
class Told:
    """A report: the way it came, what the message is called there, at which recipient, and what became of it."""

    link: str
    remote_id: str
    recipient: str
    sender: str
    state: MessageState
    detail: Mapping[str, Any]

    @classmethod
    def read(cls, said: DeliveryReportReq | ReadReplyReq, *, link: str, terms: ArrivalTerms) -> Told | None:
        """
        What stands in a report; `None` where it says nothing of what became of the message.

        Who has read or deleted a message has received it.
        """
        if isinstance(said, DeliveryReportReq):
            state = STATES[said.delivery]
        elif said.reading is ReadStatus.INDETERMINATE:
            return None
        else:
            state = MessageState.DELIVERED
        detail: dict[str, Any] = {"state": said.mm_status[:64]}
        if said.status_text:
            detail["text"] = said.status_text[:200]
        if said.reported_at is not None:
            detail["done_at"] = said.reported_at.isoformat()
        sender = number_of(said.sender, terms) if said.sender is not None else ""
        return cls(link, said.message_id[: store.LONGEST_ID], number_of(said.recipient, terms), sender, state, detail)

    @classmethod
    def again(cls, row: Row) -> Told:
        """A report that was kept."""
        detail = dict(row["detail"])
        sender = str(detail.pop("sender", ""))
        return cls(row["link"], row["remote_id"], row["recipient"], sender, MessageState[row["state"]], detail)


def take_report(ctx: Context, told: Told, *, busy: Collection[str]) -> Matched:
    """
    Write what a report says of its message, once, and tell the program that asked for it.

    Args:
        ctx: the transaction.
        told: the report.
        busy: recipients of messages that are being submitted on its way; a report on one of them may be early.

    """
    row, may_be_early = _message(ctx, told), told.recipient in busy
    over = row is not None and store.ended(ctx, row["message_id"])
    if row is None and not may_be_early:
        row = store.unsettled(ctx, link=told.link, recipient=told.recipient, sender=told.sender)
        if row is not None:
            messages.add_events(
                ctx, [Happened(row["message_id"], 1, "sent", ctx.now, told.link, told.remote_id, BY_REPORT)]
            )
    if row is None or (over and may_be_early):
        detail = {**told.detail, "sender": told.sender}
        park(ctx, [Parked(told.link, told.remote_id, told.recipient, told.state.name, detail, ctx.now)])
        return "parked"
    if over:
        return "repeated"
    kind = KINDS[told.state]
    messages.add_events(ctx, [Happened(row["message_id"], 1, kind, ctx.now, told.link, told.remote_id, told.detail)])
    if row["options"].get("report") and told.state.final:
        one = Reported(row["message_id"], 1, row["application_id"], row["recipient"], row["sender"], row["parts"])
        add_arrived(ctx, [report_of(one, kind, ctx.now)])
    return "written"


def match_parked(
    ctx: Context, links: Collection[str], *, recipient: str | None = None, busy: Collection[str]
) -> list[Matched]:
    """Try reports that were kept once more, all of these ways or those on one recipient."""
    rows = store.take_parked(ctx, sorted(links), recipient=recipient)
    return [take_report(ctx, Told.again(row), busy=busy) for row in rows]


def _message(ctx: Context, told: Told) -> Row | None:
    """The message that its way knows by this id; of several the latest, and one to this recipient before others."""
    rows = messages.sent_as(ctx, told.link, [told.remote_id]) if told.remote_id else []
    own = [row for row in rows if row["recipient"] == told.recipient]
    return own[-1] if own else rows[-1] if rows else None
