"""Running a benchmark by its name."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Final

import typer

from spojka.surfaces.cli.calling import showing_progress
from spojka.surfaces.cli.options import REFUSED, WRONG_CALL
from spojka.surfaces.cli.printing import out, print_json, print_problem, rendered

BENCHMARKS: Final = {
    "rating": "rating",
    "bill": "bill",
    "charging": "charging",
    "pdf": "pdf",
    "messaging": "messaging.running",
}
"""Benchmarks and their modules."""


def measure(name: str, settings: Sequence[str], *, only: Sequence[str], as_json: bool) -> None:
    """
    Run one benchmark, or the parts of it that are named; settings are whole numbers by name.

    Ends with 1 where the figures miss limits that the benchmark judges itself.
    """
    if name not in BENCHMARKS:
        print_problem(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
        raise typer.Exit(WRONG_CALL)
    module = importlib.import_module(f"spojka.surfaces.bench.{BENCHMARKS[name]}")
    parts = getattr(module, "MEASUREMENTS", ())
    unknown = [one for one in only if one not in parts]
    if unknown:
        print_problem(f"{name} has no part {', '.join(unknown)}; it has {', '.join(parts) or 'none'}")
        raise typer.Exit(WRONG_CALL)
    chosen: dict[str, Any] = {"only": tuple(only)} if only else {}
    for written in settings:
        setting, _, value = written.partition("=")
        if not value.replace("_", "").isdecimal():
            print_problem(f"{written!r} is not key=number")
            raise typer.Exit(WRONG_CALL)
        chosen[setting] = int(value)
    with showing_progress():
        measured = module.run(**chosen)
    if as_json:
        print_json(measured)
    else:
        out().print(rendered(measured))
    if measured.get("missed"):
        raise typer.Exit(REFUSED)
