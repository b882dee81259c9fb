"""Priority messages that others have just accepted are found however many one application has waiting."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages.lines import priority_after
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider

LOADED = datetime(2025, 6, 10, 8, tzinfo=UTC)
O2 = "+420602000001"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.clause("o2/2.2")
def test_one_application_hides_no_priority_messages_of_another(database):
    provider = new_provider(LOADED)
    many, few = (new_application(provider, LOADED, number=number) for number in (1, 2))
    for application in (many, few):
        unbind(provider, application, LOADED, per_s=1000)

    async def going():
        desk = SubmissionDesk(provider, now=now)
        flood = await desk.submit([Submission(many, O2, str(n), url="priority") for n in range(5)])
        late = await desk.submit([Submission(few, O2, "x", url="priority"), Submission(few, O2, "usual")])
        await desk.close()
        return flood, late

    flood, late = asyncio.run(going())
    with transaction(provider) as db:
        ctx = Context(db, provider, OPERATOR, now(), uuid7(), None)
        found = [row["id"] for row in priority_after(ctx, UUID(int=0), limit=3)]
        later = [row["id"] for row in priority_after(ctx, flood[3].id, limit=3)]

    assert found == [one.id for one in (*flood[:3], late[0])]
    assert later == [flood[4].id, late[0].id]
