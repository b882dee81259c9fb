"""However much waits, a bounded piece of it is held in memory, in its order, and what is later comes at its time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.records import Message
from spojka.network.messaging.sending import holding, reading
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, events, left, now, route, running, until

MANY = 60


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def little(monkeypatch):
    """Lines of which five messages are held."""
    monkeypatch.setattr(holding, "LEAST", 5)
    monkeypatch.setattr(holding, "HELD_S", 0)


def application(provider, *, per_s: int):
    made = new_application(provider, LOADED)
    unbind(provider, made, LOADED, per_s=per_s)
    return made


async def accepted(provider, asked):
    desk = SubmissionDesk(provider, now=now)
    answers = await desk.submit(asked)
    await desk.close()
    return answers


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("heard", [False, True], ids=["found at start", "heard"])
def test_a_long_queue_leaves_whole_and_in_order_though_little_of_it_is_held(provider, heard):
    me = application(provider, per_s=1000)
    held = []

    async def going():
        asked = [Submission(me, O2, f"{n:02}") for n in range(MANY)]
        if not heard:
            await accepted(provider, asked)
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            if heard:
                for n in range(0, MANY, 4):
                    await desk.submit(asked[n : n + 4])
                    held.append(sender.held)

            def done() -> bool:
                held.append(sender.held)
                return sender.counts.get("delivered", 0) == MANY

            await until(done)
            return [one.request.short_message for one in centre.memory], sender.held

    sent, last = asyncio.run(going())

    assert sent == [f"{n:02}".encode() for n in range(MANY)]
    assert (max(held) <= 5, last, left(provider)) == (True, 0, 0)


@pytest.mark.usefixtures("little")
@pytest.mark.clause("o2/2.2")
def test_a_priority_message_goes_before_a_backlog_that_is_not_held(provider):
    me = application(provider, per_s=20)

    async def going():
        await accepted(provider, [Submission(me, O2, f"{n:02}") for n in range(MANY)])
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await until(lambda: sender.counts.get("sent", 0) >= 3)
            await desk.submit([Submission(me, O2, "first", url="priority")])
            await until(lambda: sender.counts.get("sent", 0) >= 15)
            return [one.request.short_message for one in centre.memory]

    sent = asyncio.run(going())

    assert b"first" in sent[:12]


def test_what_was_overtaken_on_its_way_in_is_found(provider):
    me = application(provider, per_s=1000)
    early = uuid7()

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            (answer,) = await desk.submit([Submission(me, O2, "x")])
            with transaction(provider) as db:
                ctx = Context(db, provider, OPERATOR, now(), uuid7(), None)
                row = store.messages_by_id(ctx, [answer.id])[0]
                store.add_messages(ctx, [overtaken(row, early, me)])
            await desk.submit([Submission(me, O2, str(n), not_before=now() + timedelta(hours=1)) for n in range(3)])
            await until(lambda: sender.counts.get("delivered", 0) == 1)
            await desk.submit([Submission(me, "+420602000009", "z") for _ in range(2)])
            found = await sender.sweep()
            await until(lambda: sender.counts.get("delivered", 0) == 4)
            return found

    assert asyncio.run(going()) >= 1


def test_what_others_messages_overtook_is_found_though_its_application_sends_nothing_more(provider):
    quiet, other = application(provider, per_s=1000), new_application(provider, LOADED, number=22)
    early = uuid7()

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            (answer,) = await desk.submit([Submission(other, O2, "x")])
            sender._reading._after = answer.id  # a look has seen it
            await until(lambda: sender.counts.get("delivered", 0) == 1)
            with transaction(provider) as db:
                ctx = Context(db, provider, OPERATOR, now(), uuid7(), None)
                row = store.messages_by_id(ctx, [answer.id])[0]
                store.add_messages(ctx, [overtaken(row, early, quiet)])
            await sender.look()
            found = await sender.sweep()
            await until(lambda: sender.counts.get("delivered", 0) == 2, seconds=10)
            return found, await sender.sweep()

    assert asyncio.run(going()) == (1, 0)


def overtaken(row, early: UUID, me) -> Message:
    return Message(
        id=early,
        application=me,
        kind="sms",
        class_="standard",
        purpose="service",
        recipient=row["recipient"],
        sender=row["sender"],
        sender_kind=row["sender_kind"],
        network=row["network"],
        destination=row["destination"],
        coding=row["coding"],
        parts=1,
        body=b"x",
        body_hash=sha256(b"x").digest(),
        accepted_at=now(),
    )


@pytest.mark.parametrize("known", ["heard", "found at start"])
def test_a_message_for_later_leaves_when_the_wall_clock_says_so_though_it_jumps(provider, monkeypatch, known):
    monkeypatch.setattr(reading, "STEP_S", 0.1)
    me = application(provider, per_s=1000)
    ahead = timedelta(0)

    def clock():
        return now() + ahead

    async def going():
        nonlocal ahead
        at = now() + timedelta(hours=3)
        asked = [Submission(me, O2, "later", not_before=at), Submission(me, O2, "now")]
        answers = await accepted(provider, asked) if known == "found at start" else []
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre), now=clock) as (desk, sender),
        ):
            answers = answers or await desk.submit(asked)
            await until(lambda: sender.counts.get("delivered", 0) == 1)
            ahead = timedelta(hours=2, minutes=59)
            await asyncio.sleep(0.3)
            before = sender.counts["delivered"]
            ahead = timedelta(hours=3, seconds=1)
            await until(lambda: sender.counts.get("delivered", 0) == 2, seconds=5)
            return answers, before

    answers, before = asyncio.run(going())

    assert before == 1
    assert events(provider, answers) == [["sent", "delivered"]] * 2


def test_what_is_for_later_is_not_held(provider):
    me = application(provider, per_s=1000)

    async def going():
        later = now() + timedelta(days=30)
        await accepted(provider, [Submission(me, O2, str(n), not_before=later) for n in range(300)])
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await desk.submit([Submission(me, O2, "x", not_before=later), Submission(me, O2, "now")])
            await until(lambda: sender.counts.get("delivered", 0) == 1)
            return sender.held, sender.waiting

    assert asyncio.run(going()) == (0, 0)
    assert left(provider) == 301
