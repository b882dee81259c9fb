"""Links and webhooks take from one inbox: no item is taken by both, and who lost one changes nothing of it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import inbox, leases
from spojka.network.messaging.messages.records import Arrived
from spojka.network.messaging.webhooks import store
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
KEPT = timedelta(hours=96)
LEASE_S = 60
LATER = AT + timedelta(seconds=LEASE_S)
"""When a lease of the beginning is over."""


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(AT)


@pytest.fixture
def place(provider):
    """An application that is called, with one item."""
    application = new_application(provider, AT, number=uuid7().int % 90)
    item = Arrived(uuid7(), application, "sms", "+420601000001", "O2", "999021", {"text": "Ano"}, AT, AT + KEPT)
    with transaction(provider) as db:
        ctx = context(db, provider)
        inbox.add_arrived(ctx, [item])
        store.set_webhook(ctx, application, url="https://program.example/in", secret=b"s")
    yield provider, application, item.id
    with transaction(provider) as db:
        db.execute("DELETE FROM application WHERE id = %s", [application])


def context(db, provider, at=AT):
    return Context(db, provider, OPERATOR, at, uuid7(), None)


def lent(ctx, application):
    taken = leases.lease(ctx, application, kinds=["sms"], held=[], lease_s=LEASE_S, limit=9)
    return {row["id"]: tries for row, tries in taken}


def claimed(ctx, application):
    told = store.claim_due(ctx, resting=[], lease_s=LEASE_S, limit=9, total=99)
    return {item: tries for one in told if one.application == application for item, tries in one.tries.items()}


def told(item):
    """An item as it was told."""
    return [{"id": item, "kind": "sms", "content": {"text": "Ano"}}]


def done(place, work, *given, at=AT):
    with transaction(place[0]) as db:
        return work(context(db, place[0], at), *given)


def row_of(place, table):
    with transaction(place[0]) as db:
        return db.execute(f"SELECT * FROM {table} WHERE item_id = %s", [place[2]]).fetchone()


@pytest.mark.parametrize(("first", "second"), [(lent, claimed), (claimed, lent), (lent, lent), (claimed, claimed)])
def test_what_one_takes_another_that_comes_meanwhile_does_not_take(place, first, second):
    provider, application, item = place
    found = []
    other = threading.Thread(target=lambda: found.append(done(place, second, application)))

    with transaction(provider) as db:
        mine = first(context(db, provider), application)
        other.start()
        other.join(0.4)
        waited = other.is_alive()
    other.join(10)

    assert (mine, found, waited) == ({item: 1}, [{}], True)


def test_a_link_that_lost_an_item_neither_ends_the_lease_of_the_next_one_nor_puts_it_off(place):
    _, application, item = place
    first = done(place, lent, application)
    second = done(place, lent, application, at=LATER)

    done(place, leases.put_off, {item: AT}, first)
    done(place, leases.end_leases, first)
    kept = row_of(place, "inbox_lease")
    done(place, leases.put_off, {item: AT + KEPT}, second)
    put_off = row_of(place, "inbox_lease")
    done(place, leases.end_leases, second)

    assert (first, second) == ({item: 1}, {item: 2})
    assert kept["until_at"] == LATER + timedelta(seconds=LEASE_S)
    assert put_off["until_at"] == AT + KEPT
    assert row_of(place, "inbox_lease") is None


def test_a_process_that_lost_an_item_changes_nothing_of_who_tells_it_now(place):
    _, application, item = place
    first = done(place, claimed, application)
    second = done(place, claimed, application, at=LATER)

    done(place, store.not_taken, {item: AT}, first, "late")
    done(place, store.give_back, first)
    done(place, store.taken, application, told(item), first)
    kept = row_of(place, "webhook_try")
    done(place, store.not_taken, {item: AT + KEPT}, second, "HTTP 500")
    put_off = row_of(place, "webhook_try")
    done(place, store.give_back, second)
    given_back = row_of(place, "webhook_try")

    assert (first, second) == ({item: 1}, {item: 2})
    assert (kept["tries"], kept["due_at"], kept["error"]) == (2, LATER + timedelta(seconds=LEASE_S), "")
    assert (put_off["due_at"], put_off["error"]) == (AT + KEPT, "HTTP 500")
    assert (given_back["tries"], given_back["due_at"]) == (1, AT)


def test_what_was_never_told_is_given_back_as_if_it_had_not_been_claimed(place):
    _, application, item = place
    mine = done(place, claimed, application)

    done(place, store.give_back, mine)

    assert row_of(place, "webhook_try") is None
    assert done(place, claimed, application) == {item: 1}
