"""The way by PostgreSQL alone: the sender is woken, and reads what was accepted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

import psycopg
import structlog

from spojka.access.database.carrying import carried
from spojka.access.database.connections import Connection, connect
from spojka.access.database.lines import Line
from spojka.kernel.ids import TenantId
from spojka.network.messaging.messages.store import URGENT, WAKE
from spojka.network.messaging.submission.desk import Heard
from spojka.surfaces.gateway.queueing.ways import Patience

LISTENED_S: Final = 1
"""A database that is away is asked again so often."""

_log = structlog.get_logger(__name__)


class Notified:
    """Needs nothing beside the database: the desk's own commit wakes the sender."""

    @contextlib.asynccontextmanager
    async def publishing(self, tenant: TenantId) -> AsyncIterator[Heard | None]:  # noqa: ARG002  # the way's signature
        """See `Way`: the desk wakes by itself."""
        yield None

    @contextlib.asynccontextmanager
    async def taking(
        self,
        tenant: TenantId,
        *,
        hear: Heard,  # noqa: ARG002  # the way's signature
        wake: Callable[[], None],
        hurry: Callable[[], None] = lambda: None,
    ) -> AsyncIterator[Patience]:
        """See `Way`: nothing is handed over, everything is read."""
        async with listening(tenant, wake, hurry=hurry):
            yield lambda: 0


@contextlib.asynccontextmanager
async def listening(
    tenant: TenantId, wake: Callable[[], None], *, hurry: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    """Wake a sender, while the block runs, when the database says that something was accepted; `hurry` if priority."""

    def told(payload: str) -> None:
        if payload == f"{tenant}{URGENT}":
            hurry()
        if payload.removesuffix(URGENT) == str(tenant):
            wake()

    task = asyncio.create_task(_listen(told))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _listen(told: Callable[[str], None]) -> None:
    """A database that is away is asked again."""
    while True:
        try:
            connection = await asyncio.to_thread(_listening)
            try:
                await _hear(connection, told)
            finally:
                connection.close()
        except psycopg.Error as away:
            _log.warning("sender_listens_again", fault=repr(away))
            await asyncio.sleep(LISTENED_S)


def _listening() -> Connection:
    connection = connect(autocommit=True)
    connection.execute(f"LISTEN {WAKE}")
    return connection


async def _hear(connection: Connection, told: Callable[[str], None]) -> None:
    """Tell what is said, in the loop's own thread, until the connection is lost."""
    loop, server = asyncio.get_running_loop(), connection.pgconn
    lost: asyncio.Future[None] = loop.create_future()
    descriptor = server.socket

    def said() -> None:
        if lost.done():
            return
        try:
            server.consume_input()
            while notice := server.notifies():
                told(notice.extra.decode())
        except psycopg.Error as away:
            loop.remove_reader(descriptor)  # at once: the number is another connection's soon
            lost.set_exception(away)

    loop.add_reader(descriptor, said)
    loop.call_soon(said)  # as the loop calls it later: a fault of whoever is told ends no listening
    try:
        await lost
    finally:
        if not lost.done() or lost.cancelled():
            loop.remove_reader(descriptor)


class Waker:
    """Wakes the sender through the database for what is committed already; many calls meanwhile are one."""

    def __init__(self, tenant: TenantId) -> None:
        self._tenant, self._line = tenant, Line()
        self._wanted = asyncio.Event()
        self._telling: list[asyncio.Task[None]] = []
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Wake it soon."""
        self._wanted.set()

    async def close(self) -> None:
        """Wake it once more where that was wanted, then stop."""
        self._task.cancel()
        await asyncio.wait([self._task, *self._telling])
        if self._wanted.is_set():
            await self._tell()
        self._line.close()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            telling = asyncio.create_task(self._tell())
            self._telling = [telling]
            await asyncio.shield(telling)

    async def _tell(self) -> None:
        self._wanted.clear()
        try:
            await carried(self._notify)
        except psycopg.Error as away:  # the sender looks by itself every now and then
            _log.warning("sender_not_woken", fault=repr(away))

    def _notify(self) -> None:
        with self._line.transaction(self._tenant) as db:
            db.execute("SELECT pg_notify(%s, %s)", [WAKE, str(self._tenant)])
