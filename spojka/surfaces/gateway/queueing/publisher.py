"""What a desk accepted, published page after page; what cannot be published is said through the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from nats.errors import Error
from nats.js import api
from nats.js.client import JetStreamContext
from nats.js.errors import APIError

from spojka.network.messaging.messages.records import Message
from spojka.surfaces.gateway.queueing.pages import Page, pages_of

MOST_WAITING: Final = 50_000
"""Messages that wait to be published; beyond them the sender reads from the database."""
TRIES: Final = 2
"""A page of which nobody said that it is stored is published again, under the same id."""
STORED_S: Final = 2
DRAIN_S: Final = 3

_log = structlog.get_logger(__name__)


class Publisher:
    """
    Gathers what is heard while a page is stored: as with the disk, the next page is as large as that is slow.

    Args:
        subject: where to.
        wake: wakes the sender through the database.

    """

    def __init__(self, subject: str, *, wake: Callable[[], None]) -> None:
        self._subject, self._wake = subject, wake
        self._waiting: list[Message] = []
        self._some, self._none = asyncio.Event(), asyncio.Event()
        self._none.set()
        self._up, self._refused = False, False

    def hear(self, messages: Sequence[Message]) -> None:
        """Messages were committed; MMS, whose content is large, are read by the sender when they leave."""
        if not self._up or len(self._waiting) + len(messages) > MOST_WAITING:
            self._wake()
            return
        sms = [one for one in messages if one.kind == "sms"]
        if len(sms) < len(messages):
            self._wake()
        if sms:
            self._waiting += sms
            self._none.clear()
            self._some.set()

    def lost(self) -> None:
        """The queue is away: what waits is read by the sender."""
        self._up = False
        if self._waiting or not self._none.is_set():
            self._waiting = []
            self._wake()
        self._none.set()

    async def drain(self) -> None:
        """Wait until what was heard is published, or for a while."""
        try:
            await asyncio.wait_for(self._none.wait(), DRAIN_S)
        except TimeoutError:
            self._wake()

    async def publish(self, js: JetStreamContext, *, most: int) -> None:
        """Publish what is heard, in pages of at most so many bytes; raises when the queue is away."""
        self._up = True
        while True:
            await self._some.wait()
            self._some.clear()
            messages, self._waiting = self._waiting, []
            told = 0
            for page in pages_of(messages, most=most):
                told += await self._store(js, page)
            if told < len(messages):
                self._wake()
            if not self._waiting:
                self._none.set()

    async def _store(self, js: JetStreamContext, page: Page) -> int:
        """Publish a page; returns how many messages are stored: none where the stream has no room."""
        headers: dict[str, str] = {api.Header.MSG_ID.value: str(page.id)}
        for left in reversed(range(TRIES)):
            try:
                await js.publish(self._subject, page.data, timeout=STORED_S, headers=headers)
            except APIError as refused:
                if not self._refused:
                    _log.warning("queue_refuses_reading_instead", fault=repr(refused))
                self._refused = True
                return 0
            except (Error, TimeoutError):
                if not left:
                    raise
            else:
                self._refused = False
                return page.messages
        raise AssertionError("unreachable")
