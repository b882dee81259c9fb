"""How late records of closed periods are, and which of them may be billed all the same (nej/4.7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from spojka.charging.usage import reasons
from spojka.charging.usage.classes import HOME_ZONE
from spojka.charging.usage.cutting import period_on
from spojka.charging.usage.records import SUSPENSE_SCHEMA, WAITING_SCHEMA, grounded
from spojka.charging.usage.screening import as_texts
from spojka.charging.usage.terms import LateTerms

_ROAMING: Final = {
    "voice": "roaming_voice",
    "video": "roaming_voice",
    "sms": "roaming_sms",
    "mms": "roaming_sms",
    "data": "roaming_data",
}
_THIRD_PARTY: Final = "third_party"


@dataclass(frozen=True, slots=True)
class Placed:
    """
    Ready records by whether they may be billed.

    Args:
        billable: with their `generation`: 0 in time, else how many invoices late.
        waiting: columns of `WAITING_SCHEMA`.

    """

    billable: pl.DataFrame
    waiting: pl.DataFrame


def late_class() -> pl.Expr:
    """What a record of use is among the classes of late billing; null for ordinary use at home (nej/4.7)."""
    kind = pl.col("kind").cast(pl.String)
    return (
        pl.when(kind == "payment")
        .then(pl.lit(_THIRD_PARTY))
        .when(pl.col("zone") != HOME_ZONE)
        .then(kind.replace_strict(_ROAMING, default=None, return_dtype=pl.String))
    )


def place_late(
    ready: pl.DataFrame, *, closed: Collection[date], today: date, terms: LateTerms, approved: bool
) -> Placed:
    """
    Give ready records their generation and keep back those that are too late, or of a class that may not be late.

    Args:
        ready: from `screen`.
        closed: first days of the closed periods; records of others are in time.
        today: the day the records arrived.
        terms: how late which classes may be.
        approved: what would be kept back is billed all the same.

    """
    day = period_on(pl.col("at"))
    late = day.is_in(list(closed)) if closed else pl.lit(value=False)
    months = (today.year * 12 + today.month) - (day.dt.year() * 12 + day.dt.month())
    placed = ready.with_columns(generation=pl.when(late).then(months).otherwise(0).cast(pl.Int32))
    if approved or not closed:
        return Placed(placed, pl.DataFrame(schema=WAITING_SCHEMA))
    most, classes = terms.late_billing_max_months, terms.late_billing_default_classes
    allowed = late_class().is_in(classes.value).fill_null(value=False)
    reason = (
        pl.when((pl.col("generation") > 0) & ~allowed)
        .then(pl.lit(reasons.LATE_BILLING_CLASS_NOT_ALLOWED))
        .when(pl.col("generation") > most.value)
        .then(pl.lit(reasons.LATE_BILLING_OVER_2_MONTHS))
    )
    judged = placed.with_columns(_reason=reason)
    billable = judged.filter(pl.col("_reason").is_null()).drop("_reason")
    kept_back = judged.filter(pl.col("_reason").is_not_null())
    grounds = {
        reasons.LATE_BILLING_CLASS_NOT_ALLOWED: [classes.ref.id],
        reasons.LATE_BILLING_OVER_2_MONTHS: [most.ref.id],
    }
    waiting = kept_back.select(
        "source",
        "record_id",
        pl.col("line").cast(pl.Int64),
        pl.col("_reason").alias("reason"),
        pl.lit("at").alias("field"),
        pl.col("at").cast(pl.String).alias("value"),
        pl.struct(as_texts()).struct.json_encode().alias("record"),
    ).cast(SUSPENSE_SCHEMA)
    return Placed(billable, grounded(waiting, grounds))
