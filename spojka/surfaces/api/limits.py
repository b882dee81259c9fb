"""
How many calls may come: a bucket for each token, and one for each address whose calls show no token that is known.

A token is counted from its first call that was let in. Until then, and whenever it is turned away, its call counts for
the address, so that trying tokens has an end. Every worker process counts for itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from spojka.access.operations.pacing import Buckets, Pace, Taken
from spojka.access.users.places import place_of
from spojka.kernel.refusals import Refusal
from spojka.surfaces.api.answering import as_refusal
from spojka.surfaces.api.tokens import Caller
from spojka.surfaces.web import visits

PER: Final = timedelta(minutes=1)
"""The time that the figures of the environment are for."""

_SECOND: Final = timedelta(seconds=1)
_BEARER: Final = re.compile(r"(?i)bearer\s+(\S.*)")

Who = Literal["token", "address"]


def _buckets(calls_per_min: int) -> Buckets | None:
    return Buckets(Pace(calls_per_min, PER)) if calls_per_min > 0 else None


def _token(request: HttpRequest) -> bytes | None:
    shown = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    return hashlib.sha256(shown[1].encode()).digest() if shown else None


def _seconds(wait: timedelta) -> int:
    """Whole seconds, the last one begun included."""
    return -(-wait // _SECOND)


class CallLimits:
    """Lets calls of the API in at their pace and tells every caller how many are left; pages are no calls."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.tokens = _buckets(settings.API_TOKEN_CALLS_PER_MIN)
        self.addresses = _buckets(settings.API_ADDRESS_CALLS_PER_MIN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        token = _token(request)
        if token is not None and self.tokens is not None and token in self.tokens:
            return self._known(request, self.tokens, token)
        return self._unknown(request, token)

    def _known(self, request: HttpRequest, tokens: Buckets, token: bytes) -> HttpResponse:
        taken = tokens.take(token, visits.clock())
        if not taken.granted:
            return _told(_refused(request, tokens.pace, taken), "token", tokens.pace, taken)
        response = self.get_response(request)
        if response.status_code == 401:  # it was closed since
            tokens.forget(token)
        return _told(response, "token", tokens.pace, taken)

    def _unknown(self, request: HttpRequest, token: bytes | None) -> HttpResponse:
        now, place, addresses = visits.clock(), place_of(visits.address_of(request)), self.addresses
        taken = None if addresses is None else addresses.take(place, now)
        if addresses is not None and taken is not None and not taken.granted:
            return _told(_refused(request, addresses.pace, taken), "address", addresses.pace, taken)
        response = self.get_response(request)
        if token is not None and isinstance(getattr(request, "auth", None), Caller):  # a public query asks for no token
            if addresses is not None:
                addresses.give_back(place, now)
            if self.tokens is None:
                return response
            return _told(response, "token", self.tokens.pace, self.tokens.take(token, now))
        return response if addresses is None or taken is None else _told(response, "address", addresses.pace, taken)


def _refused(request: HttpRequest, pace: Pace, taken: Taken) -> HttpResponse:
    figures = {"calls": pace.burst, "per_s": _seconds(pace.per), "wait_s": _seconds(taken.wait)}
    response = as_refusal(request, Refusal("CALLS_TOO_FREQUENT", (), figures), 429)
    response["Retry-After"] = str(figures["wait_s"])
    return response


def _told(response: HttpResponse, who: Who, pace: Pace, taken: Taken) -> HttpResponse:
    """The answer with the limit and what is left of it (the fields of the IETF's draft on RateLimit headers)."""
    response["RateLimit-Policy"] = f'"{who}";q={pace.burst};w={_seconds(pace.per)}'
    response["RateLimit"] = f'"{who}";r={taken.left};t={_seconds(taken.full_in)}'
    return response
