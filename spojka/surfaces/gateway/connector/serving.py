"""The connector of one tenant as it runs: made of its parts, started, and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvloop

from spojka.kernel.ids import TenantId
from spojka.network.messaging.certificates.pins import Pins
from spojka.network.messaging.certificates.tls import Doorkeeper
from spojka.network.messaging.certificates.watching import PinWatch
from spojka.network.messaging.submission.desk import Heard, SubmissionDesk
from spojka.surfaces.gateway.collecting import collect_seldom
from spojka.surfaces.gateway.connector.application import ConnectorApp
from spojka.surfaces.gateway.connector.bell import Bell
from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.counting import RefusalCounts
from spojka.surfaces.gateway.connector.directory import Directory
from spojka.surfaces.gateway.connector.gatekeeping import Gatekeeper
from spojka.surfaces.gateway.connector.gauge import Gauge
from spojka.surfaces.gateway.connector.listening import Listener
from spojka.surfaces.gateway.connector.pushing import Pusher
from spojka.surfaces.gateway.connector.reader import Reader
from spojka.surfaces.gateway.connector.services import Services
from spojka.surfaces.gateway.queueing.notified import Notified
from spojka.surfaces.gateway.queueing.ways import Way
from spojka.surfaces.gateway.smpp.serving import SmppGateway, SmppPlace, speaking_smpp

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a connector listens, the server's own certificate and key (PEM), and where it may call.

    `private_webhooks` lets programs be called at addresses of private networks and over plain HTTP. `smpp` is where
    programs that speak SMPP find it; without it there is none. `shared` is for ports on which other processes listen.
    """

    host: str
    port: int
    certificate: Path
    key: Path | None = None
    private_webhooks: bool = False
    smpp: SmppPlace | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A connector that listens: its port, its listener, what handlers work with, and SMPP where it is served."""

    port: int
    listener: Listener
    services: Services
    smpp: SmppGateway | None = None
    smpp_port: int = 0


@asynccontextmanager
async def running(
    tenant: TenantId,
    place: Place,
    *,
    now: Callable[[], datetime],
    bounds: Bounds | None = None,
    heard: Heard | None = None,
) -> AsyncIterator[Running]:
    """
    Serve while the block runs; what was asked is answered before it ends.

    Args:
        tenant: whose.
        place: where.
        now: the clock.
        bounds: of connections.
        heard: is told of accepted messages; without it senders are woken through the database.

    """
    keeper = Doorkeeper(certificate=place.certificate, key=place.key)
    bell = Bell(tenant)
    loop = asyncio.get_running_loop()

    def change(pins: Pins) -> None:
        """New certificates are let through."""
        keeper.trust(pins.anchors)

    def shown() -> None:
        """Whoever waits is judged anew."""
        loop.call_soon_threadsafe(bell.ring)

    reader = Reader(tenant, now=now)
    desk = SubmissionDesk(tenant, now=now, heard=heard)
    with PinWatch(tenant, clock=now, on_change=change, on_shown=shown) as watch:
        services = Services(
            tenant=tenant,
            now=now,
            desk=desk,
            reader=reader,
            directory=Directory(reader),
            gauge=Gauge(reader, desk.lengths),
            bell=bell,
            gatekeeper=Gatekeeper(lambda: watch.pins, reader),
            refusals=RefusalCounts(lambda: watch.pins, reader),
        )

        def failed(fingerprint: bytes | None, code: str) -> None:
            """A connection came to nothing."""
            services.refusals.count(code, door="https", fingerprint=fingerprint)

        listener = Listener(ConnectorApp(services), keeper.context, now=now, bounds=bounds, failed=failed)
        services.refusals.start()
        bell.start()
        pusher = Pusher(reader, private=place.private_webhooks)
        pushing = asyncio.create_task(pusher.run())
        port = await listener.start(place.host, place.port, shared=place.shared)
        try:
            async with speaking_smpp(services, place.smpp, keeper.context, shared=place.shared) as (smpp, smpp_port):
                yield Running(port, listener, services, smpp, smpp_port)
        finally:
            await listener.close()
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)
            await pusher.close()
            await services.desk.close()
            await services.gatekeeper.close()
            await services.refusals.close()
            await asyncio.to_thread(bell.close)
            await asyncio.to_thread(reader.close)


def serve(tenant: TenantId, place: Place, way: Way | None = None, *, until_closed: int | None = None) -> None:
    """
    Serve a tenant's applications until the process is told to stop.

    Args:
        tenant: whose.
        place: where.
        way: how messages go to the sender.
        until_closed: a descriptor to read from, at whose end it stops as well.

    """
    going_by = way or Notified()

    def now() -> datetime:
        return datetime.now(UTC)

    async def going() -> None:
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        if until_closed is not None:
            _call_once_closed(until_closed, stop.set)
        async with going_by.publishing(tenant) as heard, running(tenant, place, now=now, heard=heard) as found:
            collect_seldom()
            _log.info("connector_listens", tenant=str(tenant), host=place.host, port=found.port, smpp=found.smpp_port)
            await stop.wait()

    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(going())


def _call_once_closed(descriptor: int, call: Callable[[], None]) -> None:
    """Call at the end of what is read there, once: an end is there to be read for ever."""
    loop = asyncio.get_running_loop()

    def ended() -> None:
        loop.remove_reader(descriptor)
        call()

    loop.add_reader(descriptor, ended)
