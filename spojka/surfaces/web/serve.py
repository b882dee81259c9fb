"""Pages, API and what goes on by itself, started together with one call."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Final

from granian.constants import Interfaces
from granian.server import Server

from spojka.access.database.connections import close_pool
from spojka.access.tenants.store import all_tenants
from spojka.surfaces.jobs.install import install
from spojka.surfaces.jobs.loop import main as go_round
from spojka.surfaces.registered import register_all
from spojka.surfaces.web.logins import demo_logins
from spojka.surfaces.web.visits import clock

WORKERS: Final = 2
THREADS: Final = 4
"""Requests that one worker answers at once; each holds a connection while it asks the database."""

APPLICATION: Final = "spojka.surfaces.web.wsgi:application"


def _tell(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    lines = [f"Spojka serves http://{shown}:{port}/"]
    lines += [f"  {row['code']:<16} http://{shown}:{port}/{row['code']}/" for row in all_tenants()]
    logins = demo_logins(clock())
    if logins:
        lines += ["", "Logins of the demonstration:"]
        lines += [f"  {each.tenant:<10} {each.login:<18} {each.password:<18} {each.opens}" for each in logins]
    elif not all_tenants():
        lines += ["No provider is here yet: `make demo` makes one, `spojka provider load PACK` loads a pack."]
    sys.stdout.write("\n".join([*lines, "", "Ctrl+C ends it.", ""]))
    sys.stdout.flush()


def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = WORKERS) -> None:
    """
    Serve until interrupted.

    Brings the database up to this version, starts the process that runs deadlines and seals the audit, prints the
    addresses and the demonstration's logins, then answers requests.
    """
    install()
    register_all()
    _tell(host, port)
    close_pool()  # the workers open their own; connections do not survive a fork
    background = multiprocessing.get_context("spawn").Process(target=go_round, name="spojka-jobs", daemon=True)
    background.start()
    try:
        Server(
            APPLICATION,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            websockets=False,
            respawn_failed_workers=True,
        ).serve()
    finally:
        background.terminate()
        background.join(timeout=10)
