"""What is written to a connection in one turn of the loop leaves it together: one record of TLS, one system call."""

from __future__ import annotations

import asyncio
from typing import Any


class Gathering:
    """
    A transport whose writes of one turn go out as one.

    A server writes the head and the body of an answer apart; each would be encrypted and sent on its own.

    Args:
        transport: where they go.
        loop: whose turns count.

    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send bytes at the end of this turn."""
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(data)

    def close(self) -> None:
        """Send what waits, then close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._waiting:
            whole = b"".join(self._waiting)
            self._waiting.clear()
            self._transport.write(whole)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
