"""
A typed sheet of terms: the terms one domain reads, as a frozen dataclass, resolved from what binds.

    @dataclass(frozen=True, slots=True)
    class CallTerms:
        call_increment: Term[Increment]

    sheet = read_sheet(CallTerms, bound)
"""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from spojka.terms.clauses import Term
from spojka.terms.precedence import BoundTerms

S = TypeVar("S")


class TermUnusable(ValueError):
    """A clause sets a term to a value of the wrong kind; says which, what it is and what it must be."""


@lru_cache(maxsize=1024)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@lru_cache(maxsize=256)
def _hints(sheet: typing.Any) -> dict[str, Any]:
    return typing.get_type_hints(typing.cast("Any", sheet))


def _typed(term: Term[object], kind: Any) -> Term[Any]:
    try:
        value = _adapter(kind).validate_python(term.value)
    except ValidationError as bad:
        wanted = getattr(kind, "__name__", str(kind))
        reason = bad.errors()[0]["msg"]
        raise TermUnusable(f"{term.ref.id} sets {term.name} to {term.value!r}; {wanted} is expected: {reason}") from bad
    return Term(term.name, value, term.ref)


def _field(name: str, kind: Any, bound: BoundTerms) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union) and type(None) in arguments:
        present = next(part for part in arguments if part is not type(None))
        return _field(name, present, bound) if name in bound else None
    if origin is Term:
        return _typed(bound.term(name), arguments[0])
    if origin is dict:
        return {child: _field(f"{name}.{child}", arguments[1], bound) for child in bound.children(name)}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return read_sheet(kind, bound, prefix=name)
    raise TypeError(f"a sheet's field is a Term, an optional Term, a dict of sheets or a sheet; {name} is {kind}")


def read_sheet(sheet: type[S], bound: BoundTerms, *, prefix: str = "") -> S:
    """
    Resolve every field of a sheet by its name (below `prefix`).

    A field `dict[str, Sheet]` collects the children of that name. Raises `TermMissing`, `TermConflict`, `TermUnusable`.
    """
    hints = _hints(typing.cast("Any", sheet))
    names = [field.name for field in dataclasses.fields(typing.cast("Any", sheet))]
    values = {name: _field(f"{prefix}.{name}" if prefix else name, hints[name], bound) for name in names}
    return sheet(**values)
