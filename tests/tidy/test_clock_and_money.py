"""Only surfaces read the clock, and no float comes near money."""

from __future__ import annotations

import ast

from tests.tidy.sources import PACKAGE, called, python_files, tree_of, where

CLOCKS = {
    "date.today",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "time.time",
    "time.time_ns",
    "timezone.now",
}
READ_THE_CLOCK = ("surfaces", "kernel/ids.py")
"""Surfaces tell the floors below what time it is; an id carries the moment it was made."""

FLOATS = {
    "surfaces/bench": "measures times, not money",
    "surfaces/demo": "reports times, not money",
}
"""Where floats may stand, and why; everywhere else each needs `# float:` and the reason on its line."""


def _within(file, places):
    path = file.relative_to(PACKAGE).as_posix()
    return any(path == place or path.startswith(f"{place}/") for place in places)


def test_now_and_today_are_arguments_below_the_surfaces():
    reading = [
        f"{where(file, node.lineno)} {ast.unparse(node.func)}"
        for file in python_files("spojka")
        if not _within(file, READ_THE_CLOCK)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and called(node) in CLOCKS
    ]

    assert reading == []


def test_no_float_comes_near_money():
    floats = [
        f"{where(file, node.lineno)} {ast.unparse(node)}"
        for file in python_files("spojka")
        if not _within(file, FLOATS)
        for lines in [file.read_text(encoding="utf-8").splitlines()]
        for node in ast.walk(tree_of(file))
        if _is_float(node) and "# float:" not in lines[node.lineno - 1]
    ]

    assert floats == []


def _is_float(node):
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    return isinstance(node, ast.Name) and node.id == "float"
