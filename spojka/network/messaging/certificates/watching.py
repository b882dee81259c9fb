"""A tenant's pins in a gateway's memory, never more than a second behind the register."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

import structlog

from spojka.access.database.connections import Connection, connect, enter_scope
from spojka.access.database.server import files
from spojka.access.operations.context import Actor, Context
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.certificates.pins import Pins
from spojka.network.messaging.certificates.store import CHANNEL, version_of
from spojka.network.messaging.certificates.views import pins_of

POLL_MS: Final = 500
"""How often the version is read where nothing woke the watch: news may be lost, a row is not."""
SEEN_AS: Final = "spojka pins"
"""The name of the watch's connection in the server's list."""
GATEWAY: Final = Actor("gateway", frozenset({"certificates.pins"}))
"""Reads for a gateway."""

_log = structlog.get_logger(__name__)


class PinWatch:
    """
    Keeps `pins` fresh in a thread of its own: news wakes it, and it reads the register's version twice a second.

    Used as `with PinWatch(tenant, clock=…) as watch:`; `watch.pins` is whole and never changes, a new one replaces it.
    A database that cannot be reached leaves the pins as they were (nothing can be accepted then either); the watch
    tries again twice a second.

    Args:
        tenant: whose register.
        clock: tells the time, by which the terms in force are chosen.
        on_change: called with new pins before they are shown, in the watch's thread and once while it starts: a
            server's `trust(pins.anchors)`.
        on_shown: called after new pins are shown, likewise: whoever is judged from then on is judged by them.

    """

    def __init__(
        self,
        tenant: TenantId,
        *,
        clock: Callable[[], datetime],
        on_change: Callable[[Pins], object] | None = None,
        on_shown: Callable[[], object] | None = None,
    ) -> None:
        self._tenant, self._clock, self._on_change, self._on_shown = tenant, clock, on_change, on_shown
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="pins", daemon=True)
        self.pins: Pins

    def __enter__(self) -> Self:
        with connect(autocommit=True) as db:
            self._show(self._read(db))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closing.is_set():
            try:
                with connect(autocommit=True) as db:
                    db.execute(f"SET application_name = '{SEEN_AS}'")
                    db.execute(f"LISTEN {CHANNEL}")
                    while not self._closing.is_set():
                        self._look(db)
                        self._rest(db)
            except Exception as fault:  # noqa: BLE001  # a watch that ended would leave blocked certificates open
                _log.warning("pins_not_read", tenant=str(self._tenant), fault=repr(fault))
                self._closing.wait(POLL_MS / 1000)

    def _rest(self, db: Connection) -> None:
        for _ in db.notifies(timeout=POLL_MS / 1000, stop_after=1):
            return

    def _look(self, db: Connection) -> None:
        with db.transaction():
            enter_scope(db, self._tenant)
            version = version_of(db, self._tenant)
        if version != self.pins.version:
            self._show(self._read(db))

    def _read(self, db: Connection) -> Pins:
        with db.transaction():
            enter_scope(db, self._tenant)
            now = self._clock().astimezone(UTC)
            return pins_of(Context(db, self._tenant, GATEWAY, now, uuid7(), files() / str(self._tenant)))

    def _show(self, pins: Pins) -> None:
        if self._on_change is not None:
            self._on_change(pins)
        self.pins = pins
        if self._on_shown is not None:
            self._on_shown()
