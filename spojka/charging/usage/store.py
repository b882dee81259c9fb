"""Usage in the database over a given connection: identities taken, segments, the buffer, suspense, closed periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import polars as pl

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.usage.cutting import PART, period_on
from spojka.charging.usage.records import INSTANT, RECORD_SCHEMA, WAITING_SCHEMA
from spojka.charging.usage.segments import Segment, read_segments, write_segments
from spojka.kernel.ids import FileId, uuid7
from spojka.kernel.time import Period

READY_SCHEMA = pl.Schema(
    {
        **RECORD_SCHEMA,
        PART: pl.Int32(),
        "service_id": pl.String(),
        "dest_class": pl.String(),
        "zone": pl.String(),
        "quantity": pl.Int64(),
        "number_price_micros": pl.Int64(),
        "number_price_per": pl.String(),
        "network_version": pl.String(),
        "identity": pl.Binary(),
        "generation": pl.Int32(),
    },
)
"""Columns of records that are ready to rate, as segments and the buffer keep them."""

_BUFFERED = [name for name in READY_SCHEMA.names() if name != "identity"]
_PLAIN = {
    name: pl.Int64() if kind == INSTANT else pl.String() if isinstance(kind, pl.Enum) else kind
    for name, kind in READY_SCHEMA.items()
    if name != "identity"
}
"""The buffer's JSON: instants are whole microseconds, enumerations texts."""


def usage_root(ctx: Context) -> Path:
    """The folder of all tenants' segments."""
    return ctx.files.parent / "usage"


def take_identities(ctx: Context, identities: pl.Series) -> pl.Series:
    """Take identities for good; returns which of them (in order) were taken for the first time."""
    ctx.db.execute("CREATE TEMPORARY TABLE IF NOT EXISTS coming (identity uuid) ON COMMIT DELETE ROWS")
    ctx.db.execute("TRUNCATE coming")
    with ctx.db.cursor().copy("COPY coming (identity) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["uuid"])
        for raw in identities:
            copy.write_row([UUID(bytes=raw)])
    rows = ctx.db.execute(
        "INSERT INTO usage_identity (tenant_id, identity) SELECT DISTINCT %s::uuid, identity FROM coming"
        " ON CONFLICT DO NOTHING RETURNING identity",
        [ctx.tenant],
    ).fetchall()
    new = pl.Series([row["identity"].bytes for row in rows], dtype=pl.Binary)
    return identities.is_in(new.implode())


def add_file(
    ctx: Context,
    *,
    file: FileId,
    source: str,
    name: str,
    layout: str,
    digest: str,
    counts: tuple[int, int, int, int],
) -> None:
    """Record a file that is wholly in; counts are records, accepted, duplicates, suspended."""
    ctx.db.execute(
        "INSERT INTO usage_file (tenant_id, id, source, name, layout, digest, taken_at, records, accepted, duplicates,"
        " suspended) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [ctx.tenant, file, source, name, layout, digest, ctx.now, *counts],
    )


def lock_file(ctx: Context, *, source: str, digest: str) -> None:
    """Hold the same bytes of the same source until the transaction ends: of two that come at once, one waits."""
    ctx.db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('file ' || %s::text || ' ' || %s || ' ' || %s, 0))",
        [ctx.tenant, source, digest],
    )


def file_of_digest(ctx: Context, *, source: str, digest: str) -> Row | None:
    """The file of the same source with the same bytes, if it was taken before."""
    return ctx.db.execute(
        "SELECT * FROM usage_file WHERE tenant_id = %s AND source = %s AND digest = %s",
        [ctx.tenant, source, digest],
    ).fetchone()


def add_segments(ctx: Context, segments: Sequence[Segment], *, file: FileId | None) -> None:
    """Name written segments, so that they count."""
    ctx.db.execute(
        "INSERT INTO usage_segment (tenant_id, id, period_on, shard, path, records, file_id, generation)"
        " SELECT %s, u.id, u.period_on, u.shard, u.path, u.records, %s, 0"
        " FROM unnest(%s::uuid[], %s::date[], %s::int[], %s::text[], %s::int[])"
        " AS u(id, period_on, shard, path, records)",
        [
            ctx.tenant,
            file,
            [uuid7() for _ in segments],
            [segment.period_on for segment in segments],
            [segment.shard for segment in segments],
            [segment.path for segment in segments],
            [segment.records for segment in segments],
        ],
    )


def segment_rows(ctx: Context, period: Period, shards: Sequence[int] | None = None) -> list[Row]:
    """The segments of a period, of some shards or all."""
    return ctx.db.execute(
        "SELECT shard, path, records FROM usage_segment WHERE tenant_id = %s AND period_on = %s"
        " AND (%s::int[] IS NULL OR shard = ANY(%s)) ORDER BY path",
        [ctx.tenant, period.starts_on, shards, shards],
    ).fetchall()


def all_paths(ctx: Context) -> list[str]:
    """Every segment of the tenant that counts."""
    rows = ctx.db.execute("SELECT path FROM usage_segment WHERE tenant_id = %s", [ctx.tenant]).fetchall()
    return [row["path"] for row in rows]


def buffer(ctx: Context, ready: pl.DataFrame) -> None:
    """Keep single records until they are rated; they count from now."""
    plain = ready.with_columns(pl.col("at").dt.timestamp("us"))
    texts = plain.select(pl.struct(_BUFFERED).struct.json_encode().alias("record"))["record"]
    days = ready.select(period_on(pl.col("at")).alias("day"))["day"]
    identities = [UUID(bytes=raw) for raw in ready["identity"]]
    parts = ready[PART].to_list()
    ctx.db.execute(
        "INSERT INTO usage_buffer (tenant_id, identity, period_on, generation, service_id, at, record)"
        " SELECT %s, b.identity, b.day, b.generation, b.service, b.at, b.record::jsonb"
        " FROM unnest(%s::uuid[], %s::date[], %s::int[], %s::uuid[], %s::timestamptz[], %s::text[])"
        " AS b(identity, day, generation, service, at, record)",
        [
            ctx.tenant,
            [_of_part(identity, part) for identity, part in zip(identities, parts, strict=True)],
            days.to_list(),
            ready["generation"].to_list(),
            ready["service_id"].to_list(),
            ready["at"].to_list(),
            texts.to_list(),
        ],
    )


def _of_part(identity: UUID, part: int | None) -> UUID:
    """A part's own key in the buffer: the identity itself for the first part."""
    return UUID(int=identity.int ^ ((part or 1) - 1))


def buffered(ctx: Context, period: Period, services: Sequence[str] | None = None) -> pl.DataFrame:
    """Records of a period in the buffer, of some services or all."""
    rows = ctx.db.execute(
        "SELECT identity, record::text AS record FROM usage_buffer WHERE tenant_id = %s AND period_on = %s"
        " AND (%s::uuid[] IS NULL OR service_id = ANY(%s))",
        [ctx.tenant, period.starts_on, services, services],
    ).fetchall()
    texts = pl.Series("record", [row["record"] for row in rows], dtype=pl.String)
    decoded = texts.str.json_decode(pl.Struct(_PLAIN)).struct.unnest() if rows else pl.DataFrame(schema=_PLAIN)
    identities = pl.Series([row["identity"].bytes for row in rows], dtype=pl.Binary)
    return decoded.with_columns(identity=identities).select(
        pl.col(name).cast(kind) for name, kind in READY_SCHEMA.items()
    )


def compact(ctx: Context, period: Period) -> int:
    """Write a period's buffered records into segments; returns how many."""
    waiting = buffered(ctx, period)
    if waiting.height:
        written = write_segments(usage_root(ctx), waiting, tenant_id=ctx.tenant, name=str(ctx.call_id))
        add_segments(ctx, written, file=None)
        ctx.db.execute(
            "DELETE FROM usage_buffer WHERE tenant_id = %s AND period_on = %s",
            [ctx.tenant, period.starts_on],
        )
    return waiting.height


def usage_of(
    ctx: Context, period: Period, *, shards: Sequence[int] | None, services: Sequence[str] | None
) -> pl.DataFrame:
    """Every record of a period that is ready to rate, of some shards and services or all, in no order."""
    paths = [row["path"] for row in segment_rows(ctx, period, shards)]
    waiting = buffered(ctx, period, services)
    if not paths:
        return waiting
    found = read_segments(usage_root(ctx), paths).select(READY_SCHEMA.names())
    if services is not None:
        found = found.filter(pl.col("service_id").is_in(services))
    gone = voided(ctx)
    if len(gone):
        found = found.filter(~pl.col("identity").is_in(gone.implode()))
    return pl.concat([found.collect().cast(READY_SCHEMA), waiting])


def suspend(ctx: Context, suspense: pl.DataFrame, *, file: FileId | None) -> None:
    """Keep records that cannot be rated, each with its reason (columns of `SUSPENSE_SCHEMA` or `WAITING_SCHEMA`)."""
    known = suspense.with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in WAITING_SCHEMA.items() if name not in suspense.columns
    )
    details = suspense.select(
        pl.concat_str([pl.col("field").fill_null(""), pl.lit("="), pl.col("value").fill_null("")]).alias("detail"),
    )["detail"]
    ctx.db.execute(
        "INSERT INTO suspense (tenant_id, id, file_id, source, record_id, line, reason, detail, record, clauses,"
        " since, state, suspended_at, settled_by) SELECT %s, s.id, %s, s.source, s.record_id, s.line, s.reason,"
        " s.detail, s.record::jsonb, s.clauses::text[], s.since, 'open', %s, '' FROM unnest(%s::uuid[], %s::text[],"
        " %s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])"
        " AS s(id, source, record_id, line, reason, detail, record, clauses, since)"
        " WHERE s.record_id = '' OR NOT EXISTS (SELECT 1 FROM suspense o WHERE o.tenant_id = %s AND o.state = 'open'"
        " AND o.source = s.source AND o.record_id = s.record_id AND o.reason = s.reason)",
        [
            ctx.tenant,
            file,
            ctx.now,
            [uuid7() for _ in range(suspense.height)],
            suspense["source"].to_list(),
            suspense["record_id"].fill_null("").to_list(),
            suspense["line"].to_list(),
            suspense["reason"].to_list(),
            details.to_list(),
            suspense["record"].to_list(),
            known.select("{" + pl.col("clauses").list.join(",").fill_null("") + "}").to_series().to_list(),
            known["since"].to_list(),
            ctx.tenant,
        ],
    )


_GATE = "hashtextextended('usage ' || %s::text, 0)"


def pass_gate(ctx: Context) -> None:
    """Take usage while no period is being closed; many may pass at once, a close waits for them."""
    ctx.db.execute(f"SELECT pg_advisory_xact_lock_shared({_GATE})", [ctx.tenant])  # our own text


def shut_gate(ctx: Context) -> None:
    """Close a period while no usage is being taken: what came before is rated, what comes after is late."""
    ctx.db.execute(f"SELECT pg_advisory_xact_lock({_GATE})", [ctx.tenant])  # our own text


def is_taken(ctx: Context, identity: UUID) -> bool:
    """Whether a record of that identity is ready to rate, or was."""
    row = ctx.db.execute(
        "SELECT 1 AS there FROM usage_identity WHERE tenant_id = %s AND identity = %s",
        [ctx.tenant, identity],
    ).fetchone()
    return row is not None


def void(ctx: Context, identity: UUID) -> None:
    """A record that is ready to rate counts no more: it comes anew, repaired, or is given up."""
    ctx.db.execute("DELETE FROM usage_buffer WHERE tenant_id = %s AND identity = %s", [ctx.tenant, identity])
    ctx.db.execute(
        "INSERT INTO usage_void (tenant_id, identity) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [ctx.tenant, identity],
    )


def voided(ctx: Context) -> pl.Series:
    """Identities of records in segments that count no more."""
    rows = ctx.db.execute("SELECT identity FROM usage_void WHERE tenant_id = %s", [ctx.tenant]).fetchall()
    return pl.Series([row["identity"].bytes for row in rows], dtype=pl.Binary)


def closed_at(ctx: Context, period: Period) -> datetime | None:
    """When a period was closed, or `None` while it is open."""
    row = ctx.db.execute(
        "SELECT closed_at FROM usage_period WHERE tenant_id = %s AND period_on = %s",
        [ctx.tenant, period.starts_on],
    ).fetchone()
    return row["closed_at"] if row else None


def closed_periods(ctx: Context) -> set[date]:
    """First days of all closed periods."""
    rows = ctx.db.execute("SELECT period_on FROM usage_period WHERE tenant_id = %s", [ctx.tenant]).fetchall()
    return {row["period_on"] for row in rows}


def close_usage(ctx: Context, period: Period) -> None:
    """From now on, what arrives for the period is late."""
    ctx.db.execute(
        "INSERT INTO usage_period (tenant_id, period_on, closed_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [ctx.tenant, period.starts_on, ctx.now],
    )


def suspense_row(ctx: Context, suspense: UUID) -> Row | None:
    """One suspended record, locked."""
    return ctx.db.execute(
        "SELECT * FROM suspense WHERE tenant_id = %s AND id = %s FOR UPDATE",
        [ctx.tenant, suspense],
    ).fetchone()


def settle(ctx: Context, suspense: UUID, *, state: str) -> None:
    """A suspended record was repaired or dropped."""
    ctx.db.execute(
        "UPDATE suspense SET state = %s, settled_at = %s, settled_by = %s WHERE tenant_id = %s AND id = %s",
        [state, ctx.now, ctx.actor.name, ctx.tenant, suspense],
    )


def settle_repaired(ctx: Context, accepted: pl.DataFrame) -> None:
    """Records that waited and now came in sound no longer wait."""
    pairs = accepted.select("source", "record_id").unique()
    ctx.db.execute(
        "UPDATE suspense s SET state = 'repaired', settled_at = %s, settled_by = %s"
        " FROM unnest(%s::text[], %s::text[]) AS a(source, record_id)"
        " WHERE s.tenant_id = %s AND s.state = 'open' AND s.source = a.source AND s.record_id = a.record_id",
        [ctx.now, ctx.actor.name, pairs["source"].to_list(), pairs["record_id"].to_list(), ctx.tenant],
    )
