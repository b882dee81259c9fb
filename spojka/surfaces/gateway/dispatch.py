"""The senders of one tenant as they run: one process at a time, woken when something is accepted."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Final
from uuid import UUID

import psycopg
import structlog
import uvloop

from spojka.access.database.connections import transaction
from spojka.access.database.server import files
from spojka.access.operations.context import Context
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.mm7.limits import READ_LIMITS
from spojka.network.messaging.mm7.receiving import answer_too_long
from spojka.network.messaging.multimedia.sender import MmsSender
from spojka.network.messaging.multimedia.ways import WaySettings
from spojka.network.messaging.routes.store import route_settings, way_settings
from spojka.network.messaging.sending.journal import SENDING
from spojka.network.messaging.sending.routes import RouteSettings
from spojka.network.messaging.sending.sender import Sender
from spojka.network.messaging.sending.sole import StoppedWaiting, sole_sender
from spojka.surfaces.gateway.collecting import collect_seldom
from spojka.surfaces.gateway.connector.exchange import CLOSE, Reply
from spojka.surfaces.gateway.connector.hosting import Hosted
from spojka.surfaces.gateway.connector.listening import Listener
from spojka.surfaces.gateway.queueing.notified import Notified
from spojka.surfaces.gateway.queueing.ways import Patience, Way

HEARD_S: Final = 1
"""Without a call the queue is looked at so often, unless messages come by themselves."""
SWEPT_S: Final = 10
"""What a later message overtook on its way into the database is found so often."""

_log = structlog.get_logger(__name__)


class NoRoutes(RuntimeError):
    """The tenant has no way to any centre: set one with `connector.set_route`."""


@dataclass(frozen=True, slots=True)
class Routes:
    """A tenant's ways: to SMS centres, and to MMSCs."""

    sms: list[RouteSettings]
    mms: list[WaySettings]


@dataclass(frozen=True, slots=True)
class Ear:
    """
    Where MMSCs post to, and how we and they prove who they are.

    Args:
        host, port: to listen on; 0 is a free one.
        certificate: our own with its chain, for MMSCs that post to us and for those that we submit to (PEM).
        key: its key, unless the same file holds it.
        trust: authorities of MMSCs' certificates; with them, whoever connects has to show one.

    """

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    trust: Path | None = None

    def server(self) -> ssl.SSLContext | None:
        """TLS for those who post to us; `None` without a certificate of our own."""
        if self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        if self.trust is not None:
            context.load_verify_locations(self.trust)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client(self) -> ssl.SSLContext:
        """TLS towards those we submit to: the machine's authorities are trusted, and those named."""
        context = ssl.create_default_context()
        if self.trust is not None:
            context.load_verify_locations(self.trust)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context


def routes_of(tenant: TenantId, now: datetime) -> Routes:
    """The tenant's ways; raises `NoRoutes` without any."""
    with transaction(tenant) as db:
        ctx = Context(db, tenant, SENDING, now, uuid7(), files() / str(tenant))
        found = Routes(route_settings(ctx), way_settings(ctx))
    if not found.sms and not found.mms:
        raise NoRoutes("no way to any SMS centre or MMSC is set")
    return found


async def sending_on(
    tenant: TenantId,
    *,
    now: Callable[[], datetime],
    stop: asyncio.Event,
    ear: Ear | None = None,
    way: Way | None = None,
) -> None:
    """Send until told to stop: a sender that lost the database ends, and another begins once it is back."""
    while not stop.is_set():
        lost = asyncio.Event()
        telling = asyncio.create_task(_tell(stop, lost))
        try:
            await sending(tenant, now=now, stop=lost, ear=ear, way=way)
        except StoppedWaiting:
            return
        except psycopg.OperationalError as away:
            _log.warning("sender_waits_for_database", fault=repr(away))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), HEARD_S)
        finally:
            telling.cancel()


async def _tell(stop: asyncio.Event, other: asyncio.Event) -> None:
    """Whoever waits for the one is told of the other."""
    await stop.wait()
    other.set()


async def sending(
    tenant: TenantId,
    *,
    now: Callable[[], datetime],
    stop: asyncio.Event,
    ear: Ear | None = None,
    way: Way | None = None,
) -> None:
    """
    Send a tenant's messages until told to stop or the tenant's lock is lost, once no other sender does.

    Args:
        tenant: whose.
        now: the clock.
        stop: ends it.
        ear: where MMSCs post to; without it their reports and deliveries are not heard.
        way: by which accepted messages come from gateways; without one they are read when the database says so.

    """
    way = way or Notified()
    async with sole_sender(tenant, lost=stop.set, stop=stop):
        routes = routes_of(tenant, now())
        sender = Sender(tenant, routes.sms, now=now, random=SystemRandom())
        mms = MmsSender(tenant, routes.mms, now=now, tls=ear.client() if ear is not None else None)
        woken = asyncio.Event()
        try:
            await sender.start()
            await mms.start()
            collect_seldom()
            _log.info("sender_works", tenant=str(tenant), waiting=sender.waiting, mms_waiting=mms.waiting)
            taking = way.taking(tenant, hear=sender.hear, wake=woken.set, hurry=sender.glance)
            async with _hearing(mms, ear, now), taking as patience:
                await _follow(sender, mms, woken, stop, patience)
        finally:
            ends = await asyncio.gather(sender.close(), mms.close(), return_exceptions=True)
            _log.info("sender_ended", tenant=str(tenant), mms=mms.counts, **sender.counts)
            for fault in ends:
                if fault is not None:
                    raise fault


@contextlib.asynccontextmanager
async def _hearing(mms: MmsSender, ear: Ear | None, now: Callable[[], datetime]) -> AsyncIterator[None]:
    """Let MMSCs post while the block runs; what they asked is answered before it ends."""
    if ear is None:
        if mms.ways.all:
            _log.warning("mmscs_are_not_heard", ways=[way.name for way in mms.ways.all])
        yield
        return
    tls = ear.server()
    too_long = answer_too_long(READ_LIMITS)
    refusal = Reply(
        too_long.http_status, too_long.body.data, ((b"content-type", too_long.body.content_type.encode()), CLOSE)
    )
    hosted = Hosted(mms.application(certified=ear.trust is not None), READ_LIMITS.body_bytes, refusal)
    listener = Listener(hosted, tls, now=now)
    port = await listener.start(ear.host, ear.port)
    paths = [way.settings.path for way in mms.ways.all]
    _log.info("mm7_listens", host=ear.host, port=port, paths=paths, encrypted=tls is not None)
    try:
        yield
    finally:
        await listener.close()


async def _follow(
    sender: Sender, mms: MmsSender, woken: asyncio.Event, stop: asyncio.Event, patience: Patience
) -> None:
    """Take in what is accepted, when it is said and every now and then."""
    last, loop = UUID(int=0), asyncio.get_running_loop()
    looked_at = swept_at = loop.time()
    while not (stop.is_set() or sender.is_broken or mms.is_broken):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), HEARD_S)
        if not woken.is_set() and loop.time() - looked_at < patience():
            continue
        woken.clear()
        looked_at = loop.time()
        await sender.look()
        while (found := await mms.catch_up(last)) != last:
            last = found
        if loop.time() - swept_at >= SWEPT_S:
            await sender.sweep()
            await mms.sweep()
            swept_at = loop.time()


def send(tenant: TenantId, ear: Ear | None = None, way: Way | None = None) -> None:
    """Send a tenant's messages until the process is told to stop; `ear` and `way` as `sending` takes them."""

    async def going() -> None:
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await sending_on(tenant, now=lambda: datetime.now(UTC), stop=stop, ear=ear, way=way)

    uvloop.run(going())
