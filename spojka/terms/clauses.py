"""A clause of one edition, addressable by id, with its words in Czech and English and the terms it sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Language = Literal["cs", "en"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClauseRef:
    """
    Where a term stands.

    Args:
        document: the document's code, like `nej-mobil/operating-rules`.
        edition: the edition's name, like `2021-08`.
        clause: the clause's number inside the document, like `2.11`.
        cites_as: the prefix its id is cited with, like `nej`.

    """

    document: str
    edition: str
    clause: str
    cites_as: str

    @property
    def id(self) -> str:
        """The id used in code, stories and tests: `nej/2.11`."""
        return f"{self.cites_as}/{self.clause}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its place, its words and the terms it sets (flat, dotted names)."""

    ref: ClauseRef
    cs: str
    en: str
    sets: Mapping[str, object] = field(default_factory=dict)

    def words(self, language: Language) -> str:
        """The clause in the customer's language."""
        return self.cs if language == "cs" else self.en


@dataclass(frozen=True, slots=True)
class Term(Generic[T]):
    """A value that remembers the clause that sets it."""

    name: str
    value: T
    ref: ClauseRef

    def __str__(self) -> str:
        return f"{self.value} ({self.ref.id})"
