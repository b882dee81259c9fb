"""
A program that is called over HTTP and counts what it is told: mobiles' messages of webhooks, and Kannel's calls.

It runs in a process of its own: `python -m spojka.surfaces.bench.messaging.hearing`. Prints `{"port": …}`; `/count`
answers how many items came.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

import uvloop

from spojka.surfaces.bench.messaging.processes import process

_ANSWER: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n\r\n%b"
_ITEM: Final = b'"received_at":'
"""Stands once in every item that a webhook is told."""
_TAKEN: Final = b"ACK/Jasmin"
"""What Jasmin is answered, or it tells the same again."""


class Heard(asyncio.Protocol):
    """One connection: whatever is asked is answered with 200."""

    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It begins."""
        self._transport = cast("asyncio.Transport", transport)
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Requests, or parts of them."""
        self._received += data
        while True:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._received[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            whole = end + 4 + length
            if len(self._received) < whole:
                return
            body, self._received = self._received[end + 4 : whole], self._received[whole:]
            if head.startswith(b"get /count"):
                said = b"%d" % Heard.count
                self._transport.write(_ANSWER % (len(said), said))
                continue
            Heard.count += body.count(_ITEM) if length else 1
            said = _TAKEN if head.startswith(b"get /jasmin") else b""
            self._transport.write(_ANSWER % (len(said), said))


class Listener:
    """Such a process, and what it counted."""

    def __init__(self, started: subprocess.Popen[bytes]) -> None:
        assert started.stdout is not None
        self.process, self.port = started, int(json.loads(started.stdout.readline())["port"])

    def count(self) -> int:
        """Items until now."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/count", timeout=10) as answer:
            return int(answer.read())


@contextlib.contextmanager
def listener(folder: Path) -> Iterator[Listener]:
    """A listener while the block runs."""
    with process([sys.executable, "-m", __name__], folder, "hearing", piped=True) as started:
        yield Listener(started)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Heard, "127.0.0.1", 0)
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve())
