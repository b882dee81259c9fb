"""Which clause sets a term when several documents bind: order of precedence is data, gaps and conflicts are errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from spojka.terms.clauses import Clause, Term
from spojka.terms.editions import Edition


class TermMissing(LookupError):
    """No binding clause sets a term that a rule needs; it is never taken as zero."""

    def __init__(self, name: str, documents: Sequence[str]) -> None:
        self.name = name
        super().__init__(f"no clause sets {name!r}; bound are {', '.join(documents) or 'no documents'}")


class TermConflict(ValueError):
    """Two clauses of one rank set one term."""

    def __init__(self, name: str, first: str, second: str) -> None:
        self.name = name
        super().__init__(f"{name!r} is set by {first} and by {second}, which have the same rank")


@dataclass(frozen=True, eq=False)
class BoundTerms:
    """
    The terms of the editions that bind, the strongest first.

    Args:
        ranked: (rank, edition), lower rank is stronger.

    """

    ranked: tuple[tuple[int, Edition], ...]

    @cached_property
    def _by_name(self) -> Mapping[str, Clause]:
        found: dict[str, tuple[int, Clause]] = {}
        for rank, edition in sorted(self.ranked, key=lambda pair: pair[0]):
            for name, clause in edition.sets.items():
                earlier = found.get(name)
                if earlier is None:
                    found[name] = (rank, clause)
                elif earlier[0] == rank:
                    raise TermConflict(name, earlier[1].ref.id, clause.ref.id)
        return {name: clause for name, (_, clause) in found.items()}

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The bound editions, strongest first."""
        return tuple(edition for _, edition in self.ranked)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def term(self, name: str) -> Term[object]:
        """The term of that dotted name; raises `TermMissing`."""
        clause = self._by_name.get(name)
        if clause is None:
            raise TermMissing(name, [edition.document for edition in self.editions])
        return Term(name, clause.sets[name], clause.ref)

    def clauses_of(self, name: str) -> tuple[str, ...]:
        """The id of the clause that sets a term, for what rests on it whatever it says; none where no clause does."""
        clause = self._by_name.get(name)
        return () if clause is None else (clause.ref.id,)

    def children(self, prefix: str) -> Iterator[str]:
        """Distinct next parts of the names below a prefix, in the order of the documents."""
        start = f"{prefix}."
        seen: dict[str, None] = {}
        for name in self._by_name:
            if name.startswith(start):
                seen.setdefault(name[len(start) :].partition(".")[0])
        yield from seen

    def clause(self, clause_id: str) -> Clause | None:
        """The bound clause of an id like `nej/2.11`, or none."""
        for edition in self.editions:
            for clause in edition.clauses.values():
                if clause.ref.id == clause_id:
                    return clause
        return None
