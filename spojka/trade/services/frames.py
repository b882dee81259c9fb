"""What is switched off on services, over whole columns of uses: the same decisions as `rules`, for files of records."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import polars as pl

from spojka.trade.services.rules import ALWAYS_OPEN, HOME, INTERNATIONAL_CALLS, MMS, PREMIUM

SWITCH_SCHEMA: Final = pl.Schema(
    {
        "service_id": pl.String(),
        "feature": pl.String(),
        "is_on": pl.Boolean(),
        "at": pl.Datetime("us", "UTC"),
    },
)
"""Columns of switchings: in the order of time, equal instants in the order they were made."""

FEATURES: Final = (PREMIUM, MMS, INTERNATIONAL_CALLS)
"""Features that a call or a message may need (nej/3.5, 4.5-i)."""


def feature_needed() -> pl.Expr:
    """
    The feature that a use needs by its `kind`, `dest_class` and `visited`; null for what every card can do.

    A premium number asks for its own feature first, whatever is sent to it.
    """
    dest_class = pl.col("dest_class")
    return (
        pl.when(dest_class == PREMIUM)
        .then(pl.lit(PREMIUM))
        .when((pl.col("kind").cast(pl.String) == "mms") & ~dest_class.is_in(sorted(ALWAYS_OPEN)))
        .then(pl.lit(MMS))
        .when(dest_class.str.starts_with("international") & (pl.col("visited") == HOME))
        .then(pl.lit(INTERNATIONAL_CALLS))
    )


def switched_off(uses: pl.DataFrame, switches: pl.DataFrame, *, on_by_default: Collection[str]) -> pl.DataFrame:
    """
    The uses whose feature was off at their instant.

    Args:
        uses: `service_id`, `feature` (not null), `at`; more columns pass through.
        switches: columns of `SWITCH_SCHEMA`.
        on_by_default: features that are on where nobody switched them (nej/4.5-i).

    Returns:
        Those uses in the order they came, with `off_since`, the instant they were switched off; null where they never
        were on.

    """
    found = (
        uses.with_row_index("_use")
        .sort("at", maintain_order=True)
        .join_asof(
            switches.rename({"at": "off_since"}).sort("off_since", maintain_order=True),
            left_on="at",
            right_on="off_since",
            by=["service_id", "feature"],
            strategy="backward",
            check_sortedness=False,
        )
        .sort("_use")
        .drop("_use")
    )
    is_on = pl.col("is_on").fill_null(pl.col("feature").is_in(list(on_by_default)))
    return found.filter(~is_on).drop("is_on")
