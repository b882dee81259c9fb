"""Work that is given up tells who waits for it, and what could not be read is read again."""

from __future__ import annotations

import asyncio

import pytest

from spojka.access.database.connections import transaction
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.sending import reading
from spojka.network.messaging.sending.journal import Journal, JournalEnded
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_lines import accepted
from tests.network.messaging.sending.test_sender import LOADED, O2, now, route, running, until

PATIENCE_S = 20


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def application(provider):
    with transaction(provider) as db:
        db.execute("UPDATE application SET closed_at = opened_at WHERE closed_at IS NULL")
    made = new_application(provider, LOADED)
    unbind(provider, made, LOADED, per_s=1000)
    return made


@pytest.fixture
def hasty(monkeypatch):
    """What could not be read is read again soon."""
    monkeypatch.setattr(reading, "AGAIN_S", 0.02)


def failing(times: int, fault: Exception, does):
    """Fails so often, then does what it is to do."""
    left = [times]

    def doing(*given, **named):
        if left[0] > 0:
            left[0] -= 1
            raise fault
        return does(*given, **named)

    return doing


def wrong(_):
    raise KeyError("a fault of the program")


def test_who_asks_is_told_of_the_fault_and_others_have_their_results(provider):
    async def going():
        journal = Journal(provider, now=now, claimed=lambda _: None)
        journal.start()
        asked = asyncio.gather(journal.ask(wrong), journal.ask(lambda _: "right"), return_exceptions=True)
        told = await asyncio.wait_for(asked, PATIENCE_S)
        await journal.close()
        return told

    fault, right = asyncio.run(going())

    assert (type(fault), right) == (KeyError, "right")


def test_who_asks_a_journal_that_ends_is_told_too(provider, monkeypatch):
    def failing_page(*_):
        raise KeyError("a fault of the program")

    async def going():
        journal = Journal(provider, now=now, claimed=lambda _: None)
        monkeypatch.setattr(journal, "_carry_out", failing_page)
        asked = asyncio.gather(journal.ask(wrong), return_exceptions=True)
        await asyncio.sleep(0)
        journal.start()
        told = [await asyncio.wait_for(asked, PATIENCE_S)]
        await until(lambda: journal.is_broken)
        told.append(await asyncio.wait_for(asyncio.gather(journal.ask(wrong), return_exceptions=True), PATIENCE_S))
        with pytest.raises(KeyError):
            await journal.close()
        return [type(fault) for (fault,) in told]

    assert asyncio.run(going()) == [KeyError, JournalEnded]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(("url", "times"), [("priority", 2), ("standard", 1)])
def test_lines_that_could_not_be_read_are_read_again(provider, application, monkeypatch, url, times):
    monkeypatch.setattr(reading, "read_lines", failing(times, KeyError("a fault of the program"), reading.read_lines))
    monkeypatch.setattr(reading, "priority_after", lambda *_, limit: [])

    async def going():
        await accepted(provider, [Submission(application, O2, "x", url=url)])
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)):
            await until(lambda: len(centre.memory) == 1, seconds=PATIENCE_S)
            return [one.request.short_message for one in centre.memory]

    assert asyncio.run(going()) == [b"x"]


@pytest.mark.usefixtures("hasty")
def test_a_glance_that_fails_is_not_the_last(provider, application, monkeypatch):
    glances = failing(2, KeyError("a fault of the program"), reading.priority_after)

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: bool(centre.sessions))
            monkeypatch.setattr(reading, "priority_after", glances)
            sender.glance()
            await sender._scout.ask(lambda _: None)
            await accepted(provider, [Submission(application, O2, "x", url="priority")])
            sender.glance()
            await until(lambda: len(centre.memory) == 1, seconds=PATIENCE_S)
            return [one.request.short_message for one in centre.memory]

    assert asyncio.run(going()) == [b"x"]


def test_a_sweep_that_fails_ends_and_the_next_one_sweeps(provider, application, monkeypatch):
    monkeypatch.setattr(reading, "counts_until", failing(2, KeyError("a fault of the program"), lambda *_, **__: {}))

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            sender._holding.takes(application, (application, "standard"))
            return [await asyncio.wait_for(sender.sweep(), PATIENCE_S) for _ in range(2)], sender.is_broken

    assert asyncio.run(going()) == ([0, 0], False)
