"""Priority messages leave before whatever waits, is claimed or is being written; the others leave too (o2/2.2)."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from spojka.access.database.carrying import beside
from spojka.access.database.connections import transaction
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.sending import leaving
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_lines import accepted
from tests.network.messaging.sending.test_sender import LOADED, O2, events, left, now, route, running, until

WINDOW = 50


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def application(provider):
    """Makes an application of a pace, the only one."""

    def made(per_s: int):
        with transaction(provider) as db:
            db.execute("UPDATE application SET closed_at = opened_at WHERE closed_at IS NULL")
        one = new_application(provider, LOADED)
        unbind(provider, one, LOADED, per_s=per_s)
        return one

    return made


def taken(centre) -> list[str]:
    return [one.request.short_message.decode() for one in centre.memory]


def handed_over(sender) -> list[str]:
    """What a sender gives to the link of its way, from now on."""
    client, texts = sender.routes.all[0].client, []
    send = client.send

    def sending(requests, tokens, answered):
        taken = send(requests, tokens, answered)
        texts.extend(one.short_message.decode() for one in requests[:taken])
        return taken

    client.send = sending
    return texts


@pytest.mark.clause("o2/2.2")
@pytest.mark.parametrize("told", ["handed over", "woken"])
def test_a_priority_message_leaves_while_the_page_of_the_others_is_still_being_written(provider, application, told):
    me, ends = application(1000), Event()

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: bool(centre.sessions))
            heard = sender.hear if told == "handed over" else lambda _: None
            desk = SubmissionDesk(provider, now=now, heard=heard)
            sender._journal.page.work.append((lambda _: beside(lambda: ends.wait(20)), lambda _: None))
            sender._journal.wake()
            await asyncio.sleep(0.05)
            answers = await desk.submit([Submission(me, O2, "usual"), Submission(me, O2, "urgent", url="priority")])
            if told == "woken":
                sender.glance()
            await until(lambda: bool(centre.memory), seconds=10)
            before = taken(centre)
            ends.set()
            await sender.look()
            await until(lambda: sender.counts.get("delivered", 0) == 2)
            await desk.close()
            return answers, before, sender.held

    answers, before, held = asyncio.run(going())

    assert before == ["urgent"]
    assert events(provider, answers) == [["sent", "delivered"]] * 2
    assert (held, left(provider)) == (0, 0)


@pytest.mark.clause("o2/2.2")
def test_no_more_than_a_window_of_others_leaves_before_it_however_many_wait(provider, application):
    me = application(10_000)
    many = 600

    async def going():
        await accepted(provider, [Submission(me, O2, f"{n}") for n in range(many)])
        async with (
            Centre(CentreSettings(remembered=10_000, latency_ms=150), now=now) as centre,
            running(provider, route(centre)) as (desk, sender),
        ):
            sent, before = handed_over(sender), []
            await until(lambda: len(sent) >= 100)
            for n in range(3):
                await desk.submit([Submission(me, O2, f"urgent {n}", url="priority")])
                before.append(len(sent))
                await until(lambda n=n: f"urgent {n}" in sent)
            await until(lambda: sender.counts.get("delivered", 0) == many + 3)
            return before, sent

    before, sent = asyncio.run(going())

    places = [sent.index(f"urgent {n}") for n in range(3)]
    assert all(place - earlier <= WINDOW for place, earlier in zip(places, before, strict=True))
    assert (len(sent), places[-1] < many - WINDOW) == (many + 3, True)


@pytest.mark.clause("o2/2.2")
@pytest.mark.parametrize(("reading_s", "stays_back"), [(0, True), (20, False)])
def test_others_stay_back_until_a_priority_message_has_left_but_no_longer_than_a_moment(
    provider, application, monkeypatch, reading_s, stays_back
):
    monkeypatch.setattr(leaving, "WAY_NS", 1_000_000_000)
    me, may_end = application(1000), Event()

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await until(lambda: bool(centre.sessions))
            await accepted(provider, [Submission(me, O2, "urgent", url="priority")])
            sender._scout.page.reads.append((lambda _: beside(lambda: may_end.wait(reading_s)), lambda _: None))
            sender.glance()
            await desk.submit([Submission(me, O2, f"{n}") for n in range(20)])
            await until(lambda: len(centre.memory) >= 20)
            may_end.set()
            await until(lambda: sender.counts.get("delivered", 0) == 21)
            return taken(centre)

    sent = asyncio.run(going())

    assert (sent[0] == "urgent", len(sent)) == (stays_back, 21)


@pytest.mark.clause("o2/2.2")
def test_priority_messages_without_end_do_not_keep_the_others_back(provider, application, monkeypatch):
    monkeypatch.setattr(leaving, "WAY_NS", 50_000_000)
    monkeypatch.setattr(leaving, "WAYS_APART_NS", 60_000_000_000)
    me, may_end = application(1000), Event()

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await until(lambda: bool(centre.sessions))
            sender._scout.page.reads.append((lambda _: beside(lambda: may_end.wait(20)), lambda _: None))
            sender.glance()
            await asyncio.sleep(0.1)
            monkeypatch.setattr(leaving, "WAY_NS", 60_000_000_000)
            sender.glance()
            await desk.submit([Submission(me, O2, "usual")])
            await until(lambda: bool(centre.memory), seconds=10)
            may_end.set()
            await until(lambda: sender.counts.get("delivered", 0) == 1)
            return taken(centre)

    assert asyncio.run(going()) == ["usual"]


def test_priority_messages_without_end_of_a_slow_application_keep_nobody_elses_back(provider, application):
    slow = application(1)
    fast = new_application(provider, LOADED, number=77)
    unbind(provider, fast, LOADED, per_s=1000)

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, _):
            await until(lambda: bool(centre.sessions))
            await desk.submit([Submission(slow, O2, "slow 1"), Submission(slow, O2, "slow 2")])
            await desk.submit([Submission(slow, O2, f"urgent {n}", url="priority") for n in range(30)])
            await desk.submit([Submission(fast, O2, f"{n}") for n in range(500)])
            await until(lambda: len(centre.memory) >= 501, seconds=15)
            return taken(centre)

    sent = asyncio.run(going())
    with transaction(provider) as db:
        db.execute("DELETE FROM message_queue")

    assert [one for one in sent if one.isdigit()] == [f"{n}" for n in range(500)]


@pytest.mark.clause("o2/2.2")
def test_what_waited_when_the_sender_began_leaves_priority_first(provider, application):
    me = application(10_000)

    async def going():
        asked = [Submission(me, O2, f"{n}") for n in range(300)]
        await accepted(provider, [*asked, Submission(me, O2, "urgent", url="priority")])
        slow = CentreSettings(remembered=1_000, latency_ms=150)  # an answer takes longer than a first claim
        async with Centre(slow, now=now) as centre, running(provider, route(centre)):
            await until(lambda: len(centre.memory) == 301)
            return taken(centre)

    sent = asyncio.run(going())

    assert sent.index("urgent") <= WINDOW


@pytest.mark.clause("o2/2.2")
def test_the_next_free_slot_is_the_priority_messages_though_others_are_claimed_for_it(provider, application):
    me = application(50)

    async def going():
        await accepted(provider, [Submission(me, O2, f"{n}") for n in range(60)])
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await until(lambda: len(centre.memory) >= 5)
            await desk.submit([Submission(me, O2, "urgent", url="priority")])
            before = len(centre.memory)
            await until(lambda: sender.counts.get("delivered", 0) == 61)
            return before, taken(centre)

    before, sent = asyncio.run(going())

    assert sent.index("urgent") - before <= leaving.AHEAD_SLOTS // 2
    assert [one for one in sent if one != "urgent"] == [f"{n}" for n in range(60)]


def test_standard_messages_are_not_starved_by_priority_ones(provider, application):
    me = application(10_000)

    async def going():
        async with (
            Centre(CentreSettings(latency_ms=20, remembered=10_000), now=now) as centre,
            running(provider, route(centre)) as (desk, sender),
        ):
            await until(lambda: bool(centre.sessions))
            flood = [Submission(me, O2, f"u{n}", url="priority") for n in range(400)]
            await asyncio.gather(desk.submit(flood), desk.submit([Submission(me, O2, "usual")]))
            await until(lambda: sender.counts.get("delivered", 0) == 401)
            return taken(centre)

    sent = asyncio.run(going())

    assert sent.index("usual") < 400


@pytest.mark.clause("o2/8.1")
def test_who_writes_stop_gets_nothing_that_is_claimed_for_a_slot_that_has_not_come(provider, application, monkeypatch):
    monkeypatch.setattr(leaving, "AHEAD_NS", 60_000_000_000)
    monkeypatch.setattr(leaving, "AHEAD_SLOTS", 60)
    me = application(4)

    def claimed() -> int:
        with transaction(provider) as db:
            return db.execute("SELECT count(*) AS n FROM message_queue WHERE state = 'claimed'").fetchone()["n"]

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            answers = await desk.submit([Submission(me, O2, f"sleva {n}") for n in range(6)])
            await until(lambda: sender.counts.get("delivered", 0) == 1 and claimed() == 5)
            centre.originate(mobile=O2, to="999021", text="STOP")
            await until(lambda: sender.counts.get("cancelled", 0) >= 3)
            await until(lambda: sender.counts.get("delivered", 0) + sender.counts["cancelled"] == 7)
            return answers

    answers = asyncio.run(going())

    assert events(provider, answers)[3:] == [["cancelled"]] * 3
