"""The ASGI application: who asks, what for, how much, and the answer."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.lanes import LaneClosed
from spojka.access.operations import calling as _calls  # noqa: F401  # the words of what any call may be refused for
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.submission.desk import CommitUnknown
from spojka.surfaces.gateway.connector import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.surfaces.gateway.connector.exchange import Asked, Reply, refused
from spojka.surfaces.gateway.connector.protocol import CERTIFICATE
from spojka.surfaces.gateway.connector.routes import Route, Table
from spojka.surfaces.gateway.connector.services import Services
from spojka.trade.services import refusals as _services  # noqa: F401  # the words of a service's states

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CLOSE: Final = (b"connection", b"close")
NOBODY: Final = UUID(int=0)

_log = structlog.get_logger(__name__)


class WentAway(Exception):
    """The other side closed its connection before its request was whole; nobody is there to be answered."""


class ConnectorApp:
    """
    Answers requests.

    Args:
        services: what handlers work with.

    """

    def __init__(self, services: Services) -> None:
        self._services, self._table = services, Table()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            reply = await self._answer(scope, receive)
        except WentAway:
            return
        headers = [*reply.headers, (b"content-length", b"%d" % len(reply.body))]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        now = self._services.now()
        path, method = scope["path"], scope["method"]
        routes, values = self._table.find(path)
        route = routes.get(method)
        fingerprint = scope["extensions"][CERTIFICATE]
        asked = Asked(method, path, scope["query_string"], dict(scope["headers"]), b"", fingerprint, now, values=values)
        pin = None
        if route is None or route.judged == "application" or fingerprint is None:
            found = self._services.gatekeeper.judge(fingerprint, now=now, application=_application(values))
            if isinstance(found, Refusal) and not (route is None and found.code == "CERT_APPLICATION_UNSAID"):
                return _closing((route.refuse if route is not None else refused)(found, asked))
            pin = None if isinstance(found, Refusal) else found
        if route is None:
            return refused(_nothing(path, method, list(routes)), asked)
        if pin is not None:
            self._table.remember(path, pin.application)
        body = await _body(asked, receive, route.longest)
        if isinstance(body, Refusal):
            return _closing(route.refuse(body, asked))
        asked.body, asked.pin, asked.now = body, pin, self._services.now()
        judged = None if pin is None else self._services.still(asked)  # a body may have been long on its way
        if isinstance(judged, Refusal):
            return _closing(route.refuse(judged, asked))
        return await self._handle(route, asked)

    async def _handle(self, route: Route, asked: Asked) -> Reply:
        try:
            reply = await route.handler(self._services, asked)
        except CommitUnknown:
            return route.refuse(Refusal("OUTCOME_UNKNOWN"), asked)
        except (psycopg.OperationalError, LaneClosed) as away:
            _log.error("connector_database_away", fault=type(away).__name__)
            return route.refuse(Refusal("TRY_AGAIN"), asked)
        except Exception as fault:  # noqa: BLE001  # a fault of ours is answered and logged, without what was sent
            places = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(fault.__traceback__)[-6:]]
            _log.error("connector_request_failed", route=route.path, fault=type(fault).__name__, places=places)
            return route.refuse(Refusal("FAULT"), asked)
        return _closing(reply) if reply.status == 403 and _is_blocked(self._services, asked) else reply


def _is_blocked(services: Services, asked: Asked) -> bool:
    """Whether the connection itself is of no use any more."""
    found = services.gatekeeper.judge(asked.fingerprint, now=asked.now, application=None)
    return isinstance(found, Refusal) and found.code != "CERT_APPLICATION_UNSAID"


def _application(values: Any) -> UUID | None:
    """The application that an address names; one that cannot be is nobody's."""
    text = values.get("application")
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        return NOBODY


def _nothing(path: str, method: str, methods: list[str]) -> Refusal:
    if methods:
        figures = {"path": path[:200], "method": method, "methods": ", ".join(methods)}
        return Refusal("METHOD_NOT_ALLOWED", (), figures)
    return Refusal("ADDRESS_UNKNOWN", (), {"path": path[:200]})


def _closing(reply: Reply) -> Reply:
    return Reply(reply.status, reply.body, (*reply.headers, CLOSE))


async def _body(asked: Asked, receive: Receive, most: int) -> bytes | Refusal:
    """The whole body, or a refusal as soon as it is known to be too long."""
    said = asked.headers.get(b"content-length")
    if said is None and b"transfer-encoding" not in asked.headers:
        return b""
    if said is not None and len(said) < 20 and said.isdigit() and int(said) > most:
        return Refusal("BODY_TOO_LARGE", (), {"most": most})
    pieces, size = [], 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            raise WentAway
        pieces.append(event["body"])
        size += len(event["body"])
        if size > most:
            return Refusal("BODY_TOO_LARGE", (), {"most": most})
        if not event["more_body"]:
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
