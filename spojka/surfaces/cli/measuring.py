"""Running a benchmark by its name."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Final

import typer

from spojka.surfaces.cli.calling import showing_progress
from spojka.surfaces.cli.options import WRONG_CALL
from spojka.surfaces.cli.printing import out, print_json, print_problem, rendered

BENCHMARKS: Final = ("rating", "bill", "charging", "pdf", "messaging")


def measure(name: str, settings: Sequence[str], *, as_json: bool) -> None:
    """Run one benchmark; settings are whole numbers by name."""
    if name not in BENCHMARKS:
        print_problem(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
        raise typer.Exit(WRONG_CALL)
    chosen: dict[str, int] = {}
    for written in settings:
        setting, _, value = written.partition("=")
        if not value.replace("_", "").isdecimal():
            print_problem(f"{written!r} is not key=number")
            raise typer.Exit(WRONG_CALL)
        chosen[setting] = int(value)
    module = importlib.import_module(f"spojka.surfaces.bench.{name}")
    with showing_progress():
        measured = module.run(**chosen)
    if as_json:
        print_json(measured)
    else:
        out().print(rendered(measured))
