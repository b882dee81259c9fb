"""One call of a program that wants to be told: signed, to an address that may be called, within bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
import orjson

from spojka.access.database.connections import Row
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.webhooks.rules import is_public, signature
from spojka.network.messaging.webhooks.store import Told
from spojka.surfaces.gateway.connector.fetching import shown
from spojka.surfaces.gateway.connector.resolving import LookupBusy, Resolver

ANSWER_S: Final = 10
"""From looking up the host to the answer."""
AGENT: Final = "spojka"


class NotTaken(Exception):
    """
    Items were not taken; says why in a few words.

    Args:
        why: in a few words.
        unreachable: nothing answered in time, so the next call would fare no better; else the items were answered for.

    """

    def __init__(self, why: str, *, unreachable: bool) -> None:
        self.unreachable = unreachable
        super().__init__(why)


class NotCalled(Exception):
    """Items were not told and nobody was called: the turn of their host to be looked up did not come in time."""


class Caller:
    """
    Calls programs.

    Args:
        now: the clock.
        private: whether addresses of private networks, and plain HTTP, are called too.
        most: calls at once.

    """

    def __init__(self, *, now: Callable[[], datetime], private: bool, most: int) -> None:
        self._now, self._private = now, private
        limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
        self._resolver = Resolver()
        self._http = httpx.AsyncClient(timeout=ANSWER_S, limits=limits, follow_redirects=False, trust_env=False)

    async def close(self) -> None:
        """Close connections."""
        self._resolver.close()
        await self._http.aclose()

    async def call(self, told: Told, items: Sequence[Row]) -> None:
        """Tell items together; raises `NotTaken` unless the answer is 2xx, and comes in time; or `NotCalled`."""
        body = orjson.dumps(
            {"application": str(told.application), "items": [shown(row, told.statuses) for row in items]}
        )
        try:
            async with asyncio.timeout(ANSWER_S):
                status = await self._status(told, body)
        except LookupBusy:
            raise NotCalled from None
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as lost:
            if self._resolver.is_queued(told.application):
                raise NotCalled from None
            raise NotTaken(type(lost).__name__, unreachable=True) from None
        if not 200 <= status < 300:
            raise NotTaken(f"HTTP {status}", unreachable=False)

    async def _status(self, told: Told, body: bytes) -> int:
        timestamp = int(self._now().timestamp())
        url, host, extensions = await self._placed(told.application, told.url)
        headers = {
            "host": host,
            "content-type": "application/json",
            "user-agent": AGENT,
            "spojka-timestamp": str(timestamp),
            "spojka-signature": signature(told.secret, timestamp=timestamp, body=body),
        }
        async with self._http.stream("POST", url, content=body, headers=headers, extensions=extensions) as answer:
            return answer.status_code

    async def _placed(self, application: ServiceId, url: str) -> tuple[str, str, dict[str, str]]:
        """
        The address to call with the host looked up once, so that what was checked is what is called.

        Raises `NotTaken` for an address that is not to be called.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if parts.scheme != "https" and not self._private:
            raise NotTaken("not https", unreachable=True)
        try:
            addresses = await self._resolver.addresses(application, host, port)
        except (OSError, UnicodeError):
            raise NotTaken("host not found", unreachable=True) from None
        if not self._private and not all(map(is_public, addresses)):
            raise NotTaken("address of a private network", unreachable=True)
        address = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.scheme}://{address}:{port}{parts.path or '/'}{query}", parts.netloc, {"sni_hostname": host}
