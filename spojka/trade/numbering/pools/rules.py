"""Which number of a pool comes next, which MSISDN goes with it, and whether a number belongs to a pool at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from spojka.kernel.refusals import Refusal
from spojka.kernel.time import start_of
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse, rule
from spojka.trade.numbering.numbers import normalise
from spojka.trade.numbering.pools.refusals import NUMBER_FORMAT_INVALID, POOL_EXHAUSTED
from spojka.trade.numbering.pools.terms import PoolTerms


@dataclass(frozen=True, slots=True)
class Block:
    """
    A run of numbers of one length.

    Args:
        first, last: both included; digits, with a leading `+` where it is an MSISDN.
        pairs: the first number of the block of MSISDNs whose tails go with this one's.

    """

    first: str
    last: str
    pairs: str | None = None

    def __post_init__(self) -> None:
        if len(self.first) != len(self.last) or self.first > self.last:
            raise ValueError(f"{self.first} to {self.last} is no run of numbers of one length")

    def __len__(self) -> int:
        return int(self.last) - int(self.first) + 1

    def __iter__(self) -> Iterator[str]:
        return (_moved(self.first, place) for place in range(len(self)))

    def place_of(self, number: str) -> int | None:
        """Where a number stands in the run, or `None` when it is not in it."""
        if len(number) != len(self.first) or not self.first <= number <= self.last:
            return None
        return int(number) - int(self.first)


def _moved(number: str, places: int) -> str:
    sign = "+" if number.startswith("+") else ""
    digits = number.removeprefix("+")
    return f"{sign}{int(digits) + places:0{len(digits)}}"


@dataclass(frozen=True, slots=True)
class NumberPool:
    """
    A pool: its blocks in the order they are given out, and the terms that set it.

    Args:
        code: its name in the pack and in the terms.
        blocks: as the pack lists them.
        terms: kind, products, pattern, size.

    """

    code: str
    blocks: tuple[Block, ...]
    terms: PoolTerms

    def __iter__(self) -> Iterator[str]:
        return (number for block in self.blocks for number in block)

    def __len__(self) -> int:
        return sum(len(block) for block in self.blocks)


def lowest_free(pool: NumberPool, held: Collection[str]) -> str | None:
    """The first number of a pool, in the order of its blocks, that nobody holds (o2/3.1-a, 3.1-b)."""
    return next((number for number in pool if number not in held), None)


def paired_msisdn(pool: NumberPool, number: str) -> str | None:
    """The MSISDN with the same tail as an application's number, or `None` where the pack pairs none (o2/3.1-a)."""
    for block in pool.blocks:
        place = block.place_of(number)
        if place is not None and block.pairs is not None:
            return _moved(block.pairs, place)
    return None


def written(pool: NumberPool, text: str, *, product: str) -> str | Refusal:
    """A number given by hand in the form it is kept in, or `NUMBER_FORMAT_INVALID` when the pool has no such number."""
    number = normalise(text)
    pattern = pool.terms.pattern
    inside = number is not None and any(block.place_of(number) is not None for block in pool.blocks)
    if number is None or not inside or not re.fullmatch(pattern.value, number):
        figures = {"number": text, "product": product, "pattern": pattern.value}
        return refuse(NUMBER_FORMAT_INVALID, pattern, figures=figures)
    return number


def exhausted(pool: NumberPool) -> Refusal:
    """`POOL_EXHAUSTED`: every number of the pool is held or rests."""
    return refuse(POOL_EXHAUSTED, pool.terms.size, figures={"pool": pool.code, "size": len(pool)})


@rule(
    cs="Číslo uvolněné {released_on} lze znovu přidělit od {result}: odpočívá {days} dní",
    en="A number released on {released_on} can be given out again from {result}: it rests for {days} days",
)
def rests_until(*, released_on: date, days: Term[int]) -> datetime:
    """The instant from which a released number is free again: the start of the day that many days later (o2/3.1-a)."""
    return start_of(released_on + timedelta(days=days.value))
