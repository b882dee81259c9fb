"""Refused requests, counted by application, minute and reason: in memory, and written once a minute (o2/7.3)."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.network.messaging.applications.diagnosis.store import NOBODY, Door, Refused, add_refused
from spojka.network.messaging.certificates.pins import Pins
from spojka.surfaces.gateway.connector.reader import Reader

EVERY_S: Final = 60
MOST: Final = 50_000
"""Counters; what would need more of them before they are written is counted as nobody's."""
LONGEST_CODE: Final = 64

_log = structlog.get_logger(__name__)


class RefusalCounts:
    """
    Counts what is refused; nothing is written for one request.

    Args:
        pins: by which a certificate is known as an application's.
        reader: writes.

    """

    def __init__(self, pins: Callable[[], Pins], reader: Reader) -> None:
        self._pins, self._reader = pins, reader
        self._counts: Counter[Refused] = Counter()
        self._writing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Write once a minute."""
        self._writing = asyncio.create_task(self._write_often())

    async def close(self) -> None:
        """Write what was counted until now."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        await self.write()

    def count(
        self,
        code: str,
        *,
        door: Door,
        application: UUID | None = None,
        fingerprint: bytes | None = None,
        many: int = 1,
    ) -> None:
        """
        Count refused requests into the minute it is.

        Args:
            code: why.
            door: where they came.
            application: whose they are; without it whose the certificate is, if it is one application's alone.
            fingerprint: SHA-256 of the certificate.
            many: how many.

        """
        whose = application or self._owner(fingerprint)
        minute = self._reader.now().replace(second=0, microsecond=0)
        what = Refused(whose, minute, door, code[:LONGEST_CODE])
        if what not in self._counts and len(self._counts) >= MOST:
            what = Refused(NOBODY, minute, door, "")
        self._counts[what] += many

    def count_all(self, codes: Iterable[str], *, door: Door, application: UUID) -> None:
        """Count the refused among many that came together."""
        for code, many in Counter(codes).items():
            self.count(code, door=door, application=application, many=many)

    async def write(self) -> None:
        """Add what was counted to the database; what cannot be written now is written with the next."""
        if not self._counts:
            return
        counts, self._counts = self._counts, Counter()
        try:
            await self._reader.do(lambda ctx: add_refused(ctx, counts))
        except psycopg.Error as fault:
            _log.warning("refusals_not_counted", fault=type(fault).__name__, counters=len(counts))
            if len(counts) + len(self._counts) <= MOST:
                self._counts += counts

    def _owner(self, fingerprint: bytes | None) -> UUID:
        pins = () if fingerprint is None else self._pins().by_fingerprint.get(fingerprint, ())
        owners = {one.application for one in pins}
        return owners.pop() if len(owners) == 1 else NOBODY

    async def _write_often(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            with contextlib.suppress(psycopg.Error):
                await self.write()
