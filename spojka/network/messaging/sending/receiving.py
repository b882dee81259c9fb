"""
What centres hand over: receipts on what was sent, and messages from mobile numbers.

Nothing is answered before it is written. A receipt whose part nobody knows yet is kept until the answer comes that
names it; a part of a long message is kept until the others are there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import Parked
from spojka.network.messaging.messages.records import Arrived, Message
from spojka.network.messaging.sending.arriving import Came, Taken, incomplete, take
from spojka.network.messaging.sending.heeding import heed
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.matching import Matcher, detail_of
from spojka.network.messaging.sending.routes import RouteSettings
from spojka.network.messaging.sending.settling import Settler
from spojka.network.messaging.smpp.pdus import DataSm, DeliverSm, Pdu, answer_to
from spojka.network.messaging.smpp.receipts import read_receipt
from spojka.network.messaging.smpp.visiting import visited_network

NOT_KEPT: Final = UUID(int=0)
"""The id of a receipt that waits for nothing."""


class Receiver:
    """
    Takes what centres send.

    Args:
        journal: writes it.
        settler: knows which parts receipts are awaited of.
        links: the names of the ways.
        now: the clock.
        accepted: is told of answers to what came, once they are written.

    """

    def __init__(
        self,
        journal: Journal,
        settler: Settler,
        *,
        links: Collection[str],
        now: Callable[[], datetime],
        accepted: Callable[[Sequence[Message]], None],
    ) -> None:
        self._journal, self._settler, self._now, self._accepted = journal, settler, now, accepted
        self._matcher = Matcher(journal, settler, links=links, now=now)

    def take(self, route: RouteSettings, link: Any, requests: Sequence[Pdu]) -> None:
        """Take the requests of one read; each is answered once it is written."""
        told: list[Parked] = []
        came: list[tuple[Pdu, Came]] = []
        first: list[Pdu] = []
        at = self._now()
        for one in requests:
            if not isinstance(one, DeliverSm | DataSm):
                continue
            receipt = read_receipt(one)
            if receipt is None:
                came.append((one, Came.read(one, link=route.name)))
            else:
                first.append(one)
                recipient = f"+{one.source_addr.lstrip('+')}"
                remote_id = route.ids.of_receipt(receipt.message_id)
                state = receipt.state.name
                detail = detail_of(receipt, recipient=recipient, network=visited_network(one))
                told.append(Parked(route.name, remote_id, recipient, state, detail, at, NOT_KEPT))
        if told:
            self._matcher.take(told, lambda: link.answer([answer_to(one) for one in first]))
        if came:
            self._take_messages(came, link)

    def _take_messages(self, came: Sequence[tuple[Pdu, Came]], link: Any) -> None:
        def work(ctx: Context) -> tuple[list[Taken], list[Message]]:
            found = take(ctx, [one for _, one in came])
            arrived: list[Arrived] = [one for taken in found for one in taken.arrived]
            add_arrived(ctx, arrived)
            return found, heed(ctx, arrived)

        def written(result: tuple[list[Taken], list[Message]]) -> None:
            found, confirmations = result
            self._accepted(confirmations)
            self._settler.counts["arrived"] += len(found)
            self._settler.counts.update(one.refused for one in found if one.refused)
            link.answer([answer_to(pdu, status=one.status) for (pdu, _), one in zip(came, found, strict=True)])

        self._journal.page.work.append((work, written))
        self._journal.wake()

    def read_back(self, ctx: Context) -> None:
        """Read the receipts that still wait for their parts; called once, before anything is sent."""
        self._matcher.read_back(ctx)

    def look_after(self) -> None:
        """Give up what waited too long; called every now and then."""
        self._matcher.look_after()

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
