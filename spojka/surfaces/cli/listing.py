"""Listing what can be called: names, arguments with types and defaults, answers, refusals."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

from spojka.access.operations.outcome import plain
from spojka.access.operations.registry import Argument, Operation, all_operations
from spojka.kernel.refusals import Refusal
from spojka.surfaces.cli.printing import out, print_json
from spojka.surfaces.registered import register_all
from spojka.surfaces.stories.fitting import bare, fields_of


def operation_names(start: str) -> list[str]:
    """Names that begin so, for the shell's completion."""
    register_all()
    return [one.name for one in all_operations() if one.name.startswith(start)]


def type_in_words(kind: Any) -> str:
    """A declared type as a story's author reads it: `list of text`, `text or nothing`, `voice | sms`."""
    if kind is None or kind is type(None):
        return "nothing"
    if isinstance(kind, typing.TypeVar | str):
        return str(kind)
    name = getattr(kind, "__name__", "") if hasattr(kind, "__supertype__") else ""
    if name:
        return "id" if name.endswith("Id") else name
    kind = bare(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(type_in_words(part) for part in arguments)
    if origin is typing.Literal:
        return " | ".join(str(value) for value in arguments)
    if origin is not None and getattr(origin, "__name__", "") in ("list", "tuple", "set", "frozenset", "Sequence"):
        inner = [type_in_words(part) for part in arguments if part is not Ellipsis]
        return f"list of {', '.join(inner)}" if inner else "list"
    if origin is not None and getattr(origin, "__name__", "") in ("dict", "Mapping"):
        return f"mapping of {type_in_words(arguments[1])}"
    if origin is not None:
        inner = [type_in_words(part) for part in arguments]
        return inner[0] if len(inner) == 1 else f"{origin.__name__}[{', '.join(inner)}]"
    words = {"str": "text", "int": "whole number", "bool": "yes or no", "datetime": "instant", "date": "day"}
    words |= {"Decimal": "decimal", "Money": "money", "UUID": "id", "timedelta": "duration", "Period": "month"}
    return words.get(getattr(kind, "__name__", ""), getattr(kind, "__name__", str(kind)))


def allowed_values(kind: Any) -> list[str]:
    """The values of a choice, or none."""
    kind = bare(kind)
    if typing.get_origin(kind) is typing.Literal:
        return [str(value) for value in typing.get_args(kind)]
    return [value for part in typing.get_args(kind) for value in allowed_values(part)]


def record_fields(kind: Any) -> dict[str, str]:
    """The fields of the records inside a type, each with its type in words."""
    kind = bare(kind)
    known = fields_of(kind) if isinstance(kind, typing.Hashable) else None
    if known is not None:
        return {name: type_in_words(inner) for name, inner in known.items()}
    found: dict[str, str] = {}
    for part in typing.get_args(kind):
        if part is not Refusal:
            found |= record_fields(part)
    return found


def _default(argument: Argument) -> Any:
    try:
        return plain(argument.default)
    except TypeError:
        return str(argument.default)


def described(called: Operation) -> Mapping[str, Any]:
    """One operation or query as JSON-ready data."""
    return {
        "name": called.name,
        "kind": called.kind,
        "doc": called.doc,
        "permission": called.permission,
        "arguments": [
            {
                "name": argument.name,
                "type": type_in_words(argument.type),
                "required": argument.required,
                "default": None if argument.required else _default(argument),
                "allowed": allowed_values(argument.type),
                "fields": record_fields(argument.type),
            }
            for argument in called.arguments
        ],
        "returns": _answer(called.returns),
        "returned_fields": record_fields(called.returns),
        "refusals": list(called.refusals),
    }


def _answer(kind: Any) -> str:
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return " or ".join(type_in_words(part) for part in arguments if part is not Refusal)
    return type_in_words(kind)


def list_operations(pattern: str, *, as_json: bool) -> None:
    """Print every operation and query, or those whose name contains a text."""
    register_all()
    chosen = [one for one in all_operations() if pattern in one.name]
    if as_json:
        print_json({"operations": [described(one) for one in chosen]})
        return
    from rich.text import Text

    console = out()
    for one in chosen:
        console.print(Text.assemble((one.name, "bold"), (f"  {one.kind}", "dim"), f"  {one.doc}"))
        for argument in one.arguments:
            extra = "" if argument.required else f", default {_default(argument)!r}"
            console.print(Text(f"    {argument.name}: {type_in_words(argument.type)}{extra}"))
            for name, kind in record_fields(argument.type).items():
                console.print(Text(f"        {name}: {kind}", "dim"))
        fields = ", ".join(record_fields(one.returns))
        console.print(Text(f"    → {_answer(one.returns)}{f' ({fields})' if fields else ''}", "green"))
        if one.refusals:
            console.print(Text(f"    ✘ {', '.join(one.refusals)}", "red"))
