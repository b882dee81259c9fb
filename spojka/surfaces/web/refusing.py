"""Refusals as pages: not found, not allowed, or the cause in the visitor's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
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


_WAIT: Final = 429
_STATUSES: Final = {"NOT_AUTHORISED": 403, "ADDRESS_LOCKED": _WAIT}


def status_of(refusal: Refusal) -> int:
    """The HTTP status that tells a refusal."""
    if refusal.code.endswith(NOT_THERE):
        return 404
    return _STATUSES.get(refusal.code, 422)


def tell_wait(response: HttpResponse, refusal: Refusal, now: datetime) -> HttpResponse:
    """Say for how long to wait: `Retry-After`, whole seconds, the last one begun included (RFC 9110, 10.2.3)."""
    until = refusal.figures.get("until")
    if status_of(refusal) == _WAIT and isinstance(until, datetime):
        response["Retry-After"] = str(-(-(until - now) // timedelta(seconds=1)))
    return response


def report_foreign(request: HttpRequest, asked: Mapping[str, object]) -> None:
    """A customer who asks for what is not theirs is answered like for nothing at all, and it is kept (nej/4.10)."""
    for name, value in asked.items():
        if isinstance(value, UUID):
            given = {"kind": name, "object": value, "address": address_of(request)}
            attempt(request, "users.report_foreign_access", given)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Lead to the way in and back; a part of a page that asks for itself makes the whole page go there."""
    back = request.get_full_path()
    if "HX-Request" not in request.headers:
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': back})}")
    back = request.headers.get("HX-Current-URL", back)
    return HttpResponse(status=204, headers={"HX-Redirect": f"{reverse('sign-in')}?{urlencode({'next': back})}"})


class RefusalMiddleware:
    """Turns `Refused`, and what no call can take, into a page; to customers the console is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],  # noqa: ARG002  # Django gives it
        places: tuple[object, ...],  # noqa: ARG002  # Django gives it
        names: Mapping[str, object],
    ) -> HttpResponse | None:
        """
        Answer 404 to a customer who asks for a page of the console, whatever their role may.

        What they asked for there is kept, save themselves (nej/4.10).
        """
        visit: Visit | None = getattr(request, "visit", None)
        match = request.resolver_match
        if visit is None or visit.user is None or not visit.is_customer or match is None:
            return None
        if "console" not in match.app_names:
            return None
        own = visit.user.party
        report_foreign(request, {name: value for name, value in names.items() if value != own})
        return not_found(request, Http404())

    def process_exception(self, request: HttpRequest, refused: Exception) -> HttpResponse | None:
        """The page for a refusal or for arguments that fit no call; any other exception is an error and stays one."""
        if isinstance(refused, ArgumentsWrong):
            return render(request, "web/refused.html", {"status": 400, "words": ""}, status=400)
        if not isinstance(refused, Refused):
            return None
        visit: Visit | None = getattr(request, "visit", None)
        assert visit is not None
        if visit.user is None and refused.refusal.code == "NOT_AUTHORISED":
            return sign_in_first(request)
        status = status_of(refused.refusal)
        if status == 404 and visit.is_customer:
            report_foreign(request, refused.asked)
        words = "" if status == 404 else explain_refusal(refused.refusal, visit.language)
        return render(request, "web/refused.html", {"status": status, "words": words}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django gives it
    """There is no such page."""
    return render(request, "web/refused.html", {"status": 404, "words": ""}, status=404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django gives it
    """A form came back without its mark, or too late."""
    return render(request, "web/refused.html", {"status": 403, "words": "", "expired": True}, status=403)
