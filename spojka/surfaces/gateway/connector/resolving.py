"""Addresses of the hosts that are called: looked up in threads of their own, so that a dead name holds up no other."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Final

from spojka.kernel.ids import ServiceId

LOOKUPS: Final = 32
"""At once, of all applications."""
KNOWN_S: Final = 30
"""What was found is used so long."""
MOST_KNOWN: Final = 10_000

Place = tuple[str, int]
"""A host and a port."""


class LookupBusy(Exception):
    """An application's own lookup of another host is not over; nothing was asked."""


@dataclass(slots=True)
class _Lookup:
    place: Place
    asked: Future[list[str]]
    found: asyncio.Future[list[str]]


class Resolver:
    """
    Looks hosts up, one at a time for each application: a time limit on our side does not end a lookup of the system's.

    Used from one loop; `close` ends it.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")
        self._lookups: dict[ServiceId, _Lookup] = {}
        self._known: dict[Place, tuple[float, Sequence[str]]] = {}  # float: seconds of the process's clock

    async def addresses(self, application: ServiceId, host: str, port: int) -> Sequence[str]:
        """
        IP addresses of a host.

        Raises `OSError` where there are none, and `LookupBusy` where the application waits for another host's.
        """
        if _is_address(host):
            return [host]
        place = (host, port)
        known = self._known.get(place)
        if known is not None and monotonic() < known[0]:
            return known[1]
        lookup = self._lookups.get(application)
        if lookup is None:
            lookup = self._begin(application, place)
        elif lookup.place != place:
            raise LookupBusy
        return await asyncio.shield(lookup.found)

    def is_queued(self, application: ServiceId) -> bool:
        """Whether a lookup of an application waits for those of others, and has not begun."""
        lookup = self._lookups.get(application)
        return lookup is not None and not lookup.asked.running() and not lookup.asked.done()

    def close(self) -> None:
        """Begin no more lookups; the system ends what has begun in its own time."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self, application: ServiceId, place: Place) -> _Lookup:
        asked = self._threads.submit(_look_up, place)
        lookup = self._lookups[application] = _Lookup(place, asked, asyncio.wrap_future(asked))

        def end(found: asyncio.Future[list[str]]) -> None:
            del self._lookups[application]
            if found.cancelled() or found.exception() is not None:
                return
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[place] = (monotonic() + KNOWN_S, found.result())

        lookup.found.add_done_callback(end)
        return lookup


def _look_up(place: Place) -> list[str]:
    host, port = place
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
