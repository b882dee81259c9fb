"""The way by PostgreSQL alone: the sender is woken, and reads what was accepted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from threading import Event
from typing import Final

import psycopg
import structlog

from spojka.access.database.connections import connect
from spojka.access.database.lines import Line
from spojka.kernel.ids import TenantId
from spojka.network.messaging.messages.store import URGENT, WAKE
from spojka.network.messaging.submission.desk import Heard
from spojka.surfaces.gateway.queueing.ways import Patience

LISTENED_S: Final = 1
"""Whether to go on listening is looked at so often."""

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
    ended, loop = Event(), asyncio.get_running_loop()

    def told(payload: str) -> None:
        if payload == f"{tenant}{URGENT}":
            loop.call_soon_threadsafe(hurry)
        if payload.removesuffix(URGENT) == str(tenant):
            loop.call_soon_threadsafe(wake)

    task = asyncio.create_task(asyncio.to_thread(_listen, told, ended))
    try:
        yield
    finally:
        ended.set()
        await asyncio.gather(task, return_exceptions=True)


def _listen(told: Callable[[str], None], ended: Event) -> None:
    """A database that is away is asked again."""
    while not ended.is_set():
        try:
            with connect(autocommit=True) as connection:
                connection.execute(f"LISTEN {WAKE}")
                while not ended.is_set():
                    for notice in connection.notifies(timeout=LISTENED_S, stop_after=1):
                        told(notice.payload)
        except psycopg.Error as away:
            _log.warning("sender_listens_again", fault=repr(away))
            ended.wait(LISTENED_S)


class Waker:
    """Wakes the sender through the database for what is committed already; many calls meanwhile are one."""

    def __init__(self, tenant: TenantId) -> None:
        self._tenant, self._line = tenant, Line()
        self._wanted = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Wake it soon."""
        self._wanted.set()

    async def close(self) -> None:
        """Wake it once more where that was wanted, then stop."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if self._wanted.is_set():
            await self._tell()
        await asyncio.to_thread(self._line.close)

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            await asyncio.shield(self._tell())

    async def _tell(self) -> None:
        self._wanted.clear()
        try:
            await asyncio.to_thread(self._notify)
        except psycopg.Error as away:  # the sender looks by itself every now and then
            _log.warning("sender_not_woken", fault=repr(away))

    def _notify(self) -> None:
        with self._line.transaction(self._tenant) as db:
            db.execute("SELECT pg_notify(%s, %s)", [WAKE, str(self._tenant)])
