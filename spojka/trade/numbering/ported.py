"""Which network a number is in at an instant: the ported-number database with validity times (nej/2.12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from spojka.kernel.time import micros_of

STAY_SCHEMA: Final = pl.Schema(
    {
        "number": pl.String(),
        "network": pl.String(),
        "valid_from": pl.Datetime("us", "UTC"),
        "valid_to": pl.Datetime("us", "UTC"),
    },
)
"""Columns of the database: one row for each stay of a number in a network; an open end is null."""


class StaysOverlap(ValueError):
    """A number would be in two networks at once; says which number and from when."""


def blocks_between(first: str, last: str) -> list[str]:
    """
    Beginnings that hold exactly the numbers from the first to the last, both included and of one length.

    >>> blocks_between("+420601000000", "+420601999999"), blocks_between("+420601000099", "+420601000110")
    (['+420601'], ['+420601000099', '+42060100010', '+420601000110'])
    """
    if len(first) != len(last) or first > last:
        raise ValueError(f"{first} to {last} is no run of numbers of one length")
    begun, sign = [], first[: len(first) - len(first.lstrip("+"))]
    low, high = int(first), int(last)
    while low <= high:
        size = 1
        while low % (size * 10) == 0 and low + size * 10 - 1 <= high:
            size *= 10
        begun.append(f"{sign}{low // size}")
        low += size
    return begun


@dataclass(frozen=True, slots=True)
class Stay:
    """A number's stay in a network, `[valid_from, valid_to)`; an open end is `None`."""

    number: str
    network: str
    valid_from: datetime
    valid_to: datetime | None = None


class PortedNumbers:
    """
    The networks of numbers, looked up by instant.

    Args:
        stays: columns of `STAY_SCHEMA`, in any order; stays of one number must not overlap (`StaysOverlap`).
        blocks: the network that holds a block of numbers, by its beginning (`+42079950`), for numbers with no stay at
            the instant; the longest beginning decides.
        version: names the state of the database; a record keeps it beside the network found.

    """

    def __init__(self, stays: pl.DataFrame, *, version: str, blocks: Mapping[str, str] | None = None) -> None:
        self.version = version
        self._blocks = dict(blocks or {})
        if "" in self._blocks:
            raise ValueError("a block of numbers has no beginning: it would hold every number")
        self._stays = stays.select(STAY_SCHEMA.names()).cast(STAY_SCHEMA).sort("number", "valid_from")
        self._refuse_overlaps()
        self._numbers = self._stays["number"].str.strip_prefix("+").cast(pl.Int64).to_numpy()
        self._from_micros = self._stays["valid_from"].dt.timestamp("us").to_numpy()

    @classmethod
    def of(cls, stays: Iterable[Stay], *, version: str, blocks: Mapping[str, str] | None = None) -> PortedNumbers:
        """The same from single stays."""
        rows = [(one.number, one.network, one.valid_from, one.valid_to) for one in stays]
        return cls(pl.DataFrame(rows, schema=STAY_SCHEMA, orient="row"), version=version, blocks=blocks)

    def _refuse_overlaps(self) -> None:
        previous_end = pl.col("valid_to").shift(1).over("number")
        clash = self._stays.filter(
            (pl.col("number").is_duplicated() & (previous_end.is_null() | (previous_end > pl.col("valid_from"))))
            & (pl.col("number") == pl.col("number").shift(1)),
        )
        if clash.height:
            number, valid_from = clash["number"][0], clash["valid_from"][0]
            raise StaysOverlap(f"{number} is in another network already at {valid_from:%Y-%m-%dT%H:%M:%SZ}")

    def network_at(self, number: str, at: datetime) -> str | None:
        """The network of a normalised number at an instant; `None` when neither a stay nor a block knows it."""
        digits, micros = int(number.lstrip("+")) if number.lstrip("+").isdigit() else -1, micros_of(at)
        first = int(np.searchsorted(self._numbers, digits, side="left"))
        end = int(np.searchsorted(self._numbers, digits, side="right"))
        place = first + int(np.searchsorted(self._from_micros[first:end], micros, side="right")) - 1
        if place >= first:
            valid_to = self._stays["valid_to"][place]
            if valid_to is None or at < valid_to:
                return str(self._stays["network"][place])
        return self._block_of(number)

    def _block_of(self, number: str) -> str | None:
        starts = (number[:length] for length in range(len(number), 0, -1))
        return next((self._blocks[start] for start in starts if start in self._blocks), None)

    def networks(self, calls: pl.DataFrame, *, number: str, at: str) -> pl.Series:
        """
        The network of each row's number at the row's instant, in the rows' order; null when not known.

        Args:
            calls: the rows.
            number: name of the column of normalised numbers; nulls allowed.
            at: name of the column of instants (microseconds, UTC).

        """
        asked = calls.select(number=pl.col(number), at=pl.col(at)).with_row_index("row").sort("at")
        found = asked.join_asof(
            self._stays.sort("valid_from"),
            left_on="at",
            right_on="valid_from",
            by="number",
            strategy="backward",
            check_sortedness=False,
        )
        lasting = pl.col("valid_to").is_null() | (pl.col("at") < pl.col("valid_to"))
        stay = pl.when(lasting).then(pl.col("network"))
        return found.sort("row").select(network=pl.coalesce([stay, *self._block_expressions()]))["network"]

    def _block_expressions(self) -> list[pl.Expr]:
        return [
            pl.col("number")
            .str.slice(0, length)
            .replace_strict(
                {start: network for start, network in self._blocks.items() if len(start) == length},
                default=None,
                return_dtype=pl.String(),
            )
            for length in sorted({len(start) for start in self._blocks}, reverse=True)
        ]
