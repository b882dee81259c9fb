"""
What centres hand over: receipts on what was sent, and messages from mobile numbers.

Nothing is answered before it is written. A receipt whose part nobody knows yet is kept until the answer comes that
names it; a part of a long message is kept until the others are there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from spojka.access.operations.context import Context
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import Parked, park, report_of, settled_parts
from spojka.network.messaging.messages.records import Arrived, Happened, Message
from spojka.network.messaging.sending.arriving import Came, incomplete, take
from spojka.network.messaging.sending.heeding import heed
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.routes import RouteSettings
from spojka.network.messaging.sending.settling import KINDS, Awaited, Settler
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.pdus import DataSm, DeliverSm, Pdu, answer_to
from spojka.network.messaging.smpp.receipts import Receipt, read_receipt

_log = structlog.get_logger(__name__)

Answer = Callable[[Pdu, int], None]
"""Answers a request with a status."""

DISCARDED: Final = statuses.ESME_ROK
"""A receipt that says nothing readable is taken, so that the centre does not send it again for ever."""


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt with the way it came and what its part is called there."""

    link: str
    remote_id: str
    recipient: str
    receipt: Receipt


class Receiver:
    """
    Takes what centres send.

    Args:
        journal: writes it.
        settler: knows which parts receipts are awaited of.
        now: the clock.
        accepted: is told of answers to what came, once they are written.

    """

    def __init__(
        self,
        journal: Journal,
        settler: Settler,
        *,
        now: Callable[[], datetime],
        accepted: Callable[[Sequence[Message]], None],
    ) -> None:
        self._journal, self._settler, self._now, self._accepted = journal, settler, now, accepted

    def take(self, route: RouteSettings, link: Any, requests: Sequence[Pdu]) -> None:
        """Take the requests of one read; each is answered once it is written."""
        told: list[Told] = []
        came: list[tuple[Pdu, Came]] = []
        first: list[Pdu] = []
        for one in requests:
            if not isinstance(one, DeliverSm | DataSm):
                continue
            receipt = read_receipt(one)
            if receipt is None:
                came.append((one, Came.read(one, link=route.name)))
            else:
                first.append(one)
                recipient = f"+{one.source_addr.lstrip('+')}"
                told.append(Told(route.name, route.ids.of_receipt(receipt.message_id), recipient, receipt))
        if told:
            self._take_receipts(told, lambda: link.answer([answer_to(one) for one in first]))
        if came:
            self._take_messages(came, link)

    def _take_receipts(self, told: Sequence[Told], answer: Callable[[], None]) -> None:
        known, unknown = [], []
        for one in told:
            awaited = self._settler.find(one.link, one.remote_id)
            if awaited is None:
                unknown.append(one)
            else:
                known.append((one, awaited))
        for one, awaited in known:
            self._write(one, awaited)

        def work(ctx: Context) -> list[tuple[Told, Awaited | None]]:
            return _look_up(ctx, unknown)

        def written(found: list[tuple[Told, Awaited | None]]) -> None:
            for one, looked_up in found:
                awaited = self._settler.find(one.link, one.remote_id)
                if awaited is None and looked_up is not None and not looked_up.final:
                    awaited = looked_up
                    self._settler.remember(one.link, one.remote_id, awaited)
                if awaited is None:
                    self._park(one)
                else:
                    self._write(one, awaited)
            self._journal.page.work.append((_nothing, lambda _: answer()))
            self._journal.wake()

        if unknown:
            self._journal.page.work.append((work, written))
        else:
            self._journal.page.work.append((_nothing, lambda _: answer()))
        self._journal.wake()

    def _park(self, one: Told) -> None:
        """
        A receipt before its answer waits for it; what stays unmatched is counted.

        So does one whose part had its end long ago: a centre that counts anew uses its ids again.
        """
        self._settler.counts["parked"] += 1
        row = Parked(one.link, one.remote_id, one.recipient, one.receipt.state.name, _detail(one.receipt), self._now())
        self._journal.page.work.append((lambda ctx: park(ctx, [row]), lambda _: None))

        def matched(found: Awaited) -> None:
            """Its answer has come."""
            self._settler.counts["parked"] -= 1
            self._write(one, found)
            self._journal.page.work.append((lambda ctx: settled_parts(ctx, [row]), lambda _: None))
            self._journal.wake()

        self._settler.early.setdefault((one.link, one.remote_id), []).append(matched)

    def _write(self, one: Told, awaited: Awaited) -> None:
        """What a receipt says becomes an event, once."""
        kind = KINDS[one.receipt.state]
        if awaited.final:
            self._settler.counts["repeated"] += 1
            return
        if one.receipt.state.final and kind != "unknown":
            awaited.final = True
        at = self._now()
        self._settler.counts[kind] += 1
        self._journal.page.events.append(
            Happened(awaited.message, awaited.part, kind, at, one.link, one.remote_id, _detail(one.receipt))
        )
        if awaited.report and one.receipt.state.final:
            item = report_of(awaited, kind, at)
            self._journal.page.work.append((lambda ctx: add_arrived(ctx, [item]), lambda _: None))

    def _take_messages(self, came: Sequence[tuple[Pdu, Came]], link: Any) -> None:
        def work(ctx: Context) -> tuple[list[int], list[Message]]:
            found = take(ctx, [one for _, one in came])
            arrived: list[Arrived] = [one for taken in found for one in taken.arrived]
            add_arrived(ctx, arrived)
            return [taken.status for taken in found], heed(ctx, arrived)

        def written(result: tuple[list[int], list[Message]]) -> None:
            answers, confirmations = result
            self._accepted(confirmations)
            self._settler.counts["arrived"] += len(answers)
            link.answer([answer_to(pdu, status=status) for (pdu, _), status in zip(came, answers, strict=True)])

        self._journal.page.work.append((work, written))
        self._journal.wake()

    def look_after(self) -> None:
        """Give up what waited too long; called every now and then."""

        def work(ctx: Context) -> tuple[int, list[Message]]:
            arrived = incomplete(ctx)
            add_arrived(ctx, arrived)
            return len(arrived), heed(ctx, arrived)

        def written(result: tuple[int, list[Message]]) -> None:
            count, confirmations = result
            self._settler.counts["incomplete"] += count
            self._accepted(confirmations)

        self._journal.page.work.append((work, written))
        self._journal.wake()


def _nothing(_: Context) -> None:
    """Is committed with what else stands on its page."""


def _look_up(ctx: Context, told: Sequence[Told]) -> list[tuple[Told, Awaited | None]]:
    """Parts that are not remembered any more, by what their ways call them; the latest of an id."""
    found: dict[tuple[str, str], Awaited] = {}
    for link in {one.link for one in told}:
        rows = store.sent_as(ctx, link, [one.remote_id for one in told if one.link == link])
        ended = {
            (row["message_id"], row["part"])
            for row in store.events_of(ctx, {row["message_id"] for row in rows})
            if row["kind"] in {"delivered", "undelivered", "expired", "cancelled"}
        }
        for row in rows:
            found[link, row["remote_id"]] = Awaited(
                row["message_id"],
                row["part"],
                row["application_id"],
                row["recipient"],
                row["sender"],
                row["parts"],
                bool(row["options"].get("report")),
                final=(row["message_id"], row["part"]) in ended,
            )
    return [(one, found.get((one.link, one.remote_id))) for one in told]


def _detail(receipt: Receipt) -> dict[str, Any]:
    said: dict[str, Any] = {"state": receipt.state.name}
    if receipt.error:
        said["error"] = receipt.error
    if receipt.done_at is not None:
        said["done_at"] = receipt.done_at.isoformat()
    return said
