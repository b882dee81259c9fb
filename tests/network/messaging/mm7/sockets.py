"""Peers on sockets of this machine: ones that answer anything, and a real server for the application."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from granian.constants import Interfaces
from granian.server.embed import Server

from spojka.network.messaging.mm7.content import Content, MediaPart
from spojka.network.messaging.mm7.messages import Address, AddressKind, Recipients, SenderIdentification, SubmitReq

NUMBER = Address(AddressKind.NUMBER, "+420602000001")
SHORT_CODE = Address(AddressKind.SHORT_CODE, "1991042")
PICTURE = Content((MediaPart("image/jpeg", bytes(range(256)) * 100, content_id="p"),))
SUBMIT = SubmitReq(
    sender=SenderIdentification("vasp", "vas", SHORT_CODE),
    recipients=Recipients(to=(NUMBER,)),
    delivery_report=True,
    content=PICTURE,
)


@contextlib.asynccontextmanager
async def listening(talk):
    """A server whose every connection is closed at the end."""
    talks = set()

    async def guarded(reader, writer):
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def meet(reader, writer):
        talks.add(asyncio.get_running_loop().create_task(guarded(reader, writer)))

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mm7"
    finally:
        server.close()
        for one in talks:
            one.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()


@contextlib.asynccontextmanager
async def peer_that_says(*answers):
    """A peer that answers each request in turn with the given bytes; `None` closes, an int first waits so many ms."""
    heard = []
    left = list(answers)

    async def talk(reader, writer):
        while left:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            heard.append((head, await reader.readexactly(length)))
            say = left.pop(0)
            if isinstance(say, int):
                await asyncio.sleep(say / 1000)
                return
            if say is None:
                return
            writer.write(say)
            await writer.drain()
            if not say.startswith(b"HTTP/1.1") or b"cut" in say:
                return

    async with listening(talk) as url:
        yield url, heard


def http(status, body=b"", *headers):
    """An HTTP answer; further headers as `name: value`."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", "content-type: text/xml", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.asynccontextmanager
async def served(application, *, port=None):
    """An ASGI application behind a real HTTP server, on a free port unless given."""
    port = port or free_port()
    server = Server(application, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    running = asyncio.create_task(server.serve())
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                await writer.wait_closed()
                break
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{port}/mm7"
    finally:
        server.stop()
        await asyncio.wait_for(running, 10)
