"""Standard messages of the same words leave in one request, priority ones alone; a substituted sender is told."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages.lives import lives_of
from spojka.network.messaging.sending import aggregating
from spojka.network.messaging.smpp.pdus import SubmitMulti, SubmitSm
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, VODAFONE, events, left, now, route, running, until

WINDOW_MS = 600


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    with transaction(provider) as db:
        db.execute("DELETE FROM message_queue")
        db.execute("UPDATE application SET closed_at = opened_at WHERE closed_at IS NULL")
    application = new_application(provider, LOADED)
    unbind(provider, application, LOADED, per_s=10_000)
    return application


@pytest.fixture
def window(monkeypatch):
    """The provider lets ten messages leave together, within a window."""

    def set_terms(self, _terms) -> None:
        self._window_ms, self._most = WINDOW_MS, 10

    monkeypatch.setattr(aggregating.Aggregating, "set_terms", set_terms)


def number(n: int) -> str:
    return f"+4206020001{n:02}"


def requests(centre: Centre) -> list[tuple[type, int]]:
    """Requests that the centre took: their kind and to how many, in their order."""
    taken = [one.request for one in centre.memory]
    return [(type(one), len(one.destinations) if isinstance(one, SubmitMulti) else 1) for one in taken]


def details(provider, me, answers) -> list[dict]:
    with transaction(provider) as db:
        lives = lives_of(Context(db, provider, OPERATOR, now(), uuid7(), None), me, [one.id for one in answers])
    return [event["detail"] for life in lives for event in life.events if event["kind"] == "sent"]


async def warm(desk, sender, me) -> None:
    """Send one message, so that the application's pace is known."""
    await desk.submit([Submission(me, "+420602000099", "warm", url="priority")])
    await until(lambda: sender.counts.get("delivered", 0) == 1)


@pytest.mark.usefixtures("window")
@pytest.mark.clause("o2/2.2")
def test_standard_messages_leave_together_when_the_window_ends_and_priority_alone_before(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre, multi=10)) as (desk, sender),
        ):
            await warm(desk, sender, me)
            answers = []
            for n in range(3):
                answers += await desk.submit([Submission(me, number(n), "stejná slova")])
            (first,) = await desk.submit([Submission(me, number(7), "stejná slova", url="priority")])
            await until(lambda: sender.counts.get("delivered", 0) == 5)
            return answers, first, requests(centre)[1:], sender.counts

    answers, first, taken, counts = asyncio.run(going())

    assert taken == [(SubmitSm, 1), (SubmitMulti, 3)]
    assert events(provider, [*answers, first]) == [["sent", "delivered"]] * 4
    assert (
        details(provider, me, answers) == [{"batch_id": str(answers[0].id), "batch_size": 3, "clauses": ["o2/2.2"]}] * 3
    )
    assert details(provider, me, [first]) == [None]
    assert (counts.get("parked", 0), left(provider)) == (0, 0)


@pytest.mark.usefixtures("window")
def test_a_batch_is_full_at_what_its_way_takes_and_other_words_are_another(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(receipts="early"), now=now) as centre,
            running(provider, route(centre, multi=4)) as (desk, sender),
        ):
            await warm(desk, sender, me)
            await desk.submit([Submission(me, number(n), "jedna") for n in range(5)])
            await desk.submit([Submission(me, number(n), "druhá") for n in range(2)])
            await desk.submit([Submission(me, number(9), "ř" * 150)])
            await until(lambda: sender.counts.get("delivered", 0) == 11)
            return sorted(count for _, count in requests(centre)[1:]), sender.counts.get("parked", 0)

    counts, parked = asyncio.run(going())

    assert counts == [1, 1, 1, 1, 2, 4]
    assert parked == 0


@pytest.mark.usefixtures("window")
def test_each_recipient_has_its_own_answer_and_its_own_receipt(provider, me):
    async def going():
        settings = CentreSettings(refused_permille=300, refused_status=0x0B, failed_permille=300, seed=4)
        async with (
            Centre(settings, now=now) as centre,
            running(provider, route(centre, multi=10)) as (desk, sender),
        ):
            answers = await desk.submit([Submission(me, number(n), "všem") for n in range(20)])
            await until(
                lambda: sum(sender.counts.get(kind, 0) for kind in ("delivered", "undelivered", "failed")) == 20
            )
            return answers, {f"+{one.destination}": one.state.name for one in centre.memory}

    answers, states = asyncio.run(going())

    # the centre remembers of each request the first recipient alone
    found = events(provider, answers)
    assert Counter(tuple(one) for one in found).keys() == {("sent", "delivered"), ("sent", "undelivered"), ("failed",)}
    ends = {"DELIVERED": ["sent", "delivered"], "UNDELIVERABLE": ["sent", "undelivered"]}
    assert [found[n] for n in range(20) if number(n) in states] == [
        ends[states[number(n)]] for n in range(20) if number(n) in states
    ]


@pytest.mark.usefixtures("window")
@pytest.mark.clause("o2/4.1")
def test_what_leaves_together_takes_as_many_slots(provider, me):
    with transaction(provider) as db:
        db.execute("UPDATE application_option SET value = '5' WHERE application_id = %s", [me])

    async def going():
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre, multi=10)) as (desk, sender),
        ):
            await warm(desk, sender, me)
            await desk.submit([Submission(me, number(n), "a") for n in range(5)])
            await desk.submit([Submission(me, number(n), "b") for n in range(2)])
            await until(lambda: sender.counts.get("delivered", 0) == 8)
            return sorted({one.submitted_at for one in centre.memory})

    _, five, two = asyncio.run(going())

    assert 0.9 <= (two - five).total_seconds() <= 3


def test_without_a_window_or_a_way_for_it_everything_leaves_alone(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre, multi=10)) as (desk, sender),
        ):
            await desk.submit([Submission(me, number(n), "a") for n in range(3)])
            await until(lambda: sender.counts.get("delivered", 0) == 3)
            return requests(centre)

    assert asyncio.run(going()) == [(SubmitSm, 1)] * 3


@pytest.mark.clause("o2/3.1")
def test_a_sender_that_another_czech_network_shows_as_another_is_told_in_its_life(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre, presents="+420910000001")) as (desk, sender),
        ):
            answers = await desk.submit([Submission(me, to, "x") for to in (O2, VODAFONE, "+43664123456")])
            await until(lambda: sender.counts.get("delivered", 0) == 3)
            return answers, [one.request.source_addr for one in centre.memory]

    answers, shown = asyncio.run(going())

    assert shown == ["999021", "420910000001", "420606999021"]
    assert details(provider, me, answers) == [
        None,
        {
            "assigned_sender": "+420606999021",
            "presented_sender": "+420910000001",
            "reply_possible": False,
            "clauses": ["o2/3.1"],
        },
        None,
    ]
