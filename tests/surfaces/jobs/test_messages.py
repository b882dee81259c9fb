"""What messages need by themselves, round after round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages import inbox, store
from spojka.network.messaging.messages.records import Arrived
from spojka.surfaces.jobs.messages import EVERY, erase_messages, make_months
from tests.network.messaging.billing.traffic import accepted
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
END = AT + timedelta(hours=96)
ME = ServiceId(uuid7())


@pytest.fixture
def provider(database):
    return new_provider(AT)


def context(db, provider, now) -> Context:
    return Context(db, provider, OPERATOR, now, uuid7(), None)


@pytest.mark.clause("o2/3.2")
def test_what_came_in_is_erased_at_its_end_and_not_before(provider):
    one = Arrived(uuid7(), ME, "sms", "+420602000001", "O2", "999021", {"text": "Ano"}, AT, END)
    with transaction(provider) as db:
        inbox.add_arrived(context(db, provider, AT), [one])

    assert erase_messages(provider, END - EVERY) == 0
    assert erase_messages(provider, END) == 1

    with transaction(provider) as db:
        (row,) = inbox.arrived_by_id(context(db, provider, END), ME, [one.id])
    assert (row["content"], row["erased"]) == (None, True)


def test_a_reference_is_known_for_seven_days(provider):
    with transaction(provider) as db:
        store.keep_keys(context(db, provider, AT), [(ME, "a-1", uuid7(), {"state": "accepted"})])

    assert erase_messages(provider, AT + timedelta(days=7)) == 0
    assert erase_messages(provider, AT + timedelta(days=7) + EVERY) == 1


def test_a_provider_without_messages_has_nothing_to_erase(tenant):
    assert erase_messages(tenant, AT) == 0


@pytest.mark.usefixtures("database")
def test_months_are_made_once_a_day(tenant):
    make_months(tenant, datetime.now(UTC))

    assert make_months(tenant, datetime.now(UTC)) == 0


def test_the_words_of_sent_messages_are_erased_after_their_time_and_the_record_stays(provider):
    me = new_application(provider, AT)
    old, waits, new = (accepted(me, at) for at in (AT, AT + EVERY, AT + timedelta(days=1)))
    with transaction(provider) as db:
        ctx = context(db, provider, AT)
        store.add_messages(ctx, [old, waits, new])
        store.leave_queue(ctx, [old.id, new.id])
    due = AT + timedelta(days=90)

    erase_messages(provider, due)
    early = texts(provider, old, waits, new)
    erase_messages(provider, due + 2 * EVERY)
    on_time = texts(provider, old, waits, new)
    with transaction(provider) as db:
        store.leave_queue(context(db, provider, due), [waits.id])
    erase_messages(provider, due + 3 * EVERY)
    once_sent = texts(provider, old, waits, new)

    with transaction(provider) as db:
        (row,) = store.messages_by_id(context(db, provider, due), [old.id])
    assert (early, on_time, once_sent) == ([b"text"] * 3, [None, b"text", b"text"], [None, None, b"text"])
    assert (row["recipient"], bytes(row["body_hash"])) == (old.recipient, old.body_hash)


def texts(provider, *messages):
    with transaction(provider) as db:
        rows = store.messages_by_id(context(db, provider, AT), [one.id for one in messages])
    found = {row["id"]: row["body"] and bytes(row["body"]) for row in rows}
    return [found[one.id] for one in messages]
