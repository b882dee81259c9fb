"""The afternoon: gateway and sender run, the programs send, phones answer and opt out, until nothing moves any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, Final

from spojka.surfaces.demo.connector.networks import Network, networks
from spojka.surfaces.demo.connector.programs import Door, HttpsProgram, SmppProgram, start_programs
from spojka.surfaces.demo.connector.subscribers import DemoApplication
from spojka.surfaces.demo.connector.texts import OF_O2, dialled, recipient
from spojka.surfaces.demo.month import Demo, DemoFailed
from spojka.surfaces.gateway.connector.serving import Place, running
from spojka.surfaces.gateway.dispatch import sending

ROUTES: Final = {"o2": ["O2"], "ostatni": ["*"]}
REPLIES: Final = 60
STOPS: Final = 12
LONGEST_S: Final = 200
QUIET_S: Final = 3
"""When nothing waits and nothing came for so long, all has come."""

Programs = Sequence[HttpsProgram | SmppProgram]


def clock_from(start: datetime) -> Callable[[], datetime]:
    """A clock that stands at an instant now and runs on."""
    began_ns = time.monotonic_ns()
    return lambda: start + timedelta(microseconds=(time.monotonic_ns() - began_ns) // 1000)


async def run_traffic(
    demo: Demo, applications: Sequence[DemoApplication], place: Place, *, now: Callable[[], datetime]
) -> dict[str, Any]:
    """Send everything; what every program saw, by the name of its application."""
    async with AsyncExitStack() as stack:
        carriers = await stack.enter_async_context(networks())
        for network in carriers:
            await asyncio.to_thread(_set_route, demo, network, now())
        gateway = await stack.enter_async_context(running(demo.tenant, place, now=now))
        stop = asyncio.Event()
        sender = asyncio.create_task(sending(demo.tenant, now=now, stop=stop))
        door = Door(gateway.port, gateway.smpp_port, place.certificate)
        programs = await start_programs(stack, applications, door)
        listeners = [asyncio.create_task(one.listen()) for one in programs if isinstance(one, HttpsProgram)]
        try:
            async with asyncio.timeout(LONGEST_S):
                await asyncio.gather(*(_day(one, carriers) for one in programs))
                await _until_quiet(demo, programs, now)
        except TimeoutError:
            raise DemoFailed(f"messages still move after {LONGEST_S} s") from None
        finally:
            for task in listeners:
                task.cancel()
            await asyncio.gather(*listeners, return_exceptions=True)
            stop.set()
            await sender
    return {one.application.plan.name: one.tally.plain() for one in programs}


def _set_route(demo: Demo, network: Network, at: datetime) -> None:
    mixed = {"answer_ids": "hex", "receipt_ids": "decimal"} if network.name == "ostatni" else {}
    way = {
        "name": network.name,
        "networks": ROUTES[network.name],
        "host": "127.0.0.1",
        "port": network.port,
        "system_id": "spojka",
        "password": "spojka",
        "window": 50,
    }
    demo.do("connector.set_route", {**way, **mixed}, at=at)


async def _day(program: HttpsProgram | SmppProgram, carriers: Sequence[Network]) -> None:
    """One program's afternoon: offers go out in two rounds, and who opted out after the first has no second."""
    plan = program.application.plan
    half = plan.messages // 2
    await program.send(range(half))
    if plan.nickname:
        await _write(program, carriers, "STOP", STOPS)
        await _until_received(program, STOPS)
    elif plan.dialect == "smpp" and not plan.priority:
        await _write(program, carriers, "Děkuji, zaplaceno.", REPLIES)
    await program.send(range(half, plan.messages))


async def _write(program: HttpsProgram | SmppProgram, carriers: Sequence[Network], text: str, count: int) -> None:
    """So many of those who were written to write back."""
    own, other = carriers
    for number in range(count):
        mobile = recipient(program.application, number)
        network = own if mobile.removeprefix("+420").startswith(OF_O2) else other
        await network.writes(mobile, to=dialled(program.application, mobile), text=text)


async def _until_received(program: HttpsProgram | SmppProgram, count: int) -> None:
    while len(program.tally.received) < count:  # noqa: ASYNC110  # what it waits for knows no event
        await asyncio.sleep(0.1)  # float: seconds for the loop


async def _until_quiet(demo: Demo, programs: Programs, now: Callable[[], datetime]) -> None:
    """Nothing waits in any queue, and nothing comes any more."""
    heard, quiet_s = -1, 0
    while quiet_s < QUIET_S:
        await asyncio.sleep(1)
        found = sum(one.tally.heard for one in programs)
        waiting = await asyncio.to_thread(_waiting, demo, now())
        quiet_s = quiet_s + 1 if found == heard and waiting == 0 else 0
        heard = found


def _waiting(demo: Demo, at: datetime) -> int:
    return int(demo.do("messages.watch", {}, at=at).plain["waiting"]["messages"])
