"""A store with many messages: what accepting, claiming, finding and telling a life take before it is full and after."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import store
from spojka.surfaces.bench.messaging.processes import Meter, loaded
from spojka.surfaces.bench.messaging.programs import World, gateway, make_world
from spojka.surfaces.bench.messaging.stock import fill
from spojka.surfaces.bench.messaging.submitting import APPLICATIONS, by_message

DAYS: Final = 20
CONNECTIONS: Final = 64
PAGE: Final = 1_000
TOGETHER: Final = 100
TRIES: Final = 21
FOUND: Final = "+420602000777"
"""A number that many messages went to."""

Piece = Callable[[Context], object]


def fill_up(folder: Path, *, seconds: int, messages: int) -> dict[str, Any]:
    """
    Figures of a store with few messages, and of the same with many of the past days.

    Args:
        folder: for files.
        seconds: how long messages are accepted, each time.
        messages: of the past days, sent and delivered, with their events; made by the database itself.

    """
    world = make_world(folder, applications=APPLICATIONS)
    before = _measured(world, seconds)
    began = time.perf_counter()
    fill(world.tenant, world.applications, messages, days=DAYS)
    filled_s = time.perf_counter() - began
    after = _measured(world, seconds)
    return {
        "messages": messages,
        "filled_s": round(filled_s, 1),
        "accepted": after["accepted"],
        **{f"{name}_before": before[name] for name in before},
        **{f"{name}_after": after[name] for name in after},
        "accepted_after_to_before": round(after["accepted_per_s"] / max(1, before["accepted_per_s"]), 2),
        "slowest_ms_after": max(after[f"{name}_ms"] for name in _pieces(world, [], [])),
    }


def _measured(world: World, seconds: int) -> dict[str, Any]:
    """Messages accepted a second by the gateway's process, and the median of milliseconds of everything else."""
    with gateway(world) as (port, gate):
        plan = world.plan(port, connections=CONNECTIONS, seconds=seconds)
        load = by_message(loaded(plan, world.folder, Meter({"gateway": gate})))
    with transaction(world.tenant) as db:
        rows = db.execute("SELECT id FROM message_queue ORDER BY id LIMIT %s", [TOGETHER]).fetchall()
        sent = db.execute(
            "SELECT remote_id FROM message_event WHERE link = 'stock' AND kind = 'sent' LIMIT %s", [TOGETHER]
        ).fetchall()
    pieces = _pieces(world, [row["id"] for row in rows], [row["remote_id"] for row in sent])
    kept = ("accepted", "accepted_per_s", "p99_ms", "gateway_micros_a_message", "database_micros_a_message")
    return {name: load[name] for name in kept} | {f"{name}_ms": _median_ms(world, one) for name, one in pieces.items()}


def _pieces(world: World, ids: Sequence[UUID], remote_ids: Sequence[str]) -> Mapping[str, Piece]:
    application = world.applications[0]

    def asking(name: str, given: dict[str, object]) -> Piece:
        return lambda ctx: call(name, given, tenant=ctx.tenant, actor=OPERATOR, now=ctx.now)

    return {
        "claim": lambda ctx: store.claim(ctx, ids),
        "catch_up": lambda ctx: store.waiting_after(ctx, UUID(int=0), limit=PAGE),
        "receipts": lambda ctx: store.sent_as(ctx, "stock", remote_ids),
        "latest": asking("messages.search", {"application": application}),
        "by_number": asking("messages.search", {"recipient": FOUND}),
        "life": asking("messages.life", {"application": application, "message": ids[0]}) if ids else lambda _: None,
    }


def _median_ms(world: World, piece: Piece) -> float:
    """Milliseconds of a piece of work in a transaction that is taken back."""
    took = []
    for _ in range(TRIES):
        with transaction(world.tenant) as db:
            ctx = Context(db, world.tenant, OPERATOR, datetime.now(UTC), uuid7(), world.folder)
            began = time.perf_counter()
            piece(ctx)
            took.append(time.perf_counter() - began)
            raise psycopg.Rollback
    return round(sorted(took)[TRIES // 2] * 1000, 2)
