"""The centre's side: a server of sessions that programs bind to (SMPP 3.4, 2.2)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.links import Link
from spojka.network.messaging.smpp.pdus import (
    Bind,
    BindReceiver,
    BindResp,
    BindTransmitter,
    CancelSm,
    DataSm,
    Pdu,
    QuerySm,
    ReplaceSm,
    SubmitMulti,
    SubmitSm,
    answer_to,
)
from spojka.network.messaging.smpp.tlvs import ADDITIONAL_STATUS_INFO_TEXT, SC_INTERFACE_VERSION, octet, text
from spojka.network.messaging.smpp.waiting import Timers, Way

_MS: Final = 1000
_VERSION: Final = 0x34
_FROM_PROGRAMS: Final = frozenset(one.command for one in (SubmitSm, SubmitMulti, DataSm, QuerySm, CancelSm, ReplaceSm))
_TO_RECEIVERS: Final[frozenset[int]] = frozenset()

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Admission:
    """
    The answer to a bind: its status (0 admits) and what the session may do.

    `window` is deliver_sm in flight at once, `most_unanswered` submit_sm that may wait for our answers: more are
    throttled. None leaves the server's own. `reason` is told to who is refused, in words that a log may keep.
    """

    status: int = 0
    window: int | None = None
    most_unanswered: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What a server tells binders and allows; `most_sessions` connections at once, more are closed."""

    system_id: str = "spojka"
    window: int = 10
    most_unanswered: int = 100
    most_sessions: int = 10_000
    timers: Timers = field(default_factory=Timers)


class Session(Link):
    """A program's connection: bound as `system_id` on its `way`, or not bound yet."""

    def __init__(self, server: Server) -> None:
        settings = server.settings
        super().__init__(
            timers=settings.timers,
            window=settings.window,
            most_unanswered=settings.most_unanswered,
            on_requests=server.handed,
        )
        self.system_id = ""
        self.request: Bind | None = None
        """The bind that was admitted."""
        self.is_refused = False
        """Whether a bind was refused."""
        self.certificate: bytes | None = None
        """The certificate (DER) that the peer showed, or None."""
        self._server = server
        self._binding: asyncio.Task[None] | None = None

    @property
    def receives(self) -> bool:
        """Whether messages and receipts can be delivered on it."""
        return self.way in (Way.RECEIVER, Way.TRANSCEIVER)

    @property
    def room(self) -> int:
        """How many messages and receipts can be delivered now."""
        return super().room if self.receives else 0

    def opened(self) -> None:
        """See `Link`."""
        found = None if self._transport is None else self._transport.get_extra_info("ssl_object")
        self.certificate = None if found is None else found.getpeercert(binary_form=True)
        if not self._server.entered(self):
            self.abort("too many sessions")

    def lost(self, reason: str) -> None:
        """See `Link`."""
        if self._binding is not None:
            self._binding.cancel()
        self._server.left(self, reason)

    def bind_asked(self, request: Bind) -> None:
        """See `Link`: ask the owner, once."""
        if self.way is not None or self._binding is not None:
            self.turn_away(answer_to(request, status=statuses.ESME_RALYBND))
            return
        self._binding = asyncio.create_task(self._bind(request))

    def turned_away(self, status: int) -> None:
        """See `Link`; what comes before a bind ends as a connection that was not bound."""
        if self.way is not None:
            self._server.turned_away(self, status)

    async def _bind(self, request: Bind) -> None:
        try:
            admission = await self._server.admit(self, request)
        except Exception:  # noqa: BLE001  # whatever keeps the owner from deciding, the program gets an answer
            _log.exception("smpp_bind_failed", peer=self.peer)
            admission = Admission(statuses.ESME_RSYSERR)
        answer = answer_to(request, status=admission.status)
        if admission.status:
            said = {"system_id": request.system_id, "status": admission.status, "reason": admission.reason}
            _log.warning("smpp_bind_refused", peer=self.peer, **said)
            if admission.reason:
                answer.tlvs = (text(ADDITIONAL_STATUS_INFO_TEXT, admission.reason),)
            self.is_refused = True
            self.reply(answer)
            self.drop("bind refused")
            return
        if isinstance(answer, BindResp):
            answer.system_id = self._server.settings.system_id
            answer.tlvs = (octet(SC_INTERFACE_VERSION, _VERSION),)
        if admission.window is not None:
            self.window = admission.window
        if admission.most_unanswered is not None:
            self.most_unanswered = admission.most_unanswered
        self.system_id, self.request = request.system_id, request
        self.way = _way_of(request)
        self.takes = _TO_RECEIVERS if self.way is Way.RECEIVER else _FROM_PROGRAMS
        self.reply(answer)
        self._server.bound(self)


def _way_of(request: Bind) -> Way:
    if isinstance(request, BindTransmitter):
        return Way.TRANSMITTER
    return Way.RECEIVER if isinstance(request, BindReceiver) else Way.TRANSCEIVER


class Server:
    """
    Listens for programs.

    Args:
        admit: asked for each bind; the session has the peer and its certificate. A refused connection is closed.
        on_requests: given the session and the submit_sm, submit_multi, data_sm, query_sm, cancel_sm and replace_sm of
            one read; every one is to be answered by `session.answer`, later and in any order.
        settings: see `ServerSettings`.
        on_bound: told of a session when it is bound.
        on_lost: told of a session that was bound, and why it is gone.
        on_unbound: told of a connection that went without a bind that was answered, and why.
        on_turned_away: told of the status with which a bound session refused a request by itself.

    """

    def __init__(
        self,
        *,
        admit: Callable[[Session, Bind], Awaitable[Admission]],
        on_requests: Callable[[Session, list[Pdu]], None],
        settings: ServerSettings | None = None,
        on_bound: Callable[[Session], None] | None = None,
        on_lost: Callable[[Session, str], None] | None = None,
        on_unbound: Callable[[Session, str], None] | None = None,
        on_turned_away: Callable[[Session, int], None] | None = None,
    ) -> None:
        self.settings = settings or ServerSettings()
        self.sessions: set[Session] = set()
        """All connections, bound or not."""
        self.handed = on_requests
        self.admit = admit
        self._on_bound, self._on_lost, self._on_unbound = on_bound, on_lost, on_unbound
        self._on_turned_away = on_turned_away
        self._listener: asyncio.Server | None = None

    async def start(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> int:
        """Listen; returns the port (that the system chose for 0). With `tls`, handshakes are bounded by `bind_ms`."""
        self._listener = await asyncio.get_running_loop().create_server(
            self.new_session,
            host,
            port,
            ssl=tls,
            backlog=1024,
            ssl_handshake_timeout=None if tls is None else self.settings.timers.bind_ms / _MS,
        )
        found: int = self._listener.sockets[0].getsockname()[1]
        return found

    def new_session(self) -> Session:
        """The protocol of one connection, for who accepts connections without `start`."""
        return Session(self)

    async def close(self, *, drain_ms: int = 0) -> None:
        """Take no more connections, unbind every session and wait until all are gone."""
        if self._listener is not None:
            self._listener.close()
        await asyncio.gather(*(one.close(drain_ms=drain_ms) for one in list(self.sessions)))

    def entered(self, session: Session) -> bool:
        """A connection is there; false when there are too many."""
        self.sessions.add(session)
        return len(self.sessions) <= self.settings.most_sessions

    def bound(self, session: Session) -> None:
        """A session is bound."""
        if self._on_bound is not None:
            self._on_bound(session)

    def turned_away(self, session: Session, status: int) -> None:
        """A session refused a request by itself."""
        if self._on_turned_away is not None:
            self._on_turned_away(session, status)

    def left(self, session: Session, reason: str) -> None:
        """A connection is gone."""
        self.sessions.discard(session)
        told = self._on_unbound if session.way is None else self._on_lost
        if told is not None and not session.is_refused:
            told(session, reason)
