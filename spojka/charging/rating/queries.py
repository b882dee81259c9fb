"""The price of one record, and the records of a service, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import polars as pl

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.charging.rating.lines import unit_of
from spojka.charging.rating.records import RatedRecord, records_of
from spojka.charging.rating.running import rate_period
from spojka.charging.usage.records import identity
from spojka.charging.usage.segments import read_segments, shard_of
from spojka.charging.usage.store import segment_rows, usage_root
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.refusals import define_refusal
from spojka.trade.services.store import service_row

define_refusal(
    "RECORD_UNKNOWN",
    cs="Záznam {record} (zdroj {source}) není mezi oceněnými.",
    en="The record {record} (source {source}) is not among the rated ones.",
)


@dataclass(frozen=True, slots=True)
class LineTotal:
    """What all services came to on one line of a period."""

    line: str
    services: int
    records: int
    quantity: int
    unit: str
    amount: Money


@query("rating.totals", permission="rating.read")
def totals(ctx: Context, *, period: Period) -> list[LineTotal]:
    """Billed use of a period by line, the largest amount first."""
    rows = ctx.db.execute(
        "SELECT line, count(DISTINCT service_id) AS services, sum(records)::bigint AS records,"
        " sum(quantity)::bigint AS quantity, sum(amount_micros)::bigint AS micros FROM rated_total"
        " WHERE tenant_id = %s AND period_on = %s GROUP BY line ORDER BY micros DESC, line",
        [ctx.tenant, period.starts_on],
    ).fetchall()
    return [
        LineTotal(
            row["line"], row["services"], row["records"], row["quantity"], unit_of(row["line"]), Money(row["micros"])
        )
        for row in rows
    ]


@query("rating.price", permission="rating.read", customers=True, refusals=("RECORD_UNKNOWN",))
def price(
    ctx: Context,
    *,
    record: str,
    source: str = "story",
    service: ServiceId | None = None,
    period: Period | None = None,
) -> RatedRecord | Refusal:
    """One record rated with its reasons; without `period` it is looked for in this month and the last one."""
    if service is None or period is None:
        place = _place_of(ctx, identity(source, record), period)
        if place is None:
            return Refusal("RECORD_UNKNOWN", (), {"record": record, "source": source})
        service, period = place
    if service_row(ctx, service) is None:
        return Refusal("RECORD_UNKNOWN", (), {"record": record, "source": source})
    rated = rate_period(ctx, period, services=[str(service)], shards=[shard_of(str(service))])
    if rated is not None:
        rows = rated.frame.filter((pl.col("record_id") == record) & (pl.col("source") == source))
        for found in records_of(rated, rows.sort("at")):
            return found
    return Refusal("RECORD_UNKNOWN", (), {"record": record, "source": source})


def _place_of(ctx: Context, wanted: UUID, period: Period | None) -> tuple[ServiceId, Period] | None:
    """Whose a record is and in which period: from the buffer, else from the segments of that month or the last two."""
    waiting = ctx.db.execute(
        "SELECT service_id, period_on FROM usage_buffer WHERE tenant_id = %s AND identity = %s",
        [ctx.tenant, wanted],
    ).fetchone()
    if waiting is not None:
        return waiting["service_id"], Period.containing(waiting["period_on"])
    running = Period.containing(ctx.today)
    for each in (running, running.previous()) if period is None else (period,):
        paths = [row["path"] for row in segment_rows(ctx, each)]
        if paths:
            rows = read_segments(usage_root(ctx), paths).filter(pl.col("identity") == wanted.bytes)
            for service in rows.select("service_id").head(1).collect()["service_id"]:
                return ServiceId(UUID(service)), each
    return None


@query("rating.records", permission="rating.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def records(
    ctx: Context,
    *,
    service: ServiceId,
    period: Period,
    hide_helplines: bool = True,
) -> list[RatedRecord] | Refusal:
    """The itemised list of a service's period in the order of time; harmonised numbers are left out (nej/3.7, 3.8)."""
    if service_row(ctx, service) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    rated = rate_period(ctx, period, services=[str(service)], shards=[shard_of(str(service))])
    if rated is None:
        return []
    shown = rated.frame.filter(pl.col("dest_class") != "harmonised_116") if hide_helplines else rated.frame
    return list(records_of(rated, shown.sort("at", "record_id")))
