"""Rings when something came in for an application: one connection listens for all, nobody polls."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from time import monotonic
from typing import Final, Literal
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.connections import Connection, connect, enter_scope
from spojka.kernel.ids import ServiceId, TenantId
from spojka.network.messaging.messages.inbox import ARRIVED, waiting_among

LOOK_S: Final = 1
"""News may be lost, a row is not: whether those who wait have something is asked so often, for all with one query."""
Waits = Literal["request", "courier"]
"""A request that is answered once, or a courier of SMPP that stays as long as its link."""
_log = structlog.get_logger(__name__)


class Bell:
    """
    Wakes whoever waits for an application's inbox.

    Args:
        tenant: whose inboxes.

    """

    def __init__(self, tenant: TenantId) -> None:
        self._tenant = tenant
        self._waiting: dict[ServiceId, dict[asyncio.Event, Waits]] = {}
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Listen, in a thread of its own."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; blocks at most `LOOK_S`."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def waiting(self, application: ServiceId) -> int:
        """How many requests wait for an application's inbox; couriers, who have bounds of their own, are none."""
        return sum(waits == "request" for waits in self._waiting.get(application, {}).values())

    def enter(self, application: ServiceId, *, waits: Waits = "courier") -> asyncio.Event:
        """Wait for an inbox from now on; `leave` ends it."""
        event = asyncio.Event()
        self._waiting.setdefault(application, {})[event] = waits
        return event

    def leave(self, application: ServiceId, event: asyncio.Event) -> None:
        """Wait no longer."""
        events = self._waiting.get(application)
        if events is not None:
            events.pop(event, None)
            if not events:
                del self._waiting[application]

    def ring(self, applications: Iterable[ServiceId] | None = None) -> None:
        """Wake those who wait for these inboxes, or everyone."""
        for application in list(self._waiting) if applications is None else applications:
            for event in self._waiting.get(application, ()):
                event.set()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                with connect(autocommit=True) as db:
                    db.execute(f"LISTEN {ARRIVED}")
                    looked = monotonic() - LOOK_S
                    while not self._closing.is_set():
                        if monotonic() - looked >= LOOK_S:
                            looked = monotonic()
                            self._ring_soon(self._look(db))
                        self._ring_soon(self._hear(db))
            except psycopg.OperationalError as lost:
                _log.warning("inboxes_not_heard", fault=repr(lost))
                self._closing.wait(LOOK_S)
            except Exception as fault:  # noqa: BLE001  # whoever waits would hear of nothing any more
                _log.error("bell_failed", fault=type(fault).__name__)
                self._closing.wait(LOOK_S)

    def _hear(self, db: Connection) -> list[ServiceId]:
        """Whom news of one second is about; the first one ends the wait."""
        found = []
        for news in db.notifies(timeout=LOOK_S, stop_after=1):
            tenant, _, application = news.payload.partition(":")
            if tenant == str(self._tenant):
                found.append(ServiceId(UUID(application)))
        return found

    def _look(self, db: Connection) -> list[ServiceId]:
        """Who of those who wait has something."""
        waiting = list(self._waiting)
        if not waiting:
            return []
        with db.transaction():
            enter_scope(db, self._tenant)
            return waiting_among(db, self._tenant, waiting)

    def _ring_soon(self, applications: list[ServiceId]) -> None:
        if applications and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.ring, applications)
