"""Counting reads the month's partitions only, and messages of a certificate or of a line by index."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from spojka.kernel.time import Period
from spojka.network.messaging.billing import counting
from spojka.network.messaging.messages.partitions import make_partitions
from spojka.network.messaging.prices.rules import Sort
from tests.access.committed import committed
from tests.network.messaging.billing.traffic import accepted, handed_over
from tests.network.messaging.connector import new_application, new_provider

BEGINS = datetime(2025, 5, 1, 8, tzinfo=UTC)
JULY = Period.month(2027, 7)
STARTS = [JULY.starts_at]


class Watched:
    """A call's connection that explains what it is asked instead of doing it."""

    def __init__(self, db) -> None:
        self.db, self.plan = db, ""

    def execute(self, statement, given):
        rows = self.db.execute(f"EXPLAIN {statement}", given).fetchall()
        self.plan = "\n".join(next(iter(row.values())) for row in rows)
        return self

    def __iter__(self):
        return iter(())

    def fetchall(self):
        return []


@pytest.fixture(scope="module")
def filled(database):
    """Three months of which nobody else has messages, so that they have partitions; two applications use them."""
    tenant = new_provider(BEGINS)
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        make_partitions(owner, date(2027, 6, 1))
    applications = [new_application(tenant, BEGINS, number=number) for number in (21, 22)]
    with committed(tenant, BEGINS) as ctx:
        for month in (6, 7, 8):
            at = datetime(2027, month, 10, tzinfo=UTC)
            for application in applications:
                sent = [accepted(application, at + timedelta(seconds=place)) for place in range(1500)]
                handed_over(ctx, sent, then=["delivered"])
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("ANALYZE message, message_event")
    return tenant, applications[0]


@pytest.fixture
def planned(filled):
    """Explains a piece of work as the ordinary role plans it."""
    tenant, _ = filled

    def plan(work):
        with transaction(tenant) as db:
            ctx = type("Asked", (), {"db": Watched(db), "tenant": tenant})()
            work(ctx)
            return ctx.db.plan

    return plan


def test_a_month_is_counted_without_reading_other_months(planned):
    plan = planned(lambda ctx: counting.dispatched(ctx, STARTS, JULY.ends_at, []))

    assert "message_event_2027_07" in plan
    assert "Seq Scan on message_2027_06" not in plan
    assert "Seq Scan on message_2027_08" not in plan
    assert "Seq Scan on message_event_2027_06" not in plan
    assert "Seq Scan on message_event_2027_08" not in plan


def test_what_a_certificate_sent_is_found_by_its_application(planned, filled):
    window = counting.Window(filled[1], bytes(32), JULY.starts_at)

    plan = planned(lambda ctx: counting.used_with(ctx, [window], STARTS, JULY.ends_at))

    assert "Seq Scan on message_2027_06" not in plan
    assert "Seq Scan on message_event_2027_06" not in plan


def test_a_page_of_a_lines_messages_is_read_by_index(planned, filled):
    sort = Sort("sms", "own", nickname=False, priority=False)

    plan = planned(
        lambda ctx: counting.messages_of(
            ctx,
            filled[1],
            [sort],
            (JULY.starts_at, JULY.ends_at),
            priority=False,
            after=counting.id_at(JULY.starts_at),
            limit=100,
        )
    )

    assert "Seq Scan on message_2027" not in plan
    assert "Seq Scan on message_event_2027" not in plan
