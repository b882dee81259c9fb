"""
The API's addresses: one for each registered call.

    POST /api/v1/operations/{name}                      change something; Idempotency-Key makes it safe to repeat
    POST /api/v1/queries/{name}  (or GET)               read something
    POST /api/v1/usage                                  a batch of usage records (usage.record)
    GET  /api/v1/providers/{code}/queries/{name}        what anybody may read without a token (nej/8.2)
    GET  /api/v1/openapi.json                           this, for machines
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from spojka.access.operations.registry import Operation, all_operations, find
from spojka.surfaces.api.answering import answer, as_json, given_in
from spojka.surfaces.api.describing import COMPONENTS, extra_of
from spojka.surfaces.api.tokens import Bearer, Caller, visitor
from spojka.surfaces.registered import register_all

USAGE = "usage.record"

PUBLIC = frozenset(
    {
        "publications.editions",
        "publications.in_force",
        "publications.clauses",
        "publications.clause",
        "publications.changes",
        "catalogue.offers",
        "connector.directory",
    },
)
"""The only queries answered without a token: published terms, changes, the offer (nej/8.2), the directory (o2/8.7)."""


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.auth  # type: ignore[attr-defined]  # ninja puts there what authenticate answered
    return caller


def _call(name: str) -> Any:
    def calling(request: HttpRequest) -> HttpResponse:
        given = given_in(request)
        return given if isinstance(given, HttpResponse) else answer(request, _caller(request), name, given)

    return calling


def _public(request: HttpRequest, code: str, name: str) -> HttpResponse:
    if name not in PUBLIC or find(name).kind != "query":
        return as_json({"problem": f"no public query {name!r}"}, 404)
    caller = visitor(request, code)
    if caller is None:
        return as_json({"problem": f"no provider {code!r}"}, 404)
    given = given_in(request)
    return given if isinstance(given, HttpResponse) else answer(request, caller, name, given)


def _unknown(request: HttpRequest, name: str) -> HttpResponse:
    return answer(request, _caller(request), name, {})


def offered() -> tuple[Operation, ...]:
    """What the API offers: every registered call but those for callers on this machine."""
    return tuple(called for called in all_operations() if not called.local)


class Described(NinjaAPI):
    """The API with the types of all arguments described once."""

    shared: dict[str, Any]

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The OpenAPI document."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"] |= self.shared
        return schema

    def add(self, path: str, called: Operation, operation_id: str) -> None:
        """One call at its address; what reads may also be asked by GET, with texts in the address."""
        self.default_router.add_api_operation(
            path,
            ["POST"],
            _call(called.name),
            operation_id=operation_id,
            summary=called.doc,
            tags=[called.name.partition(".")[0]],
            openapi_extra=extra_of(called, self.shared),
        )
        if called.kind == "query":
            self.default_router.add_api_operation(path, ["GET"], _call(called.name), include_in_schema=False)


def build() -> NinjaAPI:
    """The API over everything that is registered and not for this machine alone."""
    register_all()
    api = Described(title="Spojka", version="1", docs_url=None, auth=Bearer(), urls_namespace="api")
    api.shared = dict(COMPONENTS)
    for called in offered():
        kind = "operations" if called.kind == "operation" else "queries"
        api.add(f"/{kind}/{called.name}", called, called.name)
    api.add("/usage", find(USAGE), "usage")
    for kind in ("operations", "queries"):
        api.default_router.add_api_operation(f"/{kind}/{{name}}", ["GET", "POST"], _unknown, include_in_schema=False)
    api.default_router.add_api_operation(
        "/providers/{code}/queries/{name}",
        ["GET"],
        _public,
        auth=None,
        operation_id="public",
        summary="Read what anybody may: published terms, prices, the provider's contact.",
        tags=["public"],
    )
    return api


urlpatterns, app_name, _namespace = build().urls
