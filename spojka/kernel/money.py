"""Exact money: `Decimal` with a currency at the edges, whole micro-crowns inside, rounding only by a named policy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Self

from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import GetCoreSchemaHandler

MICROS: Final = 1_000_000
"""Micro-units in one unit of a currency."""

_TEXT = re.compile(r"^(?P<amount>-?\d+(?:\.\d{1,6})?) (?P<currency>[A-Z]{3})$")


class MoneyNotUnderstood(ValueError):
    """A text is not an amount: `12.50 CZK` is (a decimal point, at most 6 decimals, a space, a currency code)."""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were to be added or compared."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """
    A rounding policy with a name that a clause or a statute sets.

    Args:
        name: the policy's name, as explanations say it.
        quantum_micros: the step amounts are rounded to, in micro-units.
        mode: a `decimal` rounding mode.

    """

    name: str
    quantum_micros: int
    mode: str = ROUND_HALF_UP

    def micros(self, exact_micros: Fraction | int) -> int:
        """
        Round an exact count of micro-units to the policy's step.

        >>> HALER_HALF_UP.micros(Fraction(15_000)), HALER_HALF_UP.micros(14_999)
        (20000, 10000)
        """
        if isinstance(exact_micros, int) and self.mode == ROUND_HALF_UP:
            whole, rest = divmod(abs(exact_micros), self.quantum_micros)
            rounded = (whole + (2 * rest >= self.quantum_micros)) * self.quantum_micros
            return rounded if exact_micros >= 0 else -rounded
        steps = Fraction(exact_micros) / self.quantum_micros
        below = steps.numerator // steps.denominator
        if self.mode == ROUND_FLOOR:
            return below * self.quantum_micros
        magnitude = (abs(steps) + Fraction(1, 2)).__floor__()
        return (magnitude if steps >= 0 else -magnitude) * self.quantum_micros


HALER_HALF_UP: Final = Rounding("haler_half_up", 10_000)
"""To 0.01, halves away from zero: once per invoice line (spec conventions, money)."""

RECORD_HALF_UP: Final = Rounding("record_half_up", 100)
"""To 0.0001, halves away from zero: one rated record (nej/1.10, record_amount_decimals)."""

EXACT_MICROS: Final = Rounding("micros_half_up", 1)
"""To the smallest unit money is kept in."""


@dataclass(frozen=True, slots=True)
class Money:
    """
    An exact amount of one currency, kept in whole micro-units.

    >>> Money.parse("12.50 CZK") + Money.czk("0.50")
    Money('13.00 CZK')
    """

    micros: int
    currency: str = "CZK"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `12.50 CZK`; raises `MoneyNotUnderstood` with what was found."""
        found = _TEXT.match(text.replace("\N{NO-BREAK SPACE}", " "))
        if not found:
            raise MoneyNotUnderstood(f"{text!r} is not an amount; write it like '12.50 CZK'")
        return cls(int(Decimal(found["amount"]) * MICROS), found["currency"])

    @classmethod
    def czk(cls, amount: str | int | Decimal) -> Self:
        """Crowns from a decimal text, a whole number or a `Decimal` (exact to 6 decimals)."""
        micros = Decimal(amount) * MICROS
        if micros != micros.to_integral_value():
            raise MoneyNotUnderstood(f"{amount} CZK has more than 6 decimals")
        return cls(int(micros))

    @classmethod
    def zero(cls, currency: str = "CZK") -> Self:
        """No money."""
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """The amount as an exact `Decimal`, without trailing zeros beyond two decimals."""
        value = Decimal(self.micros) / MICROS
        cents = value.quantize(Decimal("0.01"))
        return cents if cents == value else value.normalize()

    def times(self, factor: int | Fraction | Decimal, rounding: Rounding = EXACT_MICROS) -> Money:
        """Multiply exactly, then round once by the named policy."""
        return Money(rounding.micros(Fraction(self.micros) * Fraction(factor)), self.currency)

    def rounded(self, rounding: Rounding = HALER_HALF_UP) -> Money:
        """This amount under a named rounding policy."""
        return Money(rounding.micros(self.micros), self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other}")
        return other.micros

    def __add__(self, other: Money) -> Money:
        return Money(self.micros + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.micros - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.micros, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.micros < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.micros <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.micros > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.micros >= self._same(other)

    def __bool__(self) -> bool:
        return self.micros != 0

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __repr__(self) -> str:
        return f"Money({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Outside it is always the text `12.50 CZK`."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Money) else cls.parse(str(value)),
            serialization=core_schema.to_string_ser_schema(),
            json_schema_input_schema=core_schema.str_schema(pattern=_TEXT.pattern),
        )


def tax_within(gross_micros: int, rate_pct: Decimal) -> int:
    """
    Tax contained in a gross amount: round(gross x rate / (100 + rate), 0.01), half up (Czech VAT Act, from gross).

    >>> tax_within(6_500_000, Decimal(21))
    1130000
    """
    rate = Fraction(rate_pct)
    return HALER_HALF_UP.micros(Fraction(gross_micros) * rate / (100 + rate))


def spread(total_micros: int, weights: Sequence[int], quantum_micros: int = 10_000) -> list[int]:
    """
    Spread a total over lines in whole steps by largest remainder; ties go to the earlier line.

    Args:
        total_micros: a multiple of `quantum_micros`.
        weights: one weight a line; all zero spreads nothing but the total onto the first line.
        quantum_micros: the step (0.01 by default).

    Returns:
        As many amounts as weights; their sum is the total, exactly.

    >>> spread(10_000, [1, 1, 1])
    [10000, 0, 0]

    """
    whole = sum(weights)
    if not weights:
        return []
    if whole == 0:
        return [total_micros, *([0] * (len(weights) - 1))]
    steps = total_micros // quantum_micros
    exact = [Fraction(steps * weight, whole) for weight in weights]
    floors = [share.__floor__() for share in exact]
    order = sorted(range(len(weights)), key=lambda line: (floors[line] - exact[line], line))
    for line in order[: steps - sum(floors)]:
        floors[line] += 1
    return [share * quantum_micros for share in floors]
