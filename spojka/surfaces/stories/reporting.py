"""Reports of runs: plain for people, JSON and JUnit XML for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from spojka.surfaces.stories.results import StepResult, StoryResult


def as_json(results: Sequence[StoryResult]) -> dict[str, Any]:
    """Every story with its steps, as JSON-ready data."""
    return {
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "stories": [
            {
                "story": result.story.title,
                "file": result.story.place.file,
                "line": result.story.place.line,
                "clauses": [ref for ref, _ in result.story.clauses],
                "passed": result.passed,
                "duration_ms": result.duration_ms,
                "cites": list(result.cites),
                "steps": [_step_json(step) for step in result.steps],
            }
            for result in results
        ],
    }


def _step_json(step: StepResult) -> dict[str, Any]:
    return {
        "number": step.number,
        "step": step.text,
        "file": step.place.file,
        "line": step.place.line,
        "state": step.state,
        "duration_ms": step.duration_ms,
        "cites": list(step.cites),
        "problem": step.problem,
        "mismatches": [{"path": miss.path, "expected": miss.expected, "got": miss.got} for miss in step.mismatches],
        "explanation": step.explanation,
    }


def as_text(step: StepResult) -> str:
    """A failed step in plain text: where, what, expected and got side by side, the explanation."""
    lines = [f"{step.place}: step {step.number}, {step.text}: {step.problem}"]
    for miss in step.mismatches:
        lines += [f"  {miss.path or 'the answer'}", f"    expected  {miss.expected}", f"    got       {miss.got}"]
    lines += [f"  {line}" for line in step.explanation.splitlines()]
    return "\n".join(lines)


def _seconds(duration_ms: int) -> str:
    return f"{duration_ms // 1000}.{duration_ms % 1000:03d}"


def as_junit(results: Sequence[StoryResult]) -> str:
    """JUnit XML: a suite a file, a case a story."""
    root = ET.Element("testsuites")
    by_file: dict[str, list[StoryResult]] = {}
    for result in results:
        by_file.setdefault(result.story.place.file, []).append(result)
    for file, of_file in by_file.items():
        suite = ET.SubElement(
            root,
            "testsuite",
            name=file,
            tests=str(len(of_file)),
            failures=str(sum(not result.passed for result in of_file)),
            errors="0",
            time=_seconds(sum(result.duration_ms for result in of_file)),
        )
        for result in of_file:
            case = ET.SubElement(
                suite,
                "testcase",
                classname=file,
                name=result.story.title,
                file=file,
                line=str(result.story.place.line),
                time=_seconds(result.duration_ms),
            )
            failed = result.failed_step
            if failed is not None:
                ET.SubElement(case, "failure", message=failed.problem).text = as_text(failed)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _failure_panel(step: StepResult) -> Group:
    parts: list[Text | Table] = [
        Text.assemble(("   step ", "dim"), str(step.number), ("  ", ""), (step.text, "bold"), ("  ", ""), step.problem),
        Text(f"   {step.place}", "dim"),
    ]
    if step.mismatches:
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
        for title in ("   where", "expected", "got"):
            table.add_column(title, overflow="fold")
        for miss in step.mismatches:
            table.add_row(f"   {escape(miss.path) or 'answer'}", Text(miss.expected, "green"), Text(miss.got, "red"))
        parts.append(table)
    if step.explanation:
        parts.append(Text("\n".join(f"   {line}" for line in step.explanation.splitlines()), "italic"))
    return Group(*parts)


def print_plain(results: Sequence[StoryResult], console: Console) -> None:
    """Each story in a line; under a failed one its step, expected and got side by side, and why."""
    for result in results:
        mark = Text("✔ ", "green") if result.passed else Text("✘ ", "bold red")
        steps = f"  {len(result.steps)} steps, {_seconds(result.duration_ms)} s"
        console.print(Text.assemble(mark, result.story.title, (steps, "dim")))
        failed = result.failed_step
        if failed is not None:
            console.print(_failure_panel(failed))
    failures = sum(not result.passed for result in results)
    cited = len({ref for result in results for ref in result.cites})
    total = f"{len(results)} stor{'y' if len(results) == 1 else 'ies'}"
    verdict = f"{failures} failed" if failures else "all passed"
    console.print(Text(f"{total}, {verdict}; {cited} clauses cited", "bold red" if failures else "bold green"))
