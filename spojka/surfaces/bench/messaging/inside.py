"""
Messages: accepted a second, durable before the answer; and from acceptance to the matched receipt.

In this process: the desk that accepts and the sender, without HTTP and TLS. The SMS centre is the simulated one, in a
process of its own, which answers at once and sends a receipt for every message.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from spojka.kernel.ids import ServiceId, TenantId, uuid7
from spojka.network.messaging.sending.routes import RouteSettings
from spojka.network.messaging.sending.sender import Sender
from spojka.network.messaging.smpp.clients import ClientSettings
from spojka.network.messaging.submission.desk import Heard, SubmissionDesk
from spojka.network.messaging.submission.requests import Accepted, Submission
from spojka.surfaces.bench.messaging.world import new_application, new_provider, unbind
from spojka.surfaces.gateway.collecting import collect_seldom

BATCH: Final = 100
MOST_WAITING: Final = 5_000
"""Callers rest while so many messages wait, so that the queue stays flat."""
TEXT: Final = "Your parcel waits for you until Friday."


def _now() -> datetime:
    return datetime.now(UTC)


class _Load:
    """Callers that submit one after the other, each to another number."""

    def __init__(self, applications: list[ServiceId], *, batch: int, until: float) -> None:  # float: the loop's seconds
        self._applications, self._batch, self._until = applications, batch, until
        self.accepted = 0
        self.waits: list[float] = []  # float: seconds of a clock, no money

    async def call(self, desk: SubmissionDesk, number: int, sender: Sender | None) -> None:
        """One caller."""
        turn = 0
        while time.perf_counter() < self._until:
            if sender is not None and sender.waiting > MOST_WAITING:
                await asyncio.sleep(0.01)  # float: seconds for the loop
                continue
            turn += 1
            application = self._applications[(number + turn) % len(self._applications)]
            to = [f"+42060{2_000_000 + (number * 7919 + turn * 101 + n) % 999_999:07d}" for n in range(self._batch)]
            began = time.perf_counter()
            answers = await desk.submit([Submission(application, one, TEXT, purpose="service") for one in to])
            self.waits.append(time.perf_counter() - began)
            assert all(isinstance(one, Accepted) for one in answers), answers[0]
            self.accepted += len(answers)


async def _accept(
    tenant: TenantId,
    applications: list[ServiceId],
    *,
    callers: int,
    batch: int,
    seconds: int,
    heard: Heard,
    sender: Sender | None = None,
) -> dict[str, Any]:
    """Submit for some seconds; what was accepted a second, and how long a request took."""
    desk = SubmissionDesk(tenant, now=_now, heard=heard)
    began, worked = time.perf_counter(), time.process_time()
    load = _Load(applications, batch=batch, until=began + seconds)
    await asyncio.gather(*(load.call(desk, number, sender) for number in range(callers)))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    await desk.close()
    load.waits.sort()
    return {
        "accepted": load.accepted,
        "accepted_per_s": round(load.accepted / took),
        "p50_ms": round(load.waits[len(load.waits) // 2] * 1000, 1),
        "p99_ms": round(load.waits[len(load.waits) * 99 // 100] * 1000, 1),
        "cpu_micros_a_message": round(worked / max(1, load.accepted) * 1e6),  # float: microseconds shown
    }


@contextlib.asynccontextmanager
async def _centre() -> AsyncIterator[int]:
    """A simulated centre in a process of its own; its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "spojka.network.messaging.centre", "--port", "0", stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
        yield int(said["port"])
    finally:
        process.terminate()
        await process.wait()


async def _end_to_end(
    tenant: TenantId, applications: list[ServiceId], *, callers: int, batch: int, seconds: int, window: int
) -> dict[str, Any]:
    """From acceptance to the receipt, at a queue that stays flat."""
    async with _centre() as port:
        client = ClientSettings("127.0.0.1", port, "bench", "bench", window=window)
        sender = Sender(tenant, [RouteSettings(f"sim-{uuid7().hex}", ("*",), client)], now=_now, random=Random(1))  # noqa: S311
        await sender.start()
        began = time.perf_counter()
        accepted = await _accept(
            tenant, applications, callers=callers, batch=batch, seconds=seconds, heard=sender.hear, sender=sender
        )
        ends = time.perf_counter() + 30
        while sender.counts.get("delivered", 0) < accepted["accepted"] and time.perf_counter() < ends:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # float: seconds for the loop
        took = time.perf_counter() - began
        counts = sender.counts
        await sender.close()
    return {
        **accepted,
        "delivered": counts.get("delivered", 0),
        "end_to_end_per_s": round(counts.get("delivered", 0) / took),
        "receipts_unmatched": counts.get("parked", 0),
        "uncertain": counts.get("uncertain", 0),
    }


def measure(*, seconds: int = 10, applications: int = 20, callers: int = 128, window: int = 50) -> dict[str, Any]:
    """
    Accept and send messages of fresh tenants, in this process.

    Args:
        seconds: how long each of the three measurements takes.
        applications: that submit, without a pace that would hold them.
        callers: at once, with one message a request; with `BATCH` a request there are 8.
        window: requests in flight to the centre.

    Returns:
        Messages accepted a second one by one and in batches, each durable before it is answered; messages a second from
        acceptance to their receipt on one bind; receipts that stayed unmatched.

    """
    at = datetime(2025, 6, 10, 8, tzinfo=UTC)
    collect_seldom()

    def unheard(_: object) -> None:
        """Nobody sends."""

    tenant, owned = _provider(at, applications)
    one = asyncio.run(_accept(tenant, owned, callers=callers, batch=1, seconds=seconds, heard=unheard))
    many = asyncio.run(_accept(tenant, owned, callers=8, batch=BATCH, seconds=seconds, heard=unheard))
    tenant, owned = _provider(at, applications)
    whole = asyncio.run(_end_to_end(tenant, owned, callers=8, batch=BATCH, seconds=seconds, window=window))
    return {
        **{f"one_{name}": value for name, value in one.items()},
        **{f"batch_{name}": value for name, value in many.items()},
        **{f"whole_{name}": value for name, value in whole.items()},
    }


def _provider(at: datetime, applications: int) -> tuple[TenantId, list[ServiceId]]:
    tenant = new_provider(at)
    owned = [new_application(tenant, at, number=number) for number in range(applications)]
    for application in owned:
        unbind(tenant, application, at)
    return tenant, owned
