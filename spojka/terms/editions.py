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
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from spojka.terms.clauses import Clause, ClauseRef

HEAD_KEYS = frozenset(
    {"document", "edition", "effective_from", "published_on", "binds_existing_from", "example", "clause"},
)


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


def _line_of(text: str, *needles: str) -> int:
    """1-based line of the last needle found after the earlier ones; where one is missing, the one before."""
    line = 1
    lines = text.splitlines()
    for needle in needles:
        for number in range(line, len(lines) + 1):
            if needle in lines[number - 1]:
                line = number
                break
    return line


def _flat(prefix: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), inner)
    else:
        yield prefix, value


def _head(raw: Mapping[str, Any], key: str, kind: type, text: str, source: str) -> Any:
    value = raw.get(key)
    if not isinstance(value, kind):
        found = "is missing" if value is None else f"is {value!r}"
        raise EditionNotReadable(source, _line_of(text, key), f"{key} {found}; a {kind.__name__} is expected")
    return value


def _clause(number: str, raw: Any, ref: ClauseRef, text: str, source: str) -> Clause:
    line = _line_of(text, f'[clause."{number}"')
    if not isinstance(raw, dict):
        raise EditionNotReadable(source, line, f"clause {number} is not a table")
    unknown = set(raw) - {"cs", "en", "sets"}
    if unknown:
        key = min(unknown)
        place = _line_of(text, f'[clause."{number}"', key)
        raise EditionNotReadable(source, place, f"clause {number} has the key {key!r}; cs, en and sets are known")
    for language in ("cs", "en"):
        if not isinstance(raw.get(language), str) or not raw[language].strip():
            raise EditionNotReadable(source, line, f"clause {number} has no words in {language}")
    return Clause(ref, raw["cs"].strip(), raw["en"].strip(), dict(_flat("", raw.get("sets", {}))))


def read_edition(text: str, *, source: str, cites_as: str | None = None) -> Edition:
    """
    Read one edition; raises `EditionNotReadable` with file, line and cause.

    Args:
        text: the TOML.
        source: the file's name, for errors.
        cites_as: prefix of clause ids (default: the document's code).

    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as bad:
        line = int(str(bad).rpartition("line ")[2].partition(",")[0] or 1) if "line " in str(bad) else text.count("\n")
        raise EditionNotReadable(source, line, str(bad)) from bad
    unknown = set(raw) - HEAD_KEYS
    if unknown:
        key = min(unknown)
        raise EditionNotReadable(source, _line_of(text, key), f"unknown key {key!r}; known: {sorted(HEAD_KEYS)}")
    document = _head(raw, "document", str, text, source)
    name = _head(raw, "edition", str, text, source)
    effective = _head(raw, "effective_from", date, text, source)
    clauses = {
        number: _clause(number, body, ClauseRef(document, name, number, cites_as or document), text, source)
        for number, body in raw.get("clause", {}).items()
    }
    seen: dict[str, str] = {}
    for number, clause in clauses.items():
        for term in clause.sets:
            if term in seen:
                place = _line_of(text, f'[clause."{number}"', term.rpartition(".")[2])
                raise EditionNotReadable(source, place, f"{term} is set by clauses {seen[term]} and {number}")
            seen[term] = number
    return Edition(
        document=document,
        edition=name,
        published_on=raw.get("published_on", effective),
        effective_from=effective,
        binds_existing_from=raw.get("binds_existing_from", effective),
        example=bool(raw.get("example", False)),
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
