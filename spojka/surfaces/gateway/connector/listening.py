"""A listening socket with bounds: handshakes that lead to nothing and slow programs take nothing from the others."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Final, cast

import uvicorn
from uvicorn.server import ServerState

from spojka.surfaces.gateway.connector.accepting import Acceptor
from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.protocol import PinnedProtocol

LOOK_S: Final = 1
CLOSING_S: Final = 10
"""Requests that run when the server stops have so long to be answered."""

Application = Callable[..., Awaitable[None]]
"""Answers requests (ASGI 3)."""


class Listener:
    """
    Accepts connections and answers their requests with an application.

    Args:
        app: answers requests (ASGI 3).
        context: TLS of the server; `None` for connections in clear.
        bounds: of connections.

    """

    def __init__(self, app: Application, context: ssl.SSLContext | None, *, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
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
        self._acceptor = Acceptor(
            lambda: PinnedProtocol(self._config, self._state, {}),
            context,
            bounds=self._bounds,
            connections=lambda: len(self._state.connections),
        )
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connections(self) -> set[PinnedProtocol]:
        """Connections whose handshake is done."""
        return cast("set[PinnedProtocol]", self._state.connections)

    @property
    def handshakes(self) -> int:
        """Connections whose handshake is not."""
        return self._acceptor.handshakes

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port, which the system chooses for 0."""
        self._config.load()
        self._look()
        self._tasks = [asyncio.create_task(self._look_often())]
        return self._acceptor.start(host, port)

    async def close(self) -> None:
        """Accept nothing more, answer what was asked, then close."""
        for task in self._tasks:
            task.cancel()
        self._acceptor.close()
        for connection in list(self.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                while self._state.tasks:
                    await asyncio.wait(list(self._state.tasks))
        for connection in list(self.connections):
            connection.transport.abort()

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
