"""Synchronous code in the loop's own thread: what it waits for, the loop does meanwhile; elsewhere it just waits."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from contextvars import ContextVar

import pytest

from spojka.access.database.carrying import beside, carried
from spojka.access.database.lines import Line
from spojka.kernel.ids import TenantId, uuid7

PATIENCE_S = 20
SOMEBODY = TenantId(uuid7())
said: ContextVar[str] = ContextVar("said", default="nothing")


def going(work):
    async def bounded():
        async with asyncio.timeout(PATIENCE_S):
            return await work()

    return asyncio.run(bounded())


def test_a_call_gives_what_it_returns_in_the_loops_own_thread():
    thread = going(lambda: carried(threading.get_ident))

    assert thread == threading.get_ident()


def test_what_blocks_is_done_in_another_thread_and_its_result_is_given():
    thread = going(lambda: carried(lambda: beside(threading.get_ident)))

    assert thread != threading.get_ident()
    assert beside(threading.get_ident) == threading.get_ident()


@pytest.mark.parametrize("raises", [lambda: 1 // 0, lambda: beside(lambda: 1 // 0)])
def test_what_a_call_raises_or_waits_for_in_vain_is_raised(raises):
    with pytest.raises(ZeroDivisionError):
        going(lambda: carried(raises))


def test_a_call_may_go_on_after_what_it_waited_for_in_vain():
    def call():
        try:
            beside(lambda: 1 // 0)
        except ZeroDivisionError:
            return beside(lambda: "went on")

    assert going(lambda: carried(call)) == "went on"


def test_whoever_is_cancelled_has_its_call_end_where_it_waits():
    began, may_end, ended = threading.Event(), threading.Event(), []

    def call():
        try:
            beside(lambda: (began.set(), may_end.wait(PATIENCE_S)))
        finally:
            ended.append(True)

    async def work():
        task = asyncio.create_task(carried(call))
        await asyncio.to_thread(began.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        may_end.set()

    going(work)

    assert ended == [True]


def test_what_is_said_in_the_context_of_a_task_is_known_to_its_call():
    async def work():
        said.set("something")
        return await carried(said.get)

    assert going(work) == "something"


@pytest.mark.usefixtures("database")
def test_transactions_of_several_lines_go_on_while_one_waits_for_the_database():
    async def work():
        with closing(Line()) as one, closing(Line()) as other:

            def holds(told):
                with one.transaction(SOMEBODY) as db:
                    db.execute("SELECT pg_advisory_xact_lock(4711)").fetchall()
                    told.set()
                    beside(lambda: may_end.wait(PATIENCE_S))

            def waits():
                with other.transaction(SOMEBODY) as db:
                    db.execute("SELECT pg_advisory_xact_lock(4711)").fetchall()
                    return db.execute("SELECT %s AS said", ["after it"]).fetchall()

            held, may_end = asyncio.Event(), threading.Event()
            first = asyncio.create_task(carried(lambda: holds(held)))
            await held.wait()
            second = asyncio.create_task(carried(waits))
            await asyncio.sleep(0.1)
            waited = not second.done()
            may_end.set()
            await first
            return waited, await second

    assert going(work) == (True, [{"said": "after it"}])


@pytest.mark.usefixtures("database")
def test_more_than_a_socket_holds_goes_to_the_database_and_back():
    text = "ř" * 4_000_000

    def work():
        with closing(Line()) as line, line.transaction(SOMEBODY) as db:
            return db.execute("SELECT %s AS text", [text]).fetchall()

    assert going(lambda: carried(work)) == [{"text": text}]
