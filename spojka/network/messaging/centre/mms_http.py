"""HTTP/1.1 for the simulated MMSC: kept connections, and the freedom to leave without an answer."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import h11

_READ_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose body has arrived."""

    method: str
    path: str
    content_type: str
    authorization: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What is written back."""

    status: int
    content_type: str = "text/plain; charset=utf-8"
    data: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Asked], Awaitable[Answered | None]]
"""Answers a request; `None` closes the connection without a word."""


class HttpListener:
    """
    Listens and hands requests to a handler, one after another on each connection.

    Args:
        handler: what answers.
        longest_body: bytes; a longer one is answered with 413 and the connection closed.

    """

    def __init__(self, handler: Handler, *, longest_body: int) -> None:
        self._handler = handler
        self._longest_body = longest_body
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self.connections = 0

    async def listen(self, *, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Begin to listen; returns the port, which the machine chose where `port` is 0."""
        self._server = await asyncio.start_server(self._meet, host, port, ssl=tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Close every connection and stop listening."""
        if self._server is None:
            return
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        talk = asyncio.get_running_loop().create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._requests(reader, writer)
        except (OSError, h11.RemoteProtocolError):
            pass  # a peer that breaks off or speaks no HTTP is simply left
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        while True:
            asked = await self._next(connection, reader, writer)
            if asked is None:
                return
            too_long = len(asked.data) > self._longest_body
            answered = Answered(413) if too_long else await self._handler(asked)
            if answered is None:
                return
            writer.write(_written(connection, answered, close=too_long))
            await writer.drain()
            if connection.our_state is h11.MUST_CLOSE or too_long:
                return
            connection.start_next_cycle()

    async def _next(
        self, connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Asked | None:
        """The next request with its body, which is cut above the limit; `None` where the peer has left."""
        request: h11.Request | None = None
        data = bytearray()
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                if connection.they_are_waiting_for_100_continue:
                    writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
                connection.receive_data(await reader.read(_READ_BYTES))
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                data += event.data
                if len(data) > self._longest_body and request is not None:
                    return _asked(request, bytes(data))
            elif isinstance(event, h11.EndOfMessage) and request is not None:
                return _asked(request, bytes(data))
            else:
                return None


def _asked(request: h11.Request, data: bytes) -> Asked:
    headers = {bytes(name).lower(): bytes(value).decode("latin-1") for name, value in request.headers}
    return Asked(
        method=bytes(request.method).decode("ascii"),
        path=bytes(request.target).decode("latin-1"),
        content_type=headers.get(b"content-type", ""),
        authorization=headers.get(b"authorization", ""),
        data=data,
    )


def _written(connection: h11.Connection, answered: Answered, *, close: bool) -> bytes:
    headers = [
        ("content-type", answered.content_type),
        ("content-length", str(len(answered.data))),
        *answered.headers,
        *([("connection", "close")] if close else []),
    ]
    pieces = (
        connection.send(h11.Response(status_code=answered.status, headers=headers)),
        connection.send(h11.Data(data=answered.data)),
        connection.send(h11.EndOfMessage()),
    )
    return b"".join(piece for piece in pieces if piece)
