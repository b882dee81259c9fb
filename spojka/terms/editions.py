"""
One publication of one document, read from TOML with the exact place of whatever is wrong in it.

    document = "nej-mobil/operating-rules"
    edition = "2021-08"
    effective_from = 2021-08-01

    [clause."2.11"]
    cs = "…"
    en = "…"
    sets.call_increment = "60+1"
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from spojka.terms.clauses import Clause, ClauseRef

HEAD_KEYS = frozenset(
    {"document", "edition", "effective_from", "published_on", "binds_existing_from", "example", "clause"},
)

_PLACE: Final = re.compile(r"at line (?P<line>\d+)")


class EditionNotReadable(ValueError):
    """
    An edition's text cannot be published: says file, line and what is expected there.

    Args:
        source: the file's name.
        line: 1-based.
        problem: what is wrong and what to write instead.

    """

    def __init__(self, source: str, line: int, problem: str) -> None:
        self.source, self.line, self.problem = source, line, problem
        super().__init__(f"{source}:{line}: {problem}")


@dataclass(frozen=True)
class Edition:
    """
    An edition with its clauses.

    Args:
        document: the document's code.
        edition: its name, unique within the document.
        published_on: the day it was published.
        effective_from: first day it governs new contracts.
        binds_existing_from: first day it governs contracts made under an earlier one.
        example: it stands in for a document that is not public.
        clauses: by number, in the order of the document.
        digest: SHA-256 of the text it was read from.

    """

    document: str
    edition: str
    published_on: date
    effective_from: date
    binds_existing_from: date
    example: bool
    clauses: Mapping[str, Clause]
    digest: str

    @cached_property
    def sets(self) -> dict[str, Clause]:
        """The clause that sets each term, by the term's dotted name."""
        return {name: clause for clause in self.clauses.values() for name in clause.sets}

    def __hash__(self) -> int:
        return hash(self.digest)


_TABLE: Final = re.compile(r"^\s*\[(?P<path>[^][]+)\]\s*(?:#.*)?$")
_KEY: Final = re.compile(r"""^\s*(?P<path>[\w"'][^=]*?)\s*=""")
_PART: Final = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*(?:\.|$)""")


def line_of(text: str, *path: str) -> int:
    """
    Where a TOML key or table is written.

    Args:
        text: the TOML.
        path: its parts, like `clause`, `2.11`, `en`.

    Returns:
        1-based line of the longest part of the path that has a line of its own; 1 where none has.

    """
    best, depth = 1, 0
    inside: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if table := _TABLE.match(line):
            found = inside = _parts(table["path"])
        elif key := _KEY.match(line):
            found = (*inside, *_parts(key["path"]))
        else:
            continue
        shared = min(len(found), len(path))
        if shared > depth and found[:shared] == path[:shared]:
            best, depth = number, shared
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple("".join(part) for part in _PART.findall(dotted))


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True, slots=True)
class _Source:
    """A text and its name, so that whatever is wrong in it is said with its place."""

    text: str
    name: str

    def wrong(self, problem: str, *path: str) -> EditionNotReadable:
        """What to raise for a problem at a key."""
        return EditionNotReadable(self.name, line_of(self.text, *path), problem)

    def table(self, value: object, *path: str) -> Mapping[str, Any]:
        """A table, or nothing where there is none."""
        if not isinstance(value, dict):
            raise self.wrong(f"{path[-1]} is {value!r}; a table is expected", *path)
        return value

    def text_of(self, raw: Mapping[str, Any], key: str) -> str:
        """A text that must be there."""
        value = raw.get(key)
        if not isinstance(value, str) or not value:
            found = "is missing" if value is None else f"is {value!r}"
            raise self.wrong(f"{key} {found}; a text is expected", key)
        return value

    def day(self, raw: Mapping[str, Any], key: str, default: date | None = None) -> date:
        """A day; without a default it must be there."""
        value = raw.get(key, default)
        if not isinstance(value, date) or isinstance(value, datetime):
            found = "is missing" if value is None else f"is {value!r}"
            raise self.wrong(f"{key} {found}; a day is expected, like {key} = 2026-01-01", key)
        return value

    def flat(self, value: object, *path: str) -> Iterator[tuple[str, object]]:
        """The terms below a clause's `sets` by their dotted names."""
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from self.flat(inner, *path, str(key))
        elif any(isinstance(one, float) for one in _each(value)):  # float: refused, a clause sets exact values
            raise self.wrong(f"{path[-1]} is {value!r}, which is not exact; write it in quotation marks", *path)
        else:
            yield ".".join(path[3:]), value


def _clause(number: str, body: Any, ref: ClauseRef, source: _Source) -> Clause:
    raw = source.table(body, "clause", number)
    unknown = sorted(set(raw) - {"cs", "en", "sets"})
    if unknown:
        problem = f"clause {number} has the key {unknown[0]!r}; cs, en and sets are known"
        raise source.wrong(problem, "clause", number, unknown[0])
    for language in ("cs", "en"):
        if not isinstance(raw.get(language), str) or not raw[language].strip():
            raise source.wrong(f"clause {number} has no words in {language}", "clause", number, language)
    sets = source.table(raw.get("sets", {}), "clause", number, "sets")
    terms = dict(source.flat(sets, "clause", number, "sets"))
    return Clause(ref, raw["cs"].strip(), raw["en"].strip(), terms)


def _refuse_repeated(clauses: Mapping[str, Clause], source: _Source) -> None:
    seen: dict[str, str] = {}
    for number, clause in clauses.items():
        for term in clause.sets:
            if term in seen:
                problem = f"{term} is set by clauses {seen[term]} and {number}"
                raise source.wrong(problem, "clause", number, "sets", *term.split("."))
            seen[term] = number


def _parsed(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as bad:
        place = _PLACE.search(str(bad))
        line = int(place["line"]) if place else max(1, len(text.splitlines()))
        raise EditionNotReadable(source, line, str(bad)) from bad


def read_edition(text: str, *, source: str, cites_as: str | None = None) -> Edition:
    """
    Read one edition; raises `EditionNotReadable` with file, line and cause.

    Args:
        text: the TOML.
        source: the file's name, for errors.
        cites_as: prefix of clause ids (default: the document's code).

    """
    raw, origin = _parsed(text, source), _Source(text, source)
    unknown = sorted(set(raw) - HEAD_KEYS)
    if unknown:
        raise origin.wrong(f"unknown key {unknown[0]!r}; known: {sorted(HEAD_KEYS)}", unknown[0])
    document, name = origin.text_of(raw, "document"), origin.text_of(raw, "edition")
    effective = origin.day(raw, "effective_from")
    example = raw.get("example", False)
    if not isinstance(example, bool):
        raise origin.wrong(f"example is {example!r}; true or false is expected", "example")
    clauses = {
        number: _clause(number, body, ClauseRef(document, name, number, cites_as or document), origin)
        for number, body in origin.table(raw.get("clause", {}), "clause").items()
    }
    _refuse_repeated(clauses, origin)
    return Edition(
        document=document,
        edition=name,
        published_on=origin.day(raw, "published_on", effective),
        effective_from=effective,
        binds_existing_from=origin.day(raw, "binds_existing_from", effective),
        example=example,
        clauses=clauses,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def in_force(editions: Sequence[Edition], on: date, signed_on: date | None = None) -> dict[str, Edition]:
    """
    The edition of each document that governs on a day.

    Args:
        editions: all published ones, in any order.
        on: the day asked for.
        signed_on: the day the contract was made; a later edition then binds from its `binds_existing_from`.

    Returns:
        By document; a document with no edition in force is absent.

    """
    chosen: dict[str, Edition] = {}
    for edition in sorted(editions, key=lambda one: (one.effective_from, one.published_on, one.edition)):
        later_than_contract = signed_on is not None and signed_on < edition.effective_from
        starts = edition.binds_existing_from if later_than_contract else edition.effective_from
        if starts <= on:
            chosen[edition.document] = edition
    return chosen
