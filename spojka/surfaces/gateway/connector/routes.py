"""Every address of the connector, once: it finds handlers, and it is what the OpenAPI document is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from spojka.kernel.refusals import Refusal
from spojka.surfaces.gateway.connector import describing, fetching, getpost, pace, soap, submitting, tracing
from spojka.surfaces.gateway.connector import refusals as _words  # noqa: F401  # the words of what is wrong with a request
from spojka.surfaces.gateway.connector.exchange import Asked, Reply
from spojka.surfaces.gateway.connector.route import OCTETS, Handler, Route
from spojka.surfaces.gateway.connector.services import Services

ROOT: Final = "/v1/applications/{application}"
MOST_FOUND: Final = 20_000
"""Addresses that are remembered with their routes."""
LONGEST_FOUND: Final = 200
"""Characters of one of them."""
_FETCH: Final = {
    "wait": "Seconds to wait for something to come, up to 60.",
    "limit": "Items, up to 1000; 100 unless said.",
    "after": "Only items after this id.",
}
_DECIDED: Final = (
    "REQUEST_MALFORMED",
    "SERVICE_NOT_ACTIVE",
    "SERVICE_SUSPENDED",
    "SERVICE_TERMINATED",
    "MESSAGE_TYPE_NOT_SUPPORTED",
    "MESSAGE_TOO_LONG",
    "ENCODING_ERROR",
    "PRIORITY_NOT_AVAILABLE",
    "PRIORITY_REQUIRES_PRIORITY_URL",
    "PRIORITY_URL_REQUIRES_PRIORITY",
    "SENDER_NOT_ASSIGNED",
    "RECIPIENT_INVALID",
    "NICKNAME_NOT_AVAILABLE",
    "NICKNAME_NOT_ACTIVE",
    "NICKNAME_ABROAD_NOT_SUPPORTED",
    "CONSENT_WITHDRAWN",
    "CONSENT_MISSING",
    "OPT_OUT_ROUTE_MISSING",
    "DAILY_LIMIT_EXCEEDED",
    "MONTHLY_LIMIT_EXCEEDED",
    "QUEUE_FULL",
    "WOULD_EXPIRE",
    "KEY_REUSED",
)


async def _openapi(services: Services, asked: Asked) -> Reply:
    return await describing.openapi(ROUTES, services, asked)


def _submit(path: str, handler: Handler, summary: str, body: str) -> Route:
    return Route("POST", f"{ROOT}{path}", handler, summary, body=body, answer="Submitted", codes=_DECIDED)


def _get(path: str, handler: Handler, summary: str, answer: str, codes: tuple[str, ...] = ()) -> Route:
    return Route("GET", f"{ROOT}{path}", handler, summary, answer=answer, codes=codes)


def _established(method: str, path: str, handler: Handler, refuse: Callable[[Refusal, Asked], Reply]) -> Route:
    return Route(method, path, handler, judged="itself", refuse=refuse)


GP: Final = "/smsconnector/getpost/GP"
SOAP: Final = "/smsconnector/services/PPGwPort"

ROUTES: Final = (
    _submit("/standard/messages", submitting.standard, "Send one message or many.", "Submission"),
    _submit("/priority/messages", submitting.priority, "Send priority messages, never aggregated.", "Submission"),
    _submit("/mms/messages", submitting.multimedia, "Send multimedia messages.", "MultimediaSubmission"),
    Route(
        "POST",
        f"{ROOT}/messages/preview",
        submitting.previewed,
        "What a text would take; nothing is sent.",
        body="Text",
        answer="Preview",
        codes=("REQUEST_MALFORMED", "ENCODING_ERROR"),
    ),
    _get("/messages/{id}", tracing.status, "A message and what happened to it.", "Message", ("MESSAGE_NOT_FOUND",)),
    Route(
        "DELETE",
        f"{ROOT}/messages/{{id}}",
        tracing.take_back,
        "Take a message back while it waits.",
        answer="Message",
        codes=("MESSAGE_NOT_FOUND", "MESSAGE_LEFT"),
    ),
    Route(
        "GET",
        f"{ROOT}/inbox",
        fetching.messages,
        "Messages from mobile numbers, the oldest first, until they are acknowledged or 96 hours old.",
        answer="Items",
        query=_FETCH,
        codes=("REQUEST_MALFORMED", "TOO_MANY_WAITING"),
    ),
    _get(
        "/inbox/{id}", fetching.one, "One item, also an acknowledged one.", "Item", ("MESSAGE_NOT_FOUND", "MO_EXPIRED")
    ),
    _get(
        "/inbox/{id}/parts/{part}",
        fetching.part,
        "One part of a multimedia message, as it came.",
        OCTETS,
        ("MESSAGE_NOT_FOUND",),
    ),
    Route(
        "POST",
        f"{ROOT}/inbox/acknowledge",
        fetching.acknowledge,
        "Take messages or reports out of what is pending.",
        body="Ids",
        answer="Acknowledged",
        codes=("REQUEST_MALFORMED", "MESSAGE_NOT_FOUND", "MO_EXPIRED"),
    ),
    Route(
        "GET",
        f"{ROOT}/reports",
        fetching.reports,
        "Delivery reports, the oldest first, until they are acknowledged.",
        answer="Items",
        query=_FETCH,
        codes=("REQUEST_MALFORMED", "TOO_MANY_WAITING"),
    ),
    _get("/limits", pace.limits, "Limits, what is used of them, pace and queue.", "Limits"),
    Route("GET", "/v1/openapi.json", _openapi, judged="itself"),
    *(
        _established(method, f"{prefix}{GP}", handler, getpost.refuse)
        for prefix, handler in (("", getpost.standard), ("/priority", getpost.priority))
        for method in ("GET", "POST")
    ),
    *(
        _established(method, f"{prefix}{SOAP}", handler, soap.refuse)
        for prefix, posted in (("", soap.standard), ("/priority", soap.priority))
        for method, handler in (("GET", soap.described), ("POST", posted))
    ),
)


class Table:
    """Finds routes; an address without values, and one that was remembered, is found at once."""

    def __init__(self, routes: tuple[Route, ...] = ROUTES) -> None:
        self._by_segments: dict[tuple[str, ...], dict[str, Route]] = {}
        self._found: dict[str, tuple[dict[str, Route], dict[str, str]]] = {}
        for route in routes:
            self._by_segments.setdefault(tuple(route.path.split("/")), {})[route.method] = route
        for segments, found in self._by_segments.items():
            if "{application}" not in segments:
                self._found["/".join(segments)] = (found, {})

    def find(self, path: str) -> tuple[Mapping[str, Route], Mapping[str, str]]:
        """The routes of an address by method, and the values in it; none for an unknown one."""
        return self._found.get(path) or self._search(path.split("/"))

    def remember(self, path: str, application: UUID) -> None:
        """Find an address of an application at once from now on, where it names nothing else: once it was let in."""
        if path in self._found or len(path) > LONGEST_FOUND or len(self._found) >= MOST_FOUND:
            return
        found = self._search(path.split("/"))
        if found[0] and found[1] == {"application": str(application)}:
            self._found[path] = found

    def _search(self, given: list[str]) -> tuple[dict[str, Route], dict[str, str]]:
        best: tuple[dict[str, Route], dict[str, str]] = ({}, {})
        for segments, routes in self._by_segments.items():
            values = _values(segments, given)
            if values is not None and (not best[0] or len(values) < len(best[1])):
                best = (routes, values)
        return best


def _values(segments: tuple[str, ...], given: list[str]) -> dict[str, str] | None:
    """What stands in the place of a route's names, or `None` where the address is not its."""
    if len(segments) != len(given):
        return None
    values: dict[str, str] = {}
    for segment, text in zip(segments, given, strict=True):
        if segment.startswith("{"):
            values[segment[1:-1]] = text
        elif segment != text:
            return None
    return values
