"""Facts as JSON-ready data and back, exactly: every value that a finding may rest on keeps its type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.units import Increment, UnitPrice


class FactNotStorable(TypeError):
    """A finding rests on a value of a kind that cannot be stored and read back exactly."""


def to_stored(value: object) -> Any:
    """A value as JSON-ready data; raises `FactNotStorable`."""
    match value:
        case None | bool() | int() | str():
            return value
        case Money():
            return {"$money": str(value)}
        case Decimal():
            return {"$decimal": str(value)}
        case Fraction():
            return {"$fraction": str(value)}
        case datetime():
            return {"$instant": value.isoformat()}
        case date():
            return {"$day": value.isoformat()}
        case Period():
            return {"$period": [value.starts_on.isoformat(), value.ends_on.isoformat()]}
        case UUID():
            return {"$id": str(value)}
        case Increment():
            return {"$increment": str(value)}
        case UnitPrice():
            return {"$price": str(value)}
        case Term():
            ref = value.ref
            return {"$term": [value.name, to_stored(value.value), ref.document, ref.edition, ref.clause, ref.cites_as]}
        case Refusal():
            return {"$refusal": [value.code, list(value.clauses), to_stored(dict(value.figures))]}
        case list() | tuple():
            return [to_stored(item) for item in value]
        case dict():
            return {str(key): to_stored(item) for key, item in value.items()}
        case _:
            raise FactNotStorable(f"{type(value).__name__} {value!r}")


def _tagged(tag: str, body: Any) -> object:
    match tag:
        case "$money":
            return Money.parse(body)
        case "$decimal":
            return Decimal(body)
        case "$fraction":
            return Fraction(body)
        case "$instant":
            return datetime.fromisoformat(body)
        case "$day":
            return date.fromisoformat(body)
        case "$period":
            return Period(date.fromisoformat(body[0]), date.fromisoformat(body[1]))
        case "$id":
            return UUID(body)
        case "$increment":
            return Increment.parse(body)
        case "$price":
            return UnitPrice.parse(body)
        case "$term":
            name, inner, document, edition, clause, cites_as = body
            return Term(name, from_stored(inner), ClauseRef(document, edition, clause, cites_as))
        case "$refusal":
            figures = from_stored(body[2])
            assert isinstance(figures, dict)
            return Refusal(body[0], tuple(body[1]), figures)
        case _:
            raise FactNotStorable(f"unknown tag {tag}")


def from_stored(stored: object) -> Any:
    """The value back from `to_stored`."""
    match stored:
        case dict():
            if len(stored) == 1:
                tag, body = next(iter(stored.items()))
                if str(tag).startswith("$"):
                    return _tagged(tag, body)
            return {key: from_stored(item) for key, item in stored.items()}
        case list():
            return [from_stored(item) for item in stored]
        case _:
            return stored
