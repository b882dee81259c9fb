"""Amounts with and without VAT: per rate once, then spread over the lines so that every sum agrees to the last 0.01."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from spojka.kernel.money import HALER_HALF_UP, tax_within

HALER_MICROS: Final = HALER_HALF_UP.quantum_micros
"""0.01 CZK in micro-units: what every amount on a document is a multiple of."""


class AmountNotInHaler(ValueError):
    """An amount that goes onto a document has more than two decimals: round the line first, once."""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """
    What VAT is computed from: one line's rate and its leading amount.

    Args:
        vat_rate_pct: the rate in percent, like `Decimal(21)`.
        amount_micros: gross for consumers, net for business; a multiple of 0.01, negative where money is given back.

    """

    vat_rate_pct: Decimal
    amount_micros: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """One amount three ways, in micro-units; gross is base plus tax."""

    base_micros: int
    tax_micros: int
    gross_micros: int

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.base_micros + other.base_micros,
            self.tax_micros + other.tax_micros,
            self.gross_micros + other.gross_micros,
        )


NOTHING: Final = Amounts(0, 0, 0)
"""The start of a sum of amounts."""


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of the VAT summary: a rate and what is taxed by it."""

    vat_rate_pct: Decimal
    base_micros: int
    tax_micros: int
    gross_micros: int

    @property
    def amounts(self) -> Amounts:
        """The row's three amounts without its rate."""
        return Amounts(self.base_micros, self.tax_micros, self.gross_micros)


@dataclass(frozen=True, slots=True)
class VatSplit:
    """
    The split of a whole document.

    Args:
        lines: as many as were given, in their order.
        rows: one a rate, the highest rate first.

    """

    lines: tuple[Amounts, ...]
    rows: tuple[VatRow, ...]

    @property
    def total(self) -> Amounts:
        """Base, tax and gross of the document."""
        return sum((row.amounts for row in self.rows), NOTHING)


def _apportion(shares: Sequence[int], per_step: int, total_micros: int) -> list[int]:
    """
    Whole steps of 0.01 next to the exact shares, with the given sum, by largest remainder; ties go to the earlier line.

    Unlike `kernel.money.spread` it keeps every share within 0.01 of its exact value also when lines of both signs stand
    side by side: a credit of 99.99 beside a fee of 100.00 leaves a sum too small to weigh anything by.

    Args:
        shares: exact, as whole numbers of which `per_step` make a step; a million invoices afford no fractions.
        per_step: how many.
        total_micros: what the steps come to.

    """
    split = [divmod(share, per_step) for share in shares]
    whole = [steps for steps, _ in split]
    missing = total_micros // HALER_MICROS - sum(whole)
    order = sorted(range(len(split)), key=lambda line: (-split[line][1], line))
    for line in order[:missing]:
        whole[line] += 1
    return [steps * HALER_MICROS for steps in whole]


def _split_rate(rate_pct: Decimal, amounts_micros: Sequence[int], *, prices_with_vat: bool) -> list[Amounts]:
    parts, of = rate_pct.as_integer_ratio()
    leading = sum(amounts_micros)
    steps = [amount // HALER_MICROS for amount in amounts_micros]
    if prices_with_vat:
        total = leading - tax_within(leading, rate_pct)
        bases = _apportion([amount * 100 * of for amount in steps], 100 * of + parts, total)
        return [Amounts(base, gross - base, gross) for base, gross in zip(bases, amounts_micros, strict=True)]
    total = HALER_HALF_UP.micros(Fraction(leading) * Fraction(rate_pct) / 100)
    taxes = _apportion([amount * parts for amount in steps], 100 * of, total)
    return [Amounts(net, tax, net + tax) for net, tax in zip(amounts_micros, taxes, strict=True)]


def split_vat(lines: Sequence[PricedLine], *, prices_with_vat: bool) -> VatSplit:
    """
    Split amounts into base and tax, once per rate (Czech VAT Act, §§ 36 and 37).

    With prices that include VAT, per rate: gross = sum of its lines, tax = round(gross x rate / (100 + rate), 0.01),
    base = gross - tax. With net prices: tax = round(sum of net x rate, 0.01). What belongs to a line is spread in steps
    of 0.01 by largest remainder, ties by line number; every share lies within 0.01 of its exact value.

    Raises:
        AmountNotInHaler: a line's amount is no multiple of 0.01.

    >>> split_vat([PricedLine(Decimal(21), 6_500_000)], prices_with_vat=True).total
    Amounts(base_micros=5370000, tax_micros=1130000, gross_micros=6500000)

    """
    by_rate: dict[Decimal, list[int]] = {}
    for number, line in enumerate(lines):
        if line.amount_micros % HALER_MICROS:
            raise AmountNotInHaler(
                f"line {number + 1} is {line.amount_micros} micro-units, no multiple of {HALER_MICROS}"
            )
        by_rate.setdefault(line.vat_rate_pct, []).append(number)
    split: dict[int, Amounts] = {}
    rows = []
    for rate_pct in sorted(by_rate, reverse=True):
        numbers = by_rate[rate_pct]
        shares = _split_rate(
            rate_pct, [lines[number].amount_micros for number in numbers], prices_with_vat=prices_with_vat
        )
        split.update(zip(numbers, shares, strict=True))
        total = sum(shares, NOTHING)
        rows.append(VatRow(rate_pct, total.base_micros, total.tax_micros, total.gross_micros))
    return VatSplit(tuple(split[number] for number in range(len(lines))), tuple(rows))
