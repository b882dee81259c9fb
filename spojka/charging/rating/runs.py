"""A rating run: walked, posted, remembered as balances, notices raised, unratable records put into suspense."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
import polars as pl

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.progress import report
from spojka.charging.rating.kernel import COUNTERS
from spojka.charging.rating.notes import raise_notes
from spojka.charging.rating.posting import above_parts, post, totals_of
from spojka.charging.rating.rated import keep_rated
from spojka.charging.rating.running import RatedPeriod, rate_period
from spojka.charging.rating.tables import left_column
from spojka.charging.rating.terms import MarkCode, Unrated
from spojka.charging.usage import reasons
from spojka.charging.usage.records import SUSPENSE_SCHEMA
from spojka.charging.usage.screening import as_texts
from spojka.charging.usage.segments import shard_of
from spojka.charging.usage.store import close_usage, compact, shut_gate, suspend
from spojka.kernel.money import Money
from spojka.kernel.time import Period

UNRATED_REASONS = {
    Unrated.TARIFF: reasons.NO_TARIFF,
    Unrated.ROW: reasons.NO_PRICE,
    Unrated.QUANTITY: reasons.DURATION_OVER_MAX,
}


Listener = Callable[[Context, Period, RatedPeriod], None]
"""Hears what a walk came to, before the balances it starts from are overwritten."""

_listeners: Final[dict[str, Listener]] = {}


def hears_of_walks(listener: Listener) -> Listener:
    """Register a listener by its name; rooms above rating hear of every walk this way."""
    _listeners[listener.__name__] = listener
    return listener


@dataclass(frozen=True, slots=True)
class RatingRun:
    """What a run did: records rated, records that could not be, lines that changed and by how much."""

    period: str
    services: int
    records: int
    unrated: int
    lines: int
    amount: Money

    def plus(self, other: RatingRun) -> RatingRun:
        """Two parts of one run."""
        return RatingRun(
            self.period,
            self.services + other.services,
            self.records + other.records,
            self.unrated + other.unrated,
            self.lines + other.lines,
            self.amount + other.amount,
        )


def run_rating(ctx: Context, period: Period, services: Sequence[str] | None = None) -> RatingRun:
    """
    Rate a period and post what changed.

    Some services are walked together; all of them shard by shard, so that memory holds one shard, and each shard's
    rated records are kept as a file.
    """
    if services is not None:
        rated, run = _walk(ctx, period, services)
        return run
    shards: dict[int, list[str]] = {}
    for service in services_in(ctx, period):
        shards.setdefault(shard_of(service), []).append(service)
    done = RatingRun(str(period), 0, 0, 0, 0, Money.zero())
    for number, (shard, members) in enumerate(sorted(shards.items()), start=1):
        rated, run = _walk(ctx, period, members)
        if rated is not None:
            keep_rated(ctx, period, shard, rated)
        done = done.plus(run)
        report(number, len(shards), "shards")
    return done


def _walk(ctx: Context, period: Period, services: Sequence[str]) -> tuple[RatedPeriod | None, RatingRun]:
    lock_balances(ctx, period, services)
    shards = sorted({shard_of(service) for service in services})
    rated = rate_period(ctx, period, services=services, shards=shards)
    if rated is None:
        return None, RatingRun(str(period), 0, 0, 0, 0, Money.zero())
    totals = totals_of(rated)
    if ctx.now >= period.ends_at:
        above = above_parts(rated, period)
        totals |= above.totals
        _count_excess_cost(rated, above.excess_micros)
    posted = post(ctx, period, rated, totals)
    for listener in _listeners.values():
        listener(ctx, period, rated)
    keep_balances(ctx, period, rated)
    raise_notes(ctx, period, rated)
    unrated = _suspend_unrated(ctx, rated)
    records = rated.frame.height - unrated
    return rated, RatingRun(str(period), len(rated.holdings), records, unrated, posted.lines, posted.amount)


def _count_excess_cost(rated: RatedPeriod, excess_micros: Mapping[tuple[str, int], int]) -> None:
    """Units of a counter's excess that lost their cover cost their price: a penalty replaces that too (nej/2.20-h)."""
    numbers = {service: number for number, service in enumerate(rated.roster.services)}
    for (service, counter), micros in excess_micros.items():
        rated.state.ledger[numbers[service], COUNTERS + 3 * counter + 2] += micros


def services_in(ctx: Context, period: Period) -> list[str]:
    """Ids of all services that ran for any moment of a period."""
    rows = ctx.db.execute(
        "SELECT id::text FROM service WHERE tenant_id = %s AND activated_at < %s"
        " AND (ended_at IS NULL OR ended_at > %s) ORDER BY id",
        [ctx.tenant, period.ends_at, period.starts_at],
    ).fetchall()
    return [row["id"] for row in rows]


def close_rating(ctx: Context, period: Period) -> RatingRun:
    """
    Rate a period that is over for the last time; from now on, what arrives for it is late (nej/2.13, 4.7).

    Single records of the period before, which hardly any question concerns now, move from the buffer into segments.
    """
    shut_gate(ctx)
    run = run_rating(ctx, period)
    close_usage(ctx, period)
    compact(ctx, period.previous())
    return run


def lock_balances(ctx: Context, period: Period, services: Sequence[str]) -> None:
    """Let nobody rate these services or charge them online while they are walked; whoever comes waits."""
    ctx.db.execute(
        "SELECT 1 FROM service WHERE tenant_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        [ctx.tenant, list(services)],
    )
    ctx.db.execute(
        "SELECT 1 FROM balance WHERE tenant_id = %s AND period_on = %s"
        " AND service_id = ANY(%s::uuid[]) ORDER BY service_id FOR UPDATE",
        [ctx.tenant, period.starts_on, list(services)],
    )


def keep_balances(ctx: Context, period: Period, rated: RatedPeriod) -> None:
    """Remember the state of every walked service, as online charging and pages read it."""
    state = rated.state
    slots = [slot.name for slot in rated.book.book.slots]
    walked = len(rated.roster.services)
    ctx.db.execute(
        "INSERT INTO balance"
        " (tenant_id, service_id, period_on, slots, capacity, remaining, counters, rated_until, version)"
        " SELECT %s, b.service, %s, %s, b.capacity::bigint[], b.remaining::bigint[], b.counters::bigint[],"
        " %s, 1 FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])"
        " AS b(service, capacity, remaining, counters)"
        " ON CONFLICT (tenant_id, service_id, period_on) DO UPDATE SET slots = excluded.slots,"
        " capacity = excluded.capacity, remaining = excluded.remaining, counters = excluded.counters,"
        " rated_until = excluded.rated_until, version = balance.version + 1",
        [
            ctx.tenant,
            period.starts_on,
            slots,
            ctx.now,
            [UUID(service) for service in rated.roster.services],
            _arrays(state.granted[:walked]),
            _arrays(state.left[:walked]),
            _arrays(state.ledger[:walked, : left_column(state.book)]),
        ],
    )


def balances_found(ctx: Context, period: Period, services: Sequence[str]) -> dict[UUID, Row]:
    """The balances of services as a walk finds them now, as rows that nobody keeps: nothing is written or held."""
    rated = rate_period(ctx, period, services=services, shards=sorted({shard_of(service) for service in services}))
    if rated is None:
        return {}
    state, width = rated.state, left_column(rated.state.book)
    slots = [slot.name for slot in rated.book.book.slots]
    return {
        UUID(service): {
            "slots": slots,
            "capacity": state.granted[number].tolist(),
            "remaining": state.left[number].tolist(),
            "counters": state.ledger[number, :width].tolist(),
            "rated_until": ctx.now,
        }
        for number, service in enumerate(rated.roster.services)
    }


def _arrays(rows: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> list[str]:
    return ["{" + ",".join(map(str, row)) + "}" for row in rows.tolist()]


def _suspend_unrated(ctx: Context, rated: RatedPeriod) -> int:
    """Records that the book has no row for wait in suspense; those that can be rated now no longer wait."""
    codes = rated.marks[rated.marks[:, 1] == MarkCode.UNRATED]
    reason = pl.Series([UNRATED_REASONS.get(Unrated(int(code)), reasons.UNKNOWN_SERVICE) for code in codes[:, 2]])
    places = [int(place) for place in codes[:, 0]]
    found = rated.frame[places] if places else rated.frame.clear()
    if places:
        waiting = found.with_columns(reason=reason).select(
            "source",
            "record_id",
            pl.lit(None, dtype=pl.Int64).alias("line"),
            "reason",
            pl.lit("dest_class").alias("field"),
            pl.concat_str(["kind", pl.lit(" "), "zone", pl.lit(" "), "dest_class"]).alias("value"),
            pl.struct(as_texts()).struct.json_encode().alias("record"),
        )
        suspend(ctx, waiting.cast(SUSPENSE_SCHEMA), file=None)
    ctx.db.execute(
        "UPDATE suspense s SET state = 'repaired', settled_at = %s, settled_by = %s WHERE s.tenant_id = %s"
        " AND s.state = 'open' AND s.reason = ANY(%s) AND EXISTS (SELECT 1 FROM unnest(%s::text[], %s::text[])"
        " AS r(source, record_id) WHERE r.source = s.source AND r.record_id = s.record_id)",
        [
            ctx.now,
            ctx.actor.name,
            ctx.tenant,
            list(UNRATED_REASONS.values()),
            *_rated_again(ctx, rated),
        ],
    )
    return len(places)


def _rated_again(ctx: Context, rated: RatedPeriod) -> tuple[list[str], list[str]]:
    """Identities of records that waited for a price and have one now."""
    rows = ctx.db.execute(
        "SELECT source, record_id FROM suspense WHERE tenant_id = %s AND state = 'open' AND reason = ANY(%s)",
        [ctx.tenant, list(UNRATED_REASONS.values())],
    ).fetchall()
    if not rows:
        return [], []
    waiting = pl.DataFrame(rows, schema={"source": pl.String, "record_id": pl.String}, orient="row")
    fine = rated.frame.filter(pl.col("rate_row") >= 0).join(waiting, on=["source", "record_id"], how="semi")
    return fine["source"].to_list(), fine["record_id"].to_list()
