"""Addresses. Below a provider's code stand its pages; `VisitMiddleware` takes the code away before these are read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from spojka.surfaces.web import directory, entrance, published

handler404 = "spojka.surfaces.web.refusing.not_found"


def _first(request: HttpRequest) -> HttpResponse:
    return entrance.front(request) if getattr(request, "visit", None) else entrance.providers(request)


urlpatterns = [
    path("", _first, name="front"),
    path("sign-in", entrance.sign_in, name="sign-in"),
    path("sign-out", entrance.sign_out, name="sign-out"),
    path("account", entrance.account, name="account"),
    path("language", entrance.language, name="language"),
    path("brand.css", entrance.brand, name="brand"),
    path("directory", directory.directory, name="directory"),
    path("terms", published.shelf, name="terms"),
    path("terms/clause/<path:clause>", published.one_clause, name="clause"),
    path("terms/<path:document>/changes", published.changes, name="changes"),
    path("terms/<path:document>/in-force", published.in_force, name="in-force"),
    path("terms/<path:document>/edition/<str:edition>", published.edition, name="edition"),
    path("console/", include("spojka.surfaces.console.urls")),
    path("portal/", include("spojka.surfaces.portal.urls")),
    path("api/v1/", include("spojka.surfaces.api.urls", namespace="api")),
]
