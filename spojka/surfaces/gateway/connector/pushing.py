"""What came in, told to programs that want to be called: signed, never to private addresses unless that is allowed."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson
import psycopg
import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.webhooks.rules import is_public, pause_s, signature
from spojka.network.messaging.webhooks.store import Told, claim_due, forget, not_taken, taken
from spojka.surfaces.gateway.connector.fetching import shown
from spojka.surfaces.gateway.connector.reader import Reader

LOOK_S: Final = 1
LEASE_S: Final = 60
ANSWER_S: Final = 10
MOST_AT_ONCE: Final = 1000
"""Items of one application that are taken up at once."""
MOST_TOGETHER: Final = 100
"""Items of one call; one that was not taken before is told alone, so that it does not hold up the others."""
CALLS: Final = 32
FORGET_S: Final = 3600
AGENT: Final = "spojka"

_log = structlog.get_logger(__name__)


class NotTaken(Exception):
    """An item was not taken; says why in a few words."""


class Pusher:
    """
    Tells items until it is stopped.

    Args:
        reader: the database.
        private: whether addresses of private networks, and plain HTTP, are called too.

    """

    def __init__(self, reader: Reader, *, private: bool = False) -> None:
        self._reader, self._private = reader, private
        self._http = httpx.AsyncClient(timeout=ANSWER_S, follow_redirects=False, trust_env=False)
        self._resting: dict[ServiceId, float] = {}  # float: seconds of the loop's clock
        self._gate = asyncio.Semaphore(CALLS)

    async def run(self) -> None:
        """Look for what is due, once a second and at once while there is more."""
        forgotten = asyncio.get_running_loop().time()
        while True:
            found = 0
            try:
                found = await self.tell_due()
            except psycopg.OperationalError as away:
                _log.warning("webhooks_wait_for_database", fault=type(away).__name__)
            except Exception as fault:  # noqa: BLE001  # what was claimed is due again when its lease is over
                _log.error("webhooks_failed", fault=type(fault).__name__)
            clock = asyncio.get_running_loop().time()
            if clock - forgotten >= FORGET_S:
                forgotten = clock
                with contextlib.suppress(psycopg.OperationalError):
                    await self._reader.do(forget)
            if found < MOST_AT_ONCE:
                await asyncio.sleep(LOOK_S)

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def tell_due(self) -> int:
        """Tell what is due now; returns how many items that were."""
        clock = asyncio.get_running_loop().time()
        self._resting = {one: until for one, until in self._resting.items() if until > clock}
        resting = list(self._resting)
        due = await self._reader.do(lambda ctx: claim_due(ctx, resting=resting, lease_s=LEASE_S, limit=MOST_AT_ONCE))
        await asyncio.gather(*(self._tell(told, items) for told in due for items in _together(told)))
        return sum(len(told.items) for told in due)

    async def _tell(self, told: Told, items: Sequence[Row]) -> None:
        ids = [row["id"] for row in items]
        try:
            async with self._gate:
                await self._call(told, items)
        except NotTaken as why:
            error = str(why)
            tries = max(told.tries[one] for one in ids)
            self._resting[told.application] = asyncio.get_running_loop().time() + LOOK_S * min(tries, 30)
            _log.info("webhook_not_taken", application=str(told.application), items=len(ids), error=error)
            await self._reader.do(lambda ctx: not_taken(ctx, _due(ctx, told.tries, ids), error))
            return
        await self._reader.do(lambda ctx: taken(ctx, told.application, ids))

    async def _call(self, told: Told, items: Sequence[Row]) -> None:
        """Raises `NotTaken` unless the answer is 2xx."""
        body = orjson.dumps({"application": str(told.application), "items": [shown(row) for row in items]})
        timestamp = int(self._reader.now().timestamp())
        url, host, extensions = await self._placed(told.url)
        headers = {
            "host": host,
            "content-type": "application/json",
            "user-agent": AGENT,
            "spojka-timestamp": str(timestamp),
            "spojka-signature": signature(told.secret, timestamp=timestamp, body=body),
        }
        try:
            asked = self._http.stream("POST", url, content=body, headers=headers, extensions=extensions)
            async with asyncio.timeout(ANSWER_S), asked as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as lost:
            raise NotTaken(type(lost).__name__) from None
        if not 200 <= status < 300:
            raise NotTaken(f"HTTP {status}")

    async def _placed(self, url: str) -> tuple[str, str, dict[str, str]]:
        """
        The address to call with the host looked up once, so that what was checked is what is called.

        Raises `NotTaken` for an address that is not to be called.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if parts.scheme != "https" and not self._private:
            raise NotTaken("not https")
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise NotTaken("host not found") from None
        addresses = [str(one[4][0]) for one in found]
        if not self._private and not all(map(is_public, addresses)):
            raise NotTaken("address of a private network")
        address = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.scheme}://{address}:{port}{parts.path or '/'}{query}", parts.netloc, {"sni_hostname": host}


def _together(told: Told) -> list[Sequence[Row]]:
    """Fresh items together, others each alone."""
    fresh = [row for row in told.items if told.tries[row["id"]] == 1]
    alone: list[Sequence[Row]] = [[row] for row in told.items if told.tries[row["id"]] > 1]
    return [*(fresh[at : at + MOST_TOGETHER] for at in range(0, len(fresh), MOST_TOGETHER)), *alone]


def _due(ctx: Context, tries: Mapping[UUID, int], ids: Sequence[UUID]) -> dict[UUID, datetime]:
    return {one: ctx.now + timedelta(seconds=pause_s(tries[one])) for one in ids}
