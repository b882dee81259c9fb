"""What a call answers: a result or a refusal, as values and as plain data, with every clause it rests on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import Any
from uuid import UUID

from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding
from spojka.terms.units import FreeUnits, Increment, UnitPrice


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    A call's answer.

    Args:
        result: what the operation returned; `None` when refused.
        refusal: why it was not done, or `None`.
        plain: the result as JSON-ready data (findings and terms as their values).
        replayed: the key was used before; `plain` is the first answer and `result` is `None`.

    """

    result: Any
    refusal: Refusal | None
    plain: Any
    replayed: bool = False

    @property
    def cites(self) -> tuple[str, ...]:
        """Ids of all clauses that the result or the refusal rests on."""
        if self.refusal is not None:
            return self.refusal.clauses
        return tuple(dict.fromkeys(ref for finding in findings_in(self.result) for ref in finding))


def findings_in(value: Any) -> Iterator[tuple[str, ...]]:
    """The clause ids of every finding and term inside a result."""
    match value:
        case Finding():
            yield value.clauses
            yield from findings_in(value.value)
        case Term():
            yield (value.ref.id,)
        case Refusal():
            yield value.clauses
        case Mapping():
            for inner in value.values():
                yield from findings_in(inner)
        case list() | tuple():
            for inner in value:
                yield from findings_in(inner)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            for field in dataclasses.fields(value):
                yield from findings_in(getattr(value, field.name))


def plain(value: Any) -> Any:
    """A result as JSON-ready data: money, days, instants and ids as texts, findings and terms as their values."""
    match value:
        case None | bool() | int() | str():
            return value
        case Finding() | Term():
            return plain(value.value)
        case Refusal():
            return {"code": value.code, "clauses": list(value.clauses), "figures": plain(dict(value.figures))}
        case datetime():
            return value.isoformat()
        case date():
            return value.isoformat()
        case Money() | UUID() | PurePath() | Decimal() | Fraction() | timedelta():
            return str(value)
        case Period() | Increment() | UnitPrice() | FreeUnits():
            return str(value)
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(inner) for inner in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} has no plain form; answer with dataclasses of known values")
