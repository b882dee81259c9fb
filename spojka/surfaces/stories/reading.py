"""A file of stories as typed steps; raises `StoryWrong` with file, line and the nearest valid key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from spojka.surfaces.stories.marked import Mapping, Place, Sequence, nearest, read_documents, wrong

ABSENT: Final = object()
"""Stands for `returns` that a step does not have; `null` is something it may return."""

STORY_KEYS: Final = ("story", "clauses", "provider", "editions", "today", "steps")
CALL_KEYS: Final = ("with", "as", "returns", "refused", "cites", "why", "lang", "actor")
STEP_KEYS: Final = ("do", "ask", "advance", "repeat", "include")
RESERVED: Final = frozenset({"i", "now", "today"})
_NAME: Final = re.compile(r"^[A-Za-z_]\w*$")
MOST_INCLUDES: Final = 20


@dataclass(frozen=True, slots=True)
class Call:
    """
    A `do` or an `ask`.

    Args:
        place: where it stands.
        verb: `do` calls an operation, `ask` a query.
        name: the registered name.
        given: its arguments as written.
        label: the name its result gets, or `None`.
        returns: what the result must contain, or `ABSENT`.
        refused: the code it must be refused with, or `None`.
        cites: ids of clauses the answer must rest on.
        why: a text that the explanation contains, or `None`.
        lang: the explanation's language; `None` accepts either.
        actor: who acts: `operator`, a login, or a customer's reference.

    """

    place: Place
    verb: Literal["do", "ask"]
    name: str
    given: Mapping
    label: str | None
    returns: Any
    refused: str | None
    cites: tuple[str, ...]
    why: str | None
    lang: Literal["cs", "en"] | None
    actor: str
    marked: Mapping


@dataclass(frozen=True, slots=True)
class Advance:
    """Virtual time moves to an instant, to a day, or by a duration."""

    place: Place
    to: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """Steps done several times; `$i` counts from 0."""

    place: Place
    times: int
    steps: tuple[Step, ...]


Step = Call | Advance | Repeat


@dataclass(frozen=True, slots=True)
class Story:
    """
    One story.

    Args:
        place: where it begins.
        title: what it shows.
        clauses: ids it is evidence for, with their places.
        provider: the pack to load.
        editions: like `price-list@2021-08`; empty loads the newest.
        today: where virtual time starts, as written.
        steps: in order.

    """

    place: Place
    title: str
    clauses: tuple[tuple[str, Place], ...]
    provider: str
    editions: tuple[str, ...]
    today: str
    steps: tuple[Step, ...]


def _text(marked: Mapping, key: str, *, needed: bool = False) -> str | None:
    value = marked.get(key)
    if value is None:
        if needed or key in marked:
            raise wrong(marked.places.get(key, marked.place), f"{key} is missing: a text is expected")
        return None
    if not isinstance(value, str):
        raise wrong(marked.places[key], f"{key} is a text")
    return value


def _needed(marked: Mapping, key: str) -> str:
    value = _text(marked, key, needed=True)
    assert value is not None
    return value


def _texts(marked: Mapping, key: str) -> list[tuple[str, Place]]:
    value = marked.get(key)
    if value is None:
        return []
    if isinstance(value, str):
        return [(value, marked.places[key])]
    if not isinstance(value, Sequence) or not all(isinstance(item, str) for item in value):
        raise wrong(marked.places[key], f"{key} is a text or a list of texts")
    return list(zip(value, value.places, strict=True))


def _only(marked: Mapping, known: tuple[str, ...], what: str) -> None:
    for key in marked:
        if key not in known:
            raise wrong(marked.places[key], f"{what} has no key {key!r}{nearest(key, known)}")


def _call(marked: Mapping, verb: Literal["do", "ask"]) -> Call:
    _only(marked, (verb, *CALL_KEYS), f"a step with {verb!r}")
    given = marked.get("with")
    if given is None:
        given = Mapping(marked.place)
    if not isinstance(given, Mapping):
        raise wrong(marked.places["with"], "with holds arguments by name: {name: value}")
    label = _text(marked, "as")
    if label is not None and (not _NAME.match(label) or label in RESERVED):
        raise wrong(marked.places["as"], f"as: {label!r} cannot name a result; use letters, digits and _")
    lang = _text(marked, "lang")
    if lang not in (None, "cs", "en"):
        raise wrong(marked.places["lang"], f"lang is cs or en, not {lang!r}")
    if lang is not None and "why" not in marked:
        raise wrong(marked.places["lang"], "lang says the language of why, which is missing")
    if "returns" in marked and "refused" in marked:
        raise wrong(marked.places["refused"], "a call is either answered (returns) or refused, not both")
    return Call(
        place=marked.place,
        verb=verb,
        name=_needed(marked, verb),
        given=given,
        label=label,
        returns=marked.get("returns", ABSENT),
        refused=_text(marked, "refused"),
        cites=tuple(text for text, _ in _texts(marked, "cites")),
        why=_text(marked, "why"),
        lang="cs" if lang == "cs" else "en" if lang == "en" else None,
        actor=_text(marked, "actor") or "operator",
        marked=marked,
    )


def _repeat(marked: Mapping, folder: Path, depth: int) -> Repeat:
    inner = marked["repeat"]
    if inner is None:
        _only(marked, ("repeat", "times", "steps"), "a step with 'repeat'")
        inner = marked
    elif isinstance(inner, Mapping):
        _only(marked, ("repeat",), "a step with 'repeat'")
        _only(inner, ("times", "steps"), "repeat")
    else:
        raise wrong(marked.places["repeat"], "repeat holds times and steps: {times: 3, steps: […]}")
    times = _needed(inner, "times")
    if not times.isdecimal():
        raise wrong(inner.places["times"], f"times is a whole number, not {times!r}")
    return Repeat(marked.place, int(times), _steps(inner, folder, depth))


def _included(marked: Mapping, folder: Path, depth: int) -> tuple[Step, ...]:
    _only(marked, ("include",), "a step with 'include'")
    place = marked.places["include"]
    path = folder / _needed(marked, "include")
    if depth >= MOST_INCLUDES:
        raise wrong(place, f"{path} is included inside itself")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as bad:
        near = nearest(path.name, sorted(other.name for other in path.parent.glob("*.yaml")))
        raise wrong(place, f"there is no file {path}{near}") from bad
    documents = list(read_documents(text, str(path)))
    if len(documents) != 1 or not isinstance(documents[0], Sequence):
        raise wrong(Place(str(path), 1), "an included file is one list of steps")
    return _listed(documents[0], path.parent, depth + 1)


def _step(marked: Any, place: Place, folder: Path, depth: int) -> tuple[Step, ...]:
    if not isinstance(marked, Mapping):
        raise wrong(place, f"a step is a mapping with one of {', '.join(STEP_KEYS)}")
    verbs = [key for key in STEP_KEYS if key in marked]
    if len(verbs) > 1:
        raise wrong(place, f"a step does one thing, not {' and '.join(verbs)}")
    match verbs:
        case ["do"]:
            return (_call(marked, "do"),)
        case ["ask"]:
            return (_call(marked, "ask"),)
        case ["advance"]:
            _only(marked, ("advance",), "a step with 'advance'")
            return (Advance(place, _needed(marked, "advance")),)
        case ["repeat"]:
            return (_repeat(marked, folder, depth),)
        case ["include"]:
            return _included(marked, folder, depth)
    first = next(iter(marked), "")
    raise wrong(place, f"a step has one of {', '.join(STEP_KEYS)}{nearest(first, STEP_KEYS)}")


def _listed(steps: Sequence, folder: Path, depth: int) -> tuple[Step, ...]:
    pairs = zip(steps, steps.places, strict=True)
    return tuple(step for marked, place in pairs for step in _step(marked, place, folder, depth))


def _steps(marked: Mapping, folder: Path, depth: int) -> tuple[Step, ...]:
    steps = marked.get("steps")
    if not isinstance(steps, Sequence) or not steps:
        raise wrong(marked.places.get("steps", marked.place), "steps is a list of steps with at least one")
    return _listed(steps, folder, depth)


def _editions(marked: Mapping) -> tuple[str, ...]:
    value = marked.get("editions")
    if isinstance(value, Mapping):
        return tuple(f"{document}@{edition}" for document, edition in value.items())
    return tuple(text for text, _ in _texts(marked, "editions"))


def checks_something(step: Step) -> bool:
    """Whether a step can fail for what a call answers: it asks, or says what is returned or refused."""
    match step:
        case Call():
            return step.verb == "ask" or step.returns is not ABSENT or step.refused is not None
        case Repeat():
            return any(checks_something(inner) for inner in step.steps)
        case Advance():
            return False


def read_story(marked: Any, file: str) -> Story:
    """One story from its YAML document; raises `StoryWrong`."""
    if not isinstance(marked, Mapping):
        raise wrong(getattr(marked, "place", Place(file, 1)), "a story is a mapping with story, provider, today, steps")
    _only(marked, STORY_KEYS, "a story")
    story = Story(
        place=marked.place,
        title=_needed(marked, "story"),
        clauses=tuple(_texts(marked, "clauses")),
        provider=_needed(marked, "provider"),
        editions=_editions(marked),
        today=_needed(marked, "today"),
        steps=_steps(marked, Path(file).parent, 0),
    )
    if not any(checks_something(step) for step in story.steps):
        raise wrong(story.place, "the story checks nothing: it has no ask, returns or refused")
    return story


def read_stories(path: Path) -> list[Story]:
    """Every story of a file, in order; raises `StoryWrong` (a file of steps alone is no story)."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as bad:
        near = nearest(path.name, sorted(other.name for other in path.parent.glob("*.yaml")))
        raise wrong(Place(str(path), 1), f"there is no such file{near}") from bad
    except UnicodeDecodeError as bad:
        raise wrong(Place(str(path), 1), "the file is not UTF-8 text") from bad
    stories = [read_story(marked, str(path)) for marked in read_documents(text, str(path))]
    if not stories:
        raise wrong(Place(str(path), 1), "the file holds no story")
    return stories
