"""A program that is slow to answer holds up no other, and what it was not told in time is told later."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.records import Arrived
from spojka.network.messaging.webhooks.store import set_webhook
from spojka.surfaces.gateway.connector import pushing, telling
from spojka.surfaces.gateway.connector.pushing import CALLS_OF_ONE, Pusher
from spojka.surfaces.gateway.connector.reader import Reader
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
PROMPT_S = 5


@pytest.fixture
def tenant(database):
    return new_provider(AT)


@pytest.fixture
def alone(monkeypatch):
    """Every item is told in a call of its own."""
    monkeypatch.setattr(pushing, "MOST_TOGETHER", 1)


class Peer:
    """A program that counts its calls and answers them once it may."""

    def __init__(self, *, answers: bool) -> None:
        self.may_answer = asyncio.Event()
        self.begun, self.open, self.most_open = 0, 0, 0
        if answers:
            self.may_answer.set()

    async def serve(self, reader, writer) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                self.begun, self.open = self.begun + 1, self.open + 1
                self.most_open = max(self.most_open, self.open)
                await self.may_answer.wait()
                self.open -= 1
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()


@contextlib.asynccontextmanager
async def called(tenant, application, *, answers):
    """A peer that an application wants to be told at."""
    peer = Peer(answers=answers)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with transaction(tenant) as db:
        set_webhook(context(db, tenant), application, url=f"http://127.0.0.1:{port}/", secret=b"k")
    try:
        yield peer
    finally:
        peer.may_answer.set()
        server.close()


@contextlib.asynccontextmanager
async def pusher_of(tenant):
    reader = Reader(tenant, now=lambda: AT)
    made = Pusher(reader, private=True)
    try:
        yield made
    finally:
        await made.close()
        reader.close()


def context(db, tenant):
    return Context(db, tenant, OPERATOR, AT, uuid7(), None)


def arrive(tenant, application, count):
    items = [
        Arrived(uuid7(), application, "sms", "+420602000009", "O2", "999021", {}, AT, AT + timedelta(hours=96), None)
        for _ in range(count)
    ]
    with transaction(tenant) as db:
        inbox.add_arrived(context(db, tenant), items)


def tries(tenant):
    with transaction(tenant) as db:
        return db.execute("SELECT tries, due_at, error FROM webhook_try").fetchall()


async def until(held):
    async with asyncio.timeout(PROMPT_S):
        while not held():  # noqa: ASYNC110  # what is waited for tells nobody
            await asyncio.sleep(0.005)


def test_while_one_program_thinks_another_is_told(tenant):
    slow, quick = new_application(tenant, AT), new_application(tenant, AT, number=22)

    async def going():
        async with (
            called(tenant, slow, answers=False) as slow_peer,
            called(tenant, quick, answers=True) as quick_peer,
            pusher_of(tenant) as pusher,
        ):
            arrive(tenant, slow, 1)
            running = asyncio.create_task(pusher.run())
            await until(lambda: slow_peer.open == 1)
            arrive(tenant, quick, 3)
            await until(lambda: quick_peer.begun)
            still_open = slow_peer.open
            slow_peer.may_answer.set()
            await pusher.finish()
            running.cancel()
            return still_open, slow_peer.begun

    assert asyncio.run(going()) == (1, 1)
    assert tries(tenant) == []


def test_one_program_is_called_a_few_times_at_once(tenant, alone):
    application = new_application(tenant, AT)
    arrive(tenant, application, 3 * CALLS_OF_ONE)

    async def going():
        async with called(tenant, application, answers=False) as peer, pusher_of(tenant) as pusher:
            await pusher.begin_due()
            await until(lambda: peer.open == CALLS_OF_ONE)
            again = await pusher.begin_due()
            peer.may_answer.set()
            await pusher.finish()
            return again, peer.most_open, peer.begun

    assert asyncio.run(going()) == (0, CALLS_OF_ONE, 3 * CALLS_OF_ONE)
    assert tries(tenant) == []


def test_a_program_that_does_not_answer_ends_its_round_and_what_it_was_not_told_is_due_as_before(
    tenant, alone, monkeypatch
):
    monkeypatch.setattr(telling, "ANSWER_S", 0.2)
    application = new_application(tenant, AT)
    arrive(tenant, application, 3 * CALLS_OF_ONE)

    async def going():
        async with called(tenant, application, answers=False) as peer, pusher_of(tenant) as pusher:
            await pusher.begin_due()
            await pusher.finish()
            return peer.begun, await pusher.begin_due()

    assert asyncio.run(going()) == (CALLS_OF_ONE, 0)
    assert [(row["tries"], row["due_at"] > AT, row["error"]) for row in tries(tenant)] == [
        (1, True, "TimeoutError")
    ] * CALLS_OF_ONE


def test_no_call_begins_once_the_reservation_may_end_before_its_answer(tenant, alone, monkeypatch):
    monkeypatch.setattr(pushing, "BEGIN_S", 0)
    application = new_application(tenant, AT)
    arrive(tenant, application, 2)

    async def going():
        async with called(tenant, application, answers=True) as peer, pusher_of(tenant) as pusher:
            taken_up = await pusher.begin_due()
            await pusher.finish()
            return taken_up, peer.begun

    assert asyncio.run(going()) == (2, 0)
    assert tries(tenant) == []


def test_the_longest_call_and_its_record_fit_into_the_reservation():
    assert pushing.BEGIN_S + telling.ANSWER_S < pushing.LEASE_S
