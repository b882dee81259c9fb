"""What gateways published, taken page after page and handed to the sender."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext

from spojka.network.messaging.messages.records import Message
from spojka.network.messaging.submission.desk import Heard
from spojka.surfaces.gateway.queueing.pages import PageUnreadable, read_page

WAITED_S: Final = 5
"""Without a page the stream is asked again after so long."""

_log = structlog.get_logger(__name__)


class Taker:
    """
    Takes one page after the other; each may hold as many messages as came while the one before was taken.

    Args:
        subject: the only one whose pages are read.
        hear: takes messages in.
        wake: says that the database is to be read.

    """

    def __init__(self, subject: str, *, hear: Heard, wake: Callable[[], None]) -> None:
        self._subject, self._hear, self._wake = subject, hear, wake

    async def take(self, pages: JetStreamContext.PullSubscription) -> None:
        """Take pages until the connection is lost, which is raised; one that is heard is acknowledged."""
        self._wake()
        while True:
            try:
                (page,) = await pages.fetch(1, timeout=WAITED_S)
            except TimeoutError:
                await pages.consumer_info()
                continue
            await self._take(page)

    async def _take(self, page: Msg) -> None:
        """One that nobody can read is put away: its messages are read from the database."""
        try:
            messages = self._read(page)
        except PageUnreadable as wrong:
            _log.error("page_unreadable", fault=repr(wrong))
            await page.term()
            self._wake()
            return
        self._hear(messages)
        await page.ack()

    def _read(self, page: Msg) -> list[Message]:
        if page.subject != self._subject:
            raise PageUnreadable(f"of {page.subject}")
        return read_page(page.data)
