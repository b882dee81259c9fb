"""What is published, in its words, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.refusals import Refusal
from spojka.terms.changes import what_changed
from spojka.terms.editions import Edition, in_force
from spojka.terms.refusals import define_refusal
from spojka.trade.publications.shelf import Shelf, shelf_of

define_refusal(
    "NO_VERSION_IN_FORCE",
    cs="Dokument {document} nemá k {on} žádné platné znění.",
    en="The document {document} has no version in force on {on}.",
    also=("no_terms_for_date",),
)
define_refusal(
    "CLAUSE_UNKNOWN",
    cs="Ustanovení {clause} není v žádném znění platném k {on}.",
    en="No version in force on {on} has the clause {clause}.",
)
define_refusal(
    "EDITION_UNKNOWN",
    cs="Dokument {document} nemá vydání {edition}.",
    en="The document {document} has no edition {edition}.",
)


@dataclass(frozen=True, slots=True)
class EditionView:
    """One published edition as a list shows it; `valid_to` is the day a later one takes over."""

    document: str
    edition: str
    kind: str
    title_cs: str
    title_en: str
    example: bool
    published_on: date
    effective_from: date
    valid_to: date | None
    clauses: int


@dataclass(frozen=True, slots=True)
class ClauseView:
    """One clause in its words."""

    id: str
    document: str
    edition: str
    number: str
    cs: str
    en: str


@dataclass(frozen=True, slots=True)
class TermChangeView:
    """One term's change, as texts; empty where it was or is not set."""

    clause: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangesView:
    """What changed between two editions; clause numbers."""

    document: str
    before: str
    after: str
    added: list[str]
    removed: list[str]
    reworded: list[str]
    terms: list[TermChangeView]


def _view(shelf: Shelf, edition: Edition) -> EditionView:
    document = shelf.pack.documents[edition.document]
    later = [
        other.effective_from
        for other in shelf.editions
        if other.document == edition.document and other.effective_from > edition.effective_from
    ]
    return EditionView(
        edition.document,
        edition.edition,
        document.kind,
        document.titles["cs"],
        document.titles["en"],
        edition.example or document.example,
        edition.published_on,
        edition.effective_from,
        min(later, default=None),
        len(edition.clauses),
    )


@query("publications.editions", permission="publications.read", customers=True)
def editions(ctx: Context) -> list[EditionView]:
    """Every published edition with its validity, newest first within a document."""
    shelf = shelf_of(ctx)
    ordered = sorted(shelf.editions, key=lambda one: one.effective_from, reverse=True)
    return sorted((_view(shelf, edition) for edition in ordered), key=lambda one: one.document)


@query("publications.in_force", permission="publications.read", customers=True, refusals=("NO_VERSION_IN_FORCE",))
def version_in_force(ctx: Context, *, document: str, on: date | None = None) -> EditionView | Refusal:
    """The edition of a document valid on a day (default today)."""
    day = on or ctx.today
    shelf = shelf_of(ctx)
    found = in_force(shelf.editions, day).get(document)
    if found is None:
        clauses = shelf.pack.rests_on("edition_in_force") if shelf.pack.documents.get(document) else ()
        return Refusal("NO_VERSION_IN_FORCE", clauses, {"document": document, "on": day})
    return _view(shelf, found)


@query("publications.clauses", permission="publications.read", customers=True, refusals=("EDITION_UNKNOWN",))
def clauses(ctx: Context, *, document: str, edition: str) -> list[ClauseView] | Refusal:
    """Every clause of an edition in both languages, in the document's order."""
    found = shelf_of(ctx).edition(document, edition)
    if found is None:
        return Refusal("EDITION_UNKNOWN", (), {"document": document, "edition": edition})
    return [
        ClauseView(clause.ref.id, document, edition, number, clause.cs, clause.en)
        for number, clause in found.clauses.items()
    ]


@query("publications.clause", permission="publications.read", customers=True, refusals=("CLAUSE_UNKNOWN",))
def clause(ctx: Context, *, id: str, on: date | None = None) -> ClauseView | Refusal:  # noqa: A002  # its name outside
    """One clause by its id, like `nej/2.11`, in the words valid on a day."""
    day = on or ctx.today
    found = shelf_of(ctx).bound(day).clause(id)
    if found is None:
        return Refusal("CLAUSE_UNKNOWN", (), {"clause": id, "on": day})
    return ClauseView(id, found.ref.document, found.ref.edition, found.ref.clause, found.cs, found.en)


@query("publications.changes", permission="publications.read", customers=True, refusals=("EDITION_UNKNOWN",))
def changes(ctx: Context, *, document: str, before: str, after: str) -> ChangesView | Refusal:
    """What changed between two editions of a document: clauses and terms."""
    shelf = shelf_of(ctx)
    old, new = shelf.edition(document, before), shelf.edition(document, after)
    if old is None or new is None:
        return Refusal("EDITION_UNKNOWN", (), {"document": document, "edition": before if old is None else after})
    found = what_changed(old, new)
    terms = [
        TermChangeView(
            one.clause,
            one.name,
            "" if one.before is None else str(one.before),
            "" if one.after is None else str(one.after),
        )
        for one in found.terms
    ]
    return ChangesView(
        document,
        before,
        after,
        list(found.added),
        list(found.removed),
        list(found.reworded),
        terms,
    )
