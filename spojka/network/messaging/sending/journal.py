"""
What the sender writes: claims before anything is sent, what happened afterwards; many in one transaction.

The next transaction begins when the one before returns, so it is as large as the disk is slow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.carrying import carried
from spojka.access.database.connections import Connection
from spojka.access.database.lines import Line
from spojka.access.database.server import files
from spojka.access.operations.context import Actor, Context
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.pages import begin_again, forget_pages, write_page
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.sending.claiming import Claimed, claim
from spojka.network.messaging.sending.composing import Outgoing

SENDING: Final = Actor("connector", frozenset({"messages.*"}))
WAIT_S: Final = 1
"""A database that is away is asked again so often; nothing is sent meanwhile, since nothing can be claimed."""

_log = structlog.get_logger(__name__)

Work = Callable[[Context], Any]
"""Something to do within the transaction; its result is handed to whoever gave it, once committed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Who is told of a piece of work also when nothing comes of it.

    Args:
        told: is called with its result, once committed.
        dropped: is called with the fault for which it was given up.

    """

    told: Callable[[Any], None]
    dropped: Callable[[Exception], None]

    def __call__(self, result: Any) -> None:
        """Tell the result."""
        self.told(result)


@dataclass
class Page:
    """
    What one transaction writes.

    Args:
        claims: messages to claim.
        events: what happened.
        left: messages that leave the queue.
        unclaimed: messages that wait again.
        work: other writing and reading, each with what is called with its result; an `Answer` is told of its fault too.
        reads: reading alone, in the same way; a page of nothing else leaves no trace.
        id: by which it is known whether it was committed.
        tried: what came of a try whose commit nobody answered; it holds if that commit was carried out.

    """

    claims: list[Outgoing] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)
    unclaimed: list[UUID] = field(default_factory=list)
    work: list[tuple[Work, Callable[[Any], None]]] = field(default_factory=list)
    reads: list[tuple[Work, Callable[[Any], None]]] = field(default_factory=list)
    id: UUID = field(default_factory=uuid7)
    tried: tuple[Claimed, list[Any]] | None = None

    def __bool__(self) -> bool:
        return bool(self.reads or self.writes)

    @property
    def writes(self) -> bool:
        """Whether the database is changed by it."""
        return bool(self.claims or self.events or self.left or self.unclaimed or self.work)


class JournalEnded(RuntimeError):
    """A journal ended though nobody closed it: what is given to it is not done."""


class Journal:
    """
    Writes pages one after the other.

    Args:
        tenant: whose.
        now: the clock.
        claimed: is told what came of the claims of a page, once it is committed.

    """

    def __init__(self, tenant: TenantId, *, now: Callable[[], datetime], claimed: Callable[[Claimed], None]) -> None:
        self._tenant, self._now, self._claimed = tenant, now, claimed
        self._id = uuid7()
        self._page = Page()
        self._woken = asyncio.Event()
        self._line, self._spare = Line(), list[Line]()
        self._closed = False
        self._task: asyncio.Task[None] | None = None
        self.pages = 0

    def start(self) -> None:
        """Begin to write."""
        self._page.work.append((forget_pages, lambda _: None))
        self.wake()
        self._task = asyncio.create_task(self._write())

    @property
    def page(self) -> Page:
        """What the next transaction writes; whoever adds to it calls `wake`."""
        return self._page

    def wake(self) -> None:
        """There is something to write."""
        self._woken.set()

    async def close(self) -> None:
        """Write what is there, then stop."""
        self._closed = True
        self._woken.set()
        try:
            if self._task is not None:
                await self._task
        finally:
            for line in (self._line, *self._spare):
                line.close()

    async def ask(self, work: Work) -> Any:
        """Do something in the next transaction and wait for its result; raises the fault for which it is given up."""
        if self.is_broken:
            raise JournalEnded("nothing is written any more")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def told(result: Any) -> None:
            if not future.done():
                future.set_result(result)

        def dropped(fault: Exception) -> None:
            if not future.done():
                future.set_exception(fault)

        self._page.work.append((work, Answer(told, dropped)))
        self.wake()
        return await future

    async def apart(self, work: Work) -> Any:
        """Do something long in a transaction of its own, beside the pages; raises what the database says."""
        line = self._spare.pop() if self._spare else Line()
        try:
            return await carried(partial(self._alone, line, work))
        finally:
            self._spare.append(line)

    def _alone(self, line: Line, work: Work) -> Any:
        with line.transaction(self._tenant) as db:
            return work(self._context(db))

    @property
    def is_broken(self) -> bool:
        """Whether it ended though nobody closed it."""
        return self._task is not None and self._task.done() and not self._closed

    async def _write(self) -> None:
        try:
            await self._write_on()
        except Exception as fault:
            _drop(self._page, fault)
            raise

    async def _write_on(self) -> None:
        while self._page or not self._closed:
            if not self._page:
                self._woken.clear()
                await self._woken.wait()
                continue
            page, self._page = self._page, Page()
            try:
                came = await self._write_page(page)
            except Exception as fault:
                if not (page.work or page.reads):
                    raise
                _log.error("sender_page_failed", works=len(page.work) + len(page.reads), fault=repr(fault))
                await self._write_apart(page)
            else:
                self._tell(page, came)

    async def _write_apart(self, page: Page) -> None:
        """A page that failed is written in pieces, so that one faulty piece of work does not take the others down."""
        rest = replace(page, work=[], reads=[], id=uuid7(), tried=None)
        try:
            came = await self._write_page(rest)
        except Exception as fault:
            _drop(page, fault)
            raise
        self._tell(rest, came)
        for one in (*(Page(work=[each]) for each in page.work), *(Page(reads=[each]) for each in page.reads)):
            try:
                came = await self._write_page(one)
            except Exception as fault:  # noqa: BLE001  # it is said, and the others go on
                _log.exception("sender_work_dropped")
                _drop(one, fault)
            else:
                self._tell(one, came)

    async def _write_page(self, page: Page) -> tuple[Claimed, list[Any]]:
        """Write a page, however long the database is away; returns what came of it."""
        while True:
            try:
                came = await carried(partial(self._carry_out, page))
                break
            except psycopg.OperationalError as away:
                _log.warning("sender_waits_for_database", fault=repr(away))
                await asyncio.sleep(WAIT_S)
        self.pages += 1
        return came

    def _tell(self, page: Page, came: tuple[Claimed, list[Any]]) -> None:
        """Tell what came of a page; it is written, so that nothing is written again where somebody fails at it."""
        claimed, results = came
        for (_, told), result in zip((*page.work, *page.reads), results, strict=True):
            try:
                told(result)
            except Exception:  # noqa: BLE001  # it is said, and the others are told
                _log.exception("sender_not_told")
        if page.claims:
            self._claimed(claimed)

    def _carry_out(self, page: Page) -> tuple[Claimed, list[Any]]:
        """
        One try to write a page; the next try of one that was committed, though nobody said so, changes nothing.

        A page leaves its id in the row of its sender, so a second try waits for the first to end and then sees it.
        """
        tried = page.tried
        with self._line.transaction(self._tenant) as db:
            ctx = self._context(db)
            if tried is not None and not begin_again(ctx, self._id, page.id):
                return tried
            page.tried = None
            results = [work(ctx) for work, _ in (*page.work, *page.reads)]
            if page.unclaimed:
                store.unclaim(ctx, page.unclaimed)
            claimed = claim(ctx, page.claims)
            store.add_events(ctx, page.events)
            if page.left:
                store.leave_queue(ctx, page.left)
            if tried is None and page.writes:
                write_page(ctx, self._id, page.id)
            page.tried = (claimed, results)
        return claimed, results

    def _context(self, db: Connection) -> Context:
        return Context(db, self._tenant, SENDING, self._now(), uuid7(), files() / str(self._tenant))


def _drop(page: Page, fault: Exception) -> None:
    """Whoever gave work that is given up is told why."""
    for _, told in (*page.work, *page.reads):
        if isinstance(told, Answer):
            try:
                told.dropped(fault)
            except Exception:  # noqa: BLE001  # it is said, and the others are told
                _log.exception("sender_not_told")
