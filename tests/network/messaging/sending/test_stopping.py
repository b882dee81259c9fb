"""A STOP from a mobile over sockets: heeded, answered from the number dialled, and in time for what still waits."""

from __future__ import annotations

import asyncio

import pytest

from spojka.access.database.connections import transaction
from spojka.kernel.time import micros_of
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.submission.requests import Submission
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, events, now, reports, route, running, until


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.mark.clause("o2/8.1")
def test_who_writes_stop_is_answered_once_and_gets_nothing_that_still_waits(provider):
    me = new_application(provider, LOADED)  # sends 5 a second, so most of what follows waits

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await until(lambda: bool(centre.sessions))
            answers = await desk.submit([Submission(me, O2, f"sleva {n}", report=True) for n in range(12)])
            centre.originate(mobile=O2, to="999021", text="STOP")
            await until(lambda: sender.counts.get("arrived", 0) == 1)
            centre.originate(mobile=O2, to="999021", text="stop!")
            await until(lambda: sender.counts.get("cancelled", 0) + sender.counts.get("delivered", 0) == 13)
            return answers, [one.request for one in centre.memory]

    answers, requests = asyncio.run(going())

    kinds = events(provider, answers)
    cancelled = kinds.count(["cancelled"])
    assert cancelled >= 8
    assert kinds == [["sent", "delivered"]] * (12 - cancelled) + [["cancelled"]] * cancelled
    assert [state for _, state, _ in reports(provider)].count("cancelled") == cancelled
    confirmations = [one for one in requests if not one.short_message.startswith(b"sleva")]
    assert [(one.source_addr, one.destination_addr) for one in confirmations] == [("999021", O2.removeprefix("+"))]
    with transaction(provider) as db:
        inbox = db.execute(
            "SELECT content ->> 'text' AS said FROM message_inbox WHERE kind = 'sms' ORDER BY id"
        ).fetchall()
        used = db.execute("SELECT used FROM message_counter WHERE period = 'day'").fetchone()
        made = db.execute("SELECT id, accepted_at FROM message").fetchall()
    assert [row["said"] for row in inbox] == ["STOP", "stop!"]
    assert used["used"] == 12
    assert len(made) == 13
    assert all(row["id"].int >> 80 == micros_of(row["accepted_at"]) // 1000 for row in made)
