"""Names in a story checked before it runs: operations, arguments, references, refusal codes, clause ids."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from spojka.access.operations.registry import Operation, all_operations
from spojka.surfaces.stories.marked import Mapping, Place, Problem, StoryWrong, nearest, place_within
from spojka.surfaces.stories.moments import MomentNotUnderstood, later, parse_instant
from spojka.surfaces.stories.reading import RESERVED, Advance, Call, Repeat, Step, Story
from spojka.surfaces.stories.references import names_in
from spojka.terms.refusals import all_refusals, canonical
from spojka.trade.publications.packs import PackUnknown, find_pack


@lru_cache(maxsize=32)
def clause_ids(pack: str) -> frozenset[str]:
    """Every clause id of a pack's editions."""
    found = find_pack(pack)
    ids: set[str] = set()
    for document, file in found.edition_files():
        clauses = tomllib.loads(file.read_text(encoding="utf-8")).get("clause", {})
        ids.update(f"{document.cites_as}/{number}" for number in clauses)
    return frozenset(ids)


def _operation(step: Call, known: dict[str, Operation]) -> Iterator[Problem]:
    place = step.marked.places[step.verb]
    called = known.get(step.name)
    if called is None:
        yield Problem(place, f"there is no operation or query {step.name!r}{nearest(step.name, known)}")
        return
    verb = "ask" if called.kind == "query" else "do"
    if verb != step.verb:
        yield Problem(place, f"{step.name} is {'a query' if verb == 'ask' else 'an operation'}; write {verb!r}")
    names = {argument.name: argument for argument in called.arguments}
    for given in step.given:
        if given not in names:
            yield Problem(step.given.places[given], f"{step.name} has no argument {given!r}{nearest(given, names)}")
    missing = [argument.name for argument in called.arguments if argument.required and argument.name not in step.given]
    if missing:
        yield Problem(place, f"{step.name} needs {', '.join(missing)}")


def _codes(step: Call) -> Iterator[Problem]:
    if step.refused is not None:
        known = {words.code for words in all_refusals()}
        if canonical(step.refused) not in known:
            near = nearest(step.refused.upper(), known)
            yield Problem(step.marked.places["refused"], f"no refusal has the code {step.refused!r}{near}")


def _clauses(step: Call, ids: Collection[str]) -> Iterator[Problem]:
    marked = step.marked.get("cites")
    for at, cited in enumerate(step.cites):
        if ids and cited not in ids:
            place = place_within(step.marked, ("cites", at) if isinstance(marked, list) else ("cites",), step.place)
            yield Problem(place, f"no edition of the pack has the clause {cited!r}{nearest(cited, ids)}")


def _unknown_names(marked: Any, place: Place, names: set[str]) -> Iterator[Problem]:
    match marked:
        case Mapping():
            for key, inner in marked.items():
                yield from _unknown_names(inner, marked.places[key], names)
        case list():
            places = getattr(marked, "places", [place] * len(marked))
            for inner, where in zip(marked, places, strict=True):
                yield from _unknown_names(inner, where, names)
        case str():
            for name in names_in(marked):
                if name not in names:
                    yield Problem(place, f"${name} names no earlier result{nearest(name, names)}")


def _references(step: Call, names: set[str]) -> Iterator[Problem]:
    for key in ("with", "returns", "actor", "why"):
        if key in step.marked:
            yield from _unknown_names(step.marked[key], step.marked.places[key], names)


def _step(step: Step, known: dict[str, Operation], ids: Collection[str], names: set[str]) -> Iterator[Problem]:
    match step:
        case Call():
            yield from _operation(step, known)
            yield from _codes(step)
            yield from _clauses(step, ids)
            yield from _references(step, names)
            if step.label is not None:
                names.add(step.label)
        case Repeat():
            inner = names | {"i"}
            for each in step.steps:
                yield from _step(each, known, ids, inner)
            names |= inner - {"i"}
        case Advance():
            yield from _unknown_names(step.to, step.place, names)
            if not list(names_in(step.to)):
                try:
                    later(parse_instant("2026-01-01"), step.to)
                except MomentNotUnderstood as bad:
                    yield Problem(step.place, str(bad))


def problems_of(story: Story) -> Iterator[Problem]:
    """Every name in a story that nothing has, with the nearest that exists."""
    ids: frozenset[str] = frozenset()
    try:
        ids = clause_ids(story.provider)
    except PackUnknown as bad:
        yield Problem(story.place, str(bad))
    try:
        parse_instant(story.today)
    except MomentNotUnderstood as bad:
        yield Problem(story.place, f"today: {bad}")
    for cited, place in story.clauses:
        if ids and cited not in ids:
            yield Problem(place, f"no edition of the pack has the clause {cited!r}{nearest(cited, ids)}")
    known = {one.name: one for one in all_operations()}
    names = set(RESERVED) - {"i"}
    for step in story.steps:
        yield from _step(step, known, ids, names)


def check_story(story: Story) -> None:
    """Raise `StoryWrong` with every name that nothing has."""
    problems = list(problems_of(story))
    if problems:
        raise StoryWrong(problems)
