"""
The desk of online charging: whoever asks waits until the answer is in the database.

Requests that wait are carried out together, in one transaction; the next batch begins when the one before returns, with
no timer between. So a batch is as large as the disk is slow, and one request alone waits for one commit.

There are lanes, each with a thread, a connection and a memory of its own. A quick lane never waits for a lock and never
rates; what would keep it (a balance that somebody else holds, the first use of a period, a change of tariff) goes to
the slow lane, so that nobody else waits for it. There are two quick lanes, so that one decides while the database works
for the other; a service's steps keep to one of them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic_ns
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.audit.store import record_call
from spojka.access.database.connections import Connection, transaction
from spojka.access.database.lanes import Lane
from spojka.access.database.server import files
from spojka.access.operations.context import Actor, Context
from spojka.charging.balances.online.batches import Batch, OutOfOrder
from spojka.charging.balances.online.memory import MOST_TABS, Memory
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
QUICK_LANES: Final = 2
TRIES: Final = 3
"""A batch that lost a race for locks, or its connection, is tried so often."""

_log = structlog.get_logger(__name__)


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
        self._slow: Lane[Step, Answer] = Lane(
            "charging-slow", partial(self._carry_out_patiently, Memory()), most=MOST_STEPS
        )
        self._quick: list[Lane[Step, Answer]] = [
            Lane(
                f"charging-quick-{number}",
                partial(self._carry_out_quickly, Memory()),
                most=MOST_STEPS,
                beyond=self._slow,
            )
            for number in range(QUICK_LANES)
        ]
        self._lane_of: dict[UUID, int] = {}

    async def reserve(self, batch: Sequence[Step]) -> list[Answer]:
        """
        Carry out steps; each is committed to the database before it is answered.

        Raises what kept them from being carried out: a database that is away, a fault of the program, a closed desk.
        """
        return await self._quick[self._choose(batch[0]) if batch else 0].ask(batch)

    def _choose(self, step: Step) -> int:
        """The quick lane of a step: that of its service, as far as it is known here."""
        if step.subscriber is not None:
            lane = hash(step.subscriber) % QUICK_LANES
            if len(self._lane_of) > MOST_TABS:
                self._lane_of.clear()
            self._lane_of[step.session] = lane
            return lane
        known = self._lane_of.get(step.session, 0)
        if step.act != "commit":
            self._lane_of.pop(step.session, None)
        return known

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
        for lane in (*self._quick, self._slow):
            await lane.close()

    def _context(self, db: Connection) -> Context:
        return Context(db, self._tenant, CHARGING, self._now(), uuid7(), files() / str(self._tenant))

    def _between(self, first: UUID, last: UUID) -> dict[UUID, Kind]:
        with transaction(self._tenant) as db:
            return kinds_between(self._context(db), first, last)

    def _silent(self, before: datetime) -> list[Step]:
        with transaction(self._tenant) as db:
            rows = silent_sessions(self._context(db), before=before, limit=MOST_STEPS)
        return [Step(row["id"], row["sequence"], "expire", before) for row in rows]

    def _carry_out_quickly(self, memory: Memory, steps: Sequence[Step]) -> list[Answer | None]:
        leave: frozenset[UUID] = frozenset()
        begun_before = False
        for _ in range(TRIES):
            try:
                return self._carry_out(steps, memory, patient=False, leave=leave, begun_before=begun_before)
            except SessionsExist:
                begun_before = True
            except OutOfOrder as found:
                leave |= found.services
            except psycopg.OperationalError as lost:
                _log.warning("charging_batch_repeated", fault=repr(lost))
        return [None] * len(steps)

    def _carry_out_patiently(self, memory: Memory, steps: Sequence[Step]) -> list[Answer | None]:
        for left in reversed(range(TRIES)):
            try:
                return self._carry_out(steps, memory, patient=True, leave=frozenset(), begun_before=True)
            except psycopg.OperationalError as lost:
                if not left:
                    raise
                _log.warning("charging_batch_repeated", fault=repr(lost))
        raise AssertionError("unreachable")

    def _carry_out(
        self, steps: Sequence[Step], memory: Memory, *, patient: bool, leave: frozenset[UUID], begun_before: bool
    ) -> list[Answer | None]:
        batch: Batch | None = None
        try:
            with transaction(self._tenant) as db:
                ctx = self._context(db)
                batch = Batch(
                    ctx,
                    memory,
                    now_ns=monotonic_ns(),
                    sizes=self._sizes,
                    patient=patient,
                    leave=leave,
                    begun_before=begun_before,
                )
                answers = batch.run(steps)
                done = [step for step, answer in zip(steps, answers, strict=True) if answer is not None]
                if done:
                    self._audit(ctx, done)
        except BaseException:
            if batch is not None:
                batch.drop()
            raise
        batch.keep()
        return answers

    def _audit(self, ctx: Context, steps: Sequence[Step]) -> None:
        record_call(
            ctx.db,
            tenant=self._tenant,
            call_id=ctx.call_id,
            at=ctx.now,
            actor=CHARGING.name,
            operation=BATCH,
            digest=_digest(steps),
            outcome="ok",
            items=len(steps),
        )


def _digest(steps: Sequence[Step]) -> bytes:
    """A digest of all that was asked."""
    asked = hashlib.sha256()
    for step in steps:
        said = (step.sequence, step.act, step.at.timestamp(), step.subscriber, step.wanted, step.used, step.asked)
        asked.update(step.session.bytes)
        asked.update(str(said).encode())
    return asked.digest()
