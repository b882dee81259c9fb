"""A sender that cannot begin or cannot end as a whole: nothing of it goes on, and all that can be written is."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.network.messaging.multimedia.sender import MmsSender
from spojka.network.messaging.sending.sender import Sender
from spojka.surfaces.gateway.dispatch import sending
from tests.network.messaging.connector import new_provider
from tests.surfaces.gateway.test_dispatch import LOADED, now

PATIENCE_S = 20


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


def test_no_sender_goes_on_when_the_other_one_does_not_begin(provider, monkeypatch):
    ended = []
    close = Sender.close

    async def no_start(_):
        raise KeyError("a fault of the program")

    async def closing(sender):
        await close(sender)
        ended.append(sender)

    monkeypatch.setattr(MmsSender, "start", no_start)
    monkeypatch.setattr(Sender, "close", closing)
    given = {"name": "sim", "networks": ["*"], "host": "127.0.0.1", "port": 9, "system_id": "x", "password": "secret"}
    call("connector.set_route", given, tenant=provider, actor=OPERATOR, now=LOADED)

    with pytest.raises(KeyError):
        asyncio.run(asyncio.wait_for(sending(provider, now=now, stop=asyncio.Event()), PATIENCE_S))

    assert len(ended) == 1


@pytest.mark.parametrize("broken", ["_scout", "_express"])
def test_a_journal_that_ended_keeps_no_other_from_writing(provider, monkeypatch, broken):
    def fails(_):
        raise KeyError("a fault of the program")

    written = []

    async def going():
        sender = Sender(provider, [], now=now, random=Random(1))
        await sender.start()
        journal = getattr(sender, broken)
        monkeypatch.setattr(journal, "_carry_out", fails)
        journal.page.unclaimed.append(provider)
        sender._journal.page.work.append((lambda _: None, written.append))
        journal.wake()
        with pytest.raises(KeyError):
            await asyncio.wait_for(sender.close(), PATIENCE_S)

    asyncio.run(going())

    assert written == [None]
