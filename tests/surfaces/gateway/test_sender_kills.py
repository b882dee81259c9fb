"""A sender that is killed again and again loses nothing, sends nothing twice, and says what it does not know."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
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

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
SOAK = os.environ.get("SPOJKA_SOAK") == "1"
KILLS = 100 if SOAK else 4
A_LIFE = 150
"""Messages submitted in each sender's life."""

SENDER = """
import sys
from uuid import UUID
from spojka.kernel.ids import TenantId
from spojka.surfaces.gateway.dispatch import send
send(TenantId(UUID(sys.argv[1])))
"""


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


async def a_life(provider, desk, me, *, first: int, lasts_s: float | None) -> None:
    """Start a sender, submit while it works, and kill it; one without an end works until everything is settled."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, str(provider), stderr=-3)
    try:
        for start in range(first, first + A_LIFE, 10):
            await desk.submit([Submission(me, "+420602000001", f"číslo {n}") for n in range(start, start + 10)])
            await asyncio.sleep(0.02)
        if lasts_s is not None:
            await asyncio.sleep(lasts_s)
        else:
            async with asyncio.timeout(150):
                while await asyncio.to_thread(unsettled, provider):  # noqa: ASYNC110  # nobody tells a test
                    await asyncio.sleep(0.1)
    finally:
        process.send_signal(signal.SIGKILL if lasts_s is not None else signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 30)


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
                await a_life(provider, desk, me, first=life * A_LIFE, lasts_s=random.uniform(0.1, 2.5))
            await a_life(provider, desk, me, first=KILLS * A_LIFE, lasts_s=None)
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
