"""Several processes behind one port, so that more than one processor accepts messages; one that ends is replaced."""

from __future__ import annotations

import multiprocessing
import signal
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Final

import structlog

from spojka.kernel.ids import TenantId
from spojka.surfaces.gateway.connector.serving import Place, serve
from spojka.surfaces.gateway.logged import log_events
from spojka.surfaces.gateway.queueing.ways import Way

LOOK_S: Final = 0.2  # float: seconds, as the system takes them
REST_S: Final = 1
"""A process that ended by itself is replaced after so long."""
SOON_S: Final = 10
"""One that ends by itself so soon after the start cannot serve: then nobody is to think that it does."""
CLOSING_S: Final = 30
"""Processes that are told to stop have so long to answer what was asked."""

_log = structlog.get_logger(__name__)


class NotServing(Exception):
    """A process ended by itself as soon as it began; says with what."""


@dataclass(frozen=True, slots=True)
class _Server:
    """One process, and the end of a pipe that is closed to have it stop; it is closed too when this process dies."""

    process: SpawnProcess
    leash: Connection


def serve_several(tenant: TenantId, place: Place, way: Way | None, *, processes: int) -> None:
    """
    Serve by several processes until this one is told to stop; the system spreads connections over them.

    Each is as `serve` has it: limits, paces and places in the queue are the database's, so they hold for all together.
    Raises `NotServing` when one of them cannot begin, as with a port that is taken.
    """
    stopping = []
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda number, _: stopping.append(number))
    shared = replace(place, shared=True)
    began = time.monotonic()
    servers = [_start(tenant, shared, way) for _ in range(processes)]
    failed: NotServing | None = None
    while not (stopping or failed):
        wait([one.process.sentinel for one in servers], LOOK_S)
        for at, one in enumerate(servers):
            if stopping or one.process.is_alive():
                continue
            if time.monotonic() - began < SOON_S and one.process.exitcode == 1:
                failed = NotServing(f"process {one.process.pid} ended with {one.process.exitcode}")
            else:
                _log.error("connector_process_replaced", pid=one.process.pid, ended_with=one.process.exitcode)
                one.leash.close()
                time.sleep(REST_S)
                servers[at] = _start(tenant, shared, way)
    for one in servers:
        one.leash.close()
    for one in servers:
        one.process.join(CLOSING_S)
        one.process.kill()
    if failed is not None:
        raise failed


def _start(tenant: TenantId, place: Place, way: Way | None) -> _Server:
    spawning = multiprocessing.get_context("spawn")
    held, leash = spawning.Pipe(duplex=False)
    process = spawning.Process(target=_serve, args=(tenant, place, way, held))
    process.start()
    held.close()
    return _Server(process, leash)


def _serve(tenant: TenantId, place: Place, way: Way | None, held: Connection) -> None:
    log_events()
    serve(tenant, place, way, until_closed=held.fileno())
