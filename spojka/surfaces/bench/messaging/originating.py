"""What mobiles write, from the centre to its program, durable before the centre is answered; Kannel's way beside."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.surfaces.bench.messaging.carrying import set_way
from spojka.surfaces.bench.messaging.hearing import listener
from spojka.surfaces.bench.messaging.kannel import is_installed, kannel
from spojka.surfaces.bench.messaging.processes import Centre, Meter, asked, centre, client, until
from spojka.surfaces.bench.messaging.programs import OPENED, World, gateway, make_world, sender
from spojka.surfaces.bench.messaging.submitting import by_message

APPLICATIONS: Final = 8
TOGETHER: Final = 500
MOST_WAITING: Final = 2_000
"""The centre is given no more while so many wait for their receiver."""
MOBILE: Final = "+420602000001"
ANSWER: Final = "Yes, tomorrow at ten suits me."
WARM_S: Final = 1


@contextlib.contextmanager
def _written(sim: Centre, numbers: Sequence[str]) -> Iterator[None]:
    """Mobiles write to numbers in turn while the block runs."""
    ended = threading.Event()

    def write() -> None:
        with socket.create_connection(("127.0.0.1", sim.control)) as calls, calls.makefile("rb") as answers:
            turn = 0
            while not ended.is_set():
                if asked(calls, answers, "counts", {})["waiting"] > MOST_WAITING:
                    ended.wait(0.01)  # float: seconds of a clock
                    continue
                given = {"from": MOBILE, "to": numbers[turn % len(numbers)], "text": ANSWER, "count": TOGETHER}
                asked(calls, answers, "originate", given)
                turn += 1

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _numbers(world: World) -> list[str]:
    with transaction(world.tenant) as db:
        return [row["msisdn"] for row in db.execute("SELECT msisdn FROM application").fetchall()]


def pick_up(folder: Path, *, seconds: int) -> dict[str, Any]:
    """Messages of mobiles that programs fetch over mutual TLS and acknowledge."""
    world = make_world(folder, applications=APPLICATIONS)
    with centre(folder, {}) as sim:
        set_way(world.tenant, sim.port)
        with gateway(world) as (port, gate), sender(world) as sending:
            until(lambda: sim.ask("counts")["sessions"] == 1, what="the sender is bound")
            inboxes = [
                {
                    "root": f"/v1/applications/{one}",
                    "certificate": str(folder / f"{one}.pem"),
                    "trusted": str(world.server),
                }
                for one in world.applications
            ]
            plan = {"port": port, "seconds": seconds, "inboxes": inboxes}
            meter = Meter({"gateway": gate, "sender": sending, "centre": sim.process})
            with _written(sim, _numbers(world)), client(plan, folder, "picking") as program:
                time.sleep(WARM_S)
                meter.restart()
                before, began = sim.ask("counts")["originated_taken"], time.perf_counter()
                program.begin()
                measured = program.result()
                taken = sim.ask("counts")["originated_taken"] - before
                took = time.perf_counter() - began
                return by_message({**measured, **meter.shown(), "durable_per_s": round(taken / took)})


def told(folder: Path, *, seconds: int) -> dict[str, Any]:
    """Messages of mobiles that the gateway tells programs by signed webhooks."""
    world = make_world(folder, applications=APPLICATIONS)
    with listener(folder) as program, centre(folder, {}) as sim:
        set_way(world.tenant, sim.port)
        with gateway(world) as (_, gate), sender(world) as sending:
            until(lambda: sim.ask("counts")["sessions"] == 1, what="the sender is bound")
            for one in world.applications:
                given = {"application": one, "url": f"http://127.0.0.1:{program.port}/"}
                call("connector.set_webhook", given, tenant=world.tenant, actor=OPERATOR, now=OPENED)
            meter = Meter({"gateway": gate, "sender": sending, "centre": sim.process, "client": program.process})
            with _written(sim, _numbers(world)):
                return _counted(sim, program.count, meter, seconds=seconds)


def told_by_kannel(folder: Path, *, seconds: int) -> dict[str, Any]:
    """Messages of mobiles that Kannel tells a program over HTTP; its answer to the centre waits for no disk."""
    if not is_installed():
        return {}
    with (
        listener(folder) as program,
        centre(folder, {}) as sim,
        kannel(folder, sim.port, texts_to=program.port) as peer,
    ):
        until(lambda: sim.ask("counts")["sessions"] == 1, what="Kannel is bound")
        meter = Meter({**peer.processes, "centre": sim.process, "client": program.process})
        with _written(sim, ["999021"]):
            return _counted(sim, program.count, meter, seconds=seconds)


def _counted(sim: Centre, count: Callable[[], int], meter: Meter, *, seconds: int) -> dict[str, Any]:
    """Items that a program was told in some seconds, and messages that the centre was relieved of meanwhile."""
    time.sleep(2 * WARM_S)
    meter.restart()
    first, before, began = count(), sim.ask("counts")["originated_taken"], time.perf_counter()
    time.sleep(seconds)
    last, taken, took = count(), sim.ask("counts")["originated_taken"] - before, time.perf_counter() - began
    figures = {"accepted": last - first, "told_per_s": round((last - first) / took), "taken_per_s": round(taken / took)}
    return by_message({**figures, **meter.shown()})
