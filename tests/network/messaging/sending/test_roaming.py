"""What the centre says of recipients abroad, from its receipts to the program's report and the rate of what arrives."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.kernel.time import Period, day_of
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.smpp.receipts import MessageState
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import LOADED, O2, now, route, running, until

MANY = 40
HALF = CentreSettings(roaming_permille=500, visited_network="23201", failed_permille=500)


@pytest.mark.clause("o2/4.4")
def test_what_fails_while_its_recipient_roams_is_told_so_and_lowers_no_rate(database):
    provider = new_provider(LOADED)
    me = new_application(provider, LOADED)
    unbind(provider, me, LOADED, per_s=1000)

    async def going():
        async with Centre(HALF, now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await desk.submit([Submission(me, O2, str(n), report=True) for n in range(MANY)])
            await until(lambda: sender.counts.get("delivered", 0) + sender.counts.get("undelivered", 0) == MANY)
            return [(one.visited, one.state is MessageState.DELIVERED) for one in centre.memory]

    carried = asyncio.run(going())

    with transaction(provider) as db:
        reports = pending(Context(db, provider, OPERATOR, now(), uuid7(), None), me, limit=MANY)
        party = db.execute("SELECT party_id FROM service WHERE id = %s", [me]).fetchone()["party_id"]
    period = Period.containing(day_of(now()))
    asked = {"party": party, "period": period}
    own = call("messages.arrivals", asked, tenant=provider, actor=OPERATOR, now=now()).result.classes[0]
    told = Counter(
        (row["content"].get("network", ""), row["content"].get("roaming"), row["content"]["state"] == "delivered")
        for row in reports
    )
    said = Counter((visited, True if visited else None, arrived) for visited, arrived in carried)
    arrived = sum(one for _, one in carried)
    abroad = sum(bool(visited) and not one for visited, one in carried)
    assert len(said) == 4, "each of the four ends is there"
    assert told == said
    assert (own.accepted, own.delivered, own.undelivered, own.roaming) == (MANY, arrived, MANY - arrived, abroad)
    assert round(own.delivered_pct) == round(100 * arrived / (MANY - abroad))
