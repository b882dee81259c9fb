"""What the benchmarks of online charging run on: a tenant full of services, and its gateway in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import psycopg

from spojka.access.database.connections import transaction
from spojka.access.database.server import home, owner_url
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import TenantId, uuid7

PACK: Final = "nej-mobil"
ACTIVATED_AT: Final = datetime(2024, 1, 5, 8, tzinfo=UTC)
_TABLES: Final = ("party", "contract", "service", "service_tariff", "balance", "charging_session", "usage_buffer")
_PARTY: Final = """
INSERT INTO party (tenant_id, id, kind, name, sort_key, folded, email, phone, language, street, city, zip_code, country,
    roles, registered_at)
SELECT %(tenant)s, %(party)s, 'business', 'Síť', 'sit', 'sit', 'sit@mail.example', '', 'cs', 'Dlouhá 1', 'Brno',
    '602 00', 'CZ', '["customer"]', %(at)s
"""
_CONTRACT: Final = """
INSERT INTO contract (tenant_id, id, number, party_id, product, state, signed_at, signed_on, channel, proof, editions,
    declared_no_resale)
SELECT %(tenant)s, %(contract)s, '1000001', %(party)s, 'nej-mobil', 'concluded', %(at)s, %(at)s, 'paper', 'signature',
    '[]', true
"""
_SERVICE: Final = """
INSERT INTO service (tenant_id, id, contract_id, party_id, msisdn, imsi, iccid, state, activated_at)
SELECT %(tenant)s, u.id, %(contract)s, %(party)s, '+420601' || lpad(u.n::text, 6, '0'), '', '', 'active', %(at)s
FROM unnest(%(services)s::uuid[]) WITH ORDINALITY AS u(id, n)
"""
_TARIFF: Final = """
INSERT INTO service_tariff (tenant_id, id, service_id, tariff, valid_from, reason)
SELECT %(tenant)s, u.id, u.id, (ARRAY['nej-mobil-plus', 'nej-mobil-basic', 'nej-mobil-max'])[1 + u.n %% 3], %(at)s,
    'activation'
FROM unnest(%(services)s::uuid[]) WITH ORDINALITY AS u(id, n)
"""


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def make_world(services: int) -> tuple[TenantId, str, list[UUID]]:
    """A fresh tenant with one contract and its services on three tariffs."""
    code = f"bench-{uuid7().hex}"
    with transaction(None) as db:
        tenant = add_tenant(db, code=code, pack=PACK)
    call("provider.load", {"sims": 0}, tenant=tenant, actor=OPERATOR, now=now())
    ids = [uuid7() for _ in range(services)]
    given = {"tenant": tenant, "party": uuid7(), "contract": uuid7(), "services": ids, "at": ACTIVATED_AT}
    with transaction(tenant) as db:
        for statement in (_PARTY, _CONTRACT, _SERVICE, _TARIFF):
            db.execute(statement, given)
    return tenant, code, ids


def analyze() -> None:
    """Give the planner the statistics that a database in daily use has; only the tables' owner may."""
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute(f"ANALYZE {', '.join(_TABLES)}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def gateway(code: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The gateway of a tenant in a process group of its own, listening."""
    text = f"from spojka.surfaces.gateway.charging import serve\nserve('127.0.0.1', {port}, {code!r})"
    environment = {**os.environ, "SPOJKA_HOME": str(home())}
    process = subprocess.Popen(
        [sys.executable, "-c", text],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _until_listening(port, process)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.perf_counter() + 60
    while time.perf_counter() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the gateway ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("the gateway does not listen after a minute")
