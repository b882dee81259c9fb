"""Messages from acceptance to the matched receipt, at a queue that stays flat; Kannel's best arrangement beside."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.kernel.ids import TenantId
from spojka.surfaces.bench.messaging import brokering, jasmin
from spojka.surfaces.bench.messaging.brokering import Broker
from spojka.surfaces.bench.messaging.hearing import listener
from spojka.surfaces.bench.messaging.kannel import is_installed, kannel
from spojka.surfaces.bench.messaging.processes import Centre, Meter, centre, client, until
from spojka.surfaces.bench.messaging.programs import OPENED, gateway, kannel_plan, make_world, sender
from spojka.surfaces.bench.messaging.submitting import APPLICATIONS, WINDOW, by_message

MOST_IN_FLIGHT: Final = 5_000
"""Programs rest while so many messages wait for their receipts, so that the queue stays flat."""
DRAINED_S: Final = 60
MOST_IN_JASMIN: Final = 500
"""It hardly sends while it accepts as much as it can, so that more would show its speed with a growing queue."""
LOOKED_UP_S: Final = 11
"""Jasmin looks again after ten seconds for the message of a receipt that overtook its answer."""


def carry(folder: Path, *, seconds: int, connections: int, batch: int = 1, by: Broker | None = None) -> dict[str, Any]:
    """
    Messages of a fresh provider over mutual TLS, through the sender's process on one bind, to their receipts.

    Args:
        folder: for files.
        seconds: how long, after a second to warm up.
        connections: kept alive, a request at a time on each.
        batch: messages a request.
        by: what carries messages from the gateway to the sender; without it the database wakes the sender to read.

    """
    world = make_world(folder, applications=APPLICATIONS)
    queue, between = (None, {}) if by is None else (by.url, {"queue": by.process})
    with centre(folder, {}) as sim:
        set_way(world.tenant, sim.port)
        with gateway(world, queue=queue) as (port, gate), sender(world, queue=queue) as sending:
            until(lambda: sim.ask("counts")["sessions"] == 1, what="the sender is bound")
            meter = Meter({"gateway": gate, "sender": sending, "centre": sim.process, **between})
            plan = world.plan(port, connections=connections, seconds=seconds, batch=batch)
            measured = _flowing(plan, folder, sim, meter)
            until(lambda: _settled(sim), what="every receipt is taken", within_s=DRAINED_S)
            until(lambda: _ended(world.tenant)["queued"] == 0, what="the queue is empty", within_s=DRAINED_S)
            ended = _ended(world.tenant)
    return {
        **measured,
        **ended,
        "receipts_unmatched": ended["parked"] + ended["messages"] - ended["delivered"],
    }


def carry_by_queue(folder: Path, *, seconds: int, connections: int, batch: int) -> dict[str, Any]:
    """
    The same through NATS with JetStream, then as the database wakes the sender; nothing where NATS is not installed.

    Args:
        folder: for files.
        seconds: how long each takes.
        connections, batch: as `carry` takes them.

    Returns:
        The figures of both, those without NATS as `notified_…`.

    """
    if not brokering.is_installed():
        return {}
    with brokering.broker(folder) as by:
        carried = carry(folder, seconds=seconds, connections=connections, batch=batch, by=by)
    notified = carry(folder, seconds=seconds, connections=connections, batch=batch)
    return {**carried, **{f"notified_{name}": value for name, value in notified.items()}}


def carry_by_kannel(folder: Path, *, seconds: int, connections: int, window: int = 10) -> dict[str, Any]:
    """The same through Kannel with one bind that sends and one that receives; receipts are told to a program."""
    if not is_installed():
        return {}
    with (
        listener(folder) as told,
        centre(folder, {}) as sim,
        kannel(folder, sim.port, separate=True, window=window) as peer,
    ):
        until(lambda: sim.ask("counts")["sessions"] == 2, what="Kannel is bound")
        meter = Meter({**peer.processes, "centre": sim.process, "listener": told.process})
        plan = kannel_plan(peer.door, connections=connections, seconds=seconds, receipts_to=told.port)
        measured = _flowing(plan, folder, sim, meter)
        until(lambda: _settled(sim), what="every receipt is taken", within_s=DRAINED_S)
        _until_quiet(told.count)
        return {**measured, "receipts_unmatched": sim.ask("counts")["accepted"] - told.count()}


def carry_by_jasmin(folder: Path, *, seconds: int, connections: int) -> dict[str, Any]:
    """The same through Jasmin with one bind that sends and one that receives; receipts are told to a program."""
    if not jasmin.is_installed():
        return {}
    with listener(folder) as told, centre(folder, {}) as sim, jasmin.running(folder, sim.port) as peer:
        until(lambda: sim.ask("counts")["sessions"] == 2, what="Jasmin is bound")
        meter = Meter({**peer.processes, "centre": sim.process, "listener": told.process})
        plan = jasmin.plan(peer.door, connections=connections, seconds=seconds, receipts_to=told.port)
        measured = _flowing(plan, folder, sim, meter, most=MOST_IN_JASMIN)
        until(lambda: _settled(sim), what="every receipt is taken", within_s=DRAINED_S)
        _until_quiet(told.count, rest_s=LOOKED_UP_S)
        return {**measured, "receipts_unmatched": sim.ask("counts")["accepted"] - told.count()}


def set_way(tenant: TenantId, port: int, *, window: int = WINDOW) -> None:
    """One transceiver bind for every network."""
    given = {
        "name": "sim",
        "networks": ["*"],
        "host": "127.0.0.1",
        "port": port,
        "system_id": "bench",
        "password": "bench",
        "window": window,
    }
    call("connector.set_route", given, tenant=tenant, actor=OPERATOR, now=OPENED)


def _flowing(
    plan: dict[str, Any], folder: Path, sim: Centre, meter: Meter, *, most: int = MOST_IN_FLIGHT
) -> dict[str, Any]:
    """Load while the queue stays flat; messages that came to their end meanwhile, and everybody's processor for one."""
    flow = {"control": sim.control, "most_in_flight": most}
    with client({**plan, **flow}, folder) as load:
        meter.restart()
        before, began = sim.ask("counts"), time.perf_counter()
        load.begin()
        measured = load.result()
        after, took = sim.ask("counts"), time.perf_counter() - began
        spent = meter.shown()
    taken = after["receipts_taken"] - before["receipts_taken"]
    return by_message({**measured, **spent, "end_to_end_per_s": round(taken / took)})


def _settled(sim: Centre) -> bool:
    counts = sim.ask("counts")
    return bool(counts["waiting"] == 0 and counts["receipts_taken"] == counts["receipts_sent"] == counts["accepted"])


def _until_quiet(count: Any, *, rest_s: int = 1) -> None:
    """Wait until a number has not grown for some seconds."""
    last = -1
    while (now := count()) != last:
        last = now
        time.sleep(rest_s)


def _ended(tenant: TenantId) -> dict[str, int]:
    """What the database knows of a provider's messages."""
    with transaction(tenant) as db:
        row = db.execute(
            "SELECT (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM message_queue) AS queued,"
            " (SELECT count(*) FROM message_receipt) AS parked,"
            " count(*) FILTER (WHERE kind = 'delivered') AS delivered,"
            " count(*) FILTER (WHERE kind = 'uncertain') AS uncertain FROM message_event"
        ).fetchone()
    assert row is not None
    return dict(row)
