"""Written values made ready for an operation's declared types: moments and durations read, unknown keys refused."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from spojka.surfaces.stories.marked import nearest
from spojka.surfaces.stories.moments import MomentNotUnderstood, parse_duration, parse_instant

Path = tuple[str | int, ...]


class DoesNotFit(ValueError):
    """A written value does not fit the declared type; says where inside it and why."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        super().__init__(text)


def bare(kind: Any) -> Any:
    """A declared type without `Annotated`, `NewType`, `Required` and aliases around it."""
    while True:
        origin = typing.get_origin(kind)
        if origin is typing.Annotated or origin in (typing.Required, typing.NotRequired):
            kind = typing.get_args(kind)[0]
        elif hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        elif hasattr(kind, "__value__"):
            kind = kind.__value__
        else:
            return kind


@lru_cache(maxsize=512)
def fields_of(kind: Any) -> dict[str, Any] | None:
    """The fields of a record type with their types; `None` for every other type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    if isinstance(kind, type) and issubclass(kind, dict) and hasattr(kind, "__total__"):
        return typing.get_type_hints(kind, include_extras=True)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and not hasattr(kind, "__get_pydantic_core_schema__"):
        hints = typing.get_type_hints(kind, include_extras=True)
        return {field.name: hints[field.name] for field in dataclasses.fields(kind) if field.init}
    return None


@lru_cache(maxsize=512)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _read(value: str, kind: Any, path: Path) -> Any:
    try:
        return parse_instant(value) if kind is datetime else parse_duration(value)
    except MomentNotUnderstood as bad:
        raise DoesNotFit(path, str(bad)) from bad


def _of_union(value: Any, kinds: list[Any], path: Path) -> Any:
    if isinstance(value, str) and str in kinds:
        return value
    problems: list[DoesNotFit] = []
    for kind in kinds:
        try:
            fitted = fit(value, kind, path)
            _adapter(kind).validate_python(fitted)
        except DoesNotFit as bad:
            problems.append(bad)
        except ValidationError as bad:
            first = bad.errors()[0]
            problems.append(DoesNotFit((*path, *first["loc"]), f"{first['msg']}; got {first['input']!r}"))
        else:
            return fitted
    raise max(problems, key=lambda problem: len(problem.path))


def _fields(value: dict[Any, Any], known: dict[str, Any], path: Path) -> dict[str, Any]:
    for key in value:
        if key not in known:
            raise DoesNotFit((*path, key), f"unknown key {key!r}{nearest(str(key), known)}")
    return {key: fit(inner, known[key], (*path, key)) for key, inner in value.items()}


def fit(value: Any, kind: Any, path: Path = ()) -> Any:
    """
    A written value for a declared type: instants and durations read, everything else left to the type's own conversion.

    Raises `DoesNotFit` for a moment that cannot be read and for a key that a record type does not have.
    """
    kind = bare(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        kinds = [bare(part) for part in arguments if part is not type(None)]
        if value is None:
            return None
        return fit(value, kinds[0], path) if len(kinds) == 1 else _of_union(value, kinds, path)
    match value:
        case str() if kind in (datetime, timedelta):
            return _read(value, kind, path)
        case dict():
            known = fields_of(kind) if isinstance(kind, typing.Hashable) else None
            if known is not None:
                return _fields(value, known, path)
            inner = arguments[1] if len(arguments) == 2 and origin is not tuple else Any
            return {key: fit(each, inner, (*path, key)) for key, each in value.items()}
        case list():
            kinds_each = _items(origin, arguments, len(value))
            pairs = zip(value, kinds_each, strict=False)
            return [fit(each, one, (*path, at)) for at, (each, one) in enumerate(pairs)]
        case _:
            return value


def _items(origin: Any, arguments: tuple[Any, ...], count: int) -> Iterator[Any]:
    if origin is tuple and arguments and arguments[-1] is not Ellipsis and len(arguments) == count:
        yield from arguments
        return
    for _ in range(count):
        yield arguments[0] if arguments and origin is not dict else Any
