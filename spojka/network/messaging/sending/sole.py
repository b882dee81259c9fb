"""One sender a tenant: whoever holds the tenant's lock in the database sends; others wait for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

import psycopg
import structlog

from spojka.access.database.connections import Connection, connect
from spojka.kernel.ids import TenantId

PAUSE_S: Final = 1
"""A waiting sender asks again so often, and one that sends asks whether it still holds the lock."""

_log = structlog.get_logger(__name__)


class StoppedWaiting(RuntimeError):
    """Whoever waited for the lock was told to stop before it was free."""


@contextlib.asynccontextmanager
async def sole_sender(
    tenant: TenantId, *, lost: Callable[[], None], stop: asyncio.Event | None = None
) -> AsyncIterator[None]:
    """
    Hold a tenant's lock while the block runs, waiting for it first.

    Args:
        tenant: whose.
        lost: is called when the database does not know of the lock any more; the block is to end then.
        stop: ends the waiting, with `StoppedWaiting`.

    """
    told = stop or asyncio.Event()
    connection = await asyncio.to_thread(connect, autocommit=True)
    try:
        while not await asyncio.to_thread(_try, connection, tenant):  # the database tells nobody
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), PAUSE_S)
            if told.is_set():
                raise StoppedWaiting(f"another sends for {tenant}")
        watching = asyncio.create_task(_watch(connection, lost))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])
    finally:
        await asyncio.to_thread(connection.close)


def _try(connection: Connection, tenant: TenantId) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 2)) AS got", [str(tenant)]).fetchone()
    return row is not None and bool(row["got"])


def is_sending(db: Connection, tenant: TenantId) -> bool:
    """Whether a sender of a tenant runs anywhere: somebody holds the tenant's lock."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND (classid::bigint << 32) | objid::bigint = hashtextextended(%s, 2)) AS held",
        [str(tenant)],
    ).fetchone()
    return row is not None and bool(row["held"])


async def _watch(connection: Connection, lost: Callable[[], None]) -> None:
    """The lock lasts as long as its connection."""
    while True:
        await asyncio.sleep(PAUSE_S)
        try:
            await asyncio.to_thread(connection.execute, "SELECT 1")
        except psycopg.Error as fault:
            _log.error("sender_lost_its_lock", fault=repr(fault))
            lost()
            return
