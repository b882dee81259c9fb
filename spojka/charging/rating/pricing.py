"""The rules that findings about usage name: the price of one record, and the total of a line."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from spojka.kernel.money import RECORD_HALF_UP, Money, Rounding
from spojka.terms.clauses import Term
from spojka.terms.findings import rule
from spojka.terms.units import Increment, UnitPrice

UNIT_SIZES = {"min": 60, "s": 1, "SMS": 1, "MMS": 1, "MB": 1024 * 1024, "kB": 1024, "call": 1}
"""How many of a record's own units (seconds, parts, bytes) one unit of a price has."""


@rule(
    cs="{result}: skutečně {used}, účtováno {billed}, z volných jednotek {free}, placeno {paid} za {price}",
    en="{result}: {used} in fact, {billed} billed, {free} from free units, {paid} paid at {price}",
)
def record_price(
    *,
    used: int,
    billed: int,
    free: int,
    paid: int,
    price: Term[UnitPrice],
    step: int,
    rules: list[Term[Any]],
    decimals: Term[int],
) -> Money:
    """
    The price of one record's paid units, by started steps, rounded half up to 4 decimals (nej/1.10, 2.10, 2.11).

    Args:
        used: seconds, parts or bytes in fact.
        billed: after the charging step.
        free: taken from pools and buckets.
        paid: what is left to pay.
        price: for one unit.
        step: the smallest priced quantity, in the record's units.
        rules: further terms that decided.
        decimals: of a record's amount.

    """
    assert used >= 0, used
    assert billed >= free + paid, (billed, free, paid)
    assert isinstance(rules, list)
    steps = -(-paid // step)
    rounding = Rounding(RECORD_HALF_UP.name, 10 ** (6 - decimals.value))
    return price.value.money.times(Fraction(steps * step, UNIT_SIZES[price.value.unit]), rounding)


@rule(
    cs="{result}: skutečně {used}, účtováno {billed}, z volných jednotek {free}; nic se neplatí",
    en="{result}: {used} in fact, {billed} billed, {free} from free units; nothing is paid",
)
def nothing_to_pay(*, used: int, billed: int, free: int, rules: list[Term[Any]]) -> Money:
    """A record that free units, a free number or an interruption leaves without a price (nej/2.13, 2.17, 3.7)."""
    assert 0 <= free <= billed, (free, billed)
    assert used >= 0, used
    assert isinstance(rules, list)
    return Money.zero()


@rule(
    cs="{result}: cena {crowns} Kč je v čísle, za {per}",
    en="{result}: the price {crowns} CZK stands in the number, for {per}",
)
def number_price(*, crowns: int, per: str, paid: int, rules: list[Term[Any]]) -> Money:
    """The price that a premium number carries: for each started minute, or for the call (nej/2.12, 3.5)."""
    assert isinstance(rules, list)
    count = -(-paid // 60) if per == "minute" else min(paid, 1)
    return Money.czk(crowns * count)


@rule(
    cs="{result}: {records} záznamů, celkem {quantity} {unit}, podle cen {prices}",
    en="{result}: {records} records, {quantity} {unit} in all, at {prices}",
)
def usage_total(
    *,
    total: Money,
    records: int,
    quantity: int,
    unit: str,
    prices: list[Term[Any]],
    steps: Sequence[Term[Any]] = (),
) -> Money:
    """
    The exact sum of rated records of one line; it is rounded once, on the invoice.

    `steps` are the terms by which lengths were counted; totals posted before they were kept have none.
    """
    assert records >= 0, records
    assert quantity >= 0, quantity
    assert unit, unit
    assert isinstance(prices, list)
    assert all(isinstance(step.value, Increment) for step in steps), steps
    return total


@rule(
    cs="{result}: přepočet {before} na {after}",
    en="{result}: {before} recalculated to {after}",
)
def usage_difference(*, before: Money, after: Money) -> Money:
    """What a new rating changes of what was posted before; only the difference is billed."""
    return after - before


@rule(
    cs="{result}: {units} jednotek nad poměrnou část {entitled} podle ceníku",
    en="{result}: {units} units above the proportional part {entitled}, by the price list",
)
def above_part(*, total: Money, units: int, entitled: int) -> Money:
    """Units used above the proportional part of a tariff that ended early, at that tariff's prices (nej/2.13)."""
    assert units >= 0, units
    assert entitled >= 0, entitled
    return total
