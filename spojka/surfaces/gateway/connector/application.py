"""Who asks, what for, and the answer."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.lanes import LaneClosed
from spojka.access.operations import calling as _calls  # noqa: F401  # the words of what any call may be refused for
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.submission.desk import CommitUnknown
from spojka.surfaces.gateway.connector import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.surfaces.gateway.connector.exchange import CLOSE, Asked, Reply, refused
from spojka.surfaces.gateway.connector.route import Route
from spojka.surfaces.gateway.connector.routes import Table
from spojka.surfaces.gateway.connector.services import Services
from spojka.trade.services import refusals as _services  # noqa: F401  # the words of a service's states

NOBODY: Final = UUID(int=0)

_log = structlog.get_logger(__name__)


class ConnectorApp:
    """
    Lets requests in.

    Args:
        services: what handlers work with.

    """

    def __init__(self, services: Services) -> None:
        self._services, self._table = services, Table()

    def admit(self, asked: Asked) -> LetIn | Reply:
        """Judge a request by its head: who asks, and what for."""
        found = self._judged(asked)
        if isinstance(found, Reply):
            _count(self._services, asked)
        return found

    def _judged(self, asked: Asked) -> LetIn | Reply:
        routes, asked.values = self._table.find(asked.path)
        route = routes.get(asked.method)
        itself = route is not None and route.judged == "itself"  # which application, the handler finds out
        application = _application(asked.values)
        found = self._services.gatekeeper.judge(asked.fingerprint, now=asked.now, application=application)
        if isinstance(found, Refusal):
            if found.code != "CERT_APPLICATION_UNSAID" or not (route is None or itself):
                return _closing((route.refuse if route is not None else refused)(found, asked))
        elif not itself:
            asked.pin = found
        if route is None:
            return refused(_nothing(asked.path, asked.method, list(routes)), asked)
        if asked.pin is not None:
            self._table.remember(asked.path, asked.pin.application)
        return LetIn(self._services, asked, route)


@dataclass(slots=True)
class LetIn:
    """A request of a program that is known, and the route that takes it."""

    services: Services
    asked: Asked
    route: Route

    @property
    def longest(self) -> int:
        """Bytes of its body."""
        return self.route.longest

    def refuse(self, refusal: Refusal) -> Reply:
        """The answer to what cannot be taken whole."""
        reply = self.route.refuse(refusal, self.asked)
        _count(self.services, self.asked)
        return reply

    async def answer(self) -> Reply:
        """The answer to the whole request."""
        reply = await self._answer()
        if self.asked.refused_as:
            _count(self.services, self.asked)
        return reply

    async def _answer(self) -> Reply:
        services, asked, route = self.services, self.asked, self.route
        asked.now = services.now()
        judged = None if asked.pin is None else services.still(asked)  # a body may have been long on its way
        if isinstance(judged, Refusal):
            return _closing(route.refuse(judged, asked))
        try:
            reply = await route.handler(services, asked)
        except CommitUnknown:
            return route.refuse(Refusal("OUTCOME_UNKNOWN"), asked)
        except (psycopg.OperationalError, LaneClosed) as away:
            _log.error("connector_database_away", fault=type(away).__name__)
            return route.refuse(Refusal("TRY_AGAIN"), asked)
        except Exception as fault:  # noqa: BLE001  # a fault of ours is answered and logged, without what was sent
            places = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(fault.__traceback__)[-6:]]
            _log.error("connector_request_failed", route=route.path, fault=type(fault).__name__, places=places)
            return route.refuse(Refusal("FAULT"), asked)
        return _closing(reply) if reply.status == 403 and _is_blocked(services, asked) else reply


def _count(services: Services, asked: Asked) -> None:
    whose = None if asked.pin is None else asked.pin.application
    services.refusals.count(asked.refused_as, door="https", application=whose, fingerprint=asked.fingerprint)


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
