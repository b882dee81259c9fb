"""Uses of services that were held, or had no roaming, at their instant: they wait, since nobody pays for either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from spojka.access.operations.context import Context
from spojka.charging.usage import reasons
from spojka.charging.usage.barring import Unbarred
from spojka.charging.usage.classes import CALL_KINDS
from spojka.charging.usage.cutting import PART
from spojka.charging.usage.records import WAITING_SCHEMA
from spojka.charging.usage.screening import as_texts
from spojka.charging.usage.terms import StandingTerms
from spojka.kernel.time import day_of
from spojka.trade.catalogue.terms import Catalogue
from spojka.trade.publications.shelf import Shelf, shelf_of
from spojka.trade.services.frames import (
    HOLD_SCHEMA,
    ROAMING,
    SWITCH_SCHEMA,
    TARIFF_SCHEMA,
    held_back,
    roaming_closed,
)
from spojka.trade.services.rules import HOME

_PLACE: Final = "_place"
_SUMMED: Final = ("duration_s", "bytes_up", "bytes_down")
_HOLDS: Final = """
SELECT service_id::text, scope, reason, ARRAY(SELECT jsonb_array_elements_text(clauses)) AS clauses, held_at,
    released_at
FROM service_hold WHERE tenant_id = %(t)s AND scope = ANY('{both,outgoing,data}') AND held_at <= %(last)s
    AND (released_at IS NULL OR released_at > %(first)s) AND (%(s)s::uuid[] IS NULL OR service_id = ANY(%(s)s))
"""
_SWITCHES: Final = """
SELECT service_id::text, feature, is_on, at FROM service_switch
WHERE tenant_id = %(t)s AND feature = %(f)s AND service_id = ANY(%(s)s::uuid[]) ORDER BY at, id
"""
_TARIFFS: Final = """
SELECT t.service_id::text AS service, t.tariff, t.valid_from, t.valid_to, c.signed_on FROM service_tariff t
JOIN service s ON s.tenant_id = t.tenant_id AND s.id = t.service_id
JOIN contract c ON c.tenant_id = s.tenant_id AND c.id = s.contract_id
WHERE t.tenant_id = %(t)s AND t.service_id = ANY(%(s)s::uuid[]) AND t.valid_from <= %(last)s
    AND (t.valid_to IS NULL OR t.valid_to > %(first)s)
"""


@dataclass(frozen=True)
class Standings:
    """
    How services stood while records were made.

    Args:
        holds: columns of `HOLD_SCHEMA`.
        tariffs: columns of `TARIFF_SCHEMA`, of services that were abroad.
        switches: columns of `SWITCH_SCHEMA`, of roaming.
        terms: the clauses.

    """

    holds: pl.DataFrame
    tariffs: pl.DataFrame
    switches: pl.DataFrame
    terms: StandingTerms


def standings_for(ctx: Context, ready: pl.DataFrame, *, every: bool) -> Standings:
    """
    How the services of ready records stood from the first record to the last, with one query a table.

    Args:
        ctx: the call.
        ready: from `screen`.
        every: so many services that holds are not asked by service.

    """
    shelf = shelf_of(ctx)
    terms = shelf.sheet(StandingTerms, ctx.today)
    holds, tariffs, switches = (pl.DataFrame(schema=kind) for kind in (HOLD_SCHEMA, TARIFF_SCHEMA, SWITCH_SCHEMA))
    if ready.is_empty():
        return Standings(holds, tariffs, switches, terms)
    first, last = ready.select(pl.col("at").min().alias("first"), pl.col("at").max().alias("last")).row(0)
    services = None if every else ready["service_id"].unique().to_list()
    asked = {"t": ctx.tenant, "first": first, "last": last, "s": services}
    holds = pl.DataFrame(ctx.db.execute(_HOLDS, asked).fetchall(), schema=HOLD_SCHEMA, orient="row")
    abroad = ready.filter(pl.col("visited") != HOME)["service_id"].unique().to_list()
    if abroad:
        days = {"t": ctx.tenant, "s": abroad, "first": day_of(first), "last": day_of(last), "f": ROAMING}
        switches = pl.DataFrame(ctx.db.execute(_SWITCHES, days).fetchall(), schema=SWITCH_SCHEMA, orient="row")
        tariffs = tariffs_of(ctx, shelf, days)
    return Standings(holds, tariffs, switches, terms)


def tariffs_of(ctx: Context, shelf: Shelf, asked: dict[str, object]) -> pl.DataFrame:
    """Whether tariffs included the EU zone, cut where an edition that changes terms begins to bind."""
    first, last = asked["first"], asked["last"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    starts = {day for edition in shelf.editions for day in (edition.effective_from, edition.binds_existing_from)}
    cuts = sorted(day for day in starts if first < day <= last)
    known: dict[tuple[str, date, date], tuple[bool, str] | None] = {}
    rows: list[tuple[str, date, bool, str]] = []
    for row in ctx.db.execute(_TARIFFS, asked).fetchall():
        begins = max(row["valid_from"], first)
        ends = row["valid_to"] or last + timedelta(days=1)
        for day in (begins, *(cut for cut in cuts if begins < cut < ends)):
            key = (row["tariff"], day, row["signed_on"])
            if key not in known:
                tariff = shelf.sheet(Catalogue, day, row["signed_on"]).tariff.get(row["tariff"])
                flag = None if tariff is None else tariff.roaming_eu_included
                known[key] = None if flag is None else (flag.value, flag.ref.id)
            found = known[key]
            if found is not None:
                rows.append((row["service"], day, *found))
    return pl.DataFrame(rows, schema=TARIFF_SCHEMA, orient="row")


def keep_back_closed(ready: pl.DataFrame, standings: Standings) -> Unbarred:
    """
    Part ready records by whether their service was open where it was used when the use began (nej/4.19, 2.2).

    The parts of a data session go together, by its start, and wait as the session that came. A call that was never
    answered used nothing.
    """
    used = ~pl.col("kind").is_in(CALL_KINDS) | (pl.col("duration_s") > 0)
    held_services = standings.holds["service_id"].unique().implode()
    asking = used & (pl.col("service_id").is_in(held_services) | (pl.col("visited") != HOME))
    concerned = ready.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias(_PLACE)).filter(asking)
    if concerned.is_empty():
        return Unbarred(ready, pl.DataFrame(schema=WAITING_SCHEMA))
    placed = concerned.with_columns(_began=pl.col("at"), at=pl.col("at").min().over("source", "record_id"))
    held = held_back(placed, standings.holds)
    rest = placed.join(held.select(_PLACE), on=_PLACE, how="anti", maintain_order="left")
    away = roaming_closed(rest, standings.tariffs, standings.switches, eu=standings.terms.eu_zone.value)
    closed = pl.concat([_of_holds(held, standings.terms), _of_roaming(away, standings.terms)])
    if closed.is_empty():
        return Unbarred(ready, pl.DataFrame(schema=WAITING_SCHEMA))
    is_open = pl.repeat(True, ready.height, eager=True).scatter(closed[_PLACE], False)
    return Unbarred(ready.filter(is_open), _waiting(closed.sort(_PLACE)))


def _of_holds(held: pl.DataFrame, terms: StandingTerms) -> pl.DataFrame:
    named = pl.when(pl.col("clauses").list.len() > 0).then("clauses")
    return held.select(
        pl.exclude("scope", "reason", "clauses", "held_at"),
        pl.lit(reasons.SERVICE_USED_WHILE_HELD).alias("reason"),
        pl.lit("hold").alias("field"),
        pl.col("reason").alias("value"),
        named.fill_null(pl.lit([terms.restriction_reason_required.ref.id])).alias("clauses"),
        pl.col("held_at").alias("since"),
    )


def _of_roaming(away: pl.DataFrame, terms: StandingTerms) -> pl.DataFrame:
    basic = terms.roaming_in_basic_service.ref.id
    return away.select(
        pl.exclude("included_by"),
        pl.lit(reasons.ROAMING_USED_WHILE_NOT_INCLUDED).alias("reason"),
        pl.lit("visited").alias("field"),
        pl.col("visited").alias("value"),
        pl.concat_list(pl.lit(basic), "included_by").list.drop_nulls().alias("clauses"),
        pl.lit(None, dtype=WAITING_SCHEMA["since"]).alias("since"),
    )


def _waiting(closed: pl.DataFrame) -> pl.DataFrame:
    """One row for each record that came, the parts of a session as one again."""
    summed = [pl.col(name).sum() for name in _SUMMED]
    others = pl.exclude("source", "record_id", "line", PART, *_SUMMED).first()
    whole = closed.group_by("source", "record_id", "line", maintain_order=True).agg(*summed, others)
    return whole.select(
        pl.struct(as_texts()).struct.json_encode().alias("record") if name == "record" else pl.col(name).cast(kind)
        for name, kind in WAITING_SCHEMA.items()
    )
