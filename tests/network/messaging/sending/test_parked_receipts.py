"""Receipts that found no part when they came: matched later, across starts, or put aside with the reason."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.messages.receipts import Parked, park
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.sending.matching import EARLY, LONGEST, SHOWN
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, events, left, now, route, running, until

MOMENT = timedelta(seconds=5)


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    return new_application(provider, LOADED)


def context(db, provider) -> Context:
    return Context(db, provider, OPERATOR, now(), uuid7(), None)


def parked(provider, remote_id: str, *, age: timedelta, recipient: str = O2) -> None:
    with transaction(provider) as db:
        park(
            context(db, provider),
            [Parked("o2", remote_id, recipient, "DELIVERED", {"state": "DELIVERED"}, now() - age)],
        )


def waiting(provider) -> list[tuple[str, str, bool]]:
    with transaction(provider) as db:
        rows = db.execute("SELECT remote_id, reason, given_up_at FROM message_receipt ORDER BY remote_id").fetchall()
    return [(row["remote_id"], row["reason"], row["given_up_at"] is not None) for row in rows]


def claimed_by_a_sender_that_died(provider, *asked: Submission):
    async def going():
        desk = SubmissionDesk(provider, now=now)
        answers = await desk.submit(asked)
        await desk.close()
        return answers

    answers = asyncio.run(going())
    with transaction(provider) as db:
        store.claim(context(db, provider), [one.id for one in answers])
    return answers


def test_one_that_came_before_a_new_start_meets_the_answer_after_it(provider, me):
    parked(provider, "1", age=timedelta(seconds=1))

    async def going():
        async with Centre(CentreSettings(receipts="none"), now=now) as centre:
            async with running(provider, route(centre)) as (desk, sender):
                before = sender.counts["parked"]
                answers = await desk.submit([Submission(me, O2, "x", report=True)])
                await until(lambda: sender.counts.get("delivered", 0) == 1)
            return answers, before, sender.counts["parked"]

    answers, before, after = asyncio.run(going())

    assert (before, after) == (1, 0)
    assert events(provider, answers) == [["sent", "delivered"]]
    assert waiting(provider) == []


def test_a_part_that_was_never_answered_is_known_by_its_recipient(provider, me):
    answers = claimed_by_a_sender_that_died(provider, Submission(me, O2, "x", report=True))
    parked(provider, "77", age=EARLY + MOMENT)

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: sender.counts.get("delivered", 0) == 1)

    asyncio.run(going())

    assert events(provider, answers) == [["uncertain", "sent", "delivered"]]
    assert (waiting(provider), left(provider)) == ([], 0)
    with transaction(provider) as db:
        ctx = context(db, provider)
        sent = next(row for row in store.events_of(ctx, [answers[0].id]) if row["kind"] == "sent")
        (report,) = pending(ctx, me, limit=9)
    assert (sent["link"], sent["remote_id"], sent["detail"]) == ("o2", "77", {"matched_by": "recipient"})
    assert report["content"]["state"] == "delivered"


def test_receipts_of_other_ways_are_left_to_whoever_sends_on_them(provider, me):
    (answer,) = claimed_by_a_sender_that_died(provider, Submission(me, O2, "x"))
    with transaction(provider) as db:
        ctx = context(db, provider)
        store.add_events(ctx, [Happened(answer.id, 1, "uncertain", now(), "mmsc")])
        park(ctx, [Parked("mmsc", "77", O2, "DELIVERED", {}, now() - EARLY - MOMENT)])

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: sender.counts.get("uncertain", 0) == 1)
            await asyncio.sleep(0.3)
            return sender.counts

    counts = asyncio.run(going())

    assert (counts.get("parked", 0), counts.get("delivered", 0)) == (0, 0)
    assert waiting(provider) == [("77", "", False)]


@pytest.mark.parametrize("doubt", ["early", "two messages", "another recipient"])
def test_in_doubt_a_receipt_goes_on_waiting(provider, me, doubt):
    asked = [Submission(me, O2, text) for text in ("x", "y")[: 1 + (doubt == "two messages")]]
    answers = claimed_by_a_sender_that_died(provider, *asked)
    recipient = "+420602000009" if doubt == "another recipient" else O2
    parked(provider, "77", age=EARLY - MOMENT if doubt == "early" else EARLY + MOMENT, recipient=recipient)

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: bool(centre.sessions))
            await asyncio.sleep(0.3)
            return sender.counts

    counts = asyncio.run(going())

    assert counts["parked"] == 1
    assert events(provider, answers) == [["uncertain"]] * len(answers)
    assert waiting(provider) == [("77", "", False)]


def test_after_a_day_it_is_put_aside_with_the_reason_and_erased_by_age(provider, me):
    parked(provider, "1", age=LONGEST - MOMENT)
    parked(provider, "2", age=LONGEST + MOMENT)

    async def going(clock):
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre), now=clock) as (_, sender),
        ):
            await until(lambda: sender.counts.get("unmatched", 0) == 1)
            return sender.counts

    counts = asyncio.run(going(now))
    reason = "no part of this id or recipient"

    assert counts["parked"] == 1
    assert waiting(provider) == [("1", "", False), ("2", reason, True)]

    asyncio.run(going(lambda: now() + SHOWN - LONGEST))

    assert waiting(provider) == [("1", reason, True)]


def test_parts_that_were_settled_before_a_sender_died_stay_as_they_are(provider, me):
    (answer,) = claimed_by_a_sender_that_died(provider, Submission(me, O2, "ř" * 100))
    with transaction(provider) as db:
        ctx = context(db, provider)
        store.add_events(ctx, [Happened(answer.id, 1, "sent", now(), "o2", "5")])

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: sender.counts.get("uncertain", 0) == 1)

    asyncio.run(going())

    with transaction(provider) as db:
        rows = store.events_of(context(db, provider), [answer.id])
    assert [(row["part"], row["kind"]) for row in rows] == [(1, "sent"), (2, "uncertain")]
