"""
The desk that accepts messages: whoever asks waits until the answer is in the database.

Requests that wait are decided together, in one transaction; the next batch begins when the one before returns, with no
timer between. So a batch is as large as the disk is slow, and one request alone waits for one commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic, monotonic_ns, sleep
from typing import Final

import psycopg
import structlog

from spojka.access.audit.store import record_call
from spojka.access.database.carrying import beside
from spojka.access.database.connections import Connection
from spojka.access.database.lanes import Lane
from spojka.access.database.lines import Line, is_lost
from spojka.access.database.server import files
from spojka.access.operations.context import Actor, Context
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.records import Message
from spojka.network.messaging.submission.batches import Answered, Batch, Memory
from spojka.network.messaging.submission.lengths import QueueLengths
from spojka.network.messaging.submission.requests import Submission

SUBMITTING: Final = Actor("connector", frozenset({"messages.*"}))
"""Acts for customers' programs, whose certificates stand with their messages."""
BATCH: Final = "messages.submit"
MOST_SUBMISSIONS: Final = 1000
"""Submissions of one batch; more wait for the next."""
TRIES: Final = 3
KNOWN_S: Final = 10
"""After a commit that nobody answered it is asked for so long whether it was carried out."""
PAUSE_S: Final = 0.5  # float: seconds, as the system takes them

_log = structlog.get_logger(__name__)

Heard = Callable[[Sequence[Message]], None]
"""Is told of accepted messages once they are in the database, in the order of acceptance."""


class CommitUnknown(psycopg.OperationalError):
    """The database was lost while a batch was committed: what was asked may be accepted; ask again by its reference."""


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
        self._fresh: Sequence[Message] = ()
        self._lane: Lane[Submission, Answered] = Lane(
            "submitting", self._carry_out, most=MOST_SUBMISSIONS, apart=_is_apart, settled=self._settled, thread=False
        )

    async def submit(self, asked: Sequence[Submission]) -> list[Answered]:
        """
        Decide submissions; what is accepted is committed to the database before it is answered.

        Raises what kept them from being decided: a database that is away, a fault of the program, a closed desk.
        """
        return await self._lane.ask(asked)

    @property
    def lengths(self) -> QueueLengths:
        """How much waits in applications' queues, as this desk knows it."""
        return self._memory.lengths

    async def close(self) -> None:
        """Answer whoever waits, then stop."""
        await self._lane.close()
        self._line.close()

    def _settled(self) -> None:
        if self._heard is not None and self._fresh:
            self._heard(self._fresh)

    def _carry_out(self, asked: Sequence[Submission]) -> list[Answered]:
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

    def _carry_out_once(self, asked: Sequence[Submission]) -> list[Answered]:
        batch: Batch | None = None
        written = False
        try:
            with self._line.transaction(self._tenant) as db:
                ctx = self._context(db)
                batch = Batch(ctx, self._memory, now_ns=monotonic_ns())
                answers = batch.run(asked)
                if batch.messages:
                    _audit(ctx, batch.messages, len(asked))
                    if self._heard is None:
                        store.wake(ctx, batch.messages)
                written = bool(batch.messages)
        except BaseException as fault:
            lost = isinstance(fault, psycopg.OperationalError) and is_lost(fault)
            if batch is None or not (lost and written and self._is_committed(batch)):
                if batch is not None:
                    batch.drop()
                raise
        batch.keep()
        self._fresh = batch.messages
        return answers

    def _is_committed(self, batch: Batch) -> bool:
        """
        Whether a batch of which nobody answered the commit is in the database; raises `CommitUnknown` where none says.

        The counters that it held are free once its transaction has ended, one way or the other.
        """
        ends_at = monotonic() + KNOWN_S
        while True:
            try:
                with self._line.transaction(self._tenant) as db:
                    ctx = self._context(db)
                    store.lock_counters(ctx, batch.held)()
                    return bool(store.messages_by_id(ctx, [batch.messages[0].id]))
            except psycopg.OperationalError as away:
                if monotonic() >= ends_at:
                    batch.drop()
                    raise CommitUnknown(str(away)) from away
                _log.warning("submission_commit_unknown", fault=repr(away))
                beside(lambda: sleep(PAUSE_S))

    def _context(self, db: Connection) -> Context:
        return Context(db, self._tenant, SUBMITTING, self._now(), uuid7(), self._files)


def _is_apart(fault: Exception) -> bool:
    """A database that went away takes nobody's request."""
    return not (isinstance(fault, psycopg.OperationalError) and is_lost(fault))


def _audit(ctx: Context, accepted: Sequence[Message], asked: int) -> None:
    record_call(
        ctx.db,
        tenant=ctx.tenant,
        call_id=ctx.call_id,
        at=ctx.now,
        actor=SUBMITTING.name,
        operation=BATCH,
        digest=digest_of(accepted),
        outcome="ok",
        items=asked,
    )


def digest_of(accepted: Sequence[Message]) -> bytes:
    """A digest of what was accepted, in its order: of each message its id, recipient and body (o2/7.1)."""
    said = hashlib.sha256()
    for one in accepted:
        said.update(one.id.bytes + one.recipient.encode() + one.body_hash)
    return said.digest()
