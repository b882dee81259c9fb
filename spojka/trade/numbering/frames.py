"""The number plan over whole columns: the same decisions as `plan`, set-based, for files of records."""

from __future__ import annotations

from typing import Final

import polars as pl

from spojka.trade.numbering.numbers import HOME_CODE, HOME_DIGITS
from spojka.trade.numbering.plan import INTERNATIONAL, NumberPlan
from spojka.trade.numbering.refusals import INVALID_NUMBER, UNKNOWN_DESTINATION

DESTINATION_SCHEMA: Final = pl.Schema(
    {
        "number": pl.String(),
        "dest_class": pl.String(),
        "reason": pl.String(),
        "number_price_micros": pl.Int64(),
        "number_price_per": pl.String(),
    },
)
"""Columns of `destinations`."""


def destinations(plan: NumberPlan, numbers: pl.Series) -> pl.DataFrame:
    """
    Classify a column of normalised numbers.

    Args:
        plan: the plan.
        numbers: normalised numbers, nulls and repeats allowed.

    Returns:
        One row for each distinct number: `dest_class`, or `reason` why there is none; and the price in the number with
        what it is per (`minute`, `call`), for ranges that have one. A mobile number is `mobile`: its network is
        looked up by instant, not here.

    """
    distinct = pl.DataFrame({"number": numbers.drop_nulls().unique()}, schema={"number": pl.String})
    number = pl.col("number")
    home = ~number.str.starts_with("+") | number.str.starts_with(f"+{HOME_CODE}")
    found = distinct.with_columns(
        home=home,
        national=number.str.strip_prefix(f"+{HOME_CODE}"),
    ).with_columns(place=_place(plan), zone=_zone(plan))
    return _described(plan, found).select(DESTINATION_SCHEMA.names()).cast(DESTINATION_SCHEMA)


def _place(plan: NumberPlan) -> pl.Expr:
    """Position in `plan.ordered` of the row that decides, by a look-up for each length of prefix."""
    national = pl.col("national")
    lengths = sorted({len(prefix) for prefix, _, _ in plan.ordered})
    found = []
    for length in lengths:
        table: dict[str, int] = {}
        for place, (prefix, digits, _) in enumerate(plan.ordered):
            if len(prefix) == length:
                table.setdefault(f"{prefix}/{digits}", place)
        key = national.str.slice(0, length) + "/" + national.str.len_chars().cast(pl.String)
        found.append(key.replace_strict(table, default=None, return_dtype=pl.Int32))
    return pl.when(pl.col("home")).then(pl.min_horizontal(found) if found else pl.lit(None, dtype=pl.Int32))


def _zone(plan: NumberPlan) -> pl.Expr:
    """The dial zone of a foreign number, by the longest calling code."""
    codes = plan.zone_of_prefix
    by_length = [
        pl.col("number")
        .str.slice(0, length)
        .replace_strict(
            {code: zone for code, zone in codes.items() if len(code) == length},
            default=None,
            return_dtype=pl.String,
        )
        for length in sorted({len(code) for code in codes}, reverse=True)
    ]
    return pl.when(~pl.col("home")).then(pl.coalesce(by_length) if by_length else pl.lit(None, dtype=pl.String))


def _described(plan: NumberPlan, found: pl.DataFrame) -> pl.DataFrame:
    ranges = [one for _, _, one in plan.ordered]
    place, zone = pl.col("place"), pl.col("zone")

    def of_range(values: list[object], kind: type[pl.DataType]) -> pl.Expr:
        return place.replace_strict(list(range(len(values))), values, default=None, return_dtype=kind)

    step = of_range([one.price.czk_per_step if one.price else None for one in ranges], pl.Int64)
    digits = pl.col("national").str.slice(3, 2).cast(pl.Int64, strict=False)
    wrong_length = pl.col("home") & (pl.col("national").str.len_chars() != HOME_DIGITS)
    return found.with_columns(
        dest_class=pl.coalesce(
            of_range([one.dest_class for one in ranges], pl.String),
            pl.lit(f"{INTERNATIONAL}.") + zone,
        ),
        reason=pl.when(place.is_null() & zone.is_null()).then(
            pl.when(wrong_length).then(pl.lit(INVALID_NUMBER)).otherwise(pl.lit(UNKNOWN_DESTINATION)),
        ),
        number_price_micros=digits * step * 1_000_000,
        number_price_per=of_range([one.price.per if one.price else None for one in ranges], pl.String),
    )
