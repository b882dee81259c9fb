"""Two simulated networks, each a centre in a process of its own, and the phones in them that answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from spojka.surfaces.demo.month import DemoFailed

START_S: Final = 30
CENTRE: Final = "spojka.network.messaging.centre"
SETTINGS: Final[Mapping[str, dict[str, Any]]] = {
    "o2": {"latency_ms": 3, "failed_permille": 8, "deliver_window": 50},
    "ostatni": {
        "latency_ms": 9,
        "failed_permille": 15,
        "receipts": "late",
        "receipt_delay_ms": 400,
        "shuffled": True,
        "twice_permille": 5,
        "ids": "mixed",
        "deliver_window": 50,
    },
}
"""The second network answers slowly, in other forms of ids, in any order, and some receipts twice."""


@dataclass(frozen=True, slots=True)
class Network:
    """A centre that runs: where messages go, and its control calls."""

    name: str
    port: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def writes(self, mobile: str, *, to: str, text: str) -> None:
        """A phone of this network writes to a number; raises `DemoFailed` where the centre does not take it."""
        asked = {"do": "originate", "from": mobile, "to": to, "text": text}
        async with self._turn:  # phones of several programs write at once, and each takes its own answer
            self.writer.write(json.dumps(asked).encode() + b"\n")
            answer = json.loads(await self.reader.readline())
        if "ok" not in answer:
            raise DemoFailed(f"{self.name} does not take what {mobile} writes: {answer.get('wrong')}")


@contextlib.asynccontextmanager
async def networks() -> AsyncIterator[list[Network]]:
    """Both networks while the block runs."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(_network(name)) for name in SETTINGS]


@contextlib.asynccontextmanager
async def _network(name: str) -> AsyncIterator[Network]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", CENTRE, "--port", "0", "--control", "0", "--json", json.dumps(SETTINGS[name]),
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), START_S))
        reader, writer = await asyncio.open_connection("127.0.0.1", said["control"])
        try:
            yield Network(name, said["port"], reader, writer)
        finally:
            writer.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
