"""A listening socket with bounds: handshakes that lead to nothing and slow programs take nothing from the others."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import socket
import ssl
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Final, cast

import structlog
import uvicorn
from uvicorn.server import ServerState

from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.protocol import PinnedProtocol

BACKLOG: Final = 2048
LOOK_S: Final = 1
CLOSING_S: Final = 10
"""Requests that run when the server stops have so long to be answered."""
FULL: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

Application = Callable[..., Awaitable[None]]
"""Answers requests (ASGI 3)."""

_log = structlog.get_logger(__name__)


class Listener:
    """
    Accepts connections and answers their requests with an application.

    A connection in its handshake is none yet: it is counted apart, and the oldest gives way when there are too many.

    Args:
        app: answers requests (ASGI 3).
        context: TLS of the server.
        bounds: of connections.

    """

    def __init__(self, app: Application, context: ssl.SSLContext, *, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._context = context
        self._config = uvicorn.Config(
            app,
            http=PinnedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=self._bounds.idle_s,
        )
        self._state = ServerState()
        self._shaking: dict[asyncio.Task[None], socket.socket] = {}
        self._socket: socket.socket | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connections(self) -> set[PinnedProtocol]:
        """Connections whose handshake is done."""
        return cast("set[PinnedProtocol]", self._state.connections)

    @property
    def handshakes(self) -> int:
        """Connections whose handshake is not."""
        return len(self._shaking)

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port, which the system chooses for 0."""
        _let_open_files()
        self._config.load()
        self._look()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._socket.setblocking(False)
        self._tasks = [asyncio.create_task(self._accept(self._socket)), asyncio.create_task(self._look_often())]
        return int(self._socket.getsockname()[1])

    async def close(self) -> None:
        """Accept nothing more, answer what was asked, then close."""
        for task in self._tasks:
            task.cancel()
        if self._socket is not None:
            self._socket.close()
        while self._shaking:
            self._drop_oldest()
        for connection in list(self.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                while self._state.tasks:
                    await asyncio.wait(list(self._state.tasks))
        for connection in list(self.connections):
            connection.transport.abort()

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
                await asyncio.sleep(LOOK_S / 10)
                continue
            if len(self._state.connections) >= self._bounds.connections:
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
            await loop.connect_accepted_socket(
                lambda: PinnedProtocol(self._config, self._state, {}),
                accepted,
                ssl=self._context,
                ssl_handshake_timeout=self._bounds.handshake_s,
            )
        except OSError as failed:  # a handshake that came to nothing, by their fault or ours
            _log.debug("connector_handshake_failed", fault=repr(failed))

    def _shaken(self, task: asyncio.Task[None]) -> None:
        self._shaking.pop(task, None)

    def _drop_oldest(self) -> None:
        oldest = next(iter(self._shaking), None)
        if oldest is not None:
            accepted = self._shaking.pop(oldest)
            oldest.cancel()
            oldest.add_done_callback(lambda _: accepted.close())  # one that never began has no transport that would

    async def _look_often(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            self._look()

    def _look(self) -> None:
        """Set the date of answers, and close whoever is too slow."""
        self._state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
        before = asyncio.get_running_loop().time() - self._bounds.slow_s
        for connection in [one for one in self.connections if one.is_slow(before)]:
            connection.transport.abort()


def _let_open_files() -> None:
    """As many connections as the system allows this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
