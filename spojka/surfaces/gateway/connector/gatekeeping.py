"""Who may speak: each request is judged by the pins, and one application's certificate at another's door is kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.audit.store import record_call
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates import refusals as _words  # noqa: F401  # the words of what is refused here
from spojka.network.messaging.certificates.pins import Pin, Pins
from spojka.surfaces.gateway.connector.reader import Reader

FOREIGN: Final = "certificates.foreign_use"
"""The name of the audit's row: a certificate was used for an application that is not its own."""
AGAIN_S: Final = 60
"""The same certificate at the same door is written down so often, with the number of its tries."""
MOST_PAIRS: Final = 10_000

_log = structlog.get_logger(__name__)


class Gatekeeper:
    """
    Judges requests by the pins as they stand.

    Args:
        pins: the pins.
        reader: writes what is kept.

    """

    def __init__(self, pins: Callable[[], Pins], reader: Reader) -> None:
        self._pins, self._reader = pins, reader
        self._tries: dict[tuple[bytes, UUID], int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def judge(self, fingerprint: bytes | None, *, now: datetime, application: UUID | None) -> Pin | Refusal:
        """
        Which application a request is of, or why it is of none.

        Args:
            fingerprint: SHA-256 of the certificate; `None` where there was none.
            now: the instant of the request.
            application: whom it says it is; `None` where it does not say.

        """
        pins = self._pins()
        said = None if application is None else ServiceId(application)
        found = pins.recognise(fingerprint, now=now, application=said)
        if isinstance(found, Refusal) and found.code == "CERT_UNKNOWN" and fingerprint in pins.by_fingerprint:
            assert fingerprint is not None
            self._keep(fingerprint, application or UUID(int=0))
        return found

    async def close(self) -> None:
        """Write what was kept until now."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _keep(self, fingerprint: bytes, application: UUID) -> None:
        """Write the first try at once, and how many more there were when the time is over."""
        pair = (fingerprint, application)
        if pair in self._tries:
            self._tries[pair] += 1
            return
        if len(self._tries) >= MOST_PAIRS:
            return
        self._tries[pair] = 0
        task = asyncio.create_task(self._count(pair))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _count(self, pair: tuple[bytes, UUID]) -> None:
        try:
            await self._write(pair, 1)
            await asyncio.sleep(AGAIN_S)
        finally:
            more = self._tries.pop(pair, 0)
        if more:
            await self._write(pair, more)

    async def _write(self, pair: tuple[bytes, UUID], tries: int) -> None:
        fingerprint, application = pair
        _log.warning(
            "certificate_at_foreign_application",
            fingerprint=fingerprint.hex(),
            application=str(application),
            tries=tries,
        )

        def work(ctx: Context) -> None:
            record_call(
                ctx.db,
                tenant=ctx.tenant,
                call_id=ctx.call_id,
                at=ctx.now,
                actor=f"certificate:{fingerprint.hex()}",
                operation=FOREIGN,
                digest=hashlib.sha256(fingerprint + application.bytes).digest(),
                outcome="CERT_UNKNOWN",
                items=tries,
            )

        try:
            await self._reader.do(work)
        except psycopg.OperationalError as away:
            _log.error("foreign_use_not_kept", fault=type(away).__name__)
