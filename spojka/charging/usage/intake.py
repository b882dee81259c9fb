"""From checked records to ready ones: screened against the tenant's services, late ones given their generation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from spojka.access.operations.context import Context
from spojka.charging.usage import reasons
from spojka.charging.usage.classes import HOME_ZONE
from spojka.charging.usage.cutting import period_on
from spojka.charging.usage.records import SUSPENSE_SCHEMA, Batch
from spojka.charging.usage.screening import SERVICE_SCHEMA, Lookups, as_texts, recognise, screen
from spojka.charging.usage.segments import write_segments
from spojka.charging.usage.store import (
    READY_SCHEMA,
    add_segments,
    buffer,
    closed_periods,
    pass_gate,
    settle_repaired,
    suspend,
    take_identities,
    usage_root,
)
from spojka.charging.usage.terms import UsageTerms
from spojka.kernel.ids import FileId
from spojka.trade.numbering.classing import OWN_NETWORK_NAME, plan_on, ported_numbers
from spojka.trade.publications.shelf import shelf_of

SPECIALISED_GROUPS = (700, 800)
"""Rating groups of digital television and IP telephony, as the host network numbers them (nej/2.26)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What became of a batch.

    Args:
        records: how many came.
        accepted: how many are ready to rate.
        duplicates: repeats that were dropped.
        suspended: how many wait in suspense.
        services: ids of the services concerned, by first day of the period.

    """

    records: int
    accepted: int
    duplicates: int
    suspended: int
    services: dict[date, list[str]]


def lookups_for(ctx: Context, keys: pl.Series | None) -> Lookups:
    """What screening needs to know of the tenant; only services of the given MSISDNs or IMSIs, or all."""
    wanted = None if keys is None else keys.unique().to_list()
    rows = ctx.db.execute(
        "SELECT id::text AS service_id, msisdn, imsi, activated_at AS valid_from, ended_at AS valid_to FROM service"
        " WHERE tenant_id = %(t)s AND activated_at IS NOT NULL"
        " AND (%(k)s::text[] IS NULL OR msisdn = ANY(%(k)s) OR imsi = ANY(%(k)s))",
        {"t": ctx.tenant, "k": wanted},
    ).fetchall()
    terms = shelf_of(ctx).sheet(UsageTerms, ctx.today)
    return Lookups(
        pl.DataFrame(rows, schema=SERVICE_SCHEMA, orient="row"),
        plan_on(ctx, ctx.today),
        ported_numbers(ctx),
        terms.zones,
        OWN_NETWORK_NAME,
        terms.max_call_duration_s.value,
    )


def take(
    ctx: Context,
    batch: Batch,
    *,
    file: FileId | None,
    whole_file: bool,
    known_identity: bool = False,
    approved: bool = False,
) -> Taken:
    """
    Take a checked batch: identities once, the sound records ready to rate, the rest in suspense.

    Args:
        ctx: the call.
        batch: from a layout.
        file: the file it came in.
        whole_file: write segments (a file) rather than the buffer (single records).
        known_identity: its identities were taken before and their records are void: a repair.
        approved: what is too late is billed all the same.

    """
    pass_gate(ctx)
    known = recognise(batch.records)
    keys = None if whole_file and known.fresh.height > MANY else known.fresh["service_key"]
    screened = screen(known.fresh, lookups_for(ctx, keys))
    sound, late = _by_lateness(ctx, screened.ready, approved=approved)
    first = take_identities(ctx, sound["identity"])
    ready = sound if known_identity else sound.filter(first)
    waiting = pl.concat([batch.suspense.cast(SUSPENSE_SCHEMA), screened.suspense, late])
    repeated = known.repeats.height + sound["identity"].n_unique() - ready["identity"].n_unique()
    if ready.height:
        settle_repaired(ctx, ready)
    if waiting.height:
        suspend(ctx, waiting, file=file)
    if ready.height and whole_file:
        assert file is not None
        add_segments(ctx, write_segments(usage_root(ctx), ready, tenant_id=ctx.tenant, name=str(file)), file=file)
    elif ready.height:
        buffer(ctx, ready)
    return Taken(
        batch.records.height + batch.suspense.height,
        ready["identity"].n_unique(),
        repeated,
        waiting.height,
        _concerned(ready),
    )


MANY = 1000
"""Above so many records all services are looked up at once rather than by their keys."""


def _concerned(ready: pl.DataFrame) -> dict[date, list[str]]:
    days = ready.select("service_id", day=period_on(pl.col("at"))).unique().sort("day", "service_id")
    found: dict[date, list[str]] = {}
    for service, day in days.iter_rows():
        found.setdefault(day, []).append(service)
    return found


def _by_lateness(ctx: Context, ready: pl.DataFrame, *, approved: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ready records with their generation (0 in time, else invoices late), and those too late to bill (nej/4.7)."""
    placed = ready.with_columns(_day=period_on(pl.col("at")))
    closed = closed_periods(ctx)
    months = (ctx.today.year * 12 + ctx.today.month) - (pl.col("_day").dt.year() * 12 + pl.col("_day").dt.month())
    late = pl.col("_day").is_in(list(closed)) if closed else pl.lit(value=False)
    placed = placed.with_columns(generation=pl.when(late).then(months).otherwise(0).cast(pl.Int32))
    bound = shelf_of(ctx).bound(ctx.today)
    most = int(str(bound.term("late_billing_max_months").value))
    roaming = pl.col("zone") != HOME_ZONE
    reason = (
        pl.when((pl.col("generation") > 0) & ~roaming)
        .then(pl.lit(reasons.LATE_BILLING_CLASS_NOT_ALLOWED))
        .when(pl.col("generation") > most)
        .then(pl.lit(reasons.LATE_BILLING_OVER_2_MONTHS))
    )
    judged = placed.with_columns(_reason=reason)
    if approved:
        judged = judged.with_columns(_reason=pl.lit(None, dtype=pl.String))
    refused = judged.filter(pl.col("_reason").is_not_null())
    suspense = refused.select(
        "source",
        "record_id",
        pl.col("line").cast(pl.Int64),
        pl.col("_reason").alias("reason"),
        pl.lit("at").alias("field"),
        pl.col("at").cast(pl.String).alias("value"),
        pl.struct(as_texts()).struct.json_encode().alias("record"),
    ).cast(SUSPENSE_SCHEMA)
    kept = judged.filter(pl.col("_reason").is_null())
    return kept.select(pl.col(name).cast(kind) for name, kind in READY_SCHEMA.items()), suspense
