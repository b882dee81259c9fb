"""A service whose sending is stopped still receives; one that is interrupted whole does not (general terms 4.2)."""

from __future__ import annotations

import asyncio

import pytest

from spojka.access.database.connections import transaction
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, now, route, running, until


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.mark.parametrize(("scope", "received"), [("outgoing", 1), ("both", 0)])
def test_what_is_stopped_decides_whether_messages_from_mobiles_arrive(provider, scope, received):
    me = new_application(provider, LOADED)
    with transaction(provider) as db:
        db.execute(
            "INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, requested_by)"
            " VALUES (%s, %s, %s, 'debt', %s, '[]', %s, 'x')",
            [provider, uuid7(), me, scope, LOADED],
        )

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: bool(centre.sessions))
            centre.originate(mobile=O2, to="999021", text="Ano")
            await until(lambda: sender.counts.get("arrived", 0) == 1)

    asyncio.run(going())

    with transaction(provider) as db:
        found = db.execute("SELECT count(*) AS n FROM message_inbox").fetchone()
    assert found["n"] == received
