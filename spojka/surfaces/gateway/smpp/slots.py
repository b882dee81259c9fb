"""Sessions of an account counted over every gateway: each holds a lock in the database, which ends with its process."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

import psycopg
import structlog

from spojka.access.database.connections import Connection, connect

_NAME: Final = "hashtextextended('smpp bind ' || %s || ' ' || n.slot, 3)"
_TAKE: Final = f"SELECT n.slot FROM unnest(%s::integer[]) AS n(slot) WHERE pg_try_advisory_lock({_NAME}) LIMIT 1"  # noqa: S608
_GIVE_BACK: Final = f"SELECT pg_advisory_unlock({_NAME}) FROM (SELECT %s::integer AS slot) AS n"  # noqa: S608

_log = structlog.get_logger(__name__)


class BindSlots:
    """
    The slots that this gateway's sessions hold: of each account as many as it allows, over all gateways.

    A slot is a lock of one connection that is kept for them; when the process dies, the database gives them back. After
    a break of that connection the slots are taken anew as soon as they can be had; no session is ended for that.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="binds")
        self._connection: Connection | None = None
        self._held: set[tuple[UUID, int]] = set()
        self._owed: set[tuple[UUID, int]] = set()

    async def take(self, account: UUID, *, most: int) -> int | None:
        """A slot of an account, or `None` where all are held; raises `OperationalError` while the database is away."""
        taking = asyncio.get_running_loop().run_in_executor(self._thread, self._take, account, most)
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:  # whoever wanted to bind is gone; the slot comes back when it was got
            taking.add_done_callback(lambda done: self._unwanted(account, done))
            raise

    def give_back(self, account: UUID, slot: int) -> None:
        """A session is gone; whoever binds next finds its slot free."""
        self._thread.submit(self._give_back, account, slot)

    async def look_after(self) -> None:
        """Take anew what was lost with the connection; raises `OperationalError` while the database is away."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._look_after)

    def close(self) -> None:
        """Give everything back."""
        self._thread.shutdown()
        self._drop()

    def _unwanted(self, account: UUID, done: asyncio.Future[int | None]) -> None:
        if not done.cancelled() and done.exception() is None:
            slot = done.result()
            if slot is not None:
                self.give_back(account, slot)

    def _take(self, account: UUID, most: int) -> int | None:
        free = [slot for slot in range(1, most + 1) if (account, slot) not in self._held]
        if not free:
            return None
        try:
            slot = self._got(account, free)
        except psycopg.OperationalError as lost:
            self._lose(lost)
            slot = self._got(account, free)
        if slot is not None:
            self._held.add((account, slot))
        return slot

    def _got(self, account: UUID, slots: list[int]) -> int | None:
        row = self._open().execute(_TAKE, [slots, str(account)]).fetchone()
        return None if row is None else int(row["slot"])

    def _give_back(self, account: UUID, slot: int) -> None:
        self._held.discard((account, slot))
        if (account, slot) in self._owed:
            self._owed.discard((account, slot))
        elif self._connection is not None:
            with contextlib.suppress(psycopg.OperationalError):  # then it is free already
                self._connection.execute(_GIVE_BACK, [str(account), slot])

    def _look_after(self) -> None:
        """Whether the connection still stands; a new one takes what is held anew."""
        if not self._held:
            return
        try:
            self._open().execute("SELECT 1")
        except psycopg.OperationalError as lost:
            self._lose(lost)
        for account, slot in sorted(self._owed):
            if self._got(account, [slot]) is not None:
                self._owed.discard((account, slot))

    def _lose(self, fault: psycopg.OperationalError) -> None:
        _log.warning("smpp_binds_lost_their_connection", fault=type(fault).__name__, sessions=len(self._held))
        self._drop()
        self._owed = set(self._held)

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = connect(autocommit=True)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
