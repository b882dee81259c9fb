"""Limits, pace and queue of applications as last seen, and counted on since."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from time import monotonic_ns
from typing import Final

import structlog

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.time import Period, start_of
from spojka.network.messaging.applications.cards import CardIndex
from spojka.network.messaging.messages import store
from spojka.network.messaging.submission.lengths import QueueLengths
from spojka.network.messaging.submission.terms import SubmissionTerms
from spojka.surfaces.gateway.connector.reader import Reader
from spojka.trade.publications.shelf import shelf_of

FRESH_NS: Final = 1_000_000_000
OLD_NS: Final = 10 * FRESH_NS
"""What was read so long ago is not told any more: the day may be another one."""
MOST_READINGS: Final = 50_000

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Reading:
    """
    What an application may still send.

    Args:
        product: of the application.
        rate_per_s: its pace; `pace` is the same as a decimal number.
        day_limit, month_limit: parts.
        day_used, month_used: parts accepted.
        queued: parts that wait.
        queue_most: parts that may wait.
        day_ends_at, month_ends_at: when the counters begin anew.
        day_left_s, month_left_s: until then.
        read_ns: when this was read, by the process's clock.

    """

    product: str
    rate_per_s: Fraction
    pace: str
    day_limit: int
    month_limit: int
    day_used: int
    month_used: int
    queued: int
    queue_most: int
    day_ends_at: datetime
    month_ends_at: datetime
    day_left_s: int
    month_left_s: int
    read_ns: int

    @property
    def drains_s(self) -> int:
        """Seconds until all that waits has left at this pace."""
        return -(-self.queued * self.rate_per_s.denominator // self.rate_per_s.numerator)

    def count(self, parts: int) -> None:
        """So many more were accepted."""
        self.day_used += parts
        self.month_used += parts
        self.queued += parts


def pace_of(rate: Fraction) -> str:
    """
    Parts a second as a decimal number.

    A pace is one of the terms' decimal figures, so it has few places.

    >>> pace_of(Fraction(1, 2)), pace_of(Fraction(5))
    ('0.5', '5')
    """
    whole, rest = divmod(rate.numerator * 1000 // rate.denominator, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def _left_s(ends_at: datetime, now: datetime) -> int:
    return max(0, -int((now - ends_at).total_seconds() // 1))


class Gauge:
    """
    Readings of the applications that ask; those that wait for one are read together.

    Args:
        reader: the database.
        lengths: of queues, as the desk knows them.

    """

    def __init__(self, reader: Reader, lengths: QueueLengths) -> None:
        self._reader, self._lengths = reader, lengths
        self._cards = CardIndex()
        self._readings: dict[ServiceId, Reading] = {}
        self._wanted: set[ServiceId] = set()
        self._task: asyncio.Task[None] | None = None

    async def of(self, application: ServiceId) -> Reading | None:
        """The reading of an application, fresh; `None` where there is none. Raises what kept it from being read."""
        reading = self._readings.get(application)
        if reading is None or monotonic_ns() - reading.read_ns >= FRESH_NS:
            await asyncio.shield(self._read_soon(application))
        return self._readings.get(application)

    def seen(self, application: ServiceId) -> Reading | None:
        """The reading as lately seen, if there is any; an older one is read anew while the answer is on its way."""
        reading = self._readings.get(application)
        age_ns = 0 if reading is None else monotonic_ns() - reading.read_ns
        if age_ns >= OLD_NS:
            return None
        if age_ns >= FRESH_NS:
            self._read_soon(application)
        return reading

    def _read_soon(self, application: ServiceId) -> asyncio.Task[None]:
        self._wanted.add(application)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read())
            self._task.add_done_callback(lambda done: done.cancelled() or done.exception())  # mostly nobody waits
        return self._task

    async def _read(self) -> None:
        while self._wanted:
            wanted, self._wanted = sorted(self._wanted), set()
            try:
                found = await self._reader.do(lambda ctx, wanted=wanted: self._readings_of(ctx, wanted))  # type: ignore[misc]
            except Exception as fault:  # whoever waits is told; the next request asks again
                _log.warning("limits_not_read", fault=type(fault).__name__)
                raise
            if len(self._readings) > MOST_READINGS:
                self._readings.clear()
            self._readings.update(found)

    def _readings_of(self, ctx: Context, applications: Sequence[ServiceId]) -> dict[ServiceId, Reading]:
        now_ns = monotonic_ns()
        cards = self._cards.fresh(ctx, applications, now_ns)
        most = shelf_of(ctx).sheet(SubmissionTerms, ctx.today).default_queue_parts_max.value
        month = Period.containing(ctx.today)
        used = store.counters(ctx, list(cards), day=ctx.today, month=month.starts_on)
        queued = self._lengths.of(ctx, list(cards), now_ns, most=most, known_ns=0)
        day_ends_at, month_ends_at = start_of(ctx.today + timedelta(days=1)), start_of(month.ends_on)
        return {
            one: Reading(
                card.product,
                card.rate_per_s,
                pace_of(card.rate_per_s),
                card.day_limit,
                card.month_limit,
                used.get((one, "day", ctx.today), 0),
                used.get((one, "month", month.starts_on), 0),
                queued[one].whole,
                most,
                day_ends_at,
                month_ends_at,
                _left_s(day_ends_at, ctx.now),
                _left_s(month_ends_at, ctx.now),
                now_ns,
            )
            for one, card in cards.items()
        }
