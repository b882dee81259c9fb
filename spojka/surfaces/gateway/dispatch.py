"""The sender of one tenant as it runs: one at a time, woken by the database when something is accepted."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from random import SystemRandom
from threading import Event
from typing import Final

import psycopg
import structlog
import uvloop

from spojka.access.database.connections import connect, transaction
from spojka.access.database.server import files
from spojka.access.operations.context import Context
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.messages.store import WAKE
from spojka.network.messaging.routes.store import route_settings
from spojka.network.messaging.sending.journal import SENDING
from spojka.network.messaging.sending.routes import RouteSettings
from spojka.network.messaging.sending.sender import Sender
from spojka.network.messaging.sending.sole import sole_sender
from spojka.surfaces.gateway.collecting import collect_seldom

HEARD_S: Final = 1
"""Without a call the queue is looked at so often."""
SWEPT_S: Final = 10
"""What a later message overtook on its way into the database is found so often."""

_log = structlog.get_logger(__name__)


class NoRoutes(RuntimeError):
    """The tenant has no way to any SMS centre: set one with `connector.set_route`."""


def routes_of(tenant: TenantId, now: datetime) -> list[RouteSettings]:
    """The tenant's ways; raises `NoRoutes` without any."""
    with transaction(tenant) as db:
        found = route_settings(Context(db, tenant, SENDING, now, uuid7(), files() / str(tenant)))
    if not found:
        raise NoRoutes("no way to any SMS centre is set")
    return found


async def sending_on(tenant: TenantId, *, now: Callable[[], datetime], stop: asyncio.Event) -> None:
    """Send until told to stop: a sender that lost the database ends, and another begins once it is back."""
    while not stop.is_set():
        lost = asyncio.Event()
        telling = asyncio.create_task(_tell(stop, lost))
        try:
            await sending(tenant, now=now, stop=lost)
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


async def sending(tenant: TenantId, *, now: Callable[[], datetime], stop: asyncio.Event) -> None:
    """Send a tenant's messages until told to stop or the tenant's lock is lost, once no other sender does."""
    async with sole_sender(tenant, lost=stop.set):
        sender = Sender(tenant, routes_of(tenant, now()), now=now, random=SystemRandom())
        await sender.start()
        collect_seldom()
        _log.info("sender_works", tenant=str(tenant), waiting=sender.waiting)
        woken, ended = asyncio.Event(), Event()
        listening = asyncio.create_task(
            asyncio.to_thread(_listen, tenant, asyncio.get_running_loop(), woken.set, ended)
        )
        try:
            await _follow(sender, woken, stop)
        finally:
            ended.set()
            await asyncio.gather(listening, return_exceptions=True)
            await sender.close()
            _log.info("sender_ended", tenant=str(tenant), **sender.counts)


async def _follow(sender: Sender, woken: asyncio.Event, stop: asyncio.Event) -> None:
    """Take in what is accepted, when it is said and every now and then."""
    rounds = 0
    while not stop.is_set() and not sender.is_broken:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), HEARD_S)
        woken.clear()
        await sender.look()
        rounds += 1
        if rounds % SWEPT_S == 0:
            await sender.sweep()


def _listen(tenant: TenantId, loop: asyncio.AbstractEventLoop, woken: Callable[[], None], ended: Event) -> None:
    """Wake the sender when the database says that something was accepted; one that is away is asked again."""
    while not ended.is_set():
        try:
            with connect(autocommit=True) as connection:
                connection.execute(f"LISTEN {WAKE}")
                while not ended.is_set():
                    for notice in connection.notifies(timeout=HEARD_S, stop_after=1):
                        if notice.payload == str(tenant):
                            loop.call_soon_threadsafe(woken)
        except psycopg.Error as away:
            _log.warning("sender_listens_again", fault=repr(away))
            ended.wait(HEARD_S)


def send(tenant: TenantId) -> None:
    """Send a tenant's messages until the process is told to stop."""

    async def going() -> None:
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await sending_on(tenant, now=lambda: datetime.now(UTC), stop=stop)

    uvloop.run(going())
