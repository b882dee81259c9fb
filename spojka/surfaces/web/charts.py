"""Bars of whole numbers by day or month: geometry for SVG, and the same figures as rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 1000
HEIGHT: Final = 300
"""The drawing's own units; the page stretches it, labels stand outside as text."""
COLOURS: Final = 6
_GAP: Final = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One day or month: its name, a longer name for the table, and one amount a series."""

    label: str
    name: str
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle; `says` names it for whoever points at it."""

    x: int
    y: int
    width: int
    height: int
    colour: int
    says: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the column's name and its amounts in words."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """
    A picture and its figures.

    Args:
        title: what is drawn.
        bars: rectangles, from the left.
        lines: heights of the thin lines across, in the drawing's units.
        scale: what those lines stand for, from the top.
        labels: a name or nothing under each column.
        series: (colour, name, total in words).
        head: the table's heading for the first column.
        rows: the figures.

    """

    title: str
    bars: tuple[Bar, ...]
    lines: tuple[int, ...]
    scale: tuple[str, ...]
    labels: tuple[str, ...]
    series: tuple[tuple[int, str, str], ...]
    head: str
    rows: tuple[Row, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.bars


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a drawing: its points in the drawing's units, its name, its last amount in words."""

    points: str
    colour: int
    name: str
    now: str


@dataclass(frozen=True, slots=True)
class Curves:
    """
    Lines over time and the same figures as a table.

    Args:
        title: what is drawn.
        curves: from the first to the last named.
        area: whether the room below the line is filled.
        lines, scale, labels, head, rows: as in `Picture`.

    """

    title: str
    curves: tuple[Curve, ...]
    area: bool
    lines: tuple[int, ...]
    scale: tuple[str, ...]
    labels: tuple[str, ...]
    head: str
    rows: tuple[Row, ...]


def round_top(most: int, step: int) -> int:
    """
    The end of a scale: the next of 1, 2, 4, 5, 6, 8 or 10 times a power of ten, counted in steps.

    >>> [round_top(most, 1) for most in (1, 3, 7, 11, 41, 990)]
    [2, 4, 8, 20, 50, 1000]
    """
    wanted = max(2, -(-most // step))
    power = int("1" + "0" * (len(str(wanted)) - 1))
    return step * next(each * power for each in (1, 2, 4, 5, 6, 8, 10) if each * power >= wanted)


def _bars(columns: Sequence[Column], series: Sequence[str], top: int, say: Callable[[int], str]) -> list[Bar]:
    bars: list[Bar] = []
    for place, column in enumerate(columns):
        left, right = place * WIDTH // len(columns), (place + 1) * WIDTH // len(columns)
        below = 0
        for colour, amount in enumerate(column.amounts):
            if amount <= 0:
                continue
            low, high = below * HEIGHT // top, (below + amount) * HEIGHT // top
            height = max(high - low, 2)
            says = f"{column.name}, {series[colour]}: {say(amount)}"
            y, width = HEIGHT - low - height, max(right - left - _GAP, 2)
            bars.append(Bar(left + _GAP // 2, y, width, height, colour % COLOURS + 1, says))
            below += amount
    return bars


def stacked(  # a picture is these facts
    *,
    title: str,
    head: str,
    columns: Sequence[Column],
    series: Sequence[str],
    say: Callable[[int], str],
    step: int = 1,
) -> Picture:
    """
    Stack the series of each column on one another.

    Args:
        title: what is drawn.
        head: what the columns are, for the table.
        columns: from the left, each with one amount a series.
        series: names in the order of stacking.
        say: an amount in words.
        step: what the scale counts in (60 for seconds, 1024*1024 for bytes).

    """
    totals = [sum(column.amounts) for column in columns]
    top = round_top(max(totals, default=0), step)
    every = max(1, -(-len(columns) // 6))
    sums = [sum(column.amounts[place] for column in columns) for place in range(len(series))]
    return Picture(
        title=title,
        bars=tuple(_bars(columns, series, top, say)),
        lines=(0, HEIGHT // 2, HEIGHT),
        scale=(say(top), say(top // 2), say(0)),
        labels=tuple("" if place % every else column.label for place, column in enumerate(columns)),
        series=tuple((place % COLOURS + 1, name, say(sums[place])) for place, name in enumerate(series)),
        head=head,
        rows=tuple(Row(column.name, tuple(map(say, column.amounts))) for column in columns if sum(column.amounts)),
    )


LABELS: Final = 4
"""Names under the columns of a drawing of lines."""


def drawn(  # a drawing is these facts
    *,
    title: str,
    head: str,
    columns: Sequence[Column],
    series: Sequence[str],
    say: Callable[[int], str],
    colours: Sequence[int],
    area: bool = False,
) -> Curves:
    """
    Draw each series as a line, all on one scale.

    Args:
        title: what is drawn.
        head: what the columns are, for the table.
        columns: from the left, each with one amount a series.
        series: names.
        say: an amount in words.
        colours: of each series.
        area: fill the room below.

    """
    top = round_top(max((amount for column in columns for amount in column.amounts), default=0), 1)
    last = max(len(columns) - 1, 1)
    every = max(1, -(-len(columns) // LABELS))
    curves = []
    for place, name in enumerate(series):
        dots = [
            f"{at * WIDTH // last},{HEIGHT - column.amounts[place] * HEIGHT // top}"
            for at, column in enumerate(columns)
        ]
        corners = [f"0,{HEIGHT}", *dots, f"{WIDTH},{HEIGHT}"] if area else dots
        curves.append(
            Curve(" ".join(corners), colours[place], name, say(columns[-1].amounts[place]) if columns else "")
        )
    return Curves(
        title=title,
        curves=tuple(curves),
        area=area,
        lines=(0, HEIGHT // 2, HEIGHT),
        scale=(say(top), say(top // 2), say(0)),
        labels=tuple(column.label for place, column in enumerate(columns) if place % every == 0),
        head=head,
        rows=tuple(Row(column.name, tuple(map(say, column.amounts))) for column in columns),
    )
