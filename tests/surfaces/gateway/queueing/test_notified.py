"""The way by PostgreSQL alone: a sender is woken, whatever becomes of the connection that it listens on."""

from __future__ import annotations

import asyncio
import select
from contextlib import closing

import psycopg
import pytest
import uvloop

from spojka.access.database.carrying import carried
from spojka.access.database.lines import Line
from spojka.access.database.server import owner_url
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.messages.store import URGENT, WAKE
from spojka.surfaces.gateway.queueing import notified
from spojka.surfaces.gateway.queueing.notified import Waker, listening
from tests.network.messaging.sending.test_sender import until

pytestmark = pytest.mark.usefixtures("database")
RUNS = {"asyncio": asyncio.run, "uvloop": uvloop.run}


def told(payload):
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("SELECT pg_notify(%s, %s)", [WAKE, payload])


def end_listeners():
    """End the connections that listen in this database; how many there were."""
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        return owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            f" AND query = 'LISTEN {WAKE}'"
        ).rowcount


async def woken(heard, payload):
    """Tell until it is heard: who listens anew may not do so yet."""
    before = len(heard)
    async with asyncio.timeout(20):
        while len(heard) == before:
            await asyncio.to_thread(told, payload)
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_sender_is_woken_again_after_its_connection_was_ended_and_no_other_hangs_on_it(run):
    tenant, heard = TenantId(uuid7()), []

    def asks(line):
        with line.transaction(tenant) as db:
            return db.execute("SELECT 1 AS n").fetchall()

    async def going():
        async with listening(tenant, lambda: heard.append("wake"), hurry=lambda: heard.append("hurry")):
            await woken(heard, f"{tenant}{URGENT}")
            ended = await asyncio.to_thread(end_listeners)
            await asyncio.sleep(0.2)
            lines = [Line() for _ in range(4)]
            answers = [await asyncio.wait_for(carried(lambda one=one: asks(one)), 10) for one in lines]
            for line in lines:
                line.close()
            first = heard[:2]
            await woken(heard, str(tenant))
            return ended, answers, first

    ended, answers, first = run(going())

    assert (ended, first) == (1, ["hurry", "wake"])
    assert answers == [[{"n": 1}]] * 4


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_fault_of_whoever_is_told_ends_no_listening_also_of_what_was_said_at_its_beginning(run, monkeypatch):
    tenant, heard, faults = TenantId(uuid7()), [], []
    plain = notified._listening

    def told_at_once():
        connection = plain()
        told(str(tenant))
        select.select([connection.pgconn.socket], [], [], 10)
        return connection

    def wake():
        heard.append("wake")
        if len(heard) == 1:
            raise ArithmeticError("of whoever is told")

    async def going():
        monkeypatch.setattr(notified, "_listening", told_at_once)
        asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context["exception"]))
        async with listening(tenant, wake):
            await until(lambda: heard, seconds=10)
            await woken(heard, str(tenant))

    run(going())

    assert [type(one) for one in faults] == [ArithmeticError]


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_waker_that_is_closed_while_it_tells_has_told_and_leaves_nothing_behind(run):
    tenant, heard = TenantId(uuid7()), []

    async def going():
        async with listening(tenant, lambda: heard.append("wake")):
            await woken(heard, str(tenant))
            before = len(heard)
            waker = Waker(tenant)
            waker.wake()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await asyncio.wait_for(waker.close(), 10)
            await until(lambda: len(heard) > before, seconds=10)
            return [task for task in asyncio.all_tasks() if "Waker._tell" in repr(task)]

    assert run(going()) == []


def test_a_line_whose_wait_was_cancelled_answers_the_next_question_with_its_own_answer():
    tenant = TenantId(uuid7())

    def asks(line, question):
        with line.transaction(tenant) as db:
            return db.execute(question).fetchall()

    async def going():
        with closing(Line()) as line:
            await carried(lambda: asks(line, "SELECT 0 AS n"))
            task = asyncio.create_task(carried(lambda: asks(line, "SELECT 1 AS n FROM pg_sleep(20)")))
            await asyncio.sleep(0.2)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return [await carried(lambda n=n: asks(line, f"SELECT {n} AS n")) for n in (2, 3)]

    assert asyncio.run(going()) == [[{"n": 2}], [{"n": 3}]]
