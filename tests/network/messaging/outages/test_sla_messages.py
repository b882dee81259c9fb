"""Which priority messages left in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.kernel.time import Period
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.messages.store import add_events, add_messages
from spojka.network.messaging.outages.sla.store import timely_messages
from tests.access.committed import committed
from tests.network.messaging.billing.traffic import accepted
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2025, 6, 10, 8, tzinfo=UTC)
JUNE = Period.month(2025, 6)


def seconds(count):
    return timedelta(seconds=count)


@pytest.fixture(scope="module")
def tenant(database):
    return new_provider(AT)


@pytest.mark.parametrize(
    ("changed", "happened", "found"),
    [
        ({}, [("sent", 1, 5)], (1, 1)),
        ({}, [("sent", 1, 5.001)], (1, 0)),
        ({"parts": 2}, [("sent", 1, 1), ("sent", 2, 5)], (1, 1)),
        ({"parts": 2}, [("sent", 1, 1), ("sent", 2, 6)], (1, 0)),
        ({"parts": 2}, [("sent", 1, 1)], (1, 0)),
        ({}, [("expired", 1, 60)], (1, 0)),
        ({}, [("cancelled", 1, 1)], (0, 0)),
        ({}, [], (0, 0)),
        ({"options": {"not_before": (AT + seconds(3600)).isoformat()}}, [("sent", 1, 3605)], (1, 1)),
        ({"options": {"not_before": (AT + seconds(3600)).isoformat()}}, [("sent", 1, 3605.001)], (1, 0)),
        ({"class_": "standard"}, [("sent", 1, 60)], (0, 0)),
    ],
)
def test_a_message_left_in_time_when_all_of_it_did(tenant, changed, happened, found):
    with committed(tenant, AT) as ctx:
        application = new_application(tenant, AT)
        one = accepted(application, AT, **{"class_": "priority", **changed})
        add_messages(ctx, [one])
        add_events(ctx, [Happened(one.id, part, kind, AT + seconds(after)) for kind, part, after in happened])

    with committed(tenant, AT) as ctx:
        assert timely_messages(ctx, application, JUNE, within_s=5) == found
        ctx.db.execute("UPDATE application SET closed_at = opened_at WHERE id = %s", [application])
