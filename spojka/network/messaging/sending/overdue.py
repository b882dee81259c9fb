"""
Parts of which nothing final is heard: their centre is asked where it answers, and their time ends (o2/3.1).

A centre can be asked only by the id that it gave, so a part that was never answered waits for its receipt alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.overdue import accepted_until, look_again, silent_parts, to_look_at
from spojka.network.messaging.messages.receipts import report_of
from spojka.network.messaging.messages.records import EventKind, Happened
from spojka.network.messaging.messages.store import add_events
from spojka.network.messaging.sending.composing import TYPES
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.matching import awaited_of
from spojka.network.messaging.sending.routes import Route, Routes
from spojka.network.messaging.sending.settling import KINDS, Settler
from spojka.network.messaging.sending.terms import WaitTerms
from spojka.network.messaging.smpp.pdus import QuerySm, QuerySmResp
from spojka.network.messaging.smpp.receipts import MessageState
from spojka.trade.publications.shelf import shelf_of

ASKED_AFTER: Final = timedelta(hours=1)
"""A part without a receipt is asked after so long where its centre answers, and once more when its time is over."""
AGAIN: Final = timedelta(minutes=10)
"""What could not be settled yet is looked at again after so long."""
PATIENCE: Final = timedelta(hours=24)
"""A centre that cannot be asked is waited for so much longer."""
AT_ONCE: Final = 2_000
ASKED_AT_ONCE: Final = 10
ANSWERS_MS: Final = 10_000

_STATES: Final = {int(state): state for state in MessageState}

_log = structlog.get_logger(__name__)

Fate = tuple[UUID, int, EventKind]
"""A part by message and number, and what became of it."""


class Overdue:
    """
    Looks for parts whose receipts do not come.

    Args:
        journal: reads and writes.
        settler: counts.
        routes: the ways, whose centres are asked.
        now: the clock.

    """

    def __init__(self, journal: Journal, settler: Settler, routes: Routes, *, now: Callable[[], datetime]) -> None:
        self._journal, self._settler, self._routes, self._now = journal, settler, routes, now
        self._asking: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None

    def look_after(self) -> None:
        """Look at messages whose time is over; called every now and then, and done once at a time."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    def close(self) -> None:
        """Ask nothing more."""
        for task in (self._looking, *self._asking):
            if task is not None:
                task.cancel()

    async def _look(self) -> None:
        """Page by page, beside what is sent."""
        more = True
        try:
            while more:
                asked, unknown, more = await self._journal.apart(self._settle)
                self._settler.counts["unknown"] += unknown
                self._ask_all(asked, ends=True)
            more = any(route.settings.queries for route in self._routes.all)
            while more:
                asked, more = await self._journal.apart(self._look_early)
                self._ask_all(asked, ends=False)
        except psycopg.Error as fault:
            _log.warning("sender_looks_again_later", fault=repr(fault))

    def _look_early(self, ctx: Context) -> tuple[list[Row], bool]:
        """Parts to ask about long before their time is over, and whether to go on."""
        messages = accepted_until(ctx, "asked", ctx.now - ASKED_AFTER, limit=AT_ONCE)
        return [row for row in silent_parts(ctx, messages) if self._answers(row)], len(messages) == AT_ONCE

    def _settle(self, ctx: Context) -> tuple[list[Row], int, bool]:
        """Settle what nobody can be asked about: the parts to ask about, how many were settled, whether to go on."""
        waits = timedelta(hours=shelf_of(ctx).sheet(WaitTerms, ctx.today).default_report_wait_h.value)
        messages = accepted_until(ctx, "overdue", ctx.now - waits, limit=AT_ONCE)
        again = to_look_at(ctx, limit=AT_ONCE)
        asked: list[Row] = []
        over: list[Row] = []
        later: dict[UUID, datetime] = {}
        for row in silent_parts(ctx, {*messages, *again}):
            ends_at = None if row["left_at"] is None else row["left_at"] + waits
            if row["queued"] or ends_at is None or ends_at > ctx.now:
                at = ctx.now + ASKED_AFTER if row["queued"] or ends_at is None else ends_at
            elif self._answers(row) and ends_at + PATIENCE > ctx.now:
                asked.append(row)
                at = ctx.now + AGAIN
            else:
                over.append(row)
                continue
            later[row["message_id"]] = min(at, later.get(row["message_id"], at))
        look_again(ctx, later)
        _write(ctx, [(row, "unknown") for row in over])
        return asked, len(over), AT_ONCE in (len(messages), len(again))

    def _answers(self, row: Row) -> bool:
        """Whether a centre can be asked about a part: by an id that is its own, and not a whole batch's."""
        route = self._routes.named(row["link"] or "")
        return row["remote_id"] is not None and not row["shared"] and route is not None and route.settings.queries

    def _ask_all(self, rows: Sequence[Row], *, ends: bool) -> None:
        if rows:
            task = asyncio.create_task(self._ask(rows, ends=ends))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask(self, rows: Sequence[Row], *, ends: bool) -> None:
        """Ask about parts, some at a time; `ends`: what a centre does not know is unknown from now on."""
        for start in range(0, len(rows), ASKED_AT_ONCE):
            some = rows[start : start + ASKED_AT_ONCE]
            answers = await asyncio.gather(*(self._ask_one(row) for row in some))
            fates: list[Fate] = []
            for row, answer in zip(some, answers, strict=True):
                kind = _kind(answer)
                if kind is None and ends and answer is not None:
                    kind = "unknown"
                if kind is not None:
                    fates.append((row["message_id"], row["part"], kind))
            if fates:
                self._record(fates)

    async def _ask_one(self, row: Row) -> QuerySmResp | None:
        """What a centre says of a part; None when it cannot be asked now."""
        route: Route | None = self._routes.named(row["link"])
        link = None if route is None else route.client.link
        if link is None or not link.is_bound:
            return None
        self._settler.counts["queried"] += 1
        ton, npi = TYPES[row["sender_kind"]]
        request = QuerySm(
            message_id=row["said"] or row["remote_id"],
            source_addr_ton=ton,
            source_addr_npi=npi,
            source_addr=row["sender"].removeprefix("+"),
        )
        answer = await link.ask(request, limit_ms=ANSWERS_MS)
        if answer is None:
            return None
        return answer if isinstance(answer, QuerySmResp) else QuerySmResp(status=answer.status or 1)

    def _record(self, fates: Collection[Fate]) -> None:
        """Write answers about parts of which nothing final was heard meanwhile."""
        said = {(message, part): kind for message, part, kind in fates}

        def work(ctx: Context) -> list[tuple[Row, EventKind]]:
            rows = silent_parts(ctx, {message for message, _, _ in fates})
            settled = [(row, said[key]) for row in rows if (key := (row["message_id"], row["part"])) in said]
            _write(ctx, settled)
            return settled

        def written(settled: list[tuple[Row, EventKind]]) -> None:
            for row, kind in settled:
                self._settler.counts[kind] += 1
                known = self._settler.find(row["link"], row["remote_id"], row["recipient"])
                if known is not None and known.message == row["message_id"] and kind != "unknown":
                    known.final = True

        self._journal.page.work.append((work, written))
        self._journal.wake()


def _kind(answer: QuerySmResp | None) -> EventKind | None:
    """What a centre's answer makes of a part; None when it says nothing final."""
    if answer is None or answer.status:
        return None
    state = _STATES.get(answer.message_state)
    return KINDS[state] if state is not None and state.final and state is not MessageState.UNKNOWN else None


def _write(ctx: Context, settled: Sequence[tuple[Row, EventKind]]) -> None:
    """What became of parts, and the reports that were asked for (o2/3.1)."""
    add_events(
        ctx,
        [
            Happened(
                row["message_id"],
                row["part"],
                kind,
                ctx.now,
                row["link"],
                row["remote_id"],
                {"reason": "no receipt in time", "clauses": ["o2/3.1"]} if kind == "unknown" else {"asked": True},
            )
            for row, kind in settled
        ],
    )
    add_arrived(
        ctx, [report_of(awaited_of(row), kind, ctx.now) for row, kind in settled if row["options"].get("report")]
    )
