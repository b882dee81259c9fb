"""Messages without a receipt: their centre is asked where it answers, and in the end nobody knows (o2/3.1)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.messages.lives import lives_of
from spojka.network.messaging.sending.overdue import ASKED_AFTER
from spojka.network.messaging.smpp.receipts import IdForm, IdForms
from spojka.network.messaging.submission.requests import Submission
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, events, now, route, running, until

WAIT, MOMENT = timedelta(hours=72), timedelta(seconds=20)
ASKABLE = {"queries": True, "ids": IdForms(IdForm.HEX, IdForm.DECIMAL)}


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    return new_application(provider, LOADED)


def later(by: timedelta):
    return lambda: now() + by


async def sent(provider, me, centre, *, clock=now, **settings):
    async with running(provider, route(centre, **settings), now=clock) as (desk, sender):
        answers = await desk.submit([Submission(me, O2, "x", report=True)])
        await until(lambda: sender.counts.get("sent", 0) == 1)
    return answers


async def looked_at(provider, centre, clock, *, sees=None, **settings) -> dict[str, int]:
    """What a sender counts that looks at what is overdue, and at what it is answered: at least what it is to see."""
    async with running(provider, route(centre, **settings), now=clock) as (_, sender):
        await until(lambda: bool(centre.sessions))
        sender.do_chores()
        if sees is None:
            await asyncio.sleep(0.3)
        else:
            await until(lambda: sender.counts.get(sees, 0) > 0)
        return sender.counts


def reports(provider, me) -> list[str]:
    with transaction(provider) as db:
        rows = pending(Context(db, provider, OPERATOR, now(), uuid7(), None), me, limit=9)
    return [row["content"]["state"] for row in rows]


def status(provider, me, answer) -> str:
    with transaction(provider) as db:
        (life,) = lives_of(Context(db, provider, OPERATOR, now(), uuid7(), None), me, [answer.id])
    return life.status


@pytest.mark.clause("o2/3.1")
def test_after_the_time_for_reports_it_is_unknown(provider, me):
    async def going():
        async with Centre(CentreSettings(receipts="none"), now=now) as centre:
            answers = await sent(provider, me, centre)
            before = await looked_at(provider, centre, later(WAIT - MOMENT))
            return answers, before, await looked_at(provider, centre, later(WAIT + MOMENT), sees="unknown")

    answers, before, after = asyncio.run(going())

    assert (before.get("unknown", 0), after["unknown"]) == (0, 1)
    assert events(provider, answers) == [["sent", "unknown"]]
    assert (reports(provider, me), status(provider, me, answers[0])) == (["unknown"], "unknown")


@pytest.mark.clause("o2/3.1")
def test_the_time_runs_from_when_it_was_handed_over(provider, me):
    handed_over = timedelta(hours=70)

    async def going():
        async with Centre(CentreSettings(receipts="none"), now=now) as centre:
            answers = await sent(provider, me, centre, clock=later(handed_over))
            before = await looked_at(provider, centre, later(handed_over + WAIT - MOMENT))
            return (
                answers,
                before,
                await looked_at(provider, centre, later(handed_over + WAIT + MOMENT), sees="unknown"),
            )

    answers, before, after = asyncio.run(going())

    assert (before.get("unknown", 0), after["unknown"]) == (0, 1)
    assert events(provider, answers) == [["sent", "unknown"]]


def test_a_centre_that_answers_is_asked_after_an_hour(provider, me):
    async def going():
        async with Centre(CentreSettings(receipts="none", ids="mixed"), now=now) as centre:
            answers = await sent(provider, me, centre, **ASKABLE)
            before = await looked_at(provider, centre, later(ASKED_AFTER - MOMENT), **ASKABLE)
            after = await looked_at(provider, centre, later(ASKED_AFTER + MOMENT), sees="delivered", **ASKABLE)
            await looked_at(provider, centre, later(WAIT + MOMENT), **ASKABLE)
            return answers, before, after, centre.counts.queries

    answers, before, after, queries = asyncio.run(going())

    assert (before.get("queried", 0), after["queried"], after["delivered"], queries) == (0, 1, 1, 1)
    assert events(provider, answers) == [["sent", "delivered"]]
    assert reports(provider, me) == ["delivered"]


def test_what_a_centre_does_not_know_is_asked_once_more_and_then_unknown(provider, me):
    async def going():
        async with Centre(CentreSettings(receipts="none", ids="mixed"), now=now) as centre:
            answers = await sent(provider, me, centre, **ASKABLE)
            centre.reset()
            first = await looked_at(provider, centre, later(ASKED_AFTER + MOMENT), **ASKABLE)
            return answers, first, await looked_at(provider, centre, later(WAIT + MOMENT), **ASKABLE)

    answers, first, last = asyncio.run(going())

    assert (first["queried"], first.get("unknown", 0), last["queried"], last["unknown"]) == (1, 0, 1, 1)
    assert events(provider, answers) == [["sent", "unknown"]]
