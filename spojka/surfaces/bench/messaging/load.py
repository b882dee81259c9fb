"""
Programs that submit as fast as they are answered, or at a steady rate: kept-alive connections, little processor.

It runs in a process of its own, so that its processor time can be told from the gateway's:
`python -m spojka.surfaces.bench.messaging.load`, with a plan as JSON in its first line of input. It connects, warms up,
prints `ready`, waits for another line, measures, and prints what it measured.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import uvloop

LENGTH: Final = b"content-length:"
NUMBERS: Final = 1_000_000
"""Different recipients that follow one another."""
WARM_S: Final = 1
TICK_S: Final = 0.001  # float: seconds of the loop's clock
LOOK_S: Final = 0.01  # float: seconds of the loop's clock


@dataclass(frozen=True, slots=True)
class Program:
    """
    What one program sends again and again, with another recipient every time.

    Args:
        pieces: the request as bytes; a number of six digits goes between each two.
        context: its certificate, `None` for plain HTTP.

    """

    pieces: Sequence[bytes]
    context: ssl.SSLContext | None

    @property
    def messages(self) -> int:
        """Messages of one request."""
        return len(self.pieces) - 1

    def request(self, number: int) -> bytes:
        """The next request, its recipients counted on from a number."""
        parts = [self.pieces[0]]
        for place, piece in enumerate(self.pieces[1:]):
            parts.append(b"%06d" % ((number + place) % NUMBERS))
            parts.append(piece)
        return b"".join(parts)


def program_of(given: dict[str, Any]) -> Program:
    """A program as a plan describes it: `head`, `pieces` of the body, and the files of its certificate."""
    context = None
    if given["certificate"] is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(given["trusted"])
        context.load_cert_chain(given["certificate"])
    pieces = [one.encode() for one in given["pieces"]]
    if given["has_body"]:
        size = sum(map(len, pieces)) + 6 * (len(pieces) - 1)
        pieces[0] = f"{given['head']}content-length: {size}\r\n\r\n".encode() + pieces[0]
    else:
        pieces[0] = given["head"].encode() + pieces[0]
    return Program(pieces, context)


class Caller(asyncio.Protocol):
    """One connection: a request at a time; it says when it is free."""

    def __init__(self, program: Program, free: Callable[[Caller], None], tally: Tally) -> None:
        self.program, self._free, self._tally = program, free, tally
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._began = 0.0  # float: seconds of a clock

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It can be used."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side went away."""
        self._tally.lost += 1
        self._tally.fault(repr(exc))

    def ask(self, number: int, began: float) -> None:
        """Send a request that should have begun at an instant."""
        assert self._transport is not None
        self._began = began
        self._transport.write(self.program.request(number))

    def close(self) -> None:
        """Use it no more."""
        assert self._transport is not None
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """An answer, or a part of one."""
        if self._received:
            data = self._received + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._received = data
            return
        body = _body(data[:end].lower(), data[end + 4 :])
        if body is None:
            self._received = data
            return
        self._received = b""
        self._tally.answered(self._began, data[9:12], body, self.program.messages)
        self._free(self)


def _body(head: bytes, rest: bytes) -> bytes | None:
    """An answer's body once it is whole, of a length that its head says or in chunks (RFC 9112, 7.1)."""
    at = head.find(LENGTH)
    if at >= 0:
        line = head.find(b"\r\n", at)
        length = int(head[at + len(LENGTH) : line if line > 0 else len(head)])
        return rest if len(rest) >= length else None
    body = b""
    while (line := rest.find(b"\r\n")) >= 0:
        size = int(rest[:line], 16)
        if len(rest) < line + 4 + size:
            return None
        if size == 0:
            return body
        body += rest[line + 2 : line + 2 + size]
        rest = rest[line + 4 + size :]
    return None


class Tally:
    """What was answered, and how long it took; nothing while it is not counting."""

    def __init__(self) -> None:
        self.counting = False
        self.accepted = self.refused = self.lost = 0
        self.ever = 0
        """Accepted since the beginning, counted or not."""
        self.waits: list[float] = []  # float: seconds of a clock
        self.faults: list[str] = []

    def fault(self, said: str) -> None:
        """Keep the first few."""
        if self.counting and len(self.faults) < 3:
            self.faults.append(said)

    def answered(self, began: float, status: bytes, body: bytes, asked: int) -> None:
        """Count an answer: one accepted message, or a batch that says how many."""
        if status == b"202" or (status == b"200" and body.startswith(b"Success ")):
            accepted = asked
        elif status == b"200" and body.startswith(b'{"accepted":'):
            accepted = int(body[12 : body.index(b",")])
        else:
            accepted = 0
        self.ever += accepted
        if not self.counting:
            return
        self.waits.append(time.perf_counter() - began)
        self.accepted += accepted
        self.refused += asked - accepted
        if accepted < asked:
            self.fault(f"{status.decode()} {body[:300].decode(errors='replace')}")

    def shown(self, took: float, worked: float) -> dict[str, Any]:
        """Messages a second, milliseconds and processor."""
        waits = sorted(self.waits)

        def at(permille: int) -> float:
            return round(waits[min(len(waits) - 1, len(waits) * permille // 1000)] * 1000, 2) if waits else 0

        return {
            "accepted": self.accepted,
            "accepted_per_s": round(self.accepted / took),
            "refused": self.refused,
            "lost": self.lost,
            "faults": self.faults,
            "p50_ms": at(500),
            "p99_ms": at(990),
            "p999_ms": at(999),
            "client_cpu_s": round(worked, 2),
            "took_s": round(took, 2),
        }


class Load:
    """
    Callers that take turns.

    Args:
        callers: the connections.
        rate_per_s: requests that begin in a second, whether earlier ones are answered or not; 0: as many as can be.

    """

    def __init__(self, tally: Tally, rate_per_s: int) -> None:
        self.callers: list[Caller] = []
        self._tally, self._rate_per_s = tally, rate_per_s
        self._number = 0
        self._idle: deque[Caller] = deque()
        self._due: deque[float] = deque()  # float: instants of a clock
        self._running = self._held = False
        self.in_flight: list[int] = []

    def free(self, caller: Caller) -> None:
        """A caller has its answer."""
        if not self._running or self._held:
            self._idle.append(caller)
        elif self._rate_per_s == 0:
            self._ask(caller, time.perf_counter())
        elif self._due:
            self._ask(caller, self._due.popleft())
        else:
            self._idle.append(caller)

    async def run(self, seconds: float) -> float:
        """Go on for some seconds and wait for the last answers; returns the seconds until then."""
        began = time.perf_counter()
        self._running = True
        if self._rate_per_s == 0:
            while self._idle:
                self._ask(self._idle.popleft(), time.perf_counter())
            await asyncio.sleep(seconds)
            took = time.perf_counter() - began
        else:
            await self._steadily(began, seconds)
            took = seconds
        self._running = False
        ends = time.perf_counter() + 10
        while len(self._idle) + self._tally.lost < len(self.callers) and time.perf_counter() < ends:  # noqa: ASYNC110
            await asyncio.sleep(TICK_S)
        return took

    async def hold_back(self, control: int, most: int) -> None:
        """Rest while more messages wait for their receipts, as a centre counts them on its control port."""
        reader, writer = await asyncio.open_connection("127.0.0.1", control)
        while True:
            writer.write(b'{"do":"counts"}\n')
            taken = json.loads(await reader.readline())["ok"]["receipts_taken"]
            self.in_flight.append(self._tally.ever - taken)
            self._held = self.in_flight[-1] > most
            while self._running and not self._held and self._idle:
                self._ask(self._idle.popleft(), time.perf_counter())
            await asyncio.sleep(LOOK_S)

    async def _steadily(self, began: float, seconds: float) -> None:
        """Requests begin when their instant comes; one that finds no caller waits, and its wait counts."""
        begun, most = 0, int(seconds * self._rate_per_s)
        while begun < most or self._due:
            now = time.perf_counter()
            while begun < most and began + begun / self._rate_per_s <= now:
                self._due.append(began + begun / self._rate_per_s)
                begun += 1
            while self._due and self._idle:
                self._ask(self._idle.popleft(), self._due.popleft())
            if now > began + 2 * seconds + 10:
                self._tally.fault(f"{len(self._due)} requests were never sent")
                return
            await asyncio.sleep(TICK_S)

    def _ask(self, caller: Caller, began: float) -> None:
        self._number += caller.program.messages
        caller.ask(self._number, began)


async def measure(plan: dict[str, Any], ready: Callable[[], None]) -> dict[str, Any]:
    """
    Carry out a plan.

    Args:
        plan: `port`, `connections`, `seconds`, `rate_per_s`, and `programs` as `program_of` takes them; with `control`,
            the port of a centre's control calls, and `most_in_flight` it rests while too much is under way.
        ready: is called once it is warm, and returns when the measurement may begin.

    """
    loop, tally = asyncio.get_running_loop(), Tally()
    programs = [program_of(one) for one in plan["programs"]]
    load = Load(tally, plan["rate_per_s"])
    for number in range(plan["connections"]):
        program = programs[number % len(programs)]
        _, caller = await loop.create_connection(
            lambda program=program: Caller(program, load.free, tally),
            "127.0.0.1",
            plan["port"],
            ssl=program.context,
            server_hostname="localhost" if program.context else None,
        )
        load.callers.append(caller)
        load.free(caller)
    holding = None
    if "control" in plan:
        holding = asyncio.create_task(load.hold_back(plan["control"], plan["most_in_flight"]))
    await load.run(WARM_S)
    ready()
    load.in_flight.clear()
    tally.counting = True
    worked = time.process_time()
    took = await load.run(plan["seconds"])
    worked = time.process_time() - worked
    tally.counting = False
    for caller in load.callers:
        caller.close()
    shown = tally.shown(took, worked)
    if holding is not None:
        holding.cancel()
        half = len(load.in_flight) // 2
        first, last = load.in_flight[:half], load.in_flight[half:]
        shown |= {"in_flight_first_half": sum(first) // len(first), "in_flight_second_half": sum(last) // len(last)}
    return shown


def main() -> None:
    """Read a plan, measure, print."""

    def ready() -> None:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()

    plan = json.loads(sys.stdin.readline())
    measured = uvloop.run(measure(plan, ready))
    sys.stdout.write(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main()
