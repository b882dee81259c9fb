"""
Rated output kept as Parquet, one file for each period and shard, replaced by the next run.

A row keeps its rate row and the pools' positions, so that one record explains itself; pictures and lists of many
services read these files instead of rating again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from spojka.access.operations.context import Context
from spojka.charging.rating.running import RatedPeriod
from spojka.charging.usage.cutting import PART
from spojka.kernel.time import Period

_KEPT: Final = (
    "source",
    "record_id",
    PART,
    "service_id",
    "kind",
    "direction",
    "other",
    "at",
    "dest_class",
    "zone",
    "visited",
    "network",
    "network_version",
    "quantity",
    "generation",
)
_LOCAL_DAY: Final = pl.col("at").dt.convert_time_zone("Europe/Prague").dt.date()


def rated_root(ctx: Context) -> Path:
    """The folder of all tenants' rated files."""
    return ctx.files.parent / "rated"


def keep_rated(ctx: Context, period: Period, shard: int, rated: RatedPeriod) -> None:
    """Write a shard's rated records under a new name, durably, and let that name count."""
    path = Path(str(ctx.tenant)) / str(period) / f"{shard:02d}-{ctx.call_id}.parquet"
    target = rated_root(ctx) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    outputs = [
        name
        for name in rated.frame.columns
        if name.startswith(("rate_row", "billed", "paid", "charge_", "taken_", "left_"))
    ]
    rated.frame.select(*_KEPT, *outputs).sort("service_id", "at").write_parquet(target, compression="zstd")
    with target.open("rb") as written:
        os.fsync(written.fileno())
    terms = " ".join(sorted(rated.book.plans))
    ctx.db.execute(
        "INSERT INTO rated_segment (tenant_id, period_on, shard, path, records, rated_at, terms_digest)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, period_on, shard) DO UPDATE"
        " SET path = excluded.path, records = excluded.records, rated_at = excluded.rated_at,"
        " terms_digest = excluded.terms_digest",
        [ctx.tenant, period.starts_on, shard, str(path), rated.frame.height, ctx.now, terms],
    )


def rated_rows(ctx: Context, period: Period, services: Sequence[str] | None = None) -> pl.LazyFrame | None:
    """The rated records of a period, of some services or all; `None` before its first run."""
    rows = ctx.db.execute(
        "SELECT path FROM rated_segment WHERE tenant_id = %s AND period_on = %s ORDER BY shard",
        [ctx.tenant, period.starts_on],
    ).fetchall()
    paths = [rated_root(ctx) / row["path"] for row in rows]
    if not paths:
        return None
    found = pl.scan_parquet(paths, missing_columns="insert", extra_columns="ignore")
    return found if services is None else found.filter(pl.col("service_id").is_in(services))


def usage_by_day(rows: pl.LazyFrame) -> pl.DataFrame:
    """Per service and Prague day: `voice_s` billed, `messages`, `data_bytes`; for pictures of use."""
    kind = pl.col("kind")
    sums = {
        "voice_s": pl.when(kind.is_in(["voice", "video"])).then("billed"),
        "messages": pl.when(kind.is_in(["sms", "mms"])).then("billed"),
        "data_bytes": pl.when(kind == "data").then("quantity"),
    }
    return (
        rows.group_by("service_id", day=_LOCAL_DAY)
        .agg(**{name: column.sum() for name, column in sums.items()})
        .sort("service_id", "day")
        .collect()
    )


def usage_by_class(rows: pl.LazyFrame) -> pl.DataFrame:
    """Per service, kind, zone and class: `records`, `billed` units and `charge_micros`; for pictures of use."""
    return (
        rows.filter(pl.col("rate_row") >= 0)
        .group_by("service_id", "kind", "zone", "dest_class")
        .agg(pl.len().alias("records"), pl.col("billed").sum(), pl.col("charge_micros").sum())
        .sort("service_id", "charge_micros", "billed", descending=[False, True, True])
        .collect()
    )


def rated_paths(ctx: Context) -> list[str]:
    """Every rated file of the tenant that counts."""
    rows = ctx.db.execute("SELECT path FROM rated_segment WHERE tenant_id = %s", [ctx.tenant]).fetchall()
    return [row["path"] for row in rows]
