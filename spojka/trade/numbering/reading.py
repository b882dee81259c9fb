"""The number plan read from the terms that bind: `range.<name>`, `dial.<zone>` and the order of classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import TermUnusable
from spojka.trade.numbering.plan import ORDINARY_PRECEDENCE, NumberPlan, NumberRange, PriceInNumber

PRICES_IN_NUMBER: Final = {
    "per_minute": PriceInNumber(1, "minute"),
    "per_call": PriceInNumber(1, "call"),
    "per_call_x10": PriceInNumber(10, "call"),
}
"""What a range may say about the price in its numbers."""

PRECEDENCE_TERM: Final = "destination_class_precedence"
"""The term that orders classes (nej/2.12); its names may go on with prefixes: `special_81_83_84_855`."""


def read_number_plan(bound: BoundTerms) -> NumberPlan:
    """
    The plan that the bound editions set.

    Each `range.<name>` has `prefixes`, `digits` (one length or several), `class` and perhaps `price_in_number`; each
    `dial.<zone>` has `prefixes`. Raises `TermMissing`, `TermConflict`, or `TermUnusable` for a value of a wrong kind.
    """
    ranges = tuple(_range(bound, name) for name in bound.children("range"))
    zones = {zone: _value(bound, f"dial.{zone}.prefixes", list[str]) for zone in bound.children("dial")}
    precedence: tuple[str, ...] = ORDINARY_PRECEDENCE
    names = [f"range.{one.name}.class" for one in ranges]
    if PRECEDENCE_TERM in bound:
        precedence = _ordered(_value(bound, PRECEDENCE_TERM, list[str]), {one.dest_class for one in ranges})
        names.append(PRECEDENCE_TERM)
    clauses = tuple(dict.fromkeys(bound.term(name).ref.id for name in names))
    return NumberPlan(ranges, precedence, zones, clauses)


def _range(bound: BoundTerms, name: str) -> NumberRange:
    digits = _value(bound, f"range.{name}.digits", int | list[int])
    price = None
    if f"range.{name}.price_in_number" in bound:
        said = _value(bound, f"range.{name}.price_in_number", str)
        price = PRICES_IN_NUMBER.get(said)
        if price is None:
            known = ", ".join(PRICES_IN_NUMBER)
            raise TermUnusable(f"range.{name}.price_in_number is {said!r}; one of {known} is expected")
    return NumberRange(
        name,
        tuple(_value(bound, f"range.{name}.prefixes", list[str])),
        (digits,) if isinstance(digits, int) else tuple(digits),
        _value(bound, f"range.{name}.class", str),
        price,
    )


def _value(bound: BoundTerms, name: str, kind: Any) -> Any:
    term = bound.term(name)
    try:
        return TypeAdapter(kind).validate_python(term.value, strict=True)
    except ValidationError as bad:
        raise TermUnusable(f"{term.ref.id} sets {name} to {term.value!r}; {kind} is expected") from bad


def _ordered(names: Sequence[str], classes: set[str]) -> tuple[str, ...]:
    """
    Classes in the order of the names that stand for them.

    A name stands for the class it begins with; `special_81_83` begins with the family of `special_81` and `special_83`.
    """
    families: dict[str, list[str]] = {}
    for dest_class in sorted(classes):
        families.setdefault(re.sub(r"(_[0-9]+)+$", "", dest_class), []).append(dest_class)
    ordered: list[str] = []
    for name in names:
        begun = [family for family in families if f"{name}_".startswith(f"{family}_")]
        ordered += families[max(begun, key=len)] if begun else []
    return tuple(dict.fromkeys(ordered))
