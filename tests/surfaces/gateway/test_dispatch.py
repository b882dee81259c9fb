"""A sender that runs beside the gateway: woken by the database, sole of its tenant."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.gateway.dispatch import NoRoutes, routes_of, sending
from spojka.surfaces.gateway.queueing.opening import way_of
from tests.network.messaging.connector import new_application, new_provider
from tests.surfaces.gateway.queueing.brokers import Broker

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture(params=["postgresql", pytest.param("nats", marks=pytest.mark.peer("nats-server"))])
def way(request, tmp_path):
    """How messages go from the gateway to the sender."""
    if request.param == "postgresql":
        yield way_of(None)
        return
    broker = Broker(tmp_path)
    yield way_of(broker.url)
    broker.close()


def delivered(provider) -> int:
    with transaction(provider) as db:
        return db.execute("SELECT count(*) AS n FROM message_event WHERE kind = 'delivered'").fetchone()["n"]


def test_without_a_way_nothing_is_sent_and_the_reason_is_said(provider):
    with pytest.raises(NoRoutes):
        routes_of(provider, now())


def test_what_another_process_accepted_is_sent_at_once(database, way):
    provider = new_provider(LOADED)
    me = new_application(provider, LOADED)

    async def going():
        stop = asyncio.Event()
        async with Centre(CentreSettings(accounts={"spojka": "secret"}), now=now) as centre:
            given = {
                "name": "sim",
                "networks": ["*"],
                "host": "127.0.0.1",
                "port": centre.port,
                "system_id": "spojka",
                "password": "secret",
            }
            call("connector.set_route", given, tenant=provider, actor=OPERATOR, now=LOADED)
            task = asyncio.create_task(sending(provider, now=now, stop=stop, way=way))
            async with asyncio.timeout(15), way.publishing(provider) as heard:
                desk = SubmissionDesk(provider, now=now, heard=heard)
                while not centre.sessions:  # noqa: ASYNC110  # nobody tells a test
                    await asyncio.sleep(0.02)
                await desk.submit([Submission(me, "+420602000001", str(n)) for n in range(3)])
                while await asyncio.to_thread(delivered, provider) < 3:  # noqa: ASYNC110  # nobody tells a test
                    await asyncio.sleep(0.05)
                await desk.close()
            stop.set()
            await asyncio.wait_for(task, 20)

    asyncio.run(going())

    assert delivered(provider) == 3
