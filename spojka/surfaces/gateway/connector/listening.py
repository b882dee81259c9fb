"""A listening socket with bounds: handshakes that lead to nothing and slow programs take nothing from the others."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from spojka.surfaces.gateway.connector.accepting import Acceptor
from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.budget import Budget
from spojka.surfaces.gateway.connector.connection import (
    REQUEST_TIMEOUT,
    TLS_FAILED,
    Answering,
    Connection,
    Failed,
    Open,
)

LOOK_S: Final = 1
CLOSING_S: Final = 10
"""Requests that run when the server stops have so long to be answered."""


class Listener:
    """
    Accepts connections and has their requests answered.

    Args:
        answering: answers requests.
        context: TLS of the server; `None` for connections in clear.
        now: the clock.
        bounds: of connections.
        failed: is told of connections that came to nothing: SHA-256 of the certificate, where there is one, and a code.

    """

    def __init__(
        self,
        answering: Answering,
        context: ssl.SSLContext | None,
        *,
        now: Callable[[], datetime],
        bounds: Bounds | None = None,
        failed: Failed | None = None,
    ) -> None:
        self._answering, self._now = answering, now
        self._bounds = bounds or Bounds()
        budget = Budget(self._bounds.bodies_of_certificate_bytes, self._bounds.bodies_bytes)
        self._opened = Open(budget) if failed is None else Open(budget, failed=failed)
        self._acceptor = Acceptor(
            lambda: Connection(self._answering, self._opened, now),
            context,
            bounds=self._bounds,
            connections=lambda: len(self.connections),
            failed=lambda: self._opened.failed(None, TLS_FAILED),
        )
        self._looking: asyncio.Task[None] | None = None

    @property
    def connections(self) -> set[Connection]:
        """Connections whose handshake is done."""
        return self._opened.connections

    @property
    def budget(self) -> Budget:
        """Bytes of bodies that are held."""
        return self._opened.budget

    @property
    def handshakes(self) -> int:
        """Connections whose handshake is not."""
        return self._acceptor.handshakes

    async def start(self, host: str, port: int, *, shared: bool = False) -> int:
        """Listen, beside others on the port where it is shared; returns the port, which the system chooses for 0."""
        self._look()
        self._looking = asyncio.create_task(self._look_often())
        return self._acceptor.start(host, port, shared=shared)

    async def close(self) -> None:
        """Accept nothing more, answer what was asked, then close."""
        if self._looking is not None:
            self._looking.cancel()
        self._acceptor.close()
        for connection in list(self.connections):
            connection.shut_down()
        answering = [one.task for one in self.connections if one.task is not None]
        if answering:
            await asyncio.wait(answering, timeout=CLOSING_S)
        for connection in list(self.connections):
            connection.transport.abort()

    async def _look_often(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            self._look()

    def _look(self) -> None:
        """Set the date of answers, and close whoever is too slow or has nothing to ask."""
        self._opened.date = f"date: {format_datetime(self._now(), usegmt=True)}\r\n".encode()
        at = asyncio.get_running_loop().time()
        slow, idle = at - self._bounds.slow_s, at - self._bounds.idle_s
        for connection in list(self.connections):
            if connection.is_slow(slow):
                self._opened.failed(connection.fingerprint, REQUEST_TIMEOUT)
                connection.transport.abort()
            elif connection.is_idle(idle):
                connection.shut_down()
