"""A priority message behind many queued ones: how soon it leaves, and that the others leave too (o2/2.2)."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from spojka.access.database.connections import transaction
from spojka.network.messaging.centre.memory import number_of
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.surfaces.bench.messaging.carrying import set_way
from spojka.surfaces.bench.messaging.processes import Centre, Meter, centre, until
from spojka.surfaces.bench.messaging.programs import TEXT, World, gateway, make_world, sender
from spojka.surfaces.bench.messaging.stock import queue_up

QUEUED: Final = 100_000
APPLICATIONS: Final = 50
PER_S: Final = 200
"""Of each: together more than one bind carries, so that all of them wait."""
FIRST: Final = 5_000
"""So many leave before priority messages come: the sender has read what it holds by then."""
IDS: Final = CentreSettings().ids
PAUSE_S: Final = 0.25  # float: seconds of a clock

_LEFT: Final = """
SELECT m.id, extract(epoch FROM s.at - m.accepted_at) * 1000 AS wait_ms, s.remote_id
FROM message m LEFT JOIN message_event s ON s.tenant_id = m.tenant_id AND s.message_id = m.id AND s.kind = 'sent'
WHERE m.id = ANY(%(ids)s)
"""


def jump(folder: Path, *, seconds: int, queued: int = QUEUED) -> dict[str, Any]:
    """
    Priority messages submitted while many standard ones of the same applications wait on one bind.

    Args:
        folder: for files.
        seconds: how long, a priority message four times a second.
        queued: standard messages that wait when the first one comes.

    Returns:
        How long they waited, and how many standard ones the centre took between the answer to a program and its
        message: the centre's own numbers tell.

    """
    world = make_world(folder, applications=APPLICATIONS, per_s=PER_S)
    queue_up(world.tenant, world.applications, queued + FIRST)
    with centre(folder, {}) as sim:
        set_way(world.tenant, sim.port)
        with gateway(world) as (port, gate), sender(world) as sending:
            until(lambda: sim.ask("counts")["accepted"] >= FIRST, what="the sender sends")
            meter = Meter({"gateway": gate, "sender": sending, "centre": sim.process})
            before, began = sim.ask("counts")["accepted"], time.perf_counter()
            taken = _submit(world, port, sim, seconds)
            ids = list(taken)
            took, sent = time.perf_counter() - began, sim.ask("counts")["accepted"] - before
            spent = meter.shown()
            until(lambda: all(one["wait_ms"] is not None for one in _left(world, ids)), what="priority has left")
            left = _left(world, ids)
            with transaction(world.tenant) as db:
                row = db.execute("SELECT count(*) AS n FROM message_queue").fetchone()
    assert row is not None
    waits = sorted(float(one["wait_ms"]) for one in left)  # float: milliseconds shown
    before_each = sorted(max(0, (number_of(one["remote_id"], IDS) or 0) - taken[one["id"]] - 1) for one in left)
    return {
        "queued": queued,
        "queued_at_the_end": row["n"],
        "priority": len(ids),
        "p50_ms": round(waits[len(waits) // 2], 1),
        "most_ms": round(waits[-1], 1),
        "sent_before_it_p50": before_each[len(before_each) // 2],
        "sent_before_it_most": before_each[-1],
        "standard_sent": sent - len(ids),
        "standard_sent_per_s": round((sent - len(ids)) / took),
        **spent,
    }


def _submit(world: World, port: int, sim: Centre, seconds: int) -> dict[UUID, int]:
    """Submit a priority message every now and then; its id, and how many the centre had taken by its answer."""
    application = world.applications[0]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(world.server)
    context.load_cert_chain(world.folder / f"{application}.pem")
    door = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
    body = json.dumps({"to": "+420602999999", "text": TEXT, "purpose": "service"})
    taken, ends = dict[UUID, int](), time.perf_counter() + seconds
    while time.perf_counter() < ends:
        door.request("POST", f"/v1/applications/{application}/priority/messages", body)
        answer = door.getresponse()
        said = json.loads(answer.read())
        assert answer.status == 202, said
        taken[UUID(said["id"])] = sim.ask("counts")["accepted"]
        time.sleep(PAUSE_S)
    door.close()
    return taken


def _left(world: World, ids: list[UUID]) -> list[dict[str, Any]]:
    with transaction(world.tenant) as db:
        return db.execute(_LEFT, {"ids": ids}).fetchall()
