"""An application's last hour, minute by minute: what was accepted in each, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import ServiceId, uuid7, uuid7_at
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.partitions import first_id_at
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.messages.traffic.store import ACCEPTED, BECAME, MINUTE, minutes_of
from tests.conftest import NOW
from tests.network.messaging.messages.test_store import APPLICATION, message

OTHER = ServiceId(uuid7())


@pytest.fixture
def sent(ctx):
    """Four messages of one minute with their ends, one of the next, one before, and one of another application."""
    at = NOW + timedelta(seconds=59)
    ids = [uuid7_at(each) for each in (at, at, at, at, NOW + MINUTE, NOW - timedelta(milliseconds=1), at)]
    made = [message(id=one, parts=2 if place == 1 else 1) for place, one in enumerate(ids)]
    made[-1] = replace(made[-1], application=OTHER)
    store.add_messages(ctx, made)
    store.add_events(
        ctx,
        [
            Happened(ids[0], 1, "sent", at),
            Happened(ids[0], 1, "delivered", at),
            Happened(ids[1], 1, "delivered", at),
            Happened(ids[2], 1, "undelivered", at),
            Happened(ids[4], 1, "cancelled", at + MINUTE),
        ],
    )
    return ids


@pytest.mark.usefixtures("sent")
def test_a_message_counts_in_its_minute_and_what_became_of_it_too(ctx):
    first, second = minutes_of(ctx, APPLICATION, since=NOW, minutes=2)

    assert (first.at, first.accepted, first.delivered, first.failed, first.open) == (NOW, 4, 1, 1, 2)
    assert (second.at, second.accepted, second.delivered, second.failed) == (NOW + MINUTE, 1, 0, 1)


@pytest.mark.usefixtures("sent")
def test_minutes_without_messages_are_there_and_a_minute_begins_whole(ctx):
    found = minutes_of(ctx, APPLICATION, since=NOW + timedelta(seconds=30) - 2 * MINUTE, minutes=4)

    assert [(one.at - NOW, one.accepted) for one in found] == [
        (-2 * MINUTE, 0),
        (-MINUTE, 1),
        (0 * MINUTE, 4),
        (MINUTE, 1),
    ]


def test_the_hour_is_found_by_the_index_of_the_application(database, tenant):
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, NOW, uuid7(), None)
        for hour in range(40):
            at = NOW - timedelta(hours=hour)
            made = [message(id=uuid7_at(at + timedelta(seconds=each))) for each in range(100)]
            store.add_messages(ctx, made)
            store.add_events(ctx, [Happened(one.id, 1, "delivered", at) for one in made])
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("ANALYZE message")
        owner.execute("ANALYZE message_event")
    given = {
        "tenant": tenant,
        "application": APPLICATION,
        "first": first_id_at(NOW - timedelta(minutes=1)),
        "beyond": first_id_at(NOW + timedelta(hours=1)),
    }

    with transaction(tenant) as db:
        plans = {
            name: "\n".join(row["QUERY PLAN"] for row in db.execute(f"EXPLAIN {statement}", given).fetchall())
            for name, statement in (("accepted", ACCEPTED), ("became", BECAME))
        }

    for plan in plans.values():
        assert "Seq Scan on message_2026_02" not in plan, plan
        assert "Index" in plan, plan
