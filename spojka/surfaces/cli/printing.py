"""Answers on the terminal: tables for people, JSON for machines, refusals with code, clauses and words."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spojka.terms.clauses import Language

NOTHING = "—"
_OTHER: Final[dict[Language, Language]] = {"cs": "en", "en": "cs"}
_UNBOUNDED: Final = 10_000
"""Columns that no table needs."""


def out() -> Console:
    """Standard output."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def print_json(value: Any) -> None:
    """A plain value as JSON, readable and in UTF-8."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _cell(value: Any) -> RenderableType:
    match value:
        case None | "" | []:
            return Text(NOTHING, "dim")
        case Mapping() if not value:
            return Text(NOTHING, "dim")
        case bool():
            return "yes" if value else "no"
        case list() if all(not isinstance(item, list | dict) for item in value):
            return Text(", ".join(str(item) for item in value))
        case list() | Mapping():
            return rendered(value)
        case _:
            return Text(str(value))


def _rows(items: list[Mapping[str, Any]]) -> Table:
    columns = list(dict.fromkeys(key for item in items for key in item))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        numbers = all(isinstance(item.get(column), int) and not isinstance(item.get(column), bool) for item in items)
        table.add_column(column.replace("_", " "), justify="right" if numbers else "left", overflow="fold")
    for item in items:
        table.add_row(*(_cell(item.get(column)) for column in columns))
    return table


class _Records:
    """Records as a table with a column a field; one below the other, a line a field, where that is too wide."""

    def __init__(self, items: list[Mapping[str, Any]]) -> None:
        self.items, self.table = items, _rows(items)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.table)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        unbounded = options.update(max_width=_UNBOUNDED)
        if Measurement.get(console, unbounded, self.table).maximum <= options.max_width:
            yield self.table
            return
        for at, item in enumerate(self.items):
            yield Padding(_fields(item), (1 if at else 0, 0, 0, 0))


def _fields(value: Mapping[Any, Any]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for key, inner in value.items():
        table.add_row(str(key).replace("_", " "), _cell(inner))
    return table


def rendered(value: Any) -> RenderableType:
    """A plain value as tables: a mapping by its keys, a list of records with a column a field where that fits."""
    match value:
        case list() if value and all(isinstance(item, Mapping) for item in value):
            return _Records(value)
        case list():
            return Text("\n".join(str(item) for item in value) or NOTHING)
        case Mapping():
            return _fields(value)
        case _:
            return _cell(value)


def in_one_language(value: Any, language: Language) -> Any:
    """A plain value without the texts it has in the other language too: of `title_cs` and `title_en` one `title`."""
    if isinstance(value, list):
        return [in_one_language(item, language) for item in value]
    if not isinstance(value, Mapping):
        return value
    shown: dict[str, Any] = {}
    for key, inner in value.items():
        if _twin(str(key), _OTHER[language]) in value:
            continue
        ending = f"_{language}" if _twin(str(key), language) in value else ""
        shown[str(key).removesuffix(ending)] = in_one_language(inner, language)
    return shown


def _twin(key: str, language: Language) -> str | None:
    """The key of the same text in the other language, for a key of this one: `cs` of `en`, `title_cs` of `title_en`."""
    name, parted, ending = key.rpartition("_")
    return f"{name}{parted}{_OTHER[language]}" if ending == language else None


def print_answer(value: Any, why: list[str]) -> None:
    """An answer, and under it what its findings say in words."""
    console = out()
    console.print(rendered(value))
    for at, line in enumerate(why):
        console.print(*([""] if at == 0 else []), Text(line, "italic"), sep="\n")


def print_refusal(code: str, words: str) -> None:
    """A refusal on standard error: its code, then its words with figures and clauses."""
    err().print(Text.assemble(("✘ ", "bold red"), (code, "bold"), "  ", words))


def print_problem(text: str) -> None:
    """What is wrong with a call, on standard error."""
    err().print(Text.assemble(("✘ ", "bold red"), text))
