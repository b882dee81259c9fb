"""Messages submitted over mutual TLS, durable before the answer; the same load on Kannel's plain door beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.surfaces.bench.messaging import jasmin
from spojka.surfaces.bench.messaging.kannel import is_installed, kannel
from spojka.surfaces.bench.messaging.processes import Meter, centre, client, free_ports, loaded, until
from spojka.surfaces.bench.messaging.programs import OPENED, TEXT, gateway, kannel_plan, make_world

APPLICATIONS: Final = 20
STEADY_PER_S: Final = 2_000
WINDOW: Final = 50


def submit(
    folder: Path, processes: int, *, seconds: int, connections: int, batch: int = 1, rate_per_s: int = 0
) -> dict[str, Any]:
    """
    What the gateway accepts of a fresh provider's applications; nobody sends.

    Args:
        folder: for files.
        processes: of the gateway.
        seconds: how long, after a second to warm up.
        connections: kept alive, a request at a time on each.
        batch: messages a request.
        rate_per_s: requests that begin in a second; 0: as many as are answered.

    """
    world = make_world(folder, applications=APPLICATIONS)
    with gateway(world, processes=processes) as (port, process):
        plan = world.plan(port, connections=connections, seconds=seconds, batch=batch, rate_per_s=rate_per_s)
        return by_message(loaded(plan, folder, Meter({"gateway": process})))


def speak(folder: Path, *, seconds: int) -> dict[str, Any]:
    """What the gateway accepts over SMPP and mutual TLS on one bind with a window of fifty; nobody sends."""
    world = make_world(folder, applications=1)
    (application,) = world.applications
    given = {"application": application, "purpose": "service", "window": WINDOW}
    account = call("connector.set_bind_account", given, tenant=world.tenant, actor=OPERATOR, now=OPENED).plain
    with transaction(world.tenant) as db:
        row = db.execute("SELECT app_number FROM application").fetchone()
    assert row is not None
    (port,) = free_ports(1)
    plan = {
        "port": port,
        "system_id": account["system_id"],
        "password": account["password"],
        "source": row["app_number"],
        "text": TEXT,
        "window": WINDOW,
        "seconds": seconds,
        "trusted": str(world.server),
        "certificate": str(folder / f"{application}.pem"),
    }
    with gateway(world, smpp_port=port) as (_, process):
        meter = Meter({"gateway": process})
        with client(plan, folder, "speaking") as program:
            meter.restart()
            program.begin()
            return by_message({**program.result(), **meter.shown()})


def submit_to_kannel(folder: Path, *, seconds: int, connections: int) -> dict[str, Any]:
    """What Kannel accepts over plain HTTP and hands on at once; nothing where it is not installed."""
    if not is_installed():
        return {}
    with centre(folder, {"receipts": "none"}) as sim, kannel(folder, sim.port) as peer:
        meter = Meter({**peer.processes, "centre": sim.process})
        measured = loaded(kannel_plan(peer.door, connections=connections, seconds=seconds), folder, meter)
        return by_message({**measured, "sent": sim.ask("counts")["accepted"]})


def submit_to_jasmin(folder: Path, *, seconds: int, connections: int) -> dict[str, Any]:
    """What Jasmin accepts over plain HTTP and hands on at once; nothing where it is not installed."""
    if not jasmin.is_installed():
        return {}
    with centre(folder, {"receipts": "none"}) as sim, jasmin.running(folder, sim.port) as peer:
        until(lambda: sim.ask("counts")["sessions"] == 2, what="Jasmin is bound")
        meter = Meter({**peer.processes, "centre": sim.process})
        measured = loaded(jasmin.plan(peer.door, connections=connections, seconds=seconds), folder, meter)
        return by_message({**measured, "sent": sim.ask("counts")["accepted"]})


def by_message(measured: dict[str, Any]) -> dict[str, Any]:
    """The same with every processor's time a message, in microseconds."""
    count = max(1, measured["accepted"])
    each = {
        name.removesuffix("_cpu_s") + "_micros_a_message": round(value / count * 1e6)
        for name, value in measured.items()
        if name.endswith("_cpu_s")
    }
    return {**measured, **each}
