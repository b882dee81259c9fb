"""Refusals as pages: not found, not allowed, or the cause in the visitor's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from spojka.access.operations.calling import ArgumentsWrong
from spojka.kernel.refusals import Refusal
from spojka.surfaces.web.calls import Refused, attempt
from spojka.surfaces.web.visits import Visit, address_of
from spojka.terms.refusals import explain_refusal

NOT_THERE: Final = ("_UNKNOWN", "_NOT_KNOWN", "_NOT_FOUND")
"""Endings of the codes that mean: there is no such thing, or none of yours."""


def status_of(refusal: Refusal) -> int:
    """The HTTP status that tells a refusal."""
    if refusal.code.endswith(NOT_THERE):
        return 404
    return 403 if refusal.code == "NOT_AUTHORISED" else 422


def report_foreign(request: HttpRequest, refused: Refused) -> None:
    """A customer who asks for what is not theirs is answered like for nothing at all, and it is kept (nej/4.10)."""
    for name, value in refused.asked.items():
        if isinstance(value, UUID):
            given = {"kind": name, "object": value, "address": address_of(request)}
            attempt(request, "users.report_foreign_access", given)


class RefusalMiddleware:
    """Turns `Refused`, and what no call can take, into a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, refused: Exception) -> HttpResponse | None:
        """The page for a refusal or for arguments that fit no call; any other exception is an error and stays one."""
        if isinstance(refused, ArgumentsWrong):
            return render(request, "web/refused.html", {"status": 400, "words": ""}, status=400)
        if not isinstance(refused, Refused):
            return None
        visit: Visit | None = getattr(request, "visit", None)
        assert visit is not None
        if visit.user is None and refused.refusal.code == "NOT_AUTHORISED":
            return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")
        status = status_of(refused.refusal)
        if status == 404 and visit.is_customer:
            report_foreign(request, refused)
        words = "" if status == 404 else explain_refusal(refused.refusal, visit.language)
        return render(request, "web/refused.html", {"status": status, "words": words}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django gives it
    """There is no such page."""
    return render(request, "web/refused.html", {"status": 404, "words": ""}, status=404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django gives it
    """A form came back without its mark, or too late."""
    return render(request, "web/refused.html", {"status": 403, "words": "", "expired": True}, status=403)
