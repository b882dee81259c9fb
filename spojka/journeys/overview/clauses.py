"""Clauses in their words, as pages quote them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from spojka.access.operations.context import Context
from spojka.terms.clauses import Clause, ClauseRef
from spojka.trade.publications.shelf import Shelf, shelf_of


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """
    One clause as a reader sees it.

    Args:
        id: like `nej/2.11`.
        number: its number inside the document.
        document: the document's code.
        edition: the edition quoted.
        title_cs: the document, edition and clause, named in Czech.
        title_en: the same in English.
        cs: the words in Czech.
        en: the words in English.

    """

    id: str
    number: str
    document: str
    edition: str
    title_cs: str
    title_en: str
    cs: str
    en: str


def _words(shelf: Shelf, clause: Clause) -> ClauseWords:
    ref = clause.ref
    titles = shelf.title(ref, "cs"), shelf.title(ref, "en")
    return ClauseWords(ref.id, ref.clause, ref.document, ref.edition, *titles, clause.cs, clause.en)


def clauses_by_ref(ctx: Context, refs: Iterable[ClauseRef], known: Shelf | None = None) -> list[ClauseWords]:
    """The clauses that a finding names, in the very editions it rests on; `known` saves fetching the shelf again."""
    shelf = known or shelf_of(ctx)
    found: list[ClauseWords] = []
    for ref in refs:
        edition = shelf.edition(ref.document, ref.edition)
        clause = edition.clauses.get(ref.clause) if edition else None
        if clause is not None:
            found.append(_words(shelf, clause))
    return found


def clauses_by_id(ctx: Context, ids: Iterable[str], on: date) -> dict[str, ClauseWords]:
    """Clauses by their ids, in the words valid on a day; an id that no edition in force has is left out."""
    shelf = shelf_of(ctx)
    by_id = {clause.ref.id: clause for edition in shelf.bound(on).editions for clause in edition.clauses.values()}
    return {name: _words(shelf, by_id[name]) for name in dict.fromkeys(ids) if name in by_id}
