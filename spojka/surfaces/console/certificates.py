"""What was sent with a certificate of an application, as staff see it in a dispute: as a page and as CSV (o2/6.3)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from spojka.surfaces.console.messages import only_with_messages
from spojka.surfaces.web.calls import ask
from spojka.surfaces.web.transactions import certificate_of, transactions_csv, transactions_page


@require_safe
def transactions(request: HttpRequest, application: UUID, fingerprint: str) -> HttpResponse:
    """Messages submitted with a certificate, the latest first."""
    only_with_messages(request)
    view = ask(request, "connector.application", {"application": application})
    one = certificate_of(request, application, fingerprint)
    names = {each.id: each.name for each in ask(request, "connector.applications", {"party": view.party})}
    page = {"view": view, "section": "applications"}
    return transactions_page(
        request,
        one,
        names,
        lambda facts, status: render(
            request, "console/applications/transactions.html", {**page, **facts}, status=status
        ),
    )


@require_safe
def listed(request: HttpRequest, application: UUID, fingerprint: str) -> HttpResponseBase:
    """The same as CSV."""
    only_with_messages(request)
    one = certificate_of(request, application, fingerprint)
    return transactions_csv(request, one, reverse("console:transactions", args=[application, fingerprint]))
