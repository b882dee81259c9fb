"""What is heard again, while it waits, is claimed, rests or has left, is sent once and takes no room for good."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, left, now, route, running

WORDS = [f"message {n}" for n in range(40)]


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.mark.parametrize("rate_per_s", [0, 25], ids=["at once", "throttled"])
def test_messages_that_come_again_and_again_are_sent_once(provider, rate_per_s):
    me = new_application(provider, LOADED)
    unbind(provider, me, LOADED, per_s=1000)

    async def going():
        said = []
        simulated = Centre(CentreSettings(rate_per_s=rate_per_s, latency_ms=5), now=now)
        async with simulated as centre, running(provider, route(centre)) as (_, sender):
            desk = SubmissionDesk(provider, now=now, heard=said.extend)
            await desk.submit([Submission(me, O2, word) for word in WORDS])
            async with asyncio.timeout(40):
                while await asyncio.to_thread(left, provider):
                    sender.hear(said)
                    await asyncio.sleep(0.01)
                while sender.waiting or any(any(one.claimed_parts.values()) for one in sender.routes.all):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            await desk.close()
            return Counter(one.request.short_message for one in centre.memory), sender.held

    taken, held = asyncio.run(going())

    assert taken == {word.encode(): 1 for word in WORDS}
    assert held == 0
