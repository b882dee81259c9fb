"""From checked records to ready ones: screened, those barred kept back, late ones given their generation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import polars as pl

from spojka.access.operations.context import Context
from spojka.charging.usage.barring import Bars, keep_back_barred
from spojka.charging.usage.cutting import period_on
from spojka.charging.usage.lateness import place_late
from spojka.charging.usage.records import SUSPENSE_SCHEMA, Batch
from spojka.charging.usage.screening import SERVICE_SCHEMA, Lookups, recognise, screen
from spojka.charging.usage.segments import write_segments
from spojka.charging.usage.standing import keep_back_closed, standings_for
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
from spojka.charging.usage.terms import BarTerms, LateTerms, UsageTerms
from spojka.kernel.ids import FileId
from spojka.trade.numbering.classing import OWN_NETWORK_NAME, plan_on, ported_numbers
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.frames import FEATURES, SWITCH_SCHEMA

SPECIALISED_GROUPS = (700, 800)
"""Rating groups of digital television and IP telephony, as the host network numbers them (nej/2.26)."""


class Approval(IntEnum):
    """What an authorised person has decided to bill all the same; each step holds those before it."""

    NONE = 0
    BARRED = 1
    """What the service was barred from, held for, or had no roaming for (nej/3.5, 4.5-i, 4.19, 2.2)."""
    LATE = 2
    """What comes too late; a record that waits for its lateness was open, or approved before (nej/4.7)."""


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


def bars_for(ctx: Context, services: pl.DataFrame, *, every: bool) -> Bars:
    """
    What decides which uses of services were barred.

    Args:
        ctx: the call.
        services: columns of `SERVICE_SCHEMA`.
        every: they are all there are, so the switches are not asked by service.

    """
    rows = ctx.db.execute(
        "SELECT service_id::text, feature, is_on, at FROM service_switch WHERE tenant_id = %(t)s"
        " AND feature = ANY(%(f)s) AND (%(s)s::uuid[] IS NULL OR service_id = ANY(%(s)s)) ORDER BY at, id",
        {"t": ctx.tenant, "f": list(FEATURES), "s": None if every else services["service_id"].unique().to_list()},
    ).fetchall()
    begun = services.group_by("service_id").agg(pl.col("valid_from").min().alias("begun_at"))
    return Bars(
        pl.DataFrame(rows, schema=SWITCH_SCHEMA, orient="row"),
        begun,
        shelf_of(ctx).sheet(BarTerms, ctx.today),
    )


def take(
    ctx: Context,
    batch: Batch,
    *,
    file: FileId | None,
    whole_file: bool,
    known_identity: bool = False,
    approval: Approval = Approval.NONE,
) -> Taken:
    """
    Take a checked batch: identities once, the sound records ready to rate, the rest in suspense.

    Args:
        ctx: the call.
        batch: from a layout.
        file: the file it came in.
        whole_file: write segments (a file) rather than the buffer (single records).
        known_identity: its identities were taken before and their records are void: a repair.
        approval: what is billed although it was barred, or is too late.

    """
    pass_gate(ctx)
    known = recognise(batch.records)
    keys = None if whole_file and known.fresh.height > MANY else known.fresh["service_key"]
    lookups = lookups_for(ctx, keys)
    screened = screen(known.fresh, lookups)
    waiting = [batch.suspense.cast(SUSPENSE_SCHEMA), screened.suspense]
    ready = screened.ready
    if approval < Approval.BARRED:
        standing = keep_back_closed(ready, standings_for(ctx, ready, every=keys is None))
        ready = standing.open
        waiting.append(standing.waiting)
        unbarred = keep_back_barred(ready, bars_for(ctx, lookups.services, every=keys is None))
        ready = unbarred.open
        waiting.append(unbarred.waiting)
    sound, late = _by_lateness(ctx, ready, approved=approval >= Approval.LATE)
    first = take_identities(ctx, sound["identity"])
    ready = sound if known_identity else sound.filter(first)
    kept_back = pl.concat([*waiting, late], how="diagonal")
    repeated = known.repeats.height + sound["identity"].n_unique() - ready["identity"].n_unique()
    if ready.height:
        settle_repaired(ctx, ready)
    if kept_back.height:
        suspend(ctx, kept_back, file=file)
    if ready.height and whole_file:
        assert file is not None
        add_segments(ctx, write_segments(usage_root(ctx), ready, tenant_id=ctx.tenant, name=str(file)), file=file)
    elif ready.height:
        buffer(ctx, ready)
    return Taken(
        batch.records.height + batch.suspense.height,
        ready["identity"].n_unique(),
        repeated,
        kept_back.height,
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
    """Ready records as they are kept, and those too late to bill (nej/4.7)."""
    terms = shelf_of(ctx).sheet(LateTerms, ctx.today)
    placed = place_late(ready, closed=closed_periods(ctx), today=ctx.today, terms=terms, approved=approved)
    return placed.billable.select(pl.col(name).cast(kind) for name, kind in READY_SCHEMA.items()), placed.waiting
