"""A connector that really listens, and programs with certificates that really speak TLS to it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import PartyId, ServiceId, TenantId, uuid7
from spojka.network.messaging.certificates.store import add_certificate, block_key, change_register
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.media import Medium, add_media
from spojka.network.messaging.messages.records import Arrived, Happened
from spojka.network.messaging.messages.store import add_events
from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.serving import Place, running
from spojka.surfaces.gateway.smpp.serving import SmppPlace
from tests.network.messaging.certificates.authority import Made, issue, name_of
from tests.network.messaging.connector import new_application, new_provider

PICTURE = b"\x89PNG" + bytes(range(256))
O2, VODAFONE = "+420602000001", "+420777000002"


def now():
    return datetime.now(UTC)


def server_files(folder):
    """A certificate of a server on this machine, in files."""
    made = issue(subject=name_of(common_name="localhost"))
    whole = (
        x509.CertificateBuilder()
        .subject_name(made.whole.subject)
        .issuer_name(made.whole.subject)
        .public_key(made.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(made.key, hashes.SHA256())
    )
    own = Made(made.key, whole)
    (folder / "server.pem").write_text(own.pem)
    (folder / "server.key").write_bytes(own.key_pem)
    return folder / "server.pem", folder / "server.key"


def context_of(folder, made, trusted):
    """TLS of a program with a certificate, or with none."""
    context = ssl.create_default_context(cafile=str(trusted))
    if made is not None:
        file = folder / f"{made.hex}.pem"
        file.write_bytes(made.key_pem + made.pem.encode())
        context.load_cert_chain(file)
    return context


@dataclass
class World:
    """A running connector with applications and their certificates."""

    tenant: TenantId
    folder: object
    certificate: object
    port: int = 0
    running: object = None
    clients: list = field(default_factory=list)
    tail: int = 10

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def application(self, product="SMSC_PLUS", *, party: PartyId | None = None):
        self.tail += 1
        return new_application(self.tenant, now(), product=product, number=self.tail, party=party)

    def register(self, application, made=None):
        """Register a certificate for an application and wait until the gateway has heard of it."""
        own = made or issue(starts=now() - timedelta(days=1), ends=now() + timedelta(days=300))
        with transaction(self.tenant) as db:
            ctx = self._context(db)
            change_register(ctx)
            party = db.execute("SELECT party_id FROM service WHERE id = %s", [application]).fetchone()["party_id"]
            add_certificate(
                ctx, application=application, party=party, kind="O2APP", certificate=own.read, owner_proof={}
            )
        self.until(lambda: own.read.fingerprint in self.pins.by_fingerprint)
        return own

    @property
    def pins(self):
        return self.running.services.gatekeeper._pins()

    def until(self, held, *, for_s=5):
        ends = now() + timedelta(seconds=for_s)
        while not held():
            assert now() < ends, "not in time"
            threading.Event().wait(0.01)

    def forget_numbers(self):
        """The next number is looked up anew, also one that was made a moment ago."""
        self.running.services.directory._read_at = None

    def block(self, made):
        with transaction(self.tenant) as db:
            ctx = self._context(db)
            change_register(ctx)
            block_key(ctx, key_digest=made.read.key_digest)

    def client(self, made=None, **given):
        context = context_of(self.folder, made, self.certificate)
        client = httpx.Client(base_url=self.url, verify=context, timeout=20, trust_env=False, **given)
        self.clients.append(client)
        return client

    def arrives(self, application, content, *, kind="sms", at=None, message=None):
        """Something comes in for an application."""
        received = at or now()
        one = Arrived(
            uuid7(),
            ServiceId(application),
            kind,
            "+420602000009",
            "O2",
            "999021",
            content,
            received,
            received + timedelta(hours=96),
            message,
        )
        with transaction(self.tenant) as db:
            inbox.add_arrived(self._context(db), [one])
        return str(one.id)

    def happens(self, message, kind, *, part, at):
        """Something happens to a part of a message."""
        with transaction(self.tenant) as db:
            add_events(self._context(db), [Happened(UUID(message), part, kind, at)])

    def pictured(self, application, *, subject):
        """A multimedia message comes in for an application: a text and a picture."""
        media = [Medium("text/plain; charset=utf-8", b"Ahoj"), Medium("image/png", PICTURE, "p1", "léto.png")]
        content = {"subject": subject, "parts": [one.shown(number) for number, one in enumerate(media, 1)]}
        item = self.arrives(application, content, kind="mms")
        with transaction(self.tenant) as db:
            add_media(self._context(db), UUID(item), media)
        return item

    def rows(self, sql, *values):
        with transaction(self.tenant) as db:
            return db.execute(sql, values).fetchall()

    def write(self, sql, *values):
        with transaction(self.tenant) as db:
            db.execute(sql, values)

    def _context(self, db):
        return Context(db, self.tenant, OPERATOR, now(), uuid7(), None)


@contextlib.contextmanager
def listening(folder, *, bounds=None, smpp=False, clock=now):
    """A world whose connector runs in a thread of its own, by a clock of its own."""
    tenant = new_provider(now())
    certificate, key = server_files(folder)
    world = World(tenant, folder, certificate)
    ready, stop = threading.Event(), []

    async def going():
        place = Place("127.0.0.1", 0, certificate, key, smpp=SmppPlace("127.0.0.1", 0) if smpp else None)
        async with running(tenant, place, now=clock, bounds=bounds or Bounds()) as found:
            world.port, world.running = found.port, found
            ended = asyncio.Event()
            stop.append((asyncio.get_running_loop(), ended))
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(going()), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield world
    finally:
        for client in world.clients:
            client.close()
        loop, ended = stop[0]
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)
        assert not thread.is_alive()


class Program:
    """An application with its certificate and a client that keeps its connection."""

    def __init__(self, world, product="SMSC_PLUS", *, party=None):
        self.world = world
        self.id = world.application(product, party=party)
        self.certificate = world.register(self.id)
        self.http = world.client(self.certificate)
        self.root = f"/v1/applications/{self.id}"

    @property
    def number(self):
        return self.world.rows("SELECT app_number FROM application WHERE id = %s", self.id)[0]["app_number"]

    def send(self, body, *, url="standard", headers=None):
        return self.http.post(f"{self.root}/{url}/messages", json=body, headers=headers)
