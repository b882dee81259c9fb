"""What MMSCs post to us: kept, matched, and only then answered (TS 23.140, 8.7.3 to 8.7.6)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

import structlog

from spojka.access.operations.context import Context
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.media import add_media
from spojka.network.messaging.messages.records import Message
from spojka.network.messaging.mm7.answering import Reply
from spojka.network.messaging.mm7.messages import DeliverReq, DeliveryReportReq, ReadReplyReq, Status, status
from spojka.network.messaging.mm7.receiving import Heard
from spojka.network.messaging.mm7.statuses import ADDRESS_NOT_FOUND, SUCCESS, is_success
from spojka.network.messaging.multimedia import store
from spojka.network.messaging.multimedia.matching import Matched, Told, take_report
from spojka.network.messaging.multimedia.optouts import heed
from spojka.network.messaging.multimedia.placing import Came, media_of, place
from spojka.network.messaging.multimedia.ways import Way
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.terms import ArrivalTerms
from spojka.trade.publications.shelf import shelf_of

ANSWER_S: Final = 20
"""What is not written by then is answered with 3000, so that the MMSC tries again; a repeated delivery is kept once."""

_log = structlog.get_logger(__name__)


class Hearer:
    """
    Takes what MMSCs post.

    Args:
        journal: writes it.
        ways: by the path below which each MMSC posts.
        counts: what happened, by kind.
        accepted: is told of answers to what came, once they are written.
        busy: to whom messages other than one are being submitted on a way.

    """

    def __init__(
        self,
        journal: Journal,
        ways: Mapping[str, Way],
        *,
        counts: Counter[str],
        accepted: Callable[[Sequence[Message]], None],
        busy: Callable[[str, UUID | None], Collection[str]],
    ) -> None:
        self._journal, self._ways, self._counts, self._accepted, self._busy = journal, ways, counts, accepted, busy

    async def hear(self, heard: Heard) -> Reply:
        """
        Keep one request and say what came of it.

        Raises `TimeoutError` where it could not be written in time.
        """
        way = self._ways.get(heard.path)
        if way is None:
            return Reply(status(ADDRESS_NOT_FOUND, "ADDRESS_UNKNOWN"))
        async with asyncio.timeout(ANSWER_S):
            match heard.message:
                case DeliverReq() as message:
                    return await self._deliver(
                        Came(way.name, (heard.transaction_id or "")[: store.LONGEST_ID], message)
                    )
                case DeliveryReportReq() | ReadReplyReq() as said:
                    return await self._report(way.name, said)

    async def _deliver(self, came: Came) -> Reply:
        said, confirmations = await self._journal.ask(lambda ctx: deliver(ctx, came))
        self._counts["arrived" if is_success(said.code) else "turned_away"] += 1
        self._accepted(confirmations)
        return Reply(said)

    async def _report(self, link: str, said: DeliveryReportReq | ReadReplyReq) -> Reply:
        busy = self._busy(link, None)

        def work(ctx: Context) -> Matched | None:
            told = Told.read(said, link=link, terms=shelf_of(ctx).sheet(ArrivalTerms, ctx.today))
            return None if told is None else take_report(ctx, told, busy=busy)

        matched = await self._journal.ask(work)
        self._counts[f"report_{matched or 'without_news'}"] += 1
        return Reply(status(SUCCESS))


def deliver(ctx: Context, came: Came) -> tuple[Status, list[Message]]:
    """
    Keep a delivery in the inboxes it belongs to; the same one again is answered the same and kept once.

    Returns what the MMSC is answered, and confirmations of withdrawals, which wait in the queue.
    """
    placed = place(ctx, came)
    if not placed.arrived or store.heard_before(ctx, store.Delivery(came.link, came.transaction_id, came.digest)):
        return placed.status, []
    add_arrived(ctx, placed.arrived)
    for one in placed.arrived:
        add_media(ctx, one.id, media_of(came))
    return placed.status, heed(ctx, came, placed.arrived)
