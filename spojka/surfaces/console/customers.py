"""The search and one page a customer."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from spojka.surfaces.web.calls import ask
from spojka.surfaces.web.shown import invoice_page, usage_page, why_line_page, why_record_page

SHOWN: Final = 20


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Customers by the beginning of what is known of them; as somebody types, only the list is sent."""
    text = request.GET.get("text", "")
    found = ask(request, "overview.search", {"text": text, "most": SHOWN + 1})
    shown = {
        "search_text": text,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
        "section": "customers",
        "finding": True,
    }
    page = "console/found.html" if "HX-Request" in request.headers else "console/search.html"
    return render(request, page, shown)


@require_safe
def customer(request: HttpRequest, party: UUID) -> HttpResponse:
    """Everything about one customer."""
    view = ask(request, "overview.customer", {"party": party})
    return render(request, "console/customer.html", {"view": view, "section": "customers"})


@require_safe
def usage(request: HttpRequest, service: UUID) -> HttpResponse:
    """The use of a customer's service in a month."""
    return usage_page(request, service, "console/usage.html", {"section": "customers"})


@require_safe
def why_record(request: HttpRequest, service: UUID) -> HttpResponse:
    """Why a record costs what it costs."""
    return why_record_page(request, service, "console/why.html")


@require_safe
def invoice(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """One invoice."""
    return invoice_page(request, invoice, "console/invoice.html", {"section": "customers"})


@require_safe
def why_line(request: HttpRequest, invoice: UUID, line: str) -> HttpResponse:
    """Why a line of an invoice is what it is."""
    return why_line_page(request, invoice, line, "console/why.html")
