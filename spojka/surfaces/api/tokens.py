"""Who calls: a token in the header, `Authorization: Bearer <provider's code>.<secret>`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from ninja.security import HttpBearer

from spojka.access.operations.calling import call
from spojka.access.operations.context import Actor
from spojka.access.tenants.store import TenantUnknown, tenant_by_code
from spojka.kernel.ids import TenantId
from spojka.surfaces.web import visits
from spojka.surfaces.web.visits import VISITOR
from spojka.terms.clauses import Language


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that calls: for which provider, as whom, and at what time."""

    tenant: TenantId
    actor: Actor
    now: datetime
    address: str


def language_of(request: HttpRequest) -> Language:
    """The language of a refusal's words: `Accept-Language: en`, else Czech."""
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "cs"


def visitor(request: HttpRequest, code: str) -> Caller | None:
    """Whoever calls without a token, at a provider's own address; `None` when there is no such provider."""
    try:
        tenant = tenant_by_code(code)
    except TenantUnknown:
        return None
    return Caller(tenant, VISITOR, visits.clock(), visits.address_of(request))


class Bearer(HttpBearer):
    """Finds the user whom a token stands for; a wrong token is answered with 401."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, or `None`."""
        code, _, secret = token.rpartition(".")
        known = visitor(request, code) if code else None
        if known is None:
            return None
        outcome = call("users.of_token", {"secret": secret}, tenant=known.tenant, actor=VISITOR, now=known.now)
        if outcome.refusal is not None:
            return None
        return Caller(known.tenant, outcome.result.actor, known.now, known.address)
