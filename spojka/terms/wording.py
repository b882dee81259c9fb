"""Values in the reader's language: money, days, instants, numbers; and templates that hold them."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from spojka.kernel.money import Money
from spojka.kernel.time import PRAGUE, Period
from spojka.terms.clauses import Language, Term
from spojka.terms.units import UnitPrice

_LOCALES: Final = {"cs": "cs_CZ", "en": "en_GB"}
_SYMBOLS: Final = {("CZK", "cs"): "Kč"}
_UNITS: Final = {("call", "cs"): "hovor"}
_YES: Final = {("cs", True): "ano", ("cs", False): "ne", ("en", True): "yes", ("en", False): "no"}


def money_in_words(money: Money, language: Language) -> str:
    """`1 000,00 Kč` in Czech, `1,000.00 CZK` in English; further decimals only where the amount has them."""
    text = format_decimal(money.amount, format="#,##0.00####", locale=_LOCALES[language])
    return f"{text} {_SYMBOLS.get((money.currency, language), money.currency)}"


def in_words(value: object, language: Language) -> str:
    """A value as the reader of `language` writes it."""
    match value:
        case Term():
            return in_words(value.value, language)
        case bool():
            return _YES[language, value]
        case Money():
            return money_in_words(value, language)
        case UnitPrice():
            return f"{money_in_words(value.money, language)}/{_UNITS.get((value.unit, language), value.unit)}"
        case int() | Decimal():
            return format_decimal(value, locale=_LOCALES[language], decimal_quantization=False)
        case Fraction():
            return format_decimal(
                round(Decimal(value.numerator) / Decimal(value.denominator), 4),
                locale=_LOCALES[language],
                decimal_quantization=False,
            )
        case datetime():
            return format_datetime(
                value,
                "d. M. y H:mm:ss" if language == "cs" else "d MMM y H:mm:ss",
                tzinfo=PRAGUE,
                locale=_LOCALES[language],
            )
        case date():
            return format_date(value, "d. M. y" if language == "cs" else "d MMM y", locale=_LOCALES[language])
        case Period():
            return f"{value.starts_on.month}/{value.starts_on.year}"
        case str():
            return value
        case Mapping():
            return ", ".join(f"{key} {in_words(inner, language)}" for key, inner in value.items())
        case Sequence():
            return ", ".join(in_words(inner, language) for inner in value)
        case _:
            return str(value)


class _Words(string.Formatter):
    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        return format(value, format_spec) if format_spec else in_words(value, self.language)


def fill(template: str, values: Mapping[str, object], language: Language) -> str:
    """Fill `{name}` places with values in the reader's language; a missing name is a `KeyError`."""
    return _Words(language).vformat(template, (), values)
