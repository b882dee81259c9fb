"""A way's window is used whole: what is claimed beside it is ready when an answer comes, and is not asked before."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.mms import Conduct, MmsCentre, Reporting
from spojka.network.messaging.mm7.client import Peer
from spojka.network.messaging.multimedia import sender as sending
from spojka.network.messaging.multimedia.ways import WaySettings
from tests.network.messaging.multimedia.worlds import events, left, mms, now, talking, until

HELD = Conduct(latency_ms=60_000, reporting=Reporting.LOST)
QUIET = Conduct(reporting=Reporting.LOST)


@pytest.fixture
def windowed(monkeypatch):
    """The window of ways that are made from now on."""

    def setting(window):
        monkeypatch.setattr(WaySettings, "window", property(lambda _: window))

    return setting


@pytest.mark.parametrize(("window", "ahead"), [(1, 1), (4, 1), (7, 1), (8, 2), (16, 4)])
def test_a_quarter_of_the_window_is_claimed_beside_it(window, ahead):
    assert WaySettings("mmsc", ("*",), Peer("http://127.0.0.1", connections=window)).ahead == ahead


def test_no_more_than_the_window_is_asked_and_one_more_is_ready_for_the_next(provider, me, windowed, monkeypatch):
    windowed(2)
    monkeypatch.setattr(sending, "DRAIN_S", 0)

    async def going():
        async with talking(provider, HELD) as talk:
            await talk.desk.submit([mms(me) for _ in range(5)])
            await until(lambda: len(talk.centre.transactions) == 2)
            await until(lambda: left(provider).count("claimed") == 3)
            await asyncio.sleep(0.1)
            return sum(talk.centre.transactions.values()), left(provider)

    asked, states = asyncio.run(going())

    assert (asked, sorted(states)) == (2, ["claimed"] * 3 + ["waiting"] * 2)
    assert left(provider) == ["waiting"] * 3, "what was not asked waits again, and what was asked is uncertain"


def test_a_message_is_read_in_the_page_that_claims_it(provider, me, monkeypatch):
    monkeypatch.setattr(sending, "RATES_KNOWN_NS", 3600 * sending.SECOND_NS)

    async def going():
        async with talking(provider, QUIET) as talk:
            pages = []
            for count in (1, 2):
                await talk.desk.submit([mms(me)])
                await talk.counted("sent", count)
                pages.append(talk.sender._journal.pages)
            return pages[1] - pages[0], talk.sender._bodies

    pages, kept = asyncio.run(going())

    assert pages == 2, "one claims and reads, one says what came of it"
    assert kept == {}


def test_a_page_that_was_written_in_pieces_leaves_no_message_without_its_body(provider, me, monkeypatch):
    monkeypatch.setattr(sending.MmsSender, "_read", lambda _self, _bodies: None)

    async def going():
        async with talking(provider, QUIET) as talk:
            answers = await talk.desk.submit([mms(me)])
            await talk.counted("sent")
            return answers

    assert events(provider, asyncio.run(going())) == [["sent"]]


def test_a_body_that_comes_after_its_message_was_claimed_is_kept_for_nobody(provider):
    async def going():
        async with talking(provider, QUIET) as talk:
            talk.sender._read({uuid7(): b"x"})
            return talk.sender._bodies

    assert asyncio.run(going()) == {}


def test_what_is_over_when_its_slot_comes_expires_and_is_not_asked(provider, me, windowed):
    windowed(1)
    slow = Conduct(latency_ms=700, reporting=Reporting.LOST)

    async def going():
        async with talking(provider, slow) as talk:
            asked = [mms(me), mms(me, expires_at=now() + timedelta(seconds=0.4))]
            answers = await talk.desk.submit(asked)
            await talk.counted("sent")
            await talk.counted("expired")
            return answers, sum(talk.centre.transactions.values())

    answers, asked = asyncio.run(going())

    assert (events(provider, answers), asked) == ([["sent"], ["expired"]], 1)


def test_what_is_ready_is_not_asked_of_a_way_that_rests(provider, me, windowed, monkeypatch):
    windowed(1)
    tries = []

    def unwelcome(_self, authorization):
        tries.append(authorization)
        return False

    monkeypatch.setattr(MmsCentre, "_is_welcome", unwelcome)

    async def going():
        async with talking(provider) as talk:
            await talk.desk.submit([mms(me), mms(me)])
            await until(lambda: tries)
            await asyncio.sleep(0.4)
            return left(provider)

    states = asyncio.run(going())

    assert (len(tries), states) == (1, ["waiting"] * 2)
