"""Comparing what a story expects with what a call answered: a named subset, exact money, whole lists, `{any: …}`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from spojka.access.operations.outcome import plain
from spojka.kernel.money import Money, MoneyNotUnderstood
from spojka.surfaces.stories.marked import nearest
from spojka.surfaces.stories.moments import MomentNotUnderstood, parse_duration, parse_instant
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding

_TRUTHS: Final = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}
_SPACES: Final = str.maketrans(dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", " "))
CONTAINS: Final = "any"
PLENTY: Final = 400


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One place where expected and got differ, both as texts."""

    path: str
    expected: str
    got: str


def spaced(text: str) -> str:
    """A text with ordinary spaces only, as people type it."""
    return text.translate(_SPACES)


def shown(value: Any) -> str:
    """A value in a few words: texts bare, lists and mappings as YAML writes them."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "{" + ", ".join(f"{key}: {shown(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(shown(inner) for inner in value) + "]"
        case _:
            return str(value)


def _brief(value: Any) -> str:
    text = shown(_plain(value))
    return text if len(text) <= PLENTY else f"{text[:PLENTY]}…"


def _plain(value: Any) -> Any:
    try:
        return plain(value)
    except TypeError:
        return str(value)


def opened(value: Any) -> Any:
    """A result one level open: findings and terms give their value, records a mapping of their fields."""
    while isinstance(value, Finding | Term):
        value = value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and isinstance(_plain(value), dict):
        if hasattr(value, "code") and hasattr(value, "clauses") and hasattr(value, "figures"):
            return _plain(value)
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return value


def compare(expected: Any, got: Any, path: str = "") -> list[Mismatch]:
    """
    Every place where a result does not hold what is expected.

    Args:
        expected: texts, lists and mappings with references followed; a mapping names a subset, a list is whole.
        got: the typed result.
        path: where inside the result this is.

    """
    got = opened(got)
    match expected:
        case {**only} if set(only) == {CONTAINS} and not (isinstance(got, Mapping) and CONTAINS in got):
            return _contained(only[CONTAINS], got, path)
        case dict():
            if not isinstance(got, Mapping):
                return [Mismatch(path, shown(expected), _brief(got))]
            return [miss for key, inner in expected.items() for miss in _member(str(key), inner, got, path)]
        case list():
            if not isinstance(got, list | tuple):
                return [Mismatch(path, shown(expected), _brief(got))]
            if len(got) != len(expected):
                return [
                    Mismatch(path, f"{_items(len(expected))}: {shown(expected)}", f"{_items(len(got))}: {_brief(got)}")
                ]
            pairs = zip(expected, got, strict=True)
            return [miss for at, (want, have) in enumerate(pairs) for miss in compare(want, have, f"{path}[{at}]")]
        case _:
            return [] if same(expected, got) else [Mismatch(path, shown(expected), _brief(got))]


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def _member(key: str, expected: Any, got: Mapping[Any, Any], path: str) -> list[Mismatch]:
    inner_path = f"{path}.{key}" if path else key
    by_text = {str(name): value for name, value in got.items()}
    if key not in by_text:
        return [Mismatch(inner_path, shown(expected), f"no such key{nearest(key, by_text)}")]
    return compare(expected, by_text[key], inner_path)


def _contained(wanted: Any, got: Any, path: str) -> list[Mismatch]:
    if isinstance(wanted, list):
        return [miss for each in wanted for miss in _contained(each, got, path)]
    match got:
        case str():
            found = spaced(str(wanted)) in spaced(got)
        case list() | tuple():
            found = any(not compare(wanted, item) for item in got)
        case Mapping():
            found = any(not compare(wanted, inner) for inner in got.values()) or wanted in map(str, got)
        case _:
            found = same(wanted, got)
    return [] if found else [Mismatch(path, f"something with {shown(wanted)}", _brief(got))]


def same(expected: Any, got: Any) -> bool:
    """Whether a written value means exactly the value got, read as the kind of value that was got."""
    if expected is None or got is None:
        return expected is got
    if isinstance(expected, bool):
        expected = shown(expected)
    text = str(expected)
    try:
        match got:
            case bool():
                return _TRUTHS.get(text.lower()) is got
            case int() | Decimal():
                return Decimal(text) == got
            case Fraction():
                return Fraction(text) == got
            case Money():
                return Money.parse(text) == got
            case datetime():
                return parse_instant(text) == got
            case date():
                return date.fromisoformat(text) == got
            case timedelta():
                return parse_duration(text) == got
            case str():
                return text == got or _same_text(text, got)
            case _:
                return text == str(_plain(got))
    except (ValueError, InvalidOperation, MoneyNotUnderstood, MomentNotUnderstood):
        return False


def _same_text(expected: str, got: str) -> bool:
    """Two texts that are both amounts of money, or both instants with an offset, mean the same."""
    try:
        return Money.parse(expected) == Money.parse(got)
    except MoneyNotUnderstood:
        pass
    if "T" not in expected or "T" not in got:
        return False
    return parse_instant(expected) == parse_instant(got)
