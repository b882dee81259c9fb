"""Subscribers are warned in time, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.records import Arrived
from spojka.surfaces.jobs.warning import EVERY, warn_subscribers
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
END = AT + timedelta(hours=96)
TICK = timedelta(microseconds=1)
COUNTED = (
    "INSERT INTO message_counter (tenant_id, application_id, period, period_on, used) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (tenant_id, application_id, period, period_on) DO UPDATE SET used = excluded.used"
)


@pytest.fixture
def provider(database):
    return new_provider(AT)


@pytest.fixture
def application(provider):
    return new_application(provider, AT)


def used(provider, application, period, messages, day=10):
    with transaction(provider) as db:
        first = AT.date().replace(day=1 if period == "month" else day)
        db.execute(COUNTED, [provider, application, period, first, messages])


def told(provider):
    with transaction(provider) as db:
        return db.execute("SELECT kind, clauses FROM notice WHERE channel = 'portal' ORDER BY written_at").fetchall()


@pytest.mark.clause("o2/3.3")
@pytest.mark.parametrize(("period", "below"), [("day", 3999), ("month", 79_999)])
def test_a_limit_is_warned_of_from_eighty_per_cent_on_and_once(provider, application, period, below):
    used(provider, application, period, below)
    before = warn_subscribers(provider, AT)
    used(provider, application, period, below + 1)

    reached = warn_subscribers(provider, AT + EVERY)
    used(provider, application, period, below + 2)
    again = warn_subscribers(provider, AT + 2 * EVERY)

    assert (before, reached, again) == (0, 2, 0)
    assert told(provider) == [{"kind": "limit_near", "clauses": ["o2/3.3"]}]


def test_the_next_days_limit_is_warned_of_anew(provider, application):
    used(provider, application, "day", 4000)
    used(provider, application, "day", 4000, day=11)

    assert [warn_subscribers(provider, AT), warn_subscribers(provider, AT + timedelta(days=1))] == [2, 2]


@pytest.mark.clause("o2/3.2")
def test_unread_messages_are_warned_of_twenty_four_hours_before_their_end_once_a_day(provider, application):
    item = Arrived(uuid7(), application, "sms", "+420602000001", "O2", "999021", {"text": "Ano"}, AT, END)
    with transaction(provider) as db:
        inbox.add_arrived(Context(db, provider, OPERATOR, AT, uuid7(), None), [item])
    from_at = END - timedelta(hours=24)

    early = warn_subscribers(provider, from_at - EVERY)
    due = warn_subscribers(provider, from_at)
    again = warn_subscribers(provider, from_at + EVERY)

    assert (early, due, again) == (0, 2, 0)
    assert told(provider) == [{"kind": "inbox_ends", "clauses": ["o2/3.2"]}]


def test_what_was_fetched_is_not_warned_of(provider, application):
    item = Arrived(uuid7(), application, "sms", "+420602000001", "O2", "999021", {"text": "Ano"}, AT, END)
    with transaction(provider) as db:
        inbox.add_arrived(Context(db, provider, OPERATOR, AT, uuid7(), None), [item])
        db.execute("UPDATE message_inbox SET fetched_at = %s", [AT])

    assert warn_subscribers(provider, END - TICK) == 0
