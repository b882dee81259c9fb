"""
What was issued goes out by itself: files and letters, page by page, each in a transaction of its own.
A credit note, issued on any day, goes alone.

Whoever dies in between, the page is done again: a file that is there stays as it is, and a letter is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from spojka.access.deadlines.store import set_deadline
from spojka.access.operations.context import Context
from spojka.kernel.time import Period, at_local, day_of
from spojka.revenue.billing.letters import queue_letters
from spojka.revenue.billing.papers import write_papers

DELIVER: Final = "billing.deliver"
"""The operation that does the next page."""

DELIVERED_FROM: Final = time(7)
"""Local time of the first page: staff can look at a run of the night, and nobody gets a letter at two o'clock."""

DOCUMENTS_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a page came to: files written, letters put into the outbox or there before, and where the next begins."""

    written: int
    letters: int
    next_after: str | None


def morning_after(now: datetime) -> datetime:
    """
    When the first page is done: the next morning's hour, the same day's where it is still ahead.

    >>> from datetime import UTC
    >>> [morning_after(datetime(2026, 3, 1, hour, 0, tzinfo=UTC)).isoformat() for hour in (5, 6)]
    ['2026-03-01T06:00:00+00:00', '2026-03-02T06:00:00+00:00']
    """
    today = day_of(now)
    first = at_local(today, DELIVERED_FROM)
    return first if now < first else at_local(today + timedelta(days=1), DELIVERED_FROM)


def promise_delivery(ctx: Context, period: Period) -> None:
    """Have the documents of a period, now issued, made and sent in the morning."""
    _promise(ctx, period, morning_after(ctx.now), "")


def promise_alone(ctx: Context, period: Period, number: str) -> None:
    """Have one document, issued beside a run, made and sent in the morning, as those of the run are."""
    set_deadline(
        ctx,
        due_at=morning_after(ctx.now),
        operation=DELIVER,
        arguments={"period": period, "number": number},
        subject="billing",
        key=f"deliver:{period}:alone:{number}",
    )


def deliver_alone(ctx: Context, period: Period, number: str) -> Delivered:
    """Write the files of one document of a period and queue its letter, where a page of its period did not before."""
    papers, letters = write_papers(ctx, period, numbers=[number]), queue_letters(ctx, period, numbers=[number])
    return Delivered(papers.written, letters, None)


def _promise(ctx: Context, period: Period, due_at: datetime, after: str) -> None:
    set_deadline(
        ctx,
        due_at=due_at,
        operation=DELIVER,
        arguments={"period": period, "after": after},
        subject="billing",
        key=f"deliver:{period}:{after}",
    )


def deliver_page(ctx: Context, period: Period, after: str) -> Delivered:
    """Write the files of the documents that follow a number, queue their letters, and promise the page after."""
    rows = ctx.db.execute(
        "SELECT number FROM invoice WHERE tenant_id = %s AND period_on = %s AND state = 'issued' AND number > %s"
        " ORDER BY number LIMIT %s",
        [ctx.tenant, period.starts_on, after, DOCUMENTS_A_PAGE],
    ).fetchall()
    if not rows:
        return Delivered(0, 0, None)
    numbers = [row["number"] for row in rows]
    papers, letters = write_papers(ctx, period, numbers=numbers), queue_letters(ctx, period, numbers=numbers)
    if len(numbers) < DOCUMENTS_A_PAGE:
        return Delivered(papers.written, letters, None)
    _promise(ctx, period, ctx.now, numbers[-1])
    return Delivered(papers.written, letters, numbers[-1])
