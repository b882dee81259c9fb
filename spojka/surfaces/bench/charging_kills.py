"""
Online charging under kills: the gateway is killed with SIGKILL in the middle of its work, again and again.

Afterwards the books are looked through: every call whose end was answered is there, no call is there twice, and every
balance is what rating all records in the order of time gives.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.charging.balances.online.recording import SOURCE
from spojka.charging.balances.store import balances_of_period
from spojka.charging.rating.running import rate_period
from spojka.charging.rating.tables import left_column
from spojka.charging.usage.records import identity
from spojka.kernel.ids import TenantId, uuid7
from spojka.kernel.time import Period, day_of
from spojka.surfaces.bench.charging_world import free_port, gateway, now
from spojka.surfaces.gateway.translation import session_of

ONE_LIFE_S: Final = 10
"""The gateway lives so long between two kills."""


def under_kills(
    tenant: TenantId, code: str, *, services: int, seconds: int, life_s: int = ONE_LIFE_S, connections: int = 64
) -> dict[str, Any]:
    """
    Charge calls over HTTP while the gateway is killed every few seconds.

    Returns:
        Kills, calls whose end was answered, and what should not be: answered ends that are missing, records beyond one
        a session, balances that differ from a walk over everything.

    """
    with tempfile.TemporaryDirectory() as folder:
        ended, kills, began = Path(folder) / "ended", 0, time.perf_counter()
        ended.touch()
        while time.perf_counter() - began < seconds:
            _one_life(code, ended, services=services, life_s=life_s, connections=connections)
            kills += 1
        answered = ended.read_text(encoding="ascii").split()
    return {"kills": kills, "ends_answered": len(answered), **examine(tenant, answered)}


def _one_life(code: str, ended: Path, *, services: int, life_s: int, connections: int) -> None:
    port = free_port()
    arguments = [str(each) for each in (port, connections, life_s * 10, services, ended)]
    with gateway(code, port) as process:
        load = subprocess.Popen(
            [sys.executable, "-m", "spojka.surfaces.bench.charging_load", *arguments], stdout=subprocess.DEVNULL
        )
        time.sleep(life_s)
        os.killpg(process.pid, signal.SIGKILL)
        load.wait(60)


def examine(tenant: TenantId, answered: list[str]) -> dict[str, Any]:
    """Look through the books after the kills; every figure but `sessions_open` should be nought."""
    wanted = [identity(SOURCE, str(session_of(UUID(ref), 1))) for ref in answered]
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, now(), uuid7(), Path())
        missing = db.execute(
            "SELECT count(*) AS n FROM unnest(%s::uuid[]) AS a(identity) LEFT JOIN usage_buffer b"
            " ON b.tenant_id = %s AND b.identity = a.identity WHERE b.identity IS NULL",
            [wanted, tenant],
        ).fetchone()
        told = db.execute(
            "SELECT count(*) FILTER (WHERE state = 'open') AS open,"
            " count(*) FILTER (WHERE state = 'released' AND used > 0)"
            " - (SELECT count(*) FROM usage_buffer WHERE tenant_id = %(t)s) AS uneven"
            " FROM charging_session WHERE tenant_id = %(t)s",
            {"t": tenant},
        ).fetchone()
        assert missing is not None
        assert told is not None
        return {
            "ends_missing": missing["n"],
            "records_uneven": told["uneven"],
            "balances_wrong": _wrong_balances(ctx),
            "sessions_open": told["open"],
        }


def _wrong_balances(ctx: Context) -> int:
    """Balances of the running period that differ from a walk over all of its records."""
    period = Period.containing(day_of(ctx.now))
    rated = rate_period(ctx, period)
    if rated is None:
        return 0
    kept = balances_of_period(ctx, [UUID(one) for one in rated.roster.services], period.starts_on)
    rows = {str(row["service_id"]): row for row in kept}
    wrong = 0
    for place, service in enumerate(rated.roster.services):
        row = rows.get(service)
        if row is None:
            continue
        meters = rated.state.ledger[place, : left_column(rated.state.book)]
        same = np.array_equal(meters, row["counters"]) and np.array_equal(rated.state.left[place], row["remaining"])
        wrong += 0 if same else 1
    return wrong
