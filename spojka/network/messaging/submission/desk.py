"""
The desk that accepts messages: whoever asks waits until the answer is in the database.

Requests that wait are decided together, in one transaction; the next batch begins when the one before returns, with no
timer between. So a batch is as large as the disk is slow, and one request alone waits for one commit.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from time import monotonic_ns
from typing import Final

import psycopg
import structlog

from spojka.access.audit.store import record_call
from spojka.access.database.connections import Connection
from spojka.access.database.lines import Line, is_lost
from spojka.access.database.server import files
from spojka.access.operations.context import Actor, Context
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.records import Message
from spojka.network.messaging.submission.batches import Answered, Batch, Memory
from spojka.network.messaging.submission.requests import Submission

SUBMITTING: Final = Actor("connector", frozenset({"messages.*"}))
"""Acts for customers' programs, whose certificates stand with their messages."""
BATCH: Final = "messages.submit"
MOST_SUBMISSIONS: Final = 1000
"""Submissions of one batch; more wait for the next."""
TRIES: Final = 3

_log = structlog.get_logger(__name__)

Heard = Callable[[Sequence[Message]], None]
"""Is told of accepted messages once they are in the database, in the order of acceptance."""


class CommitUnknown(psycopg.OperationalError):
    """The database was lost while a batch was committed: what was asked may be accepted; ask again by its reference."""


class DeskClosed(RuntimeError):
    """A submission came after the desk was closed; nothing of it was done."""


@dataclass(eq=False)
class _Request:
    asked: Sequence[Submission]
    future: asyncio.Future[list[Answered]]


class SubmissionDesk:
    """
    Accepts the messages of one tenant's applications, safely under concurrency.

    Args:
        tenant: whose.
        now: the clock.
        heard: is told of accepted messages; without it senders elsewhere are woken through the database.

    """

    def __init__(self, tenant: TenantId, *, now: Callable[[], datetime], heard: Heard | None = None) -> None:
        self._tenant, self._now, self._heard = tenant, now, heard
        self._memory, self._line = Memory(), Line()
        self._files = files() / str(tenant)
        self._waiting: list[_Request] = []
        self._woken = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="submitting")
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def submit(self, asked: Sequence[Submission]) -> list[Answered]:
        """
        Decide submissions; what is accepted is committed to the database before it is answered.

        Raises what kept them from being decided: a database that is away, or a fault of the program.
        """
        if self._closed:
            raise DeskClosed("the desk is closed")
        if not asked:
            return []
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        future: asyncio.Future[list[Answered]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(asked, future))
        self._woken.set()
        return await future

    async def close(self) -> None:
        """Answer whoever waits, then stop."""
        self._closed = True
        self._woken.set()
        if self._writer is not None:
            await self._writer
        self._thread.submit(self._line.close)
        self._thread.shutdown()

    async def _write(self) -> None:
        while self._waiting or not self._closed:
            self._woken.clear()
            taken = self._take()
            if not taken:
                await self._woken.wait()
                continue
            fault = await self._try(taken)
            if fault is not None:
                _log.error("submission_batch_failed", requests=len(taken), fault=repr(fault))
                for request in taken:  # each alone, so that one faulty request does not take the others down
                    final = len(taken) == 1 or (isinstance(fault, psycopg.OperationalError) and is_lost(fault))
                    own = fault if final else await self._try([request])
                    if own is not None and not request.future.done():
                        request.future.set_exception(own)

    async def _try(self, taken: Sequence[_Request]) -> Exception | None:
        asked = [one for request in taken for one in request.asked]
        try:
            answers, messages = await asyncio.get_running_loop().run_in_executor(self._thread, self._carry_out, asked)
        except Exception as fault:  # noqa: BLE001  # it is handed to whoever asked
            return fault
        if self._heard is not None and messages:
            self._heard(messages)
        start = 0
        for request in taken:
            end = start + len(request.asked)
            if not request.future.done():
                request.future.set_result(answers[start:end])
            start = end
        return None

    def _take(self) -> list[_Request]:
        """As many waiting requests as fit into one batch, at least one."""
        size, count = 0, 0
        for request in self._waiting:
            size += len(request.asked)
            if count and size > MOST_SUBMISSIONS:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def _carry_out(self, asked: Sequence[Submission]) -> tuple[list[Answered], list[Message]]:
        for left in reversed(range(TRIES)):
            try:
                return self._carry_out_once(asked)
            except CommitUnknown:
                raise
            except (psycopg.OperationalError, psycopg.errors.UniqueViolation) as lost:
                if not left:
                    raise
                _log.warning("submission_batch_repeated", fault=repr(lost))
        raise AssertionError("unreachable")

    def _carry_out_once(self, asked: Sequence[Submission]) -> tuple[list[Answered], list[Message]]:
        batch: Batch | None = None
        written = False
        try:
            with self._line.transaction(self._tenant) as db:
                ctx = self._context(db)
                batch = Batch(ctx, self._memory, now_ns=monotonic_ns())
                answers = batch.run(asked)
                if batch.messages:
                    _audit(ctx, asked)
                    if self._heard is None:
                        store.wake(ctx)
                written = bool(batch.messages)
        except psycopg.OperationalError as lost:
            if batch is not None:
                batch.drop()
            if written and is_lost(lost):
                raise CommitUnknown(str(lost)) from lost
            raise
        except BaseException:
            if batch is not None:
                batch.drop()
            raise
        batch.keep()
        return answers, batch.messages

    def _context(self, db: Connection) -> Context:
        return Context(db, self._tenant, SUBMITTING, self._now(), uuid7(), self._files)


def _audit(ctx: Context, asked: Sequence[Submission]) -> None:
    record_call(
        ctx.db,
        tenant=ctx.tenant,
        call_id=ctx.call_id,
        at=ctx.now,
        actor=SUBMITTING.name,
        operation=BATCH,
        digest=digest_of(asked),
        outcome="ok",
        items=len(asked),
    )


def digest_of(asked: Sequence[Submission]) -> bytes:
    """A digest of all that was asked."""
    said = hashlib.sha256()
    for one in asked:
        said.update(repr(one).encode(errors="surrogatepass"))
    return said.digest()
