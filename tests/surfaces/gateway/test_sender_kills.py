"""A sender that is killed again and again loses nothing, sends nothing twice, and says what it does not know."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import new_application, new_provider, unbind
from tests.surfaces.gateway.lives import a_life, until

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
SOAK = os.environ.get("SPOJKA_SOAK") == "1"
KILLS = 100 if SOAK else 3
A_LIFE = 150
"""Messages submitted in each sender's life."""


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


async def submit(desk, me, *, first: int) -> None:
    """What is submitted in one life, told apart by its number."""
    for start in range(first, first + A_LIFE, 10):
        await desk.submit([Submission(me, "+420602000001", f"číslo {n}") for n in range(start, start + 10)])
        await asyncio.sleep(0.02)


def unsettled(provider) -> int:
    """Messages that still wait, or whose receipt has not come."""
    with transaction(provider) as db:
        row = db.execute(
            "SELECT (SELECT count(*) FROM message_queue) + (SELECT count(*) FROM message m WHERE NOT EXISTS ("
            "SELECT 1 FROM message_event e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id"
            " AND e.kind IN ('delivered', 'uncertain', 'failed'))) AS n"
        ).fetchone()
    return row["n"]


def test_nothing_is_lost_and_nothing_is_sent_twice(provider):
    me = new_application(provider, LOADED)
    unbind(provider, me, LOADED, per_s=1000)
    random = Random(7)

    async def going():
        async with Centre(CentreSettings(latency_ms=5), now=now) as centre:
            given = {
                "name": "sim",
                "networks": ["*"],
                "host": "127.0.0.1",
                "port": centre.port,
                "system_id": "s",
                "password": "p",
            }
            call("connector.set_route", given, tenant=provider, actor=OPERATOR, now=LOADED)
            desk = SubmissionDesk(provider, now=now)
            for life in range(KILLS):
                async with a_life(provider, killed=True):
                    await submit(desk, me, first=life * A_LIFE)
                    await asyncio.sleep(random.uniform(0.1, 2.5))
            async with a_life(provider, killed=False):
                await submit(desk, me, first=KILLS * A_LIFE)
                await until(lambda: not unsettled(provider))
            await desk.close()
            return Counter(one.request.short_message for one in centre.memory), centre.counts

    taken, counts = asyncio.run(going())

    total = (KILLS + 1) * A_LIFE
    with transaction(provider) as db:
        known = db.execute(
            "SELECT m.id, array_agg(e.kind ORDER BY e.id) AS kinds FROM message m LEFT JOIN message_event e"
            " ON e.tenant_id = m.tenant_id AND e.message_id = m.id GROUP BY m.id"
        ).fetchall()
        queued = db.execute("SELECT count(*) AS n FROM message_queue").fetchone()["n"]
    ends = Counter("uncertain" if "uncertain" in row["kinds"] else row["kinds"][-1] for row in known)
    assert len(known) == total
    assert queued == 0
    assert max(taken.values()) == 1
    assert ends.keys() <= {"delivered", "uncertain"}
    assert ends["delivered"] <= counts.accepted <= total
    assert ends["delivered"] + ends["uncertain"] == total
    assert ends["delivered"] > 0
