"""A customer's pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from spojka.surfaces.portal.tags import sends_messages
from spojka.surfaces.web.calls import ask, may
from spojka.surfaces.web.shown import invoice_page, usage_page, why_line_page, why_record_page
from spojka.surfaces.web.visits import the_visit


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is left, what is to be paid, what comes next."""
    own = {"party": the_visit(request).actor.party}
    view = ask(request, "overview.customer", own)
    applications = ask(request, "connector.applications", own) if sends_messages(the_visit(request)) else []
    others = {one.id for one in applications}
    shown = {
        "view": view,
        "applications": applications,
        "services": [card for card in view.services if card.service.id not in others],
        "lists": ask(request, "services.readable", own) if may(request, "services.readers") else [],
        "section": "home",
    }
    return render(request, "portal/home.html", shown)


@require_safe
def usage(request: HttpRequest, service: UUID) -> HttpResponse:
    """The use of a service in a month, record by record."""
    return usage_page(request, service, "portal/usage.html", {"section": "use"})


@require_safe
def why_record(request: HttpRequest, service: UUID) -> HttpResponse:
    """Why a record costs what it costs."""
    return why_record_page(request, service, "portal/why.html")


@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    """Every invoice, and what is to be paid."""
    view = ask(request, "overview.customer", {"party": the_visit(request).actor.party})
    return render(request, "portal/invoices.html", {"view": view, "section": "invoices"})


@require_safe
def invoice(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """One invoice."""
    return invoice_page(request, invoice, "portal/invoice.html", {"section": "invoices"})


@require_safe
def why_line(request: HttpRequest, invoice: UUID, line: str) -> HttpResponse:
    """Why a line of an invoice is what it is."""
    return why_line_page(request, invoice, line, "portal/why.html")


@require_safe
def ahead(request: HttpRequest) -> HttpResponse:
    """What will happen, and what was written about it."""
    view = ask(request, "overview.customer", {"party": the_visit(request).actor.party})
    return render(request, "portal/ahead.html", {"view": view, "section": "ahead"})
