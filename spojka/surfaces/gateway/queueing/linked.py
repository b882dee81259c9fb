"""A connection to NATS that comes back by itself, and says when it is away and when it is back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import structlog
from nats.aio.client import Client
from nats.errors import Error
from nats.js.client import JetStreamContext

from spojka.kernel.ids import TenantId
from spojka.surfaces.gateway.queueing.settings import QueueSettings
from spojka.surfaces.gateway.queueing.stream import make_stream

RETRY_S: Final = 1
"""A server that is away is asked again so often."""
CONNECTED_S: Final = 5
"""Longer a server may not take to let us in."""
PING_S: Final = 5
"""A server that is silent twice for so long is away."""
ANSWERED_S: Final = 2
"""Longer an answer about streams may not take."""
MOST: Final = 256 * 1024
"""Bytes of one page at most, so that nobody waits long while one is read; fewer where the server takes fewer."""
HEADERS: Final = 1024
"""Bytes of a page's headers, which count for what the server takes."""

_log = structlog.get_logger(__name__)

Work = Callable[[JetStreamContext, int], Awaitable[None]]
"""What is done while the connection stands, with how many bytes a page may have; it ends by a fault."""


class Link:
    """
    Connects, works, and begins again.

    Args:
        settings: where the servers are.
        tenant: whose stream has to be there.
        role: of this end, by which the server and the log know it.
        work: what is done while the connection stands.
        lost: is called when it does not stand any more, and each time it could not be made.

    """

    def __init__(
        self, settings: QueueSettings, tenant: TenantId, role: str, *, work: Work, lost: Callable[[], None]
    ) -> None:
        self._settings, self._tenant, self._role = settings, tenant, role
        self._work, self._lost = work, lost
        self._task: asyncio.Task[None] | None = None
        self.is_up = False

    def start(self) -> None:
        """Connect, and again for as long as it is not closed."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """End the work and the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        said = False
        while True:
            try:
                async with self._connected() as (client, closed):
                    js = client.jetstream(timeout=ANSWERED_S)
                    await make_stream(js, self._tenant)
                    self.is_up, said = True, False
                    _log.info("queue_connected", role=self._role, tenant=str(self._tenant))
                    await self._until(closed, self._work(js, min(MOST, client.max_payload) - HEADERS))
            except (OSError, Error, TimeoutError) as away:
                if not said:
                    servers = self._settings.servers
                    _log.warning("queue_away_reading_instead", role=self._role, servers=servers, fault=repr(away))
                said = True
            finally:
                self.is_up = False
            self._lost()
            await asyncio.sleep(RETRY_S)

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[Client, asyncio.Event]]:
        closed = asyncio.Event()
        faults: list[Exception] = []

        async def ended() -> None:
            closed.set()

        async def failed(fault: Exception) -> None:
            faults.append(fault)

        client = Client()
        try:
            try:
                async with asyncio.timeout(CONNECTED_S):
                    await self._connect(client, ended, failed)
            except (Error, TimeoutError) as none:
                raise faults[-1] if faults else none from none
            yield client, closed
        finally:
            await client.close()

    async def _connect(
        self, client: Client, ended: Callable[[], Awaitable[None]], failed: Callable[[Exception], Awaitable[None]]
    ) -> None:
        settings = self._settings
        await client.connect(
            list(settings.servers),
            name=f"spojka {self._role} {self._tenant}",
            closed_cb=ended,
            error_cb=failed,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=ANSWERED_S,
            ping_interval=PING_S,
            tls=settings.tls(),
            user=settings.user,
            password=settings.password,
            nkeys_seed=str(settings.nkey) if settings.nkey else None,
            user_credentials=str(settings.credentials) if settings.credentials else None,
        )

    @staticmethod
    async def _until(closed: asyncio.Event, work: Awaitable[None]) -> None:
        """Work until the connection is lost or the work ends by a fault, which is raised."""
        working, losing = asyncio.ensure_future(work), asyncio.create_task(closed.wait())
        try:
            await asyncio.wait([working, losing], return_when=asyncio.FIRST_COMPLETED)
            if working.done() and not working.cancelled():
                working.result()
            raise ConnectionError("the connection was lost")
        finally:
            for one in (working, losing):
                one.cancel()
            await asyncio.gather(working, losing, return_exceptions=True)
