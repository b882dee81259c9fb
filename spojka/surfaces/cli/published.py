"""Editions from the command line: checked where they lie, published for a provider."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from spojka.surfaces.cli.calling import answer, ask
from spojka.surfaces.cli.options import REFUSED, WRONG_CALL
from spojka.surfaces.cli.printing import out, print_json, print_problem

if TYPE_CHECKING:
    from spojka.terms.editions import Edition
    from spojka.terms.precedence import BoundTerms
    from spojka.trade.publications.packs import Pack

_LANGUAGES: Final = {"cs": "Czech", "en": "English"}


def check_editions(files: Sequence[Path], *, as_json: bool) -> None:
    """Check each file; exit code 1 when one would be wrong to publish."""
    checked = [_checked(file) for file in files]
    if as_json:
        print_json([dataclasses.asdict(one) for one in checked])
    for one in checked if not as_json else ():
        for problem in one.problems:
            print_problem(f"{one.file}:{problem['line']}: {problem['problem']}")
        if not one.problems:
            out().print(
                f"{one.file}: {one.document} {one.edition}, valid from {one.effective_from}:"
                f" {one.clauses} clauses set {one.terms} terms, and say every figure in their words",
            )
    if any(one.problems for one in checked):
        raise typer.Exit(REFUSED)


def publish_edition(file: Path, *, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Publish a file that the check finds nothing wrong with; what is published never changes."""
    problems = _checked(file).problems
    for problem in problems:
        print_problem(f"{file}:{problem['line']}: {problem['problem']}")
    if problems:
        raise typer.Exit(REFUSED)
    given = {"text": _text_of(file), "source": file.name}
    answer(ask("publications.publish", given, tenant=tenant), as_json=as_json, lang=lang)


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    """
    One file and what is wrong with it.

    Args:
        file: as it was named.
        document, edition, effective_from: what it says it is; nothing where it cannot be read.
        clauses, terms: how many.
        problems: `line` (1-based) and `problem`, in the order of lines.

    """

    file: str
    document: str | None
    edition: str | None
    effective_from: str | None
    clauses: int
    terms: int
    problems: list[dict[str, Any]]


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as bad:
        print_problem(f"{file} is not UTF-8 text: {bad}")
        raise typer.Exit(WRONG_CALL) from bad


def _checked(file: Path) -> Checked:
    from spojka.terms.editions import EditionNotReadable, read_edition
    from spojka.terms.figures import unsaid_figures

    text = _text_of(file)
    try:
        edition = read_edition(text, source=str(file))
    except EditionNotReadable as bad:
        return Checked(str(file), None, None, None, 0, 0, [{"line": bad.line, "problem": bad.problem}])
    problems = [
        {
            "line": unsaid.line,
            "problem": f"clause {unsaid.clause} sets {unsaid.term} to {unsaid.value};"
            f" its {_LANGUAGES[unsaid.language]} words do not say {', '.join(unsaid.figures)}",
        }
        for unsaid in unsaid_figures(edition, text)
    ]
    problems += _unusable(edition, text)
    return Checked(
        str(file),
        edition.document,
        edition.edition,
        edition.effective_from.isoformat(),
        len(edition.clauses),
        len(edition.sets),
        sorted(problems, key=lambda problem: problem["line"]),
    )


def _unusable(edition: Edition, text: str) -> Iterator[dict[str, Any]]:
    """What rooms read from the pack's editions of that day, and cannot read once this one takes over."""
    from spojka.terms.editions import in_force, line_of
    from spojka.trade.publications.packs import PackUnknown, find_pack

    try:
        pack = find_pack(edition.document.rpartition("/")[0])
    except PackUnknown:
        return
    present = in_force(_editions_of(pack), edition.effective_from)
    if edition.document not in present:
        return
    before, after = (_bound(pack, chosen) for chosen in (present, {**present, edition.document: edition}))
    said: set[str] = set()
    for sheet in _sheets():
        problem = _unreadable(sheet, after)
        if problem is not None and problem not in said and _unreadable(sheet, before) is None:
            said.add(problem)
            named = next((name for name in edition.sets if f" {name} " in problem or f"'{name}'" in problem), "")
            clause = edition.sets[named].ref.clause if named else ""
            path = ("clause", clause, "sets", *named.split(".")) if named else ()
            yield {"line": line_of(text, *path), "problem": problem}


def _editions_of(pack: Pack) -> list[Edition]:
    from spojka.terms.editions import read_edition

    return [
        read_edition(path.read_text(encoding="utf-8"), source=str(path), cites_as=document.cites_as)
        for document, path in pack.edition_files()
    ]


def _bound(pack: Pack, chosen: dict[str, Edition]) -> BoundTerms:
    from spojka.terms.precedence import BoundTerms

    return BoundTerms(tuple((pack.rank(pack.documents[code].kind), one) for code, one in chosen.items()))


def _sheets() -> list[type]:
    """Every sheet of terms that a room reads; parts of sheets too, which no editions satisfy by themselves."""
    from spojka.surfaces.registered import register_all

    register_all()
    modules = [module for name, module in sorted(sys.modules.items()) if _holds_sheets(name)]
    return [
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type) and dataclasses.is_dataclass(found) and found.__module__ == module.__name__
    ]


def _holds_sheets(module: str) -> bool:
    return module.startswith("spojka.") and module.endswith(".terms")


def _unreadable(sheet: type, bound: BoundTerms) -> str | None:
    """Why a sheet cannot be read from what binds, or nothing."""
    from spojka.terms.precedence import TermConflict, TermMissing
    from spojka.terms.sheets import TermUnusable, read_sheet

    try:
        read_sheet(sheet, bound)
    except (TermMissing, TermConflict, TermUnusable, TypeError) as bad:
        return str(bad)
    return None
