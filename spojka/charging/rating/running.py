"""
Rating a period: usage, terms and contracts in, rated records and the services' state out. A pure re-run every time.

The same walk serves one service asked about and all services of a bill run. Records in time go first, in the order of
time; late ones follow by how many invoices late they are, so that they take what was left at the close (nej/4.7).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spojka.access.operations.context import Context
from spojka.charging.rating.book import Plan, PricedBook, build_book
from spojka.charging.rating.entitlements import Holding, control_events
from spojka.charging.rating.holdings import holdings
from spojka.charging.rating.kernel import Tables
from spojka.charging.rating.roster import Roster, Segment, build_roster
from spojka.charging.rating.rows import PREMIUM, SPECIALISED
from spojka.charging.rating.states import State, fresh_state
from spojka.charging.rating.tables import compile_book
from spojka.charging.rating.walks import COLUMNS, events_of, rate_events
from spojka.charging.usage.classes import DATA
from spojka.charging.usage.intake import SPECIALISED_GROUPS
from spojka.charging.usage.screening import event_columns
from spojka.charging.usage.store import usage_of
from spojka.kernel.time import Period, start_of
from spojka.trade.numbering.classing import plan_on


@dataclass(frozen=True)
class RatedPeriod:
    """
    A walked period.

    Args:
        book: the rate book with its sources.
        holdings: by service id.
        roster: services in the order of the state's rows.
        state: the state after the last record.
        frame: ready records with `rate_row`, `billed`, `paid`, `charge_micros`, `taken_k`, `left_k`.
        marks: the kernel's marks, their event replaced by the row in `frame` (-1 for control events).

    """

    book: PricedBook
    holdings: dict[str, Holding]
    roster: Roster
    state: State
    frame: pl.DataFrame
    marks: NDArray[np.int64]


_books: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[PricedBook, Tables]] = {}


def book_for(
    ctx: Context, period: Period, held: Sequence[Holding], premium: Sequence[str]
) -> tuple[PricedBook, Tables]:
    """The compiled book of all tariffs that some services had in a period; kept for the next who asks the same."""
    plans = {plan.name: plan for holding in held for _, plan in holding.tariffs}
    classes = (*plan_on(ctx, period.starts_on).dest_classes, *premium)
    key = (tuple(sorted(f"{name} {_digest(plan)}" for name, plan in plans.items())), classes)
    if key not in _books:
        book = build_book(plans.values(), classes)
        _books[key] = (book, compile_book(book.book))
    return _books[key]


def _digest(plan: Plan) -> str:
    return " ".join(edition.digest for edition in plan.bound.editions)


def classed(usage: pl.DataFrame) -> pl.DataFrame:
    """Usage with the classes that prices in numbers and specialised services need."""
    if usage.is_empty():
        return usage
    named = pl.format(f"{PREMIUM}.{{}}.{{}}", "number_price_per", pl.col("number_price_micros") // 1_000_000)
    special = (pl.col("dest_class") == DATA) & pl.col("rating_group").is_in(SPECIALISED_GROUPS)
    return usage.with_columns(
        dest_class=pl.when(pl.col("number_price_micros").is_not_null())
        .then(named)
        .when(special)
        .then(pl.lit(SPECIALISED))
        .otherwise("dest_class"),
    )


def rate_period(
    ctx: Context,
    period: Period,
    *,
    services: Sequence[str] | None = None,
    shards: Sequence[int] | None = None,
) -> RatedPeriod | None:
    """
    Rate a period of some services or all; `None` when no service ran.

    Args:
        ctx: the call.
        period: a calendar month.
        services: ids, or all.
        shards: the shards those services lie in, when known.

    """
    held = [holding for holding in holdings(ctx, period, services) if holding.tariffs]
    if not held:
        return None
    found = classed(usage_of(ctx, period, shards=shards, services=services))
    premium = sorted(name for name in found["dest_class"].unique() if str(name).startswith(f"{PREMIUM}."))
    book, tables = book_for(ctx, period, held, premium)
    roster = build_roster((segment for holding in held for segment in _segments(holding)), book.book)
    return _walked(period, found, (book, tables), roster, held)


def _segments(holding: Holding) -> Iterator[Segment]:
    """The service's tariffs by instant: from its activation, to its end."""
    for stretch, plan in holding.tariffs:
        starts_at = max(start_of(stretch.starts_on), holding.activated_at)
        ends = [start_of(stretch.ends_on)] if stretch.ends_on else []
        ends += [holding.ended_at] if holding.ended_at else []
        ends_at = min(ends, default=None)
        if ends_at is None or starts_at < ends_at:
            yield Segment(holding.service, plan.name, starts_at, ends_at)


def _controls(held: Sequence[Holding], period: Period, roster: Roster, book: PricedBook) -> pl.DataFrame:
    """Control events of all services as the kernel's columns."""
    slots = {slot.name: code for code, slot in enumerate(book.book.slots)}
    numbers = {service: number for number, service in enumerate(roster.services)}
    rows = [
        (numbers[holding.service], int(event.code), slots.get(event.slot, 0), 0, event.at_micros, event.quantity)
        for holding in held
        if holding.service in numbers
        for event in control_events(holding, period)
    ]
    schema = {"service": pl.Int32(), "kind": pl.UInt8(), "class": pl.UInt8(), "zone": pl.UInt8()}
    return pl.DataFrame(rows, schema={**schema, "at": pl.Int64(), "quantity": pl.Int64()}, orient="row")


def _walked(
    period: Period,
    usage: pl.DataFrame,
    compiled: tuple[PricedBook, Tables],
    roster: Roster,
    held: Sequence[Holding],
) -> RatedPeriod:
    book, tables = compiled
    columns = event_columns(
        usage,
        services=roster.services,
        dest_classes=book.book.dest_classes,
        zones=book.book.zones,
    )
    controls = _controls(held, period, roster, book)
    events = pl.concat([controls, columns])
    generation = pl.concat([pl.zeros(controls.height, pl.Int32, eager=True), usage["generation"]])
    is_use = np.arange(events.height) >= controls.height
    order = np.lexsort((is_use, events["at"].to_numpy(), generation.to_numpy()))
    numbers = {service: number for number, service in enumerate(roster.services)}
    limits = np.ones(len(roster.services), np.bool_)
    for holding in held:
        earlier = [is_on for is_on, at in holding.limit_switches if at < period.starts_at]
        if earlier and holding.service in numbers:
            limits[numbers[holding.service]] = earlier[-1]
    state = fresh_state(book.book, {}, len(roster.services), limit_active=limits)
    arrays = {name: events[name].to_numpy() for name in COLUMNS}
    rated = rate_events(events_of(arrays, order=order), tables, roster, state)
    outputs = {name: values[controls.height :] for name, values in rated.columns().items()}
    marks = rated.marks.copy()
    marks[:, 0] = np.maximum(marks[:, 0] - controls.height, -1)
    return RatedPeriod(
        book,
        {holding.service: holding for holding in held},
        roster,
        state,
        usage.with_columns(**{name: pl.Series(values) for name, values in outputs.items()}),
        marks,
    )
