"""
A program that submits over SMPP as fast as its window lets it, on one bind over mutual TLS.

It runs in a process of its own: `python -m spojka.surfaces.bench.messaging.speaking`, with a plan as JSON in its first
line of input. It prints `ready`, waits for another line, measures, and prints what it measured.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from random import Random
from typing import Any, Final

import uvloop

from spojka.network.messaging.smpp.clients import Client, ClientSettings
from spojka.network.messaging.smpp.fates import Outcome
from spojka.network.messaging.smpp.pdus import SubmitSm

WARM_S: Final = 1
BIND_S: Final = 20
NUMBERS: Final = 1_000_000


class Speaker:
    """Keeps a client's window full of messages and counts their answers."""

    def __init__(self, plan: dict[str, Any]) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(plan["trusted"])
        context.load_cert_chain(plan["certificate"])
        settings = ClientSettings(
            "127.0.0.1", plan["port"], plan["system_id"], plan["password"], window=plan["window"], tls=context
        )
        self.client = Client(settings, random=Random(1))  # noqa: S311  # it spreads tries to bind
        self.going, self.accepted, self.refused = True, 0, 0
        self.waits: list[float] = []  # float: seconds of a clock
        self.faults: list[str] = []
        self._source, self._text, self._number = plan["source"], plan["text"].encode(), 0

    def fill(self) -> None:
        """Submit as much as the window has room for."""
        if not self.going or not self.client.room:
            return
        requests = []
        for _ in range(self.client.room):
            self._number = (self._number + 1) % NUMBERS
            to = f"420602{self._number:06d}"
            requests.append(
                SubmitSm(
                    source_addr=self._source,
                    dest_addr_ton=1,
                    dest_addr_npi=1,
                    destination_addr=to,
                    short_message=self._text,
                )
            )
        now = time.perf_counter()
        self.client.send(requests, [now] * len(requests), self._answered)

    def _answered(self, outcomes: list[Outcome]) -> None:
        now = time.perf_counter()
        for one in outcomes:
            if one.status == 0:
                self.accepted += 1
                self.waits.append(now - one.token)
            else:
                self.refused += 1
                self.faults = self.faults or [f"{one.fate} {one.status}"]
        self.fill()


async def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry out a plan: `port`, `system_id`, `password`, `source`, `text`, `window`, `seconds` and the files of TLS."""
    speaker = Speaker(plan)
    async with speaker.client:
        await asyncio.wait_for(speaker.client.wait_bound(), BIND_S)
        speaker.fill()
        await asyncio.sleep(WARM_S)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        speaker.waits.clear()
        before, began, worked = speaker.accepted, time.perf_counter(), time.process_time()
        await asyncio.sleep(plan["seconds"])
        took, worked = time.perf_counter() - began, time.process_time() - worked
        accepted, waits = speaker.accepted - before, sorted(speaker.waits)
        speaker.going = False
        await speaker.client.close(drain_ms=2_000)
    return {
        "accepted": accepted,
        "accepted_per_s": round(accepted / took),
        "refused": speaker.refused,
        "faults": speaker.faults,
        "p50_ms": round(waits[len(waits) // 2] * 1000, 2) if waits else 0,
        "p99_ms": round(waits[len(waits) * 99 // 100] * 1000, 2) if waits else 0,
        "client_cpu_s": round(worked, 2),
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(json.loads(sys.stdin.readline())))))  # noqa: T201  # what its starter reads
