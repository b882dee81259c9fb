"""What a service was used for in a period: by day and line for a picture, record by record for the itemised list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.rating.lines import UNITS, line_key, line_words
from spojka.charging.rating.records import RatedRecord, records_of
from spojka.charging.rating.running import RatedPeriod, rate_period
from spojka.charging.usage.segments import shard_of
from spojka.journeys.overview.reasons import WhyView, reason_view
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, day_of
from spojka.terms.clauses import Language, Term
from spojka.terms.findings import refuse
from spojka.terms.precedence import TermMissing
from spojka.terms.refusals import define_refusal
from spojka.trade.publications.shelf import shelf_of

define_refusal(
    "PERIOD_NOT_SHOWN",
    cs="Výpis za {period} už k dispozici není: ukazuje se běžné období a {periods} předchozích.",
    en="The list of {period} is no longer available: the current period and the {periods} before it are shown.",
)

HELPLINES: Final = "harmonised_116"
"""Calls to these never appear, so that nobody learns of them from a list (nej/3.7)."""

_STAFF_PERIODS: Final = 24


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What one line came to on one day; `used` in the kind's unit."""

    on: date
    line: str
    used: int
    charge: Money


@dataclass(frozen=True, slots=True)
class LineTotal:
    """What one line came to in the period; `billed` after the charging steps."""

    line: str
    words_cs: str
    words_en: str
    records: int
    used: int
    billed: int
    charge: Money


@dataclass(frozen=True, slots=True)
class KindView:
    """Everything of one kind: `voice`, `sms`, `data`, …; `unit` is `s`, `SMS`, `MMS` or `B`."""

    kind: str
    unit: str
    lines: list[LineTotal]
    days: list[DayTotal]


@dataclass(frozen=True, slots=True)
class UsageView:
    """
    The use of one service in one period.

    Args:
        service: whose.
        msisdn: its number.
        period: the month.
        periods: months that can be shown, newest first.
        kinds: what was used.
        charge: the exact sum of the records' prices; it is rounded on the invoice's lines.

    """

    service: ServiceId
    msisdn: str
    period: Period
    periods: list[Period]
    kinds: list[KindView]
    charge: Money


@dataclass(frozen=True, slots=True)
class ItemisedView:
    """The itemised list: the period's use and every record in the order of time."""

    usage: UsageView
    records: list[RatedRecord]


def periods_shown(ctx: Context, service: Row) -> list[Period]:
    """The months of a service's use that the actor may see, newest first (nej/3.8)."""
    term = _periods_term(ctx)
    back = term.value if term is not None and ctx.actor.party is not None else _STAFF_PERIODS
    if service["activated_at"] is None:
        return [Period.containing(ctx.today)]
    first = Period.containing(day_of(service["activated_at"]))
    shown = [Period.containing(ctx.today)]
    while len(shown) <= back and shown[-1] > first:
        shown.append(shown[-1].previous())
    return shown


def _periods_term(ctx: Context) -> Term[int] | None:
    try:
        term = shelf_of(ctx).bound(ctx.today).term("default_itemised_periods_available")
    except TermMissing:
        return None
    assert isinstance(term.value, int)
    return Term(term.name, term.value, term.ref)


def refuse_period(ctx: Context, period: Period, shown: list[Period]) -> Refusal | None:
    """Why a period's list is not shown, or `None`."""
    if period in shown:
        return None
    return refuse("PERIOD_NOT_SHOWN", _periods_term(ctx), figures={"period": period, "periods": len(shown) - 1})


def _rated(ctx: Context, service: ServiceId, period: Period) -> tuple[RatedPeriod, pl.DataFrame] | None:
    rated = rate_period(ctx, period, services=[str(service)], shards=[shard_of(str(service))])
    if rated is None:
        return None
    return rated, rated.frame.filter((pl.col("dest_class") != HELPLINES) & (pl.col("rate_row") >= 0))


_SUMS: Final = (
    pl.len().alias("records"),
    pl.col("quantity").sum().alias("used"),
    pl.col("billed").sum(),
    pl.col("charge_micros").sum().alias("micros"),
)
_LINE: Final = ["kind", "zone", "dest_class"]


def _kinds(frame: pl.DataFrame) -> list[KindView]:
    local_day = pl.col("at").dt.convert_time_zone("Europe/Prague").dt.date().alias("on")
    by_day = frame.with_columns(local_day).group_by("on", *_LINE).agg(*_SUMS).sort("on", *_LINE)
    found: dict[str, KindView] = {}
    for row in (
        frame.group_by(_LINE).agg(*_SUMS).sort("used", *_LINE, descending=[True, False, False, False]).to_dicts()
    ):
        kind = found.setdefault(row["kind"], KindView(row["kind"], UNITS[row["kind"]], [], []))
        line = line_key(row["kind"], row["zone"], row["dest_class"])
        words = line_words(line)
        kind.lines.append(
            LineTotal(line, words["cs"], words["en"], row["records"], row["used"], row["billed"], Money(row["micros"])),
        )
    for row in by_day.to_dicts():
        line = line_key(row["kind"], row["zone"], row["dest_class"])
        found[row["kind"]].days.append(DayTotal(row["on"], line, row["used"], Money(row["micros"])))
    order = list(UNITS)
    return sorted(found.values(), key=lambda each: order.index(each.kind))


def itemised(ctx: Context, service: Row, period: Period) -> ItemisedView:
    """The use of a service in a period with every record and its reasons."""
    rated = _rated(ctx, service["id"], period)
    kinds, records, micros = [], [], 0
    if rated is not None:
        kinds = _kinds(rated[1])
        records = list(records_of(rated[0], rated[1].sort("at", "record_id")))
        micros = int(rated[1]["charge_micros"].sum())
    shown = periods_shown(ctx, service)
    view = UsageView(service["id"], service["msisdn"], period, shown, kinds, Money(micros))
    return ItemisedView(view, records)


def reason_of_record(
    ctx: Context,
    service: ServiceId,
    period: Period,
    identity: tuple[str, str],
    language: Language,
) -> WhyView | None:
    """Why the record of an identity (source, record id) costs what it costs, or `None` when it is not shown."""
    rated = _rated(ctx, service, period)
    if rated is None:
        return None
    source, record = identity
    rows = rated[1].filter((pl.col("record_id") == record) & (pl.col("source") == source))
    for found in records_of(rated[0], rows.sort("at")):
        return WhyView(found.charge.value, [reason_view(ctx, shelf_of(ctx), found.charge, language)])
    return None
