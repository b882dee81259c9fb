"""What is worth sending for one instant only never leaves: it expires in its turn, and who asked is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.sending import reading
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from spojka.surfaces.cli.probing import LATER, WORTH
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, events, left, now, route, running, until


@pytest.mark.clause("o2/7.3")
def test_a_probe_that_nobody_took_back_expires_in_the_instant_in_which_it_would_leave(database, monkeypatch):
    monkeypatch.setattr(reading, "STEP_S", 0.02)
    provider = new_provider(LOADED)
    me = new_application(provider, LOADED)
    unbind(provider, me, LOADED, per_s=1000)
    ahead = timedelta(0)

    async def going():
        nonlocal ahead
        at = now() + LATER
        asked = [
            Submission(me, O2, "probe", not_before=at, expires_at=at + WORTH),
            Submission(me, O2, "later", not_before=at),
        ]
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre), now=lambda: now() + ahead) as (desk, sender),
        ):
            answers = await desk.submit(asked)
            ahead = LATER
            await until(lambda: sender.counts.get("delivered", 0) == 1, seconds=5)
            await until(lambda: sender.counts.get("expired", 0) == 1, seconds=5)
            return answers

    answers = asyncio.run(going())

    assert events(provider, answers) == [["expired"], ["sent", "delivered"]]
    assert left(provider) == 0
