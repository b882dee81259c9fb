"""What was sent with a certificate of an application, and who answers for it: as a page and as CSV."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from spojka.surfaces.portal.connector.reaching import own_application, own_party, shown
from spojka.surfaces.web.calls import ask
from spojka.surfaces.web.transactions import certificate_of, transactions_csv, transactions_page


@require_safe
def transactions(request: HttpRequest, application: UUID, fingerprint: str) -> HttpResponse:
    """Messages submitted with a certificate, the latest first."""
    app = own_application(request, application)
    one = certificate_of(request, application, fingerprint)
    names = {each.id: each.name for each in ask(request, "connector.applications", {"party": own_party(request)})}
    return transactions_page(
        request,
        one,
        names,
        lambda facts, status: shown(request, "transactions", app, "app-certificates", facts, status=status),
    )


@require_safe
def listed(request: HttpRequest, application: UUID, fingerprint: str) -> HttpResponseBase:
    """The same as CSV."""
    own_party(request)
    one = certificate_of(request, application, fingerprint)
    return transactions_csv(request, one, reverse("portal:app-transactions", args=[application, fingerprint]))
