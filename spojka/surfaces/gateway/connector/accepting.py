"""Connections as they come, their handshakes bounded: what leads to nothing takes nothing from the others."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import socket
import ssl
from collections.abc import Callable
from typing import Final

import structlog

from spojka.network.messaging.certificates.tls import fingerprint_of
from spojka.surfaces.gateway.connector.bounds import Bounds

BACKLOG: Final = 2048
MOST_PEERS: Final = 10_000
"""Who has gone is forgotten once so many are known."""
REST_S: Final = 0.1  # float: seconds, as the loop takes them
"""A process without room for another connection looks again after so long."""
FULL: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

_log = structlog.get_logger(__name__)


class Acceptor:
    """
    Accepts connections and shakes hands, for any protocol.

    A connection in its handshake is none yet: it is counted apart, and the oldest gives way when there are too many.

    Args:
        made: makes the protocol of a connection.
        context: TLS of the server; `None` for connections in clear.
        bounds: of connections.
        connections: how many there are whose handshake is done.
        failed: is told of a handshake that came to nothing.

    """

    def __init__(
        self,
        made: Callable[[], asyncio.Protocol],
        context: ssl.SSLContext | None,
        *,
        bounds: Bounds,
        connections: Callable[[], int],
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._made, self._context, self._bounds, self._connections = made, context, bounds, connections
        self._failed = failed
        self._peers = _Peers(bounds) if context is not None and context.verify_mode != ssl.CERT_NONE else None
        self._shaking: dict[asyncio.Task[None], socket.socket] = {}
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None

    @property
    def handshakes(self) -> int:
        """Connections whose handshake is not done."""
        return len(self._shaking)

    def start(self, host: str, port: int, *, shared: bool = False) -> int:
        """Listen, beside others on the port where it is shared; returns the port, which the system chooses for 0."""
        _let_open_files()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
        self._socket.setblocking(False)
        self._accepting = asyncio.create_task(self._accept(self._socket))
        return int(self._socket.getsockname()[1])

    def close(self) -> None:
        """Accept nothing more, and drop whoever has not shaken hands."""
        if self._accepting is not None:
            self._accepting.cancel()
        if self._socket is not None:
            self._socket.close()
        while self._shaking:
            self._drop_oldest()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(listening)
            except OSError as full:
                if full.errno not in FULL:
                    continue  # the caller went away before it was accepted
                _log.warning("connector_is_full", fault=repr(full), handshakes=len(self._shaking))
                self._drop_oldest()
                await asyncio.sleep(REST_S)
                continue
            if self._connections() >= self._bounds.connections:
                accepted.close()
                continue
            if len(self._shaking) >= self._bounds.handshakes:
                self._drop_oldest()
            task = asyncio.create_task(self._shake_hands(accepted))
            self._shaking[task] = accepted
            task.add_done_callback(self._shaken)

    async def _shake_hands(self, accepted: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            accepted.setblocking(False)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            patience_s = None if self._context is None else self._bounds.handshake_s
            transport, _ = await loop.connect_accepted_socket(
                self._made, accepted, ssl=self._context, ssl_handshake_timeout=patience_s
            )
            if self._peers is not None and not self._peers.have_room_for(transport, accepted):
                transport.abort()
        except OSError as failed:  # a handshake that came to nothing, by their fault or ours
            _log.debug("connector_handshake_failed", fault=repr(failed))
            self._failed()

    def _shaken(self, task: asyncio.Task[None]) -> None:
        self._shaking.pop(task, None)

    def _drop_oldest(self) -> None:
        oldest = next(iter(self._shaking), None)
        if oldest is not None:
            accepted = self._shaking.pop(oldest)
            oldest.cancel()
            oldest.add_done_callback(lambda _: accepted.close())  # one that never began has no transport that would


class _Peers:
    """
    The sockets of each certificate, and of each address where there is none.

    A connection that is being closed has its socket until the other side agrees, or has had time to.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._open: dict[bytes | str, list[socket.socket]] = {}

    def have_room_for(self, transport: asyncio.Transport, accepted: socket.socket) -> bool:
        """Count a connection whose handshake is done, unless there are too many of its peer's."""
        fingerprint = fingerprint_of(transport.get_extra_info("ssl_object"))
        most = self._bounds.of_address if fingerprint is None else self._bounds.of_certificate
        address = transport.get_extra_info("peername")
        peer = fingerprint or (str(address[0]) if address else "")
        if peer not in self._open and len(self._open) >= MOST_PEERS:
            self._open = {one: left for one, held in self._open.items() if (left := _still_open(held))}
        held = self._open[peer] = _still_open(self._open.get(peer, []))
        if len(held) >= most:
            _log.warning("connector_peer_is_full", fingerprint=fingerprint and fingerprint.hex(), connections=len(held))
            return False
        held.append(accepted)
        return True


def _still_open(sockets: list[socket.socket]) -> list[socket.socket]:
    return [one for one in sockets if one.fileno() >= 0]


def _let_open_files() -> None:
    """As many connections as the system allows this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
