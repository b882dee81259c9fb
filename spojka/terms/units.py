"""Values that clauses set and that are more than a number: a charging step, a price for a unit, free units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from pydantic_core import CoreSchema, core_schema

from spojka.kernel.money import Money

_INCREMENT: Final = re.compile(r"^(\d+)\+(\d+)$")
_PRICE: Final = re.compile(r"^(?P<money>-?\d+(?:\.\d+)? [A-Z]{3})/(?P<unit>min|SMS|MMS|MB|s|kB|call)$")
_AMOUNT: Final = re.compile(r"^(?P<count>\d+) (?P<unit>min|s|SMS|MMS|MB)$")
_SECONDS: Final = {"min": 60, "s": 1}
UNLIMITED: Final = "unlimited"
PriceUnit = Literal["min", "SMS", "MMS", "MB", "s", "kB", "call"]


def _text_schema(kind: Any) -> CoreSchema:
    return core_schema.no_info_plain_validator_function(
        lambda value: value if isinstance(value, kind) else kind.parse(str(value)),
        serialization=core_schema.to_string_ser_schema(),
    )


@dataclass(frozen=True, slots=True)
class Increment:
    """A charging step `first+next` in seconds: `60+1` bills the first minute whole, then by the second (nej/2.11)."""

    first_s: int
    next_s: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `60+1`."""
        found = _INCREMENT.match(text)
        if not found or int(found[2]) == 0:
            raise ValueError(f"{text!r} is not a charging step; write it like '60+1'")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.first_s}+{self.next_s}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        """Outside it is the text `60+1`."""
        return _text_schema(cls)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price for one unit: `2.50 CZK/min`."""

    money: Money
    unit: PriceUnit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2.50 CZK/min`; units are min, s, SMS, MMS, MB, kB, call."""
        found = _PRICE.match(text)
        if not found:
            raise ValueError(f"{text!r} is not a price for a unit; write it like '2.50 CZK/min'")
        unit: Any = found["unit"]
        return cls(Money.parse(found["money"]), unit)

    def __str__(self) -> str:
        return f"{self.money}/{self.unit}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        """Outside it is the text `2.50 CZK/min`."""
        return _text_schema(cls)


@dataclass(frozen=True, slots=True)
class FreeUnits:
    """An amount of free units: `100 min` (kept in seconds), `50 SMS`, or `unlimited` (`count` is `None`)."""

    count: int | None
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `100 min`, `6000 s`, `50 SMS`, `500 MB` or `unlimited`."""
        if text == UNLIMITED:
            return cls(None, text)
        found = _AMOUNT.match(text)
        if not found:
            raise ValueError(f"{text!r} is not an amount of units; write it like '100 min', '50 SMS' or 'unlimited'")
        return cls(int(found["count"]) * _SECONDS.get(found["unit"], 1), text)

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        """Outside it is the text `100 min`."""
        return _text_schema(cls)
