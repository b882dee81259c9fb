"""A gateway and a sender as processes of their own, to be killed, and what is true of the messages afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import ServiceId, TenantId, uuid7
from spojka.network.messaging.certificates.store import add_certificate, change_register
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.records import Arrived
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.certificates.authority import Made, issue
from tests.network.messaging.connector import new_application, new_provider
from tests.surfaces.gateway.connector.programs import server_files

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
NUMBER, SOURCE = "999021", "+420602000009"
SPOJKA = Path(sys.executable).with_name("spojka")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class World:
    """One provider with one application, its certificates in files, and the ports that its gateway listens on."""

    folder: Path
    tenant: TenantId = field(default_factory=lambda: new_provider(LOADED))
    port: int = 0
    application: ServiceId | None = None
    certificate: Made | None = None

    def __post_init__(self) -> None:
        self.application = new_application(self.tenant, LOADED)
        unbind(self.tenant, self.application, LOADED)
        self.server_certificate, self.server_key = server_files(self.folder)
        self.certificate = issue(starts=now() - timedelta(days=1), ends=now() + timedelta(days=300))
        with transaction(self.tenant) as db:
            ctx = self.context(db)
            change_register(ctx)
            party = db.execute("SELECT party_id FROM service WHERE id = %s", [self.application]).fetchone()["party_id"]
            add_certificate(
                ctx,
                application=self.application,
                party=party,
                kind="O2APP",
                certificate=self.certificate.read,
                owner_proof={},
            )
            self.code = db.execute("SELECT code FROM tenant WHERE id = %s", [self.tenant]).fetchone()["code"]
        self.account = call(
            "connector.set_bind_account",
            {"application": self.application},
            tenant=self.tenant,
            actor=OPERATOR,
            now=now(),
        ).result
        with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as other:
            self.port, self.smpp_port = free.getsockname()[1], other.getsockname()[1]

    def context(self, db) -> Context:
        return Context(db, self.tenant, OPERATOR, now(), uuid7(), None)

    def leads_to(self, centre) -> None:
        """All networks are behind a centre."""
        given = {"name": "sim", "networks": ["*"], "host": "127.0.0.1", "port": centre.port}
        given |= {"system_id": "s", "password": "p"}
        call("connector.set_route", given, tenant=self.tenant, actor=OPERATOR, now=LOADED)

    def arrive(self, many: int) -> list[str]:
        """Messages of mobiles come in for the application."""
        made = [
            Arrived(
                uuid7(),
                self.application,
                "sms",
                SOURCE,
                "O2",
                NUMBER,
                {"text": f"MO {n}"},
                now(),
                now() + timedelta(hours=96),
                None,
            )
            for n in range(many)
        ]
        with transaction(self.tenant) as db:
            inbox.add_arrived(self.context(db), made)
        return [str(one.id) for one in made]

    def rows(self, sql: str, *values: object) -> list[dict]:
        with transaction(self.tenant) as db:
            return db.execute(sql, values).fetchall()

    def unsettled(self) -> int:
        """Messages that still wait, or of which nobody knows yet what became."""
        try:
            (row,) = self.rows(
                "SELECT (SELECT count(*) FROM message_queue) + (SELECT count(*) FROM message m WHERE NOT EXISTS ("
                "SELECT 1 FROM message_event e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id"
                " AND e.kind IN ('delivered', 'uncertain', 'failed'))) AS n"
            )
        except psycopg.OperationalError:
            return 1
        return row["n"]


class Process:
    """The gateway or the sender under somebody who starts it again when it ends, however it ended."""

    def __init__(self, world: World, kind: str) -> None:
        self._log = world.folder / f"{kind}.log"
        tenant = ["--tenant", world.code]
        files = ["--certificate", str(world.server_certificate), "--key", str(world.server_key)]
        ports = ["--port", str(world.port), "--smpp-port", str(world.smpp_port)]
        serve = ["connector", "serve", *files, *ports, *tenant]
        self._command = serve if kind == "gateway" else ["connector", "send", *tenant]
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task | None = None
        self.ended = 0
        """How often it ended though nobody killed it."""

    @contextlib.asynccontextmanager
    async def kept(self):
        """It runs while the block does; then it is told to end."""
        self._keeping = asyncio.create_task(self._keep())
        try:
            yield self
        finally:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            try:
                self.code = await asyncio.wait_for(self._process.wait(), 30)
            except TimeoutError:
                self._process.kill()
                raise

    async def _keep(self) -> None:
        while True:
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    SPOJKA,
                    *self._command,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "SPOJKA_DATABASE_URL": owner_url()},
                )
            if await self._process.wait() != -signal.SIGKILL:
                self.ended += 1
                await asyncio.sleep(0.2)

    def kill(self) -> None:
        """Kill it, whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    @property
    def log(self) -> str:
        """All it said."""
        return self._log.read_text() if self._log.exists() else ""


async def until(holds, *, for_s: float = 60) -> None:
    """Wait until something holds; fail when it does not."""
    async with asyncio.timeout(for_s):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110  # nobody tells a test
            await asyncio.sleep(0.05)


def faults(world: World, answered: dict[str, str], asked: set[str]) -> list[str]:
    """
    What is wrong with the messages in the store: nothing.

    Args:
        world: whose.
        answered: ids of the messages that were accepted, by their references.
        asked: all references that were ever asked with, answered or not.

    """
    kept = world.rows("SELECT id::text AS id, reference FROM message")
    by_reference = {row["reference"]: row["id"] for row in kept}
    times = Counter(row["reference"] for row in kept)
    found = [f"{one} is lost" for one in answered if one not in by_reference]
    found += [f"{one} is another" for one, id_ in answered.items() if by_reference.get(one, id_) != id_]
    found += [f"{one} is there {n} times" for one, n in times.items() if n > 1]
    return found + [f"{one} was never asked" for one in times if one not in asked]


def faults_of_sending(world: World, taken) -> list[str]:
    """What is wrong with what a centre took: nothing. What it took though nobody knows is *uncertain*."""
    rows = world.rows(
        "SELECT m.body, array_agg(e.kind) AS kinds FROM message m LEFT JOIN message_event e"
        " ON e.tenant_id = m.tenant_id AND e.message_id = m.id GROUP BY m.tenant_id, m.accepted_at, m.id"
    )
    kinds = {bytes(row["body"]).decode(): set(row["kinds"]) for row in rows}
    times = Counter(bytes(one.request.short_message).decode("latin-1") for one in taken)
    found = [f"{text} was sent {n} times" for text, n in times.items() if n > 1]
    found += [f"{text} was sent and is not in the store" for text in times if text not in kinds]
    for text, seen in kinds.items():
        if text not in times and "uncertain" not in seen:
            found.append(f"{text} was not sent: {seen}")
        if not seen & {"delivered", "uncertain"}:
            found.append(f"{text} has no end: {seen}")
    return found
