"""
The desk of online charging: whoever asks waits until the answer is in the database.

Requests that wait are carried out together, in one transaction; the next batch begins when the one before returns, with
no timer between. So a batch is as large as the disk is slow, and one request alone waits for one commit.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic_ns
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.audit.store import record_call
from spojka.access.database.connections import Connection, transaction
from spojka.access.database.server import files
from spojka.access.operations.context import Actor, Context
from spojka.charging.balances.online.batches import Batch
from spojka.charging.balances.online.memory import Memory
from spojka.charging.balances.online.rules import Sizes
from spojka.charging.balances.online.sessions import Answer, Kind, Step
from spojka.charging.balances.online.store import SessionsExist, kinds_between, silent_sessions
from spojka.kernel.ids import TenantId, uuid7

CHARGING: Final = Actor("charging", frozenset({"balances.*"}))
"""Acts for the network."""
BATCH: Final = "charging.batch"
"""What a batch is called in the audit."""
MOST_STEPS: Final = 500
"""Steps of one batch; more wait for the next."""
SILENT_S: Final = 4500
"""A session that is not heard of for so long has ended: longer than the longest call and any grant of data."""
TRIES: Final = 3
"""A batch that lost a race for locks, or its connection, is tried so often."""

_log = structlog.get_logger(__name__)


class DeskClosed(RuntimeError):
    """A step came after the desk was closed; nothing of it was done."""


class ChargingDesk:
    """
    Carries out the steps of one tenant's sessions, safely under concurrency.

    Args:
        tenant: whose.
        now: the clock.
        sizes: how much is granted at once.

    """

    def __init__(self, tenant: TenantId, *, now: Callable[[], datetime], sizes: Sizes | None = None) -> None:
        self._tenant, self._now, self._sizes = tenant, now, sizes or Sizes()
        self._memory = Memory()
        self._waiting: list[tuple[Sequence[Step], asyncio.Future[list[Answer]]]] = []
        self._woken = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="charging")
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def reserve(self, batch: Sequence[Step]) -> list[Answer]:
        """
        Carry out steps, in their order, in one transaction; the answers are committed when they come.

        Raises what kept a step from being carried out at all: a database that is away, or a fault of the program.
        """
        if self._closed:
            raise DeskClosed("the desk is closed")
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        future: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, future))
        self._woken.set()
        return await future

    async def expire(self) -> int:
        """End the sessions that have been silent for too long; returns how many."""
        before = self._now() - timedelta(seconds=SILENT_S)
        loop = asyncio.get_running_loop()
        ended = 0
        while silent := await loop.run_in_executor(None, self._silent, before):
            await self.reserve(silent)
            ended += len(silent)
        return ended

    async def between(self, first: UUID, last: UUID) -> dict[UUID, Kind]:
        """What the sessions between two ids are for, ended ones too."""
        return await asyncio.get_running_loop().run_in_executor(None, self._between, first, last)

    async def close(self) -> None:
        """Answer whoever waits, then stop."""
        self._closed = True
        self._woken.set()
        if self._writer is not None:
            await self._writer
        self._thread.shutdown()

    def _context(self, db: Connection) -> Context:
        return Context(db, self._tenant, CHARGING, self._now(), uuid7(), files() / str(self._tenant))

    def _between(self, first: UUID, last: UUID) -> dict[UUID, Kind]:
        with transaction(self._tenant) as db:
            return kinds_between(self._context(db), first, last)

    def _silent(self, before: datetime) -> list[Step]:
        with transaction(self._tenant) as db:
            rows = silent_sessions(self._context(db), before=before, limit=MOST_STEPS)
        return [Step(row["id"], row["sequence"], "expire", before) for row in rows]

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting or not self._closed:
            self._woken.clear()
            taken = self._take()
            if not taken:
                await self._woken.wait()
                continue
            steps = [step for batch, _ in taken for step in batch]
            try:
                answers = await loop.run_in_executor(self._thread, self._carry_out, steps)
            except Exception as fault:  # noqa: BLE001  # one faulty step must not take the others down
                await self._one_by_one(taken, fault)
                continue
            for batch, future in taken:
                own, answers = answers[: len(batch)], answers[len(batch) :]
                if not future.done():
                    future.set_result(own)

    def _take(self) -> list[tuple[Sequence[Step], asyncio.Future[list[Answer]]]]:
        """As many waiting requests as fit into one batch, at least one."""
        steps, count = 0, 0
        for batch, _ in self._waiting:
            steps += len(batch)
            if count and steps > MOST_STEPS:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    async def _one_by_one(
        self, taken: Sequence[tuple[Sequence[Step], asyncio.Future[list[Answer]]]], fault: Exception
    ) -> None:
        """A batch failed: each request alone, so that only the faulty one does."""
        loop = asyncio.get_running_loop()
        _log.error("charging_batch_failed", requests=len(taken), fault=repr(fault))
        for batch, future in taken:
            outcome: list[Answer] | Exception = fault
            if len(taken) > 1:
                try:
                    outcome = await loop.run_in_executor(self._thread, self._carry_out, list(batch))
                except Exception as own:  # noqa: BLE001  # it is handed to whoever asked
                    outcome = own
            if future.done():
                continue
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    def _carry_out(self, steps: Sequence[Step]) -> list[Answer]:
        begun_before = False
        for left in reversed(range(TRIES)):
            try:
                return self._carry_out_once(steps, begun_before=begun_before)
            except SessionsExist:
                begun_before = True
            except (psycopg.OperationalError, psycopg.errors.SerializationFailure) as lost:
                if not left:
                    raise
                _log.warning("charging_batch_repeated", fault=repr(lost))
        raise AssertionError("unreachable")

    def _carry_out_once(self, steps: Sequence[Step], *, begun_before: bool) -> list[Answer]:
        batch: Batch | None = None
        try:
            with transaction(self._tenant) as db:
                ctx = self._context(db)
                batch = Batch(ctx, self._memory, now_ns=monotonic_ns(), sizes=self._sizes, begun_before=begun_before)
                answers = batch.run(steps)
                record_call(
                    db,
                    tenant=self._tenant,
                    call_id=ctx.call_id,
                    at=ctx.now,
                    actor=CHARGING.name,
                    operation=BATCH,
                    digest=hashlib.sha256(repr(steps).encode()).digest(),
                    outcome="ok",
                    items=len(steps),
                )
        except BaseException:
            if batch is not None:
                batch.drop()
            raise
        batch.keep()
        return answers
