"""What is claimed and cannot leave goes back: it can be taken back, stopped and expire as long as it waits."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.messages.lives import cancel
from spojka.network.messaging.sending import leaving
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, events, left, now, route, running, until


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    application = new_application(provider, LOADED)
    unbind(provider, application, LOADED, per_s=1000)
    return application


def states(provider) -> list[str]:
    with transaction(provider) as db:
        return [row["state"] for row in db.execute("SELECT state FROM message_queue ORDER BY id").fetchall()]


def take_back(provider, me, answer) -> str:
    with transaction(provider) as db:
        return cancel(Context(db, provider, OPERATOR, now(), uuid7(), None), me, answer.id).status


def narrow(centre, window=1, **changed):
    one = route(centre, **changed)
    return replace(one, client=replace(one.client, window=window))


def test_when_its_way_is_lost_a_claimed_message_waits_again_and_can_be_taken_back(provider, me):
    async def going():
        silent = Centre(CentreSettings(latency_ms=60_000), now=now)
        await silent.start()
        async with running(provider, narrow(silent)) as (desk, sender):
            answers = await desk.submit([Submission(me, O2, str(n)) for n in range(9)])
            await until(lambda: states(provider).count("claimed") == 9)
            await silent.kill()
            await until(lambda: states(provider) == ["waiting"] * 8)
            taken_back = take_back(provider, me, answers[4])
            async with Centre(now=now, port=silent.port) as centre:
                await until(lambda: sender.counts.get("delivered", 0) == 7)
                return answers, taken_back, sender.counts, [one.request.short_message for one in centre.memory]

    answers, taken_back, counts, sent = asyncio.run(going())

    assert (taken_back, counts["given_back"]) == ("cancelled", 8)
    assert sent == [b"1", b"2", b"3", b"5", b"6", b"7", b"8"]
    assert events(provider, answers) == [
        ["uncertain"],
        *[["sent", "delivered"]] * 3,
        ["cancelled"],
        *[["sent", "delivered"]] * 4,
    ]


@pytest.mark.clause("o2/8.1")
def test_who_writes_stop_while_a_way_is_stuck_gets_nothing_that_waits(provider, me, monkeypatch):
    monkeypatch.setattr(leaving, "STUCK_NS", 0)

    async def going():
        async with (
            Centre(CentreSettings(latency_ms=1_500), now=now) as stuck,
            running(provider, narrow(stuck)) as (desk, sender),
        ):
            await until(lambda: bool(stuck.sessions))
            answers = await desk.submit([Submission(me, O2, f"sleva {n}") for n in range(5)])
            await until(lambda: states(provider).count("claimed") == 5)
            stuck.originate(mobile=O2, to="999021", text="STOP")
            await until(lambda: sender.counts.get("arrived", 0) == 1)
            sender.do_chores()
            await until(lambda: sender.counts.get("cancelled", 0) == 4)
            await until(lambda: sender.counts.get("delivered", 0) == 2)
            return answers

    answers = asyncio.run(going())

    assert events(provider, answers) == [["sent", "delivered"], *[["cancelled"]] * 4]


@pytest.mark.parametrize(("report", "told"), [(True, ["expired"]), ("failures", ["expired"]), (False, [])])
def test_a_message_expires_though_its_way_is_not_bound_and_who_asked_is_told(provider, me, report, told):
    async def going():
        centre = Centre(now=now)
        await centre.start()
        await centre.close()
        async with running(provider, route(centre)) as (desk, sender):
            soon = now() + timedelta(seconds=0.5)
            answers = await desk.submit(
                [Submission(me, O2, "x", expires_at=soon, report=report), Submission(me, O2, "y")]
            )
            await asyncio.sleep(0.7)
            sender.do_chores()
            await until(lambda: sender.counts.get("expired", 0) == 1)
            return answers, sender.waiting, sender.held

    answers, waiting, held = asyncio.run(going())

    assert events(provider, answers) == [["expired"], []]
    assert (waiting, held, left(provider)) == (1, 1, 1)
    with transaction(provider) as db:
        reports = pending(Context(db, provider, OPERATOR, now(), uuid7(), None), me, limit=9)
    assert [one["content"]["state"] for one in reports if one["message_id"] == answers[0].id] == told


def test_how_long_it_is_valid_is_said_when_it_leaves(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre, per_s=1)) as (desk, sender),
        ):
            at = now() + timedelta(seconds=60)
            await desk.submit([Submission(me, O2, str(n), expires_at=at) for n in range(3)])
            await until(lambda: sender.counts.get("delivered", 0) == 3)
            return [one.request.validity_period for one in centre.memory]

    said = asyncio.run(going())

    seconds = [int(one[8:12]) for one in said]
    assert seconds == sorted(seconds, reverse=True)
    assert seconds[0] > seconds[-1]  # a second apart by the slots, so two of them may round to the same
    assert all(one.startswith("00000000005") and one.endswith("R") for one in said)


def test_a_slow_way_is_given_no_more_than_leaves_in_half_a_second(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre, per_s=4)) as (desk, sender),
        ):
            await desk.submit([Submission(me, O2, str(n)) for n in range(12)])
            await until(lambda: sender.counts.get("sent", 0) >= 2)
            return states(provider)

    found = asyncio.run(going())

    assert found.count("claimed") <= 4
    assert len(found) >= 6


def test_what_cannot_be_written_as_a_request_fails_once_and_holds_up_nobody(provider, me, monkeypatch):
    whole = leaving.requests_of

    def broken(message, **given):
        requests = whole(message, **given)
        if message.body == b"broken":
            requests[0].source_addr = "1" * 30
        return requests

    monkeypatch.setattr(leaving, "requests_of", broken)

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            answers = await desk.submit([Submission(me, O2, "broken"), Submission(me, O2, "whole")])
            await until(lambda: sender.counts.get("delivered", 0) == 1 and sender.counts.get("failed", 0) >= 1)
            await asyncio.sleep(0.1)
            return answers

    answers = asyncio.run(going())

    assert events(provider, answers) == [["failed"], ["sent", "delivered"]]
    assert left(provider) == 0
