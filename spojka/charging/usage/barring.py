"""Uses that the service was barred from at their instant: they wait, since nobody pays for what was barred."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from spojka.charging.usage import reasons
from spojka.charging.usage.classes import CALL_KINDS
from spojka.charging.usage.records import SUSPENSE_SCHEMA, WAITING_SCHEMA, grounded
from spojka.charging.usage.screening import as_texts
from spojka.charging.usage.terms import BarTerms
from spojka.trade.services.frames import feature_needed, switched_off
from spojka.trade.services.rules import PREMIUM


@dataclass(frozen=True)
class Bars:
    """
    All that decides which uses were barred.

    Args:
        switches: columns of `SWITCH_SCHEMA` of the services concerned.
        begun: `service_id` and `begun_at`, since when its default settings have stood.
        terms: the default settings.

    """

    switches: pl.DataFrame
    begun: pl.DataFrame
    terms: BarTerms


@dataclass(frozen=True, slots=True)
class Unbarred:
    """Records that were open at their instant, and those that were not (columns of `WAITING_SCHEMA`)."""

    open: pl.DataFrame
    waiting: pl.DataFrame


def keep_back_barred(ready: pl.DataFrame, bars: Bars) -> Unbarred:
    """
    Part ready records by whether what they used was open at their start (nej/3.5, 4.5-i).

    Concerns what the service itself used; a call that was never answered used nothing. One look-up of the switches for
    the few records that need a feature at all.
    """
    used = (pl.col("direction") != "mt") & (~pl.col("kind").is_in(CALL_KINDS) | (pl.col("duration_s") > 0))
    place = pl.int_range(pl.len(), dtype=pl.UInt32)
    asking = ready.select(pl.when(used).then(feature_needed()).alias("feature"), place.alias("_place")).drop_nulls()
    if asking.is_empty():
        return Unbarred(ready, pl.DataFrame(schema=WAITING_SCHEMA))
    concerned = ready[asking["_place"]].with_columns(asking["feature"], asking["_place"])
    barred = switched_off(concerned, bars.switches, on_by_default=bars.terms.default_profile_on.value)
    if barred.is_empty():
        return Unbarred(ready, pl.DataFrame(schema=WAITING_SCHEMA))
    is_open = pl.repeat(True, ready.height, eager=True).scatter(barred["_place"], False)
    return Unbarred(ready.filter(is_open), _waiting(barred, bars))


def _waiting(barred: pl.DataFrame, bars: Bars) -> pl.DataFrame:
    premium = pl.col("feature") == PREMIUM
    told = barred.join(bars.begun, on="service_id", how="left", maintain_order="left")
    return grounded(
        told.select(
            "source",
            "record_id",
            pl.col("line").cast(pl.Int64),
            pl.when(premium)
            .then(pl.lit(reasons.PREMIUM_USED_WHILE_BARRED))
            .otherwise(pl.lit(reasons.SERVICE_USED_WHILE_OFF))
            .alias("reason"),
            pl.when(premium).then(pl.lit("other")).otherwise(pl.lit("feature")).alias("field"),
            pl.when(premium).then("other").otherwise("feature").alias("value"),
            pl.struct(as_texts()).struct.json_encode().alias("record"),
        ).cast(SUSPENSE_SCHEMA),
        _grounds(bars.terms),
        since=told.select(pl.coalesce("off_since", "begun_at"))["off_since"],
    )


def _grounds(terms: BarTerms) -> dict[str, list[str]]:
    return {
        reasons.PREMIUM_USED_WHILE_BARRED: [terms.premium_barred_by_default.ref.id],
        reasons.SERVICE_USED_WHILE_OFF: [terms.default_profile_off.ref.id, terms.optional_services.ref.id],
    }
