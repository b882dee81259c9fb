"""The SMPP server of one tenant as it runs beside HTTPS: started, watched, and stopped in order."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from weakref import WeakValueDictionary

import psycopg
import structlog

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.accounts.store import still_open
from spojka.network.messaging.messages.leases import forget_leases
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.pdus import Pdu
from spojka.network.messaging.smpp.servers import Server, ServerSettings, Session
from spojka.surfaces.gateway.connector.accepting import Acceptor
from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.connection import TLS_FAILED
from spojka.surfaces.gateway.connector.services import Services
from spojka.surfaces.gateway.smpp import refusals as _words  # noqa: F401  # the words of what is refused here
from spojka.surfaces.gateway.smpp.answers import reason_of, refusing
from spojka.surfaces.gateway.smpp.binding import Porter
from spojka.surfaces.gateway.smpp.bound import Bound
from spojka.surfaces.gateway.smpp.delivering import Courier, Held
from spojka.surfaces.gateway.smpp.faults import failing, places
from spojka.surfaces.gateway.smpp.handling import answers_to
from spojka.surfaces.gateway.smpp.slots import BindSlots

LOOK_S: Final = 0.5  # float: seconds, as the loop takes them
"""Open links are judged so often where nothing is asked on them; what is asked is judged when it is."""
FORGET_LOOKS: Final = 7200
"""Old leases are dropped once in so many looks."""
DRAIN_MS: Final = 3000
"""When the server stops, what is being decided has so long to be answered."""
NOT_BOUND: Final = "NOT_BOUND"
"""A connection whose handshake was done went without a bind."""
MALFORMED: Final = "REQUEST_MALFORMED"
TURNED_AWAY: Final = {
    statuses.ESME_RTHROTTLED: "TOO_MUCH_AT_ONCE",
    statuses.ESME_RINVBNDSTS: "REQUEST_OUT_OF_PLACE",
    statuses.ESME_RALYBND: "REQUEST_OUT_OF_PLACE",
}
"""Why a session refuses by itself, by status; else what came could not be read."""
PORT: Final = 3550
"""Where SMPP over TLS is mostly looked for."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SmppPlace:
    """Where programs that speak SMPP find the connector; port 0 is one that the system chooses."""

    host: str
    port: int = PORT


class SmppGateway:
    """
    Answers programs that speak SMPP, over mutual TLS.

    Args:
        services: those of the HTTPS server, its desk among them.
        settings: bounds and timers of sessions.

    """

    def __init__(self, services: Services, *, settings: ServerSettings | None = None) -> None:
        self._services = services
        self._slots = BindSlots()
        self._porter = Porter(services, slots=self._slots, enter=self._enter)
        self._server = Server(
            admit=self._porter.admit,
            on_requests=self._handed,
            settings=settings or ServerSettings(system_id="spojka"),
            on_bound=self._begin,
            on_lost=self._lost,
            on_unbound=self._unbound,
            on_turned_away=self._turned_away,
        )
        self._bound: dict[Session, Bound] = {}
        self._held: WeakValueDictionary[UUID, Held] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()
        self._couriers: set[asyncio.Task[None]] = set()
        self._acceptor: Acceptor | None = None
        self._watching: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def bound(self) -> list[Bound]:
        """Every program that is bound."""
        return list(self._bound.values())

    @property
    def handshakes(self) -> int:
        """Connections whose handshake is not done."""
        return 0 if self._acceptor is None else self._acceptor.handshakes

    def start(self, place: SmppPlace, tls: ssl.SSLContext, *, shared: bool = False) -> int:
        """Listen; returns the port."""
        bounds = Bounds(connections=self._server.settings.most_sessions)
        self._acceptor = Acceptor(
            self._server.new_session,
            tls,
            bounds=bounds,
            connections=lambda: len(self._server.sessions),
            failed=lambda: self._services.refusals.count(TLS_FAILED, door="smpp"),
        )
        self._watching = asyncio.create_task(self._watch())
        return self._acceptor.start(place.host, place.port, shared=shared)

    async def close(self) -> None:
        """Answer what was asked, unbind every session, write what became of what was delivered."""
        self._closing = True
        if self._acceptor is not None:
            self._acceptor.close()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_MS / 1000)
        await self._server.close(drain_ms=DRAIN_MS)
        left = [*self._tasks, *self._couriers]
        if left:
            _, late = await asyncio.wait(left, timeout=DRAIN_MS / 1000)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await asyncio.to_thread(self._porter.close)
        await asyncio.to_thread(self._slots.close)

    def _enter(self, bound: Bound) -> None:
        """A program is admitted: its session is bound in the same turn of the loop."""
        self._bound[bound.session] = bound

    def _begin(self, session: Session) -> None:
        bound = self._bound[session]
        _log.info("smpp_bound", peer=session.peer, system_id=session.system_id, way=str(session.way))
        if session.receives:
            self._start(self._deliver(bound), self._couriers)

    async def _deliver(self, bound: Bound) -> None:
        """Bring an inbox to a link; after a fault of ours the program binds anew."""
        try:
            held = self._held.setdefault(bound.account.application, Held())
            await Courier(self._services, bound, held).run()
        except Exception as fault:  # noqa: BLE001  # logged without what came in
            _log.error("smpp_delivering_failed", fault=type(fault).__name__, places=places(fault))
            self._end(bound, "FAULT")

    def _lost(self, session: Session, reason: str) -> None:
        bound = self._bound.pop(session, None)
        if bound is not None:
            self._slots.give_back(bound.account.id, bound.slot)
        _log.info("smpp_lost", peer=session.peer, system_id=session.system_id, reason=reason)

    def _unbound(self, session: Session, reason: str) -> None:
        """A connection came to nothing; that of a server that ends is nobody's fault."""
        if self._closing:
            return
        shown = session.certificate
        fingerprint = None if shown is None else hashlib.sha256(shown).digest()
        _log.info("smpp_not_bound", peer=session.peer, reason=reason)
        self._services.refusals.count(NOT_BOUND, door="smpp", fingerprint=fingerprint)

    def _turned_away(self, session: Session, status: int) -> None:
        """A session refused a request that nobody here has seen."""
        application = self._bound[session].account.application
        self._services.refusals.count(TURNED_AWAY.get(status, MALFORMED), door="smpp", application=application)

    def _start(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)

    def _handed(self, session: Session, requests: list[Pdu]) -> None:
        self._start(self._answer(self._bound[session], requests), self._tasks)

    async def _answer(self, bound: Bound, requests: Sequence[Pdu]) -> None:
        bound.session.answer(await self._answers(bound, requests))

    async def _answers(self, bound: Bound, requests: Sequence[Pdu]) -> list[Pdu]:
        """The answers to the requests of one read; whatever happens, there is one to each."""
        why = bound.refusal(self._services)
        if why is not None:
            self._end(bound, why.code)
        elif self._closing or bound.ending:
            why = Refusal("TRY_AGAIN")
        try:
            if why is not None:
                answers = [refusing(one, why) for one in requests]
            else:
                answers = await answers_to(self._services, bound, requests)
        except Exception as fault:  # noqa: BLE001  # it is answered and logged, without what was sent
            answers = failing(requests, fault)
        codes = [reason_of(one) for one in answers if one.status]
        self._services.refusals.count_all(codes, door="smpp", application=bound.account.application)
        return answers

    def _end(self, bound: Bound, reason: str) -> None:
        """Unbind a session and close it, whoever it is."""
        if bound.ending:
            return
        bound.ending = True
        _log.warning("smpp_unbound", peer=bound.session.peer, system_id=bound.account.system_id, reason=reason)
        self._start(bound.session.close(), self._tasks)

    async def _watch(self) -> None:
        """End links whose certificate does not open the door any more, or whose account is closed."""
        looks = 0
        while True:
            await asyncio.sleep(LOOK_S)
            looks += 1
            try:
                await self._look(forgetting=looks % FORGET_LOOKS == 0)
            except psycopg.OperationalError as away:
                _log.warning("smpp_accounts_not_read", fault=type(away).__name__)
            except Exception as fault:  # noqa: BLE001  # the next look may do better, and without looks no link ends
                _log.error("smpp_look_failed", fault=type(fault).__name__, places=places(fault))

    async def _look(self, *, forgetting: bool) -> None:
        for bound in self.bound:
            why = bound.refusal(self._services)
            if why is not None:
                self._end(bound, why.code)
        await self._look_at_accounts()
        await self._slots.look_after()
        if forgetting:
            await self._services.reader.do(forget_leases)

    async def _look_at_accounts(self) -> None:
        asked = {one.account.id for one in self.bound}
        if not asked:
            return
        open_ = await self._services.reader.do(lambda ctx: still_open(ctx, sorted(asked)))
        for bound in self.bound:
            if bound.account.id in asked - open_:
                self._end(bound, "BIND_ACCOUNT_CLOSED")


@asynccontextmanager
async def speaking_smpp(
    services: Services, place: SmppPlace | None, tls: ssl.SSLContext, *, shared: bool = False
) -> AsyncIterator[tuple[SmppGateway | None, int]]:
    """Serve SMPP while the block runs, where it is wanted, beside others on a shared port; the server and its port."""
    if place is None:
        yield None, 0
        return
    gateway = SmppGateway(services)
    try:
        yield gateway, gateway.start(place, tls, shared=shared)
    finally:
        await gateway.close()
