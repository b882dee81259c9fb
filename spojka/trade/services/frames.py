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

HOLD_SCHEMA: Final = pl.Schema(
    {
        "service_id": pl.String(),
        "scope": pl.String(),
        "reason": pl.String(),
        "clauses": pl.List(pl.String()),
        "held_at": pl.Datetime("us", "UTC"),
        "released_at": pl.Datetime("us", "UTC"),
    },
)
"""Columns of holds; open end null."""

TARIFF_SCHEMA: Final = pl.Schema(
    {"service_id": pl.String(), "from_on": pl.Date(), "eu_included": pl.Boolean(), "included_by": pl.String()},
)
"""Columns of tariffs: from which Prague day roaming in the EU zone was part of a service's tariff, by which clause."""

ROAMING: Final = "roaming"
"""Feature that opens roaming where the tariff does not include it (nej/2.2)."""

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


def _closable() -> pl.Expr:
    """Uses that a hold or missing roaming closes: not emergency and harmonised numbers (nej/3.7), nor payments."""
    open_always = pl.col("dest_class").is_in(sorted(ALWAYS_OPEN)).fill_null(value=False)
    return (pl.col("kind").cast(pl.String) != "payment") & ~open_always


def held_back(uses: pl.DataFrame, holds: pl.DataFrame) -> pl.DataFrame:
    """
    The uses that a hold closed at their instant (nej/4.19); what is restricted outgoing still comes in.

    Args:
        uses: `service_id`, `kind`, `direction`, `dest_class`, `at`; more columns pass through.
        holds: columns of `HOLD_SCHEMA`.

    Returns:
        Those uses in the order they came, with `scope`, `reason`, `clauses` and `held_at` of the hold that closed them:
        the one of both directions first, then the oldest.

    """
    own = pl.col("direction") != "mt"
    is_data = pl.col("kind").cast(pl.String) == "data"
    scope = pl.col("scope")
    closes = (scope == "both") | ((scope == "outgoing") & own) | ((scope == "data") & is_data & own)
    lasting = (pl.col("held_at") <= pl.col("at")) & (
        pl.col("released_at").is_null() | (pl.col("at") < pl.col("released_at"))
    )
    return (
        uses.with_row_index("_use")
        .filter(_closable())
        .join(holds, on="service_id", how="inner")
        .filter(lasting & closes)
        .sort("_use", scope != "both", "held_at")
        .unique("_use", keep="first", maintain_order=True)
        .drop("_use", "released_at")
    )


def roaming_closed(
    uses: pl.DataFrame, tariffs: pl.DataFrame, switches: pl.DataFrame, *, eu: Collection[str]
) -> pl.DataFrame:
    """
    The uses abroad of services that had no roaming at their instant: neither in the tariff nor ordered (nej/2.2).

    Args:
        uses: `service_id`, `kind`, `dest_class`, `visited`, `at`; more columns pass through.
        tariffs: columns of `TARIFF_SCHEMA`; where none is known, a use in the EU zone is not judged.
        switches: columns of `SWITCH_SCHEMA`.
        eu: countries of the EU zone.

    Returns:
        Those uses in the order they came, with `included_by`, the clause of the tariff that says so in the EU zone.

    """
    abroad = uses.filter((pl.col("visited") != HOME) & _closable()).with_columns(feature=pl.lit(ROAMING))
    unordered = switched_off(abroad, switches, on_by_default=()).drop("feature", "off_since")
    in_eu = pl.col("visited").is_in(list(eu))
    placed = (
        unordered.with_columns(_day=pl.col("at").dt.convert_time_zone("Europe/Prague").dt.date())
        .with_row_index("_use")
        .sort("_day", maintain_order=True)
        .join_asof(
            tariffs.sort("from_on", maintain_order=True),
            left_on="_day",
            right_on="from_on",
            by="service_id",
            strategy="backward",
            check_sortedness=False,
        )
        .sort("_use")
    )
    return (
        placed.filter(~(in_eu & pl.col("eu_included").fill_null(value=True)))
        .with_columns(included_by=pl.when(in_eu).then("included_by"))
        .drop("_use", "_day", "from_on", "eu_included")
    )
