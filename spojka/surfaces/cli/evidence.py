"""Stories and coverage of clauses: what shows that the terms are executed as they are written."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typer

from spojka.surfaces.cli.options import OK, REFUSED, WRONG_CALL
from spojka.surfaces.cli.printing import out, print_json, print_problem

FORMS: Final = ("plain", "json", "junit")


def tell_stories(paths: Sequence[Path], *, form: str, output: Path | None) -> None:
    """Run every story of the files; exit code 1 when one fails, 2 when a file cannot be read."""
    if form not in FORMS:
        print_problem(f"{form!r} is no report; there are {', '.join(FORMS)}")
        raise typer.Exit(WRONG_CALL)
    from spojka.access.operations.progress import report
    from spojka.surfaces.cli.calling import showing_progress
    from spojka.surfaces.jobs.install import install
    from spojka.surfaces.registered import register_all
    from spojka.surfaces.stories.checking import problems_of
    from spojka.surfaces.stories.gathering import expand, gather
    from spojka.surfaces.stories.marked import StoryWrong
    from spojka.surfaces.stories.running import run_story

    register_all()
    gathered = list(gather(expand(paths)))
    problems = [str(one.found) for one in gathered if isinstance(one.found, StoryWrong)]
    stories = [one.found for one in gathered if not isinstance(one.found, StoryWrong)]
    problems += [str(problem) for story in stories for problem in problems_of(story)]
    if problems or not stories:
        for problem in problems or ["there is no story in these files"]:
            print_problem(problem)
        raise typer.Exit(WRONG_CALL)
    install()
    results = []
    with showing_progress():
        for story in stories:
            results.append(run_story(story))
            report(len(results), len(stories), "stories")
    _report(results, form, output)
    raise typer.Exit(OK if all(result.passed for result in results) else REFUSED)


def _report(results: Sequence[object], form: str, output: Path | None) -> None:
    from rich.console import Console

    from spojka.surfaces.stories.reporting import as_json, as_junit, print_plain
    from spojka.surfaces.stories.results import StoryResult

    told = [result for result in results if isinstance(result, StoryResult)]
    match form:
        case "json":
            text = json.dumps(as_json(told), ensure_ascii=False, indent=2) + "\n"
        case "junit":
            text = as_junit(told)
        case _ if output is None:
            print_plain(told, out())
            return
        case _:
            console = Console(width=120, file=None)
            with console.capture() as captured:
                print_plain(told, console)
            text = captured.get()
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")


def count_clauses(*, as_json: bool, missing: bool, run_stories: bool) -> None:
    """Print the coverage of every document."""
    from spojka.surfaces.cli.calling import showing_progress
    from spojka.surfaces.coverage.counting import cover
    from spojka.surfaces.coverage.reporting import as_data, as_table

    with showing_progress():
        covered = cover(run_stories=run_stories)
    if as_json:
        print_json(as_data(covered, missing=missing))
    else:
        out().print(as_table(covered, missing=missing))
