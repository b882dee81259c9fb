"""The process that carries MMS is killed again and again: none that was accepted is lost, none goes out twice."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.network.messaging.centre.mms import Conduct, MmsCentre
from spojka.network.messaging.mm7.client import Peer, Result
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Accepted
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.mm7.sockets import free_port
from tests.network.messaging.multimedia.worlds import LOADED, mms
from tests.surfaces.gateway.lives import a_life, until

SOAK = os.environ.get("SPOJKA_SOAK") == "1"
KILLS = 100 if SOAK else 3
A_LIFE = 40
"""MMS submitted in each sender's life, unless twice as many wait."""
WINDOW = 4
"""Submissions that run at once; one more is claimed beside them, and no more can be unknown after a kill."""
CONDUCT = Conduct(latency_ms=40, report_after_ms=20)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


def centre_of(provider, port) -> MmsCentre:
    """An MMSC that tries long to post to a sender that is away."""
    address = f"http://127.0.0.1:{port}/mm7/mmsc"
    program = Peer(address, user="mmsc", password="tajne", tries=1000, pause_ms=50, connections=20)
    return MmsCentre(clock=now, program=program, choose=lambda _request, _number: CONDUCT)


def leads_to(provider, centre) -> None:
    """Every network is behind the MMSC."""
    given = {"name": "mmsc", "kind": "mm7", "networks": ["*"], "url": centre.url, "window": WINDOW}
    given |= {"heard_as": "mmsc", "heard_password": "tajne"}
    made = call("connector.set_route", given, tenant=provider, actor=OPERATOR, now=LOADED)
    assert made.refusal is None, made.refusal


def rows(provider, sql):
    with transaction(provider) as db:
        return db.execute(sql).fetchall()


def test_no_mms_is_lost_or_goes_out_twice_when_its_sender_is_killed(provider):
    me = new_application(provider, LOADED, product="MMSC", number=41)
    unbind(provider, me, LOADED, per_s=1000)
    random, port = Random(11), free_port()

    async def submit(desk):
        if len(rows(provider, f"SELECT id FROM message_queue LIMIT {2 * A_LIFE}")) == 2 * A_LIFE:
            return []
        answers = []
        for _ in range(0, A_LIFE, 5):
            answers += await desk.submit([mms(me) for _ in range(5)])
            await asyncio.sleep(0.01)
        return [one.id for one in answers if isinstance(one, Accepted)]

    async def going():
        accepted = []
        async with centre_of(provider, port) as centre:
            leads_to(provider, centre)
            desk = SubmissionDesk(provider, now=now)
            for life in range(KILLS):
                heard = len(centre.transactions)
                async with a_life(provider, killed=True, ear=port):
                    accepted += await submit(desk)
                    if life % 4 == 3:  # some end while they still begin
                        await asyncio.sleep(random.uniform(0, 1))
                    else:
                        busy = heard + random.randrange(1, A_LIFE // 2)
                        await until(lambda busy=busy: len(centre.transactions) >= busy)
            async with a_life(provider, killed=False, ear=port):
                accepted += await submit(desk)
                await until(lambda: not rows(provider, "SELECT id FROM message_queue LIMIT 1"))
                await asyncio.wait_for(centre.settle(), 60)
            await desk.close()
            return accepted, centre

    accepted, centre = asyncio.run(going())

    known = rows(
        provider,
        "SELECT m.id, array_agg(e.kind ORDER BY e.id) AS kinds FROM message m LEFT JOIN message_event e"
        " ON e.tenant_id = m.tenant_id AND e.message_id = m.id GROUP BY m.id",
    )
    ends = {row["id"]: "uncertain" if "uncertain" in row["kinds"] else row["kinds"][-1] for row in known}
    taken = Counter(UUID(one.transaction_id) for one in centre.taken.values())
    unheard = sum(one.result is not Result.DONE for one in centre.reported)
    counts = Counter(ends.values())
    assert len(accepted) >= 4 * KILLS
    assert set(accepted) == set(ends)
    assert set(centre.transactions.values()) == {1}
    assert set(taken) <= set(ends)
    assert {one for one, end in ends.items() if end != "uncertain"} <= set(taken)
    assert counts.keys() <= {"delivered", "sent", "uncertain"}
    assert counts["sent"] <= unheard  # a sender that died with a report in its hands is not told again
    assert 0 < counts["uncertain"] <= KILLS * (WINDOW + 1)
