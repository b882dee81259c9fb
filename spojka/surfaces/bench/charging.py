"""
Online charging: calls reserved and ended a second, every step committed to disk before it is answered.

Two rates: in this process, and over HTTP with the gateway and the load each in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from spojka.charging.balances.online.desk import ChargingDesk
from spojka.charging.balances.online.sessions import Step, Wanted
from spojka.kernel.ids import TenantId, uuid7
from spojka.surfaces.bench.charging_kills import under_kills
from spojka.surfaces.bench.charging_world import analyze, free_port, gateway, make_world, now
from spojka.surfaces.bench.disk import fdatasync_per_s
from spojka.surfaces.gateway.collecting import collect_seldom
from spojka.surfaces.jobs.install import install
from spojka.surfaces.registered import register_all

LONG_S: Final = 60
"""From so many seconds on, the gateway is killed again and again, and what it answered is looked for afterwards."""
MOST_IN_BATCH: Final = 500


async def _pair(desk: ChargingDesk, service: UUID, called: int, waits: list[float]) -> None:
    """One call: its first minute is reserved, then it ends."""
    session, began = uuid7(), time.perf_counter()
    wanted = Wanted("voice", f"+420602{called:06d}")
    (answer,) = await desk.reserve([Step(session, 1, "reserve", now(), service, wanted)])
    assert answer.result == "granted", answer
    reserved = time.perf_counter()
    (answer,) = await desk.reserve([Step(session, 2, "release", now(), used=42)])
    assert answer.result == "released", answer
    waits += (reserved - began, time.perf_counter() - reserved)


async def _in_process(tenant: TenantId, services: list[UUID], *, seconds: int, callers: int) -> dict[str, Any]:
    """Pairs a second with the desk in this process, after every service has called once."""
    desk = ChargingDesk(tenant, now=now)
    for start in range(0, len(services), MOST_IN_BATCH):
        await asyncio.gather(*(_pair(desk, one, 1, []) for one in services[start : start + MOST_IN_BATCH]))
    await asyncio.to_thread(analyze)
    collect_seldom()
    waits: list[float] = []
    began, worked = time.perf_counter(), time.process_time()

    async def calling(number: int) -> None:
        chance = random.Random(number)  # noqa: S311  # which service calls next is no secret
        while time.perf_counter() - began < seconds:
            await _pair(desk, chance.choice(services), chance.randrange(1_000_000), waits)

    await asyncio.gather(*(calling(number) for number in range(callers)))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    await desk.close()
    pairs = len(waits) // 2
    waits.sort()
    return {
        "pairs_per_s": round(pairs / took),
        "p50_ms": round(waits[pairs] * 1000, 1),
        "p99_ms": round(waits[len(waits) * 99 // 100] * 1000, 1),
        "cpu_micros_a_pair": round(worked / max(1, pairs) * 1e6),
    }


def _cpu_s(group: int) -> float:
    """Seconds of the processor that a process group has used."""
    spent = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
                spent += int(fields[11]) + int(fields[12]) if int(fields[2]) == group else 0
    return spent / os.sysconf("SC_CLK_TCK")


def _load(port: int, *, connections: int, seconds: int, services: int) -> dict[str, Any]:
    """What a load in a process of its own measured."""
    arguments = [str(each) for each in (port, connections, seconds, services)]
    ran = subprocess.run(
        [sys.executable, "-m", "spojka.surfaces.bench.charging_load", *arguments],
        capture_output=True,
        check=True,
        timeout=seconds + 120,
    )
    measured: dict[str, Any] = json.loads(ran.stdout)
    return measured


def _over_http(code: str, *, services: int, seconds: int, connections: int) -> dict[str, Any]:
    """Pairs a second over HTTP/1.1, after a second to warm up."""
    port = free_port()
    with gateway(code, port) as process:
        _load(port, connections=connections, seconds=2, services=services)
        worked = _cpu_s(process.pid)
        measured = _load(port, connections=connections, seconds=seconds, services=services)
        spent = _cpu_s(process.pid) - worked
    return {**measured, "gateway_cpu_s": round(spent, 2)}


def run(*, seconds: int = 10, services: int = 2000, callers: int = 256, connections: int = 128) -> dict[str, object]:
    """
    Reserve and end calls in a fresh tenant, half of the time in this process and half over HTTP.

    Args:
        seconds: how long to measure in all; a minute and more is spent mostly under kills, see `charging_kills`.
        services: services that call.
        callers: calls at once in this process.
        connections: kept-alive connections over HTTP, a call at a time on each.

    Returns:
        Pairs of reserve and release a second by either way, milliseconds a step took (median and 99th percentile),
        seconds or microseconds of the processor, and the disk's fdatasync a second.

    """
    install()
    register_all()
    tenant, code, ids = make_world(services)
    half = max(1, min(seconds, LONG_S) // 2)
    inside = asyncio.run(_in_process(tenant, ids, seconds=half, callers=callers))
    outside = _over_http(code, services=services, seconds=half, connections=connections)
    return {
        "services": services,
        **{f"in_process_{name}": value for name, value in inside.items()},
        **{f"http_{name}": value for name, value in outside.items()},
        **(under_kills(tenant, code, services=services, seconds=seconds - LONG_S) if seconds > LONG_S else {}),
        "fdatasync_per_s": fdatasync_per_s(),
    }
