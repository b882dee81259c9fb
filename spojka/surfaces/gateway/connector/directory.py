"""Applications by their numbers, as established programs name them (o2/3.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.surfaces.gateway.connector.reader import Reader

KNOWN_S: Final = 5
"""A number has rested for a month before it is another application's, so the register may be this old."""
AGAIN_S: Final = 1
"""An unknown number makes it read again, but not sooner."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """An application's own numbers."""

    application: ServiceId
    app_number: str
    msisdn: str


class Directory:
    """The open applications of a tenant."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._by_number: Mapping[str, Numbers] = {}
        self._by_application: Mapping[ServiceId, Numbers] = {}
        self._read_at: float | None = None  # float: seconds of the loop's clock
        self._reading = asyncio.Lock()

    async def of_number(self, number: str) -> Numbers | None:
        """The application with a number, if one is open."""
        await self._freshen(known=number in self._by_number)
        return self._by_number.get(number)

    async def of_application(self, application: ServiceId) -> Numbers | None:
        """The numbers of an application, if it is open."""
        await self._freshen(known=application in self._by_application)
        return self._by_application.get(application)

    async def _freshen(self, *, known: bool) -> None:
        clock = asyncio.get_running_loop().time
        if self._read_at is not None and clock() - self._read_at < (KNOWN_S if known else AGAIN_S):
            return
        async with self._reading:
            if self._read_at is not None and clock() - self._read_at < (KNOWN_S if known else AGAIN_S):
                return
            found = await self._reader.do(_read)
            self._by_number = {one.app_number: one for one in found}
            self._by_application = {one.application: one for one in found}
            self._read_at = clock()


def _read(ctx: Context) -> list[Numbers]:
    rows = ctx.db.execute(
        "SELECT id, app_number, msisdn FROM application WHERE tenant_id = %s AND closed_at IS NULL", [ctx.tenant]
    ).fetchall()
    return [Numbers(row["id"], row["app_number"], row["msisdn"]) for row in rows]
