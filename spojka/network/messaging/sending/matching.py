"""
Receipts and the parts that they are of.

A receipt is matched by the way it came and by the id there. One whose part nobody knows waits for the answer that names
it; after a while it is matched by its recipient, if one message alone can be meant: that of a part which was sent and
never answered. What finds no part in a day is put aside with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import (
    Parked,
    erase_given_up,
    give_up,
    matched,
    nameless_parts,
    park,
    parked_receipts,
    report_of,
)
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.settling import KINDS, Awaited, Settler
from spojka.network.messaging.smpp.receipts import MessageState, Receipt
from spojka.network.messaging.smpp.visiting import is_roaming

EARLY: Final = timedelta(seconds=60)
"""A receipt waits so long for its answer before it is matched by its recipient."""
LONGEST: Final = timedelta(hours=24)
"""A receipt that found no part in this time is given up."""
RECENT: Final = timedelta(hours=96)
"""A part that was never answered is known by its recipient so long."""
SHOWN: Final = timedelta(days=30)
"""Receipts that were given up are kept so long, to be looked at."""
MOST_EARLY: Final = 50_000
"""Receipts that wait for their answers in memory; more are looked up in the database."""
AT_ONCE: Final = 1_000


class Matcher:
    """
    Finds the parts of receipts.

    Args:
        journal: writes what receipts say.
        settler: knows which parts receipts are awaited of.
        links: the ways whose receipts these are.
        now: the clock.

    """

    def __init__(
        self, journal: Journal, settler: Settler, *, links: Collection[str], now: Callable[[], datetime]
    ) -> None:
        self._journal, self._settler, self._links, self._now = journal, settler, frozenset(links), now
        settler.matched = self._answered

    def take(self, told: Sequence[Parked], answer: Callable[[], None]) -> None:
        """Take receipts; `answer` is called once what they say is written."""
        unknown: list[Parked] = []
        for one in told:
            awaited = self._settler.find(one.link, one.remote_id, one.recipient)
            if awaited is None:
                unknown.append(one)
            else:
                self._write(one, awaited)

        def work(ctx: Context) -> list[tuple[Parked, Awaited | None]]:
            return look_up(ctx, unknown)

        def written(found: list[tuple[Parked, Awaited | None]]) -> None:
            for one, looked_up in found:
                awaited = self._settler.find(one.link, one.remote_id, one.recipient)
                if awaited is None and looked_up is not None and not looked_up.final:
                    awaited = looked_up
                    self._settler.remember(one.link, one.remote_id, awaited)
                if awaited is None:
                    self._park(one)
                else:
                    self._write(one, awaited)
            self._journal.page.work.append((_nothing, lambda _: answer()))
            self._journal.wake()

        if unknown:
            self._journal.page.work.append((work, written))
        else:
            self._journal.page.work.append((_nothing, lambda _: answer()))
        self._journal.wake()

    def read_back(self, ctx: Context) -> None:
        """Read the receipts that still wait for their parts."""
        for one in parked_receipts(ctx, self._links, until=ctx.now, limit=MOST_EARLY):
            self._wait(one)

    def look_after(self) -> None:
        """Match what waited for its answer in vain, and give up what waited too long."""

        def work(ctx: Context) -> tuple[list[tuple[Parked, Awaited]], list[Parked]]:
            waited = parked_receipts(ctx, self._links, until=ctx.now - EARLY, limit=AT_ONCE)
            by_id = look_up(ctx, waited)
            known = [(one, awaited) for one, awaited in by_id if awaited is not None and _is_of(one, awaited)]
            named = {one.id for one, _ in known}
            found = known + _by_recipient(ctx, [one for one in waited if one.id not in named])
            erase_given_up(ctx, before=ctx.now - SHOWN)
            return found, give_up(ctx, before=ctx.now - LONGEST, reason="no part of this id or recipient")

        def written(result: tuple[list[tuple[Parked, Awaited]], list[Parked]]) -> None:
            found, given_up = result
            own = [one for one in given_up if one.link in self._links]
            for one in (*(one for one, _ in found), *own):
                self._wait_no_more(one)
            self._settler.counts["unmatched"] += len(own)
            for one, awaited in found:
                known = self._settler.find(one.link, one.remote_id, one.recipient) or awaited
                self._settler.remember(one.link, one.remote_id, known)
                self._write(one, known)
            gone = [one.id for one, _ in found]
            self._journal.page.work.append((lambda ctx: matched(ctx, gone), lambda _: None))
            self._journal.wake()

        self._journal.page.work.append((work, written))
        self._journal.wake()

    def _park(self, one: Parked) -> None:
        """
        A receipt before its answer waits for it.

        So does one whose part had its end long ago: a centre that counts anew uses its ids again.
        """
        kept = replace(one, id=uuid7())
        self._wait(kept)
        self._journal.page.work.append((lambda ctx: park(ctx, [kept]), lambda _: None))

    def _wait(self, one: Parked) -> None:
        self._settler.counts["parked"] += 1
        self._settler.early.setdefault((one.link, one.remote_id), []).append(one)
        if len(self._settler.early) > MOST_EARLY:
            _, dropped = self._settler.early.popitem(last=False)
            self._settler.counts["parked"] -= len(dropped)

    def _wait_no_more(self, one: Parked) -> None:
        """Forget a receipt that waits."""
        line = self._settler.early.pop((one.link, one.remote_id), [])
        left = [other for other in line if other.id != one.id]
        if left:
            self._settler.early[one.link, one.remote_id] = left
        self._settler.counts["parked"] -= len(line) - len(left)

    def _answered(self, one: Parked, found: Awaited) -> None:
        """The answer that names a receipt's part has come."""
        self._settler.counts["parked"] -= 1
        self._write(one, found)
        self._journal.page.work.append((lambda ctx: matched(ctx, [one.id]), lambda _: None))
        self._journal.wake()

    def _write(self, one: Parked, awaited: Awaited) -> None:
        """What a receipt says becomes an event, once."""
        state = MessageState[one.state]
        kind = KINDS[state]
        if awaited.final:
            self._settler.counts["repeated"] += 1
            return
        if state.final and kind != "unknown":
            awaited.final = True
        at = self._now()
        events = self._journal.page.events
        if awaited.nameless:
            awaited.nameless = False
            self._settler.counts["sent"] += 1
            detail = {"matched_by": "recipient"}
            events.append(Happened(awaited.message, awaited.part, "sent", at, one.link, one.remote_id, detail))
        self._settler.counts[kind] += 1
        events.append(Happened(awaited.message, awaited.part, kind, at, one.link, one.remote_id, one.detail))
        if awaited.report and state.final:
            item = report_of(awaited, kind, at, said=one.detail)
            self._journal.page.work.append((lambda ctx: add_arrived(ctx, [item]), lambda _: None))


def _nothing(_: Context) -> None:
    """Is committed with what else stands on its page."""


def _is_of(one: Parked, awaited: Awaited) -> bool:
    """Whether an id names a receipt's part: one that has ended is meant if it went to the same recipient."""
    return not awaited.final or awaited.recipient == one.recipient


def _by_recipient(ctx: Context, receipts: Sequence[Parked]) -> list[tuple[Parked, Awaited]]:
    """Receipts with parts that were never answered, where those that can be meant are all of one message."""
    parts: dict[tuple[str, str], list[Row]] = {}
    for row in nameless_parts(ctx, receipts, since=ctx.now - RECENT):
        parts.setdefault((row["link"], row["recipient"]), []).append(row)
    found: list[tuple[Parked, Awaited]] = []
    for one in receipts:
        meant = parts.get((one.link, one.recipient), [])
        if meant and len({row["message_id"] for row in meant}) == 1:
            found.append((one, awaited_of(meant.pop(0), nameless=True)))
    return found


def look_up(ctx: Context, told: Sequence[Parked]) -> list[tuple[Parked, Awaited | None]]:
    """Parts by what their ways call them, the one to the receipt's recipient before others; the latest of an id."""
    found: dict[tuple[str, str], Awaited] = {}
    to_recipient: dict[tuple[str, str, str], Awaited] = {}
    for link in {one.link for one in told}:
        rows = store.sent_as(ctx, link, [one.remote_id for one in told if one.link == link])
        ended = {
            (row["message_id"], row["part"])
            for row in store.events_of(ctx, {row["message_id"] for row in rows})
            if row["kind"] in {"delivered", "undelivered", "expired", "cancelled"}
        }
        for row in rows:
            awaited = awaited_of(row, final=(row["message_id"], row["part"]) in ended)
            found[link, row["remote_id"]] = awaited
            to_recipient[link, row["remote_id"], row["recipient"]] = awaited
    return [
        (one, to_recipient.get((one.link, one.remote_id, one.recipient)) or found.get((one.link, one.remote_id)))
        for one in told
    ]


def awaited_of(row: Row, *, final: bool = False, nameless: bool = False) -> Awaited:
    """A part from its row."""
    return Awaited(
        row["message_id"],
        row["part"],
        row["application_id"],
        row["recipient"],
        row["sender"],
        row["parts"],
        bool(row["options"].get("report")),
        final=final,
        nameless=nameless,
        shared=True,
    )


def detail_of(receipt: Receipt, *, recipient: str = "", network: str = "") -> dict[str, Any]:
    """What is kept of a receipt: its state, the network's error, when it was, and where its recipient was (o2/4.4)."""
    said: dict[str, Any] = {"state": receipt.state.name}
    if receipt.error:
        said["error"] = receipt.error
    if receipt.done_at is not None:
        said["done_at"] = receipt.done_at.isoformat()
    if network:
        said["network"] = network
        said["roaming"] = is_roaming(recipient, network)
    return said
