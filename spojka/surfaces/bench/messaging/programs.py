"""Applications with certificates, the gateway that they call, and the plans of what they send."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.access.tenants.store import all_tenants
from spojka.kernel.ids import PartyId, ServiceId, TenantId, uuid7
from spojka.network.messaging.certificates.generating import (
    Holder,
    certificate_pem,
    key_pem,
    new_key,
    self_signed,
    server_certificate,
)
from spojka.network.messaging.certificates.reading import described
from spojka.network.messaging.certificates.store import add_certificate, change_register
from spojka.surfaces.bench.messaging.processes import free_ports, process, spojka, until_listening
from spojka.surfaces.bench.messaging.world import new_application, new_provider, unbind

TEXT: Final = "Your parcel waits for you until Friday."
OPENED: Final = datetime(2025, 6, 10, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """A provider with applications that no pace holds, each with the file of its key and certificate."""

    tenant: TenantId
    code: str
    folder: Path
    applications: Sequence[ServiceId]
    server: Path

    def plan(
        self, port: int, *, connections: int, seconds: float, batch: int = 1, rate_per_s: int = 0, way: str = "standard"
    ) -> dict[str, Any]:
        """What the load client does: connections of all applications in turn."""
        programs = [
            {
                "certificate": str(self.folder / f"{application}.pem"),
                "trusted": str(self.server),
                "has_body": True,
                "head": f"POST /v1/applications/{application}/{way}/messages HTTP/1.1\r\nhost: localhost\r\n"
                "content-type: application/json\r\n",
                "pieces": body_of(batch),
            }
            for application in self.applications
        ]
        return {
            "port": port,
            "connections": connections,
            "seconds": seconds,
            "rate_per_s": rate_per_s,
            "programs": programs,
        }


def body_of(batch: int) -> list[str]:
    """A request's body in pieces, six digits of a recipient between each two."""
    head, tail = '{"to":"+420602', f'","text":{json.dumps(TEXT)},"purpose":"service"}}'
    if batch == 1:
        return [head, tail]
    return ['{"messages":[' + head, *[f"{tail},{head}"] * (batch - 1), tail + "]}"]


def kannel_plan(port: int, *, connections: int, seconds: float, receipts_to: int | None = None) -> dict[str, Any]:
    """The same messages for Kannel's HTTP door, as one program after the other sends them."""
    asked = {"username": "tester", "password": "secret", "from": "999021", "text": TEXT}
    if receipts_to is not None:
        asked |= {"dlr-mask": "3", "dlr-url": f"http://127.0.0.1:{receipts_to}/receipt?type=%d&to=%p"}
    program = {
        "certificate": None,
        "has_body": False,
        "head": f"GET /cgi-bin/sendsms?{urlencode(asked)}&to=%2B420602",
        "pieces": ["", " HTTP/1.1\r\nhost: localhost\r\n\r\n"],
    }
    return {"port": port, "connections": connections, "seconds": seconds, "rate_per_s": 0, "programs": [program]}


def make_world(
    folder: Path, *, applications: int, per_s: int = 100_000, product: str = "SMSC_PLUS", certified: bool = True
) -> World:
    """
    A fresh provider and its applications.

    Args:
        folder: for keys and certificates, which are thrown away with it.
        applications: how many; up to a hundred, or a thousand of the product SMSC.
        per_s: the pace of each.
        product: of each.
        certified: whether they have certificates.

    """
    tenant = new_provider(OPENED)
    (code,) = [row["code"] for row in all_tenants() if row["id"] == tenant]
    owned = []
    for number in range(applications):
        application = new_application(tenant, OPENED, product=product, number=number)
        unbind(tenant, application, OPENED, per_s=per_s)
        if certified:
            certify(tenant, application, folder)
        owned.append(application)
    return World(tenant, code, folder, owned, server_file(folder))


def certify(tenant: TenantId, application: ServiceId, folder: Path) -> None:
    """Register a new certificate for an application; it and its key go into a file named by the application."""
    now = datetime.now(UTC)
    key = new_key("ec")
    made = self_signed(key, Holder("bench.example.cz", "Pekárna"), now=now, days=365)
    (folder / f"{application}.pem").write_bytes(key_pem(key) + certificate_pem(made).encode())
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, now, uuid7(), folder)
        change_register(ctx)
        row = db.execute("SELECT party_id FROM service WHERE id = %s", [application]).fetchone()
        assert row is not None
        add_certificate(
            ctx,
            application=application,
            party=PartyId(row["party_id"]),
            kind="O2APP",
            certificate=described(made),
            owner_proof={},
        )


def server_file(folder: Path) -> Path:
    """A server's own certificate and key on this machine, in one file."""
    key = new_key("ec")
    made = server_certificate(key, "localhost", now=datetime.now(UTC), days=30)
    file = folder / "server.pem"
    file.write_bytes(key_pem(key) + certificate_pem(made).encode())
    return file


@contextlib.contextmanager
def gateway(
    world: World, *, smpp_port: int | None = None, processes: int = 1, queue: str | None = None
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """
    The gateway as it is run, `spojka connector serve`; its port and its first process.

    Args:
        world: whose.
        smpp_port: for SMPP, or none.
        processes: that serve.
        queue: the NATS by which the sender hears what was accepted; without one the database wakes it.

    """
    (port,) = free_ports(1)
    smpp = [] if smpp_port is None else ["--smpp-port", str(smpp_port)]
    command = spojka(
        "connector", "serve", "--certificate", str(world.server), "--port", str(port), "--tenant", world.code,
        "--private-webhooks", "--processes", str(processes), *smpp, *_by(queue),
    )  # fmt: skip
    with process(command, world.folder, "gateway") as started:
        until_listening(port, started, world.folder / "gateway.log")
        yield port, started


@contextlib.contextmanager
def sender(world: World, *, queue: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The sender as it is run, `spojka connector send`, with the queue of its gateway."""
    command = spojka("connector", "send", "--tenant", world.code, *_by(queue))
    with process(command, world.folder, "sender") as started:
        yield started


def _by(queue: str | None) -> list[str]:
    return [] if queue is None else ["--queue", queue]
