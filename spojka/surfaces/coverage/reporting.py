"""Coverage as a table for people and as data for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from spojka.surfaces.coverage.counting import STATES, Covered


def as_data(covered: Sequence[Covered], *, missing: bool = False) -> dict[str, Any]:
    """Counts by document and state; with `missing` the ids too, under a key of their own."""
    data: dict[str, Any] = {"documents": {one.document.cites_as: dict(one.counts) for one in covered}}
    if missing:
        data["missing"] = {one.document.cites_as: one.missing for one in covered}
    return data


def as_table(covered: Sequence[Covered], *, missing: bool = False) -> RenderableType:
    """A row a document; with `missing` the ids and titles of what nothing executes below it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("document")
    for state in STATES:
        table.add_column(state.replace("_", " "), justify="right")
    table.add_column("of", justify="right", style="dim")
    for one in covered:
        counts = [str(one.counts[state]) for state in STATES]
        table.add_row(one.document.cites_as, *counts, str(len(one.states)))
    if not missing:
        return table
    titles = {entry.id: entry.title_en for one in covered for entry in one.document.entries}
    lines = [Text.assemble((ref, "bold"), f"  {titles[ref]}") for one in covered for ref in one.missing]
    return Group(table, *lines)
