"""The published terms, for anybody: what is in force, older editions, each clause by its id, changes (nej/8.2)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from spojka.surfaces.web.calls import ask
from spojka.surfaces.web.visits import the_visit
from spojka.surfaces.web.wording import language
from spojka.trade.publications.queries import ClauseView, EditionView

_WORDS: Final = re.compile(r"\d+(?:[ \u00a0.,]\d+)*|\w+|\s+|[^\w\s]")
"""Words as a comparison sees them: a number with its separators is one."""


def _by_document(editions: list[EditionView]) -> list[list[EditionView]]:
    documents: dict[str, list[EditionView]] = {}
    for each in editions:
        documents.setdefault(each.document, []).append(each)
    return sorted(documents.values(), key=lambda one: (one[0].kind == "statute", one[0].document))


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Every document with its editions, the one in force marked."""
    today = the_visit(request).today
    shown = [
        {
            "newest": editions[0],
            "editions": [{"edition": each, "is_in_force": _is_in_force(each, today)} for each in editions],
            "pairs": [(newer, older) for newer, older in pairwise(editions)],
        }
        for editions in _by_document(ask(request, "publications.editions"))
    ]
    facts = {"documents": shown, "has_directory": ask(request, "connector.has_directory"), "section": "terms"}
    return render(request, "web/terms.html", facts)


def _is_in_force(edition: EditionView, today: Any) -> bool:
    return edition.effective_from <= today and (edition.valid_to is None or today < edition.valid_to)


@require_safe
def in_force(request: HttpRequest, document: str) -> HttpResponse:
    """The edition of a document that is valid today, or on the day `on`."""
    given = {"document": document} | ({"on": request.GET["on"]} if request.GET.get("on") else {})
    found: EditionView = ask(request, "publications.in_force", given)
    return redirect("edition", document=document, edition=found.edition)


@require_safe
def edition(request: HttpRequest, document: str, edition: str) -> HttpResponse:
    """One edition, clause by clause."""
    clauses = ask(request, "publications.clauses", {"document": document, "edition": edition})
    editions = [each for each in ask(request, "publications.editions") if each.document == document]
    shown = next(each for each in editions if each.edition == edition)
    asked = request.GET.get("clause", "")
    found = next((clause for clause in clauses if clause.number == asked), None)
    if found is not None and "HX-Request" in request.headers:
        return render(request, "web/clause_words.html", {"clause": found, "edition": shown})
    return render(
        request,
        "web/edition.html",
        {"edition": shown, "editions": editions, "clauses": clauses, "section": "terms"},
    )


@require_safe
def one_clause(request: HttpRequest, clause: str) -> HttpResponse:
    """A clause by its id: the edition in force, opened where the clause stands."""
    found = ask(request, "publications.clause", {"id": clause})
    page = redirect("edition", document=found.document, edition=found.edition)
    page["Location"] += f"#{found.number}"
    return page


def word_changes(old: ClauseView, new: ClauseView) -> list[tuple[str, str]]:
    """The words of two versions run together: `same`, `gone` and `new` parts, in the language of the page."""
    before, after = (_WORDS.findall(clause.cs if language() == "cs" else clause.en) for clause in (old, new))
    parts: list[tuple[str, str]] = []
    for kind, a_from, a_to, b_from, b_to in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(before[a_from:a_to])))
            continue
        gone, added = "".join(before[a_from:a_to]), "".join(after[b_from:b_to])
        parts += [(name, text) for name, text in (("gone", gone), ("new", added)) if text]
    return parts


@require_safe
def changes(request: HttpRequest, document: str) -> HttpResponse:
    """What changed between two editions of a document."""
    given = {"document": document, "before": request.GET.get("before", ""), "after": request.GET.get("after", "")}
    found = ask(request, "publications.changes", given)
    before = ask(request, "publications.clauses", {"document": document, "edition": given["before"]})
    after = ask(request, "publications.clauses", {"document": document, "edition": given["after"]})
    old, new = {each.number: each for each in before}, {each.number: each for each in after}
    return render(
        request,
        "web/changes.html",
        {
            "found": found,
            "edition": next(each for each in ask(request, "publications.editions") if each.document == document),
            "added": [new[number] for number in found.added],
            "removed": [old[number] for number in found.removed],
            "reworded": [(new[number], word_changes(old[number], new[number])) for number in found.reworded],
            "section": "terms",
        },
    )
