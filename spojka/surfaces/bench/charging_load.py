"""
A network that calls the gateway as fast as it answers: kept-alive connections, each one call after another.

It runs in a process of its own, so that its processor time can be told from the gateway's:
`python -m spojka.surfaces.bench.charging_load PORT CONNECTIONS SECONDS SERVICES [FILE]`. Prints JSON; the references of
calls whose end was answered go into the file, one a line.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = "/nchf-convergedcharging/v3/chargingdata"
USED_S: Final = 42
_CREATE: Final = (
    '{"subscriberIdentifier":"msisdn-420601%06d","nfConsumerIdentification":{"nodeFunctionality":"IMS_Node",'
    '"nFName":"bench-%d"},"invocationTimeStamp":"%s","invocationSequenceNumber":1,'
    '"iMSChargingInformation":{"roleOfNode":"ORIGINATING_ROLE","calledPartyAddress":"tel:+420602%06d"},'
    '"multipleUnitUsage":[{"ratingGroup":1,"requestedUnit":{}}]}'
)
_RELEASE: Final = (
    '{"nfConsumerIdentification":{"nodeFunctionality":"IMS_Node"},"invocationTimeStamp":"%s",'
    '"invocationSequenceNumber":2,"multipleUnitUsage":[{"ratingGroup":1,"usedUnitContainer":'
    '[{"time":%d,"localSequenceNumber":1}]}]}'
)


class Caller(asyncio.Protocol):
    """One connection: begins a call, ends it, and begins the next."""

    def __init__(self, number: int, services: int, until: float, waits: list[float], faults: list[str]) -> None:
        self._number, self._services, self._until = number, services, until
        self._waits, self._faults = waits, faults
        self._random = random.Random(number)  # noqa: S311  # which service calls next is no secret
        self._transport: asyncio.WriteTransport | None = None
        self._received = b""
        self._sent = 0.0
        self.released: list[str] = []
        self._location = ""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the first call."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._begin()

    def data_received(self, data: bytes) -> None:
        """An answer, or a part of one."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if len(body) < int(fields.get(b"content-length", b"0")):
            return
        self._received = b""
        self._waits.append(time.perf_counter() - self._sent)
        self._answered(head[9:12], fields)

    def connection_lost(self, exc: Exception | None) -> None:
        """The gateway went away, or we closed."""
        if not self.done.done():
            if exc is not None:
                self._faults.append(repr(exc))
            self.done.set_result(None)

    def _answered(self, status: bytes, fields: dict[bytes, bytes]) -> None:
        if status == b"201":
            self._location = fields[b"location"].decode()
            self._send(f"{self._location}/release", _RELEASE % (_now(), USED_S))
            return
        if status == b"204":
            self.released.append(self._location)
        else:
            self._faults.append(status.decode())
        self._begin()

    def _begin(self) -> None:
        assert self._transport is not None
        if time.perf_counter() >= self._until:
            self._transport.close()
            return
        called = self._random.randrange(1_000_000)
        caller = self._random.randrange(self._services) + 1
        self._send(ROOT, _CREATE % (caller, self._number, _now(), called))

    def _send(self, path: str, body: str) -> None:
        assert self._transport is not None
        self._sent = time.perf_counter()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        )
        self._transport.write(f"{head}\r\n\r\n{body}".encode())


def _now() -> str:
    return datetime.now(UTC).isoformat()


async def drive(
    port: int, connections: int, seconds: float, services: int, ended: Path | None = None
) -> dict[str, object]:
    """
    Call for some seconds; references of calls whose end was answered are added to a file.

    Returns:
        Calls begun and ended, what went wrong, seconds of the processor, and how long answers took in milliseconds.

    """
    waits: list[float] = []
    faults: list[str] = []
    began, worked = time.perf_counter(), time.process_time()
    until = began + seconds
    loop = asyncio.get_running_loop()
    callers = []
    for number in range(connections):
        _, caller = await loop.create_connection(
            lambda number=number: Caller(number, services, until, waits, faults),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        callers.append(caller)
    await asyncio.gather(*(caller.done for caller in callers))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    waits.sort()
    if ended is not None:
        with ended.open("a", encoding="ascii") as file:
            file.writelines(f"{location.rpartition('/')[2]}\n" for caller in callers for location in caller.released)
    pairs = sum(len(caller.released) for caller in callers)
    return {
        "pairs": pairs,
        "pairs_per_s": round(pairs / took),
        "faults": len(faults),
        "first_faults": faults[:3],
        "generator_cpu_s": round(worked, 2),
        "p50_ms": round(waits[len(waits) // 2] * 1000, 1) if waits else 0,
        "p99_ms": round(waits[len(waits) * 99 // 100] * 1000, 1) if waits else 0,
    }


if __name__ == "__main__":
    port, connections, seconds, services = (int(each) for each in sys.argv[1:5])
    ended = Path(sys.argv[5]) if len(sys.argv) > 5 else None
    measured = asyncio.run(drive(port, connections, seconds, services, ended))
    print(json.dumps(measured))  # noqa: T201  # what the process that started it reads
