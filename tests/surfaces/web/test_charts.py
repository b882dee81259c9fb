"""Pictures: bars stand where the figures say, and the table beside them holds the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.surfaces.web.charts import HEIGHT, WIDTH, Column, drawn, round_top, stacked


def _drawn(*amounts: tuple[int, ...], series: int = 2):
    columns = [Column(str(place), f"day {place}", each) for place, each in enumerate(amounts)]
    names = [f"s{place}" for place in range(series)]
    return stacked(title="t", head="h", columns=columns, series=names, say=str)


def test_bars_of_a_column_stand_on_one_another():
    low, high = _drawn((3, 5)).bars

    assert (low.y + low.height, high.y + high.height) == (HEIGHT, low.y)
    assert low.height == 3 * HEIGHT // 8
    assert (low.colour, high.colour) == (1, 2)


def test_nothing_is_drawn_where_nothing_was():
    picture = _drawn((0, 0), (0, 4))

    assert [bar.says for bar in picture.bars] == ["day 1, s1: 4"]
    assert [row.name for row in picture.rows] == ["day 1"]
    assert _drawn((0, 0)).is_empty


@pytest.mark.parametrize(("most", "top"), [(0, 2), (2, 2), (3, 4), (10, 10), (11, 20), (61, 80), (81, 100)])
def test_the_scale_ends_at_a_round_figure_not_below_the_highest_bar(most, top):
    assert round_top(most, 1) == top


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), min_size=1, max_size=31))
def test_no_bar_leaves_the_drawing_and_the_table_sums_up(amounts):
    picture = _drawn(*amounts)

    for bar in picture.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH
        assert bar.y >= -2
        assert bar.y + bar.height <= HEIGHT
    assert [int(total) for _, _, total in picture.series] == [sum(column) for column in zip(*amounts, strict=True)]


def test_lines_stand_on_one_scale_and_the_room_below_is_closed_where_it_is_filled():
    columns = [Column(str(at), f"second {at}", amounts) for at, amounts in enumerate([(0, 1), (4, 2), (2, 2)])]
    facts = {"title": "t", "head": "h", "columns": columns, "series": ["a", "b"], "say": str, "colours": (1, 5)}

    plain, filled = drawn(**facts), drawn(**facts, area=True)

    assert [(one.points, one.colour, one.now) for one in plain.curves] == [
        ("0,300 500,0 1000,150", 1, "2"),
        ("0,225 500,150 1000,150", 5, "2"),
    ]
    assert filled.curves[0].points == "0,300 0,300 500,0 1000,150 1000,300"
    assert plain.scale == ("4", "2", "0")
    assert [row.cells for row in plain.rows] == [("0", "1"), ("4", "2"), ("2", "2")]


def test_lines_without_columns_are_drawn_empty():
    nothing = drawn(title="t", head="h", columns=[], series=["a"], say=str, colours=(1,))

    assert [(one.points, one.now) for one in nothing.curves] == [("", "")]
