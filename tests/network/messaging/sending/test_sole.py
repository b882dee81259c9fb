"""Of two senders of a tenant one sends, and the other takes over when it ends."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from spojka.access.database.server import owner_url
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.sending.sole import StoppedWaiting, sole_sender


@pytest.mark.usefixtures("database")
def test_the_second_waits_until_the_first_has_ended():
    tenant, order = TenantId(uuid7()), []

    async def going():
        first_sends, first_ends = asyncio.Event(), asyncio.Event()

        async def first():
            async with sole_sender(tenant, lost=lambda: None):
                order.append("first")
                first_sends.set()
                await first_ends.wait()
                order.append("first ends")

        async def second():
            await first_sends.wait()
            async with sole_sender(tenant, lost=lambda: None):
                order.append("second")

        tasks = [asyncio.create_task(first()), asyncio.create_task(second())]
        await first_sends.wait()
        await asyncio.sleep(0.3)
        first_ends.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 20)

    asyncio.run(going())

    assert order == ["first", "first ends", "second"]


@pytest.mark.usefixtures("database")
def test_whoever_waits_can_be_told_to_stop():
    tenant = TenantId(uuid7())

    async def going():
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.2, stop.set)
        async with sole_sender(tenant, lost=lambda: None):
            async with asyncio.timeout(20):
                async with sole_sender(tenant, lost=lambda: None, stop=stop):
                    raise AssertionError("both send")

    with pytest.raises(StoppedWaiting):
        asyncio.run(going())


@pytest.mark.usefixtures("database")
def test_whoever_loses_the_lock_is_told():
    async def going():
        lost = asyncio.Event()
        async with sole_sender(TenantId(uuid7()), lost=lost.set):
            with psycopg.connect(owner_url(), autocommit=True) as owner:
                owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                    " AND pid <> pg_backend_pid()"
                )
            return await asyncio.wait_for(lost.wait(), 20)

    assert asyncio.run(going())


@pytest.mark.usefixtures("database")
def test_two_tenants_have_a_sender_each():
    async def going():
        async with sole_sender(TenantId(uuid7()), lost=lambda: None), sole_sender(TenantId(uuid7()), lost=lambda: None):
            return True

    assert asyncio.run(asyncio.wait_for(going(), 20))
