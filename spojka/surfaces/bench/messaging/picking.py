"""
A program that fetches its inbox and acknowledges what it got, over mutual TLS, again and again.

It runs in a process of its own: `python -m spojka.surfaces.bench.messaging.picking`, with a plan as JSON in its first
line of input. It prints `ready`, waits for another line, measures, and prints what it measured.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from typing import Any, Final

import uvloop

LIMIT: Final = 1000
"""Items of one fetch."""


class Inbox:
    """One application's inbox over one connection."""

    def __init__(self, given: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._root, self._reader, self._writer = given["root"], reader, writer
        self.acknowledged = 0

    async def go_on(self) -> None:
        """Fetch and acknowledge until it is cancelled."""
        while True:
            items = (await self._ask("GET", f"inbox?limit={LIMIT}&wait=5", b""))["items"]
            if items:
                body = json.dumps({"ids": [one["id"] for one in items]}).encode()
                done = (await self._ask("POST", "inbox/acknowledge", body))["results"]
                self.acknowledged += sum(one["status"] == "acknowledged" for one in done)

    async def _ask(self, method: str, address: str, body: bytes) -> dict[str, Any]:
        head = f"{method} {self._root}/{address} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        said = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(said.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        answer = await self._reader.readexactly(length)
        if not said.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{said[:40]!r} {answer[:300]!r}")
        found: dict[str, Any] = json.loads(answer)
        return found


async def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry out a plan: `port`, `seconds`, and `inboxes` with `root`, `certificate` and `trusted` of each."""
    inboxes = []
    for given in plan["inboxes"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(given["trusted"])
        context.load_cert_chain(given["certificate"])
        streams = await asyncio.open_connection(
            "127.0.0.1", plan["port"], ssl=context, server_hostname="localhost", limit=1 << 24
        )
        inboxes.append(Inbox(given, *streams))
    going = [asyncio.create_task(one.go_on()) for one in inboxes]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    before, began, worked = sum(one.acknowledged for one in inboxes), time.perf_counter(), time.process_time()
    await asyncio.wait(going, timeout=plan["seconds"], return_when=asyncio.FIRST_EXCEPTION)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    picked = sum(one.acknowledged for one in inboxes) - before
    for task in going:
        if task.done():
            task.result()
        task.cancel()
    return {"accepted": picked, "picked_up_per_s": round(picked / took), "client_cpu_s": round(worked, 2)}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(json.loads(sys.stdin.readline())))))  # noqa: T201  # what its starter reads
