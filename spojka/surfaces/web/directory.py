"""The directory of applications, for anybody: whose a number or a nickname is (o2/8.7)."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from spojka.network.messaging.applications.queries import MOST_LISTED, Directory
from spojka.surfaces.web.calls import ask
from spojka.surfaces.web.refusing import not_found

LONGEST: Final = 100
"""Characters of a search that are looked for; no name or number is longer."""


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Whoever is published, by number, nickname or name; a provider whose terms allow none has no such page."""
    search = request.GET.get("search", "").strip()[:LONGEST]
    found: Directory = ask(request, "connector.directory", {"search": search})
    if found.fields is None:
        return not_found(request, LookupError("directory"))
    facts = {
        "entries": found.entries,
        "allowed_by": found.fields.ref,
        "search": search,
        "is_cut": len(found.entries) == MOST_LISTED,
        "section": "directory",
    }
    return render(request, "web/directory.html", facts)
