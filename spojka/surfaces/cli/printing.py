"""Answers on the terminal: tables for people, JSON for machines, refusals with code, clauses and words."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

NOTHING = "—"


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
        case None | "" | [] | {}:
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


def rendered(value: Any) -> RenderableType:
    """A plain value as tables: a mapping by its keys, a list of records with a column a field."""
    match value:
        case list() if value and all(isinstance(item, Mapping) for item in value):
            return _rows(value)
        case list():
            return Text("\n".join(str(item) for item in value) or NOTHING)
        case Mapping():
            table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
            table.add_column(style="dim")
            table.add_column(overflow="fold")
            for key, inner in value.items():
                table.add_row(str(key).replace("_", " "), _cell(inner))
            return table
        case _:
            return _cell(value)


def print_answer(value: Any, why: list[str]) -> None:
    """An answer, and under it what its findings say in words."""
    parts: list[RenderableType] = [rendered(value)]
    parts += [Padding(Text(line, "italic"), (1 if at == 0 else 0, 0, 0, 0)) for at, line in enumerate(why)]
    out().print(Group(*parts))


def print_refusal(code: str, words: str) -> None:
    """A refusal on standard error: its code, then its words with figures and clauses."""
    err().print(Text.assemble(("✘ ", "bold red"), (code, "bold"), "  ", words))


def print_problem(text: str) -> None:
    """What is wrong with a call, on standard error."""
    err().print(Text.assemble(("✘ ", "bold red"), text))
