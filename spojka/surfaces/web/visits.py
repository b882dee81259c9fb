"""Who visits which provider's pages, signed in or not, in which language, at what time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from spojka.access.operations.calling import call
from spojka.access.operations.context import Actor
from spojka.access.tenants.store import TenantUnknown, tenant_by_code
from spojka.access.users.queries import Identity
from spojka.access.users.rules import VISITOR_MAY
from spojka.journeys.overview.provider import ProviderView
from spojka.kernel.ids import SignInId, TenantId
from spojka.kernel.time import day_of
from spojka.terms.clauses import Language

VISITOR: Final = Actor("visitor", VISITOR_MAY)
"""Somebody who has not signed in."""

RESERVED: Final = frozenset({"", "api", "static", "favicon.ico"})
"""First parts of a path that are never a provider's code."""

NO_SESSION: Final = UUID(int=0)
"""What a cookie without a session is taken for: a session that nobody has."""

LANGUAGE_COOKIE: Final = "spojka_language"
_SPOKEN: Final[dict[str, Language]] = {"cs": "cs", "sk": "cs", "en": "en"}
"""What a browser asks for and what it gets."""


@dataclass(frozen=True, slots=True)
class Visit:
    """
    One request's surroundings.

    Args:
        tenant: whose pages.
        provider: how the provider shows itself.
        user: who has signed in, or `None`.
        language: what the pages are written in.
        now: when; nothing below the surfaces reads a clock.
        address: where the request came from.

    """

    tenant: TenantId
    provider: ProviderView
    user: Identity | None
    language: Language
    now: datetime
    address: str

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.user.actor if self.user else VISITOR

    @property
    def today(self) -> date:
        """The Prague day of the visit."""
        return day_of(self.now)

    @property
    def is_customer(self) -> bool:
        """Whether a customer has signed in, who sees the portal and nothing of others."""
        return self.user is not None and self.user.party is not None


def clock() -> datetime:
    """The instant it is; the one place where pages read the clock."""
    return datetime.now(UTC)


@lru_cache(maxsize=256)
def _known(code: str) -> TenantId:
    return tenant_by_code(code)


def _tenant(code: str) -> TenantId:
    if code in RESERVED:
        raise TenantUnknown(code)
    return _known(code)


@lru_cache(maxsize=256)
def _provider(tenant: TenantId) -> ProviderView:
    """How a provider shows itself; its pack is fixed while the process lives."""
    found: ProviderView = call("overview.provider", {}, tenant=tenant, actor=VISITOR, now=clock()).result
    return found


def _signed_in(request: HttpRequest, tenant: TenantId, now: datetime) -> Identity | None:
    if request.session.get("tenant") != str(tenant):
        return None
    given = {"user": request.session["user"], "session": request.session.get("session", str(NO_SESSION))}
    outcome = call("users.identify", given, tenant=tenant, actor=VISITOR, now=now)
    if outcome.refusal is not None or outcome.result.stamp != request.session["stamp"]:
        request.session.flush()
        return None
    identity: Identity = outcome.result
    return identity


def _language(request: HttpRequest, user: Identity | None, fallback: str) -> Language:
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    asked = [code.partition("-")[0] for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    wishes = [chosen, user.language if user else "", *asked, fallback]
    return next((_SPOKEN[wish] for wish in wishes if wish in _SPOKEN), "cs")


def open_session(request: HttpRequest, tenant: TenantId, identity: Identity, session: SignInId) -> None:
    """Let a user stay signed in with a session, under a new cookie."""
    request.session.flush()
    kept = {"tenant": tenant, "user": identity.id, "stamp": identity.stamp, "session": session}
    request.session.update({name: str(value) for name, value in kept.items()})


def session_of(request: HttpRequest) -> SignInId:
    """The session that somebody who has signed in stays signed in with."""
    return SignInId(UUID(request.session["session"]))


def address_of(request: HttpRequest) -> str:
    """
    Where a request came from.

    Behind proxies (`SPOJKA_PROXIES`) it is what the outermost of them saw; what stands before that in `X-Forwarded-For`
    was written by the visitor and means nothing.
    """
    hops: int = settings.PROXIES
    told = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    seen = told[-hops] if 0 < hops <= len(told) else ""
    try:
        return str(ip_address(seen))
    except ValueError:
        return str(request.META.get("REMOTE_ADDR") or "")


class VisitMiddleware:
    """
    Finds the provider by the first part of the path and mounts its pages there; `request.visit` holds the visit.

    A path that names no provider (`/`, `/api/…`) has none: `request.visit` is `None`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        code, slash, rest = request.path_info.lstrip("/").partition("/")
        prefix = get_script_prefix()
        visit: Visit | None = None
        try:
            tenant = _tenant(code)
        except TenantUnknown:
            language = _language(request, None, "cs")
        else:
            now = clock()
            user = _signed_in(request, tenant, now)
            provider = _provider(tenant)
            language = _language(request, user, provider.languages[0])
            visit = Visit(tenant, provider, user, language, now, address_of(request))
            request.path_info = f"{slash}{rest}" or "/"
            set_script_prefix(f"{prefix}{code}/")
        setattr(request, "visit", visit)  # noqa: B010  # Django's request has no room of its own for it
        try:
            with translation.override(language):
                response = self.get_response(request)
        finally:
            set_script_prefix(prefix)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Vary", "Accept-Language, Cookie")
        return response


def the_visit(request: HttpRequest) -> Visit:
    """The visit of a request below a provider's path; above it there is no such page."""
    visit: Visit | None = getattr(request, "visit", None)
    if visit is None:
        raise Http404("this page stands below a provider's path")
    return visit


def visit_of(request: HttpRequest) -> dict[str, Any]:
    """Templates see the visit as `visit`, and once what the last form came to as `said`."""
    visit = getattr(request, "visit", None)
    said = request.session.pop("said", None) if visit else None
    return {"visit": visit, "said": said, "search_text": ""}
