"""Messages, their queue, events, keys and counters as the database keeps them."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.kernel.time import Period
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.messages.lives import cancel, cancel_waiting
from spojka.network.messaging.messages.partitions import TABLES, first_id, make_partitions
from spojka.network.messaging.messages.records import Happened, Message
from tests.conftest import NOW

APPLICATION = ServiceId(uuid7())
BEFORE = first_id(Period.month(2020, 1))
"""An id before all others."""


def message(text: str = "Příliš žluťoučký", **changed) -> Message:
    facts = {
        "id": uuid7(),
        "application": APPLICATION,
        "kind": "sms",
        "class_": "standard",
        "purpose": "service",
        "recipient": "+420601000001",
        "sender": "1991001",
        "sender_kind": "app_number",
        "network": "O2",
        "destination": "own",
        "coding": "ucs2",
        "parts": 1,
        "body": text.encode(),
        "body_hash": sha256(text.encode()).digest(),
        "accepted_at": NOW,
        **changed,
    }
    return Message(**facts)


def test_what_was_accepted_comes_back_as_it_was_and_waits(ctx):
    sent = message(reference="42", certificate=b"\x01" * 32, options={"report": True}, expires_at=NOW + timedelta(1))

    store.add_messages(ctx, [sent, message("druhá")])

    (row, other) = store.waiting_after(ctx, BEFORE, limit=9)
    assert store.waiting_after(ctx, sent.id, limit=9) == [other]
    assert (row["id"], row["body"], row["parts"], row["class"]) == (sent.id, sent.body, 1, "standard")
    assert (row["options"], row["expires_at"], row["certificate"]) == ({"report": True}, sent.expires_at, b"\x01" * 32)


def test_a_message_that_is_to_leave_later_is_ready_then(ctx):
    later = NOW + timedelta(hours=2)
    one = message(not_before=later)

    store.add_messages(ctx, [one])

    (row,) = store.waiting_after(ctx, BEFORE, limit=9)
    assert row["ready_at"] == later


def test_a_message_is_claimed_once_and_leaves_the_queue_alone(ctx):
    one, other = message(), message()
    store.add_messages(ctx, [one, other])

    assert store.claim(ctx, [one.id]) == {one.id}
    assert store.claim(ctx, [one.id, other.id]) == {other.id}
    assert [row["id"] for row in store.claimed_messages(ctx, limit=9)] == [one.id, other.id]
    store.leave_queue(ctx, [one.id])
    store.leave_queue(ctx, [one.id])
    assert [row["id"] for row in store.claimed_messages(ctx, limit=9)] == [other.id]


def test_each_kind_waits_and_is_claimed_for_itself_and_an_mms_comes_without_its_body(ctx):
    text, picture, taken = message(), message(kind="mms", coding="mms"), message(kind="mms", coding="mms")
    store.add_messages(ctx, [text, picture, taken])
    store.claim(ctx, [taken.id])

    waiting = {kind: store.waiting_after(ctx, BEFORE, limit=9, kind=kind) for kind in ("sms", "mms")}
    beside = {kind: store.waiting_beside(ctx, [], limit=9, kind=kind) for kind in ("sms", "mms")}
    claimed = {kind: store.claimed_messages(ctx, limit=9, kind=kind) for kind in ("sms", "mms")}

    assert {kind: [row["id"] for row in rows] for kind, rows in waiting.items()} == {
        "sms": [text.id],
        "mms": [picture.id],
    }
    assert beside == waiting
    assert {kind: [row["id"] for row in rows] for kind, rows in claimed.items()} == {"sms": [], "mms": [taken.id]}
    assert (waiting["sms"][0]["body"], waiting["mms"][0]["body"]) == (text.body, b"")


def test_what_is_claimed_is_not_cancelled(ctx):
    claimed, waits = message(), message()
    store.add_messages(ctx, [claimed, waits])
    store.claim(ctx, [claimed.id])

    assert cancel_waiting(ctx, APPLICATION, why={"by": "me"}) == 1

    (event,) = store.events_of(ctx, [claimed.id, waits.id])
    assert (event["message_id"], event["kind"], event["detail"]) == (waits.id, "cancelled", {"by": "me"})


@pytest.mark.parametrize(("asked", "reported"), [(True, 1), ("failures", 1), (False, 0), (None, 0)])
def test_what_is_cancelled_is_reported_to_whoever_asked(ctx, asked, reported):
    options = {} if asked is None else {"report": asked}
    whole, alone = message(options=options), message(options=options, application=ServiceId(uuid7()))
    store.add_messages(ctx, [whole, alone])

    cancel_waiting(ctx, APPLICATION, why={"code": "SERVICE_SUSPENDED"})
    cancel(ctx, alone.application, alone.id)
    cancel(ctx, alone.application, alone.id)

    for one in (whole, alone):
        told = pending(ctx, one.application, limit=9)
        assert [(row["message_id"], row["sender"], row["content"]["state"]) for row in told] == [
            (one.id, one.recipient, "cancelled")
        ] * reported


def test_a_part_is_found_by_what_its_link_calls_it(ctx):
    one = message(parts=2)
    store.add_messages(ctx, [one])
    store.add_events(
        ctx,
        [
            Happened(one.id, 1, "sent", NOW, "a", "77"),
            Happened(one.id, 2, "sent", NOW, "a", "78"),
            Happened(one.id, 1, "delivered", NOW, "a", "77", {"stat": "DELIVRD"}),
        ],
    )

    found = store.sent_as(ctx, "a", ["78", "79"])

    assert [(row["message_id"], row["part"], row["remote_id"]) for row in found] == [(one.id, 2, "78")]
    assert store.sent_as(ctx, "b", ["78"]) == []
    assert [row["kind"] for row in store.events_of(ctx, [one.id])] == ["sent", "sent", "delivered"]


def test_counters_begin_at_nothing_and_keep_what_is_written(ctx):
    day, month = (APPLICATION, "day", date(2026, 2, 1)), (APPLICATION, "month", date(2026, 2, 1))

    assert store.lock_counters(ctx, [day, month, day])() == {day: 0, month: 0}
    store.count_used(ctx, {day: 3, month: 9})

    assert store.lock_counters(ctx, [month])() == {month: 9}


def test_two_that_count_at_once_count_one_after_the_other(tenant, tmp_path):
    day = (APPLICATION, "day", date(2026, 2, 1))
    gate = threading.Barrier(2, timeout=30)

    def count() -> None:
        gate.wait()
        for _ in range(20):
            with transaction(tenant) as db:
                ctx = Context(db, tenant, OPERATOR, NOW, uuid7(), tmp_path)
                store.count_used(ctx, {day: store.lock_counters(ctx, [day])()[day] + 1})

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with transaction(tenant) as db:
        assert store.lock_counters(Context(db, tenant, OPERATOR, NOW, uuid7(), tmp_path), [day])() == {day: 40}


def test_a_key_is_kept_once_with_its_answer(ctx):
    one = uuid7()
    store.keep_keys(ctx, [(APPLICATION, "a-1", one, {"state": "accepted"})])

    known = store.known_keys(ctx, [(APPLICATION, "a-1"), (APPLICATION, "a-2")])()

    assert {key: row["message_id"] for key, row in known.items()} == {(APPLICATION, "a-1"): one}
    with pytest.raises(psycopg.errors.UniqueViolation):
        store.keep_keys(ctx, [(APPLICATION, "a-1", uuid7(), {}), (APPLICATION, "a-2", uuid7(), {})])


@pytest.mark.usefixtures("database")
def test_messages_lie_in_the_partition_of_their_month(ctx):
    one = message()
    store.add_messages(ctx, [one])

    (row,) = ctx.db.execute("SELECT tableoid::regclass::text AS place FROM message WHERE id = %s", [one.id]).fetchall()

    assert row["place"] == f"message_{datetime.now(UTC):%Y_%m}"


@pytest.mark.usefixtures("database")
def test_months_are_made_once_and_follow_one_another():
    with psycopg.connect(owner_url()) as owner:
        made = make_partitions(owner, date(2044, 11, 5))
        again = make_partitions(owner, date(2044, 11, 30))
        owner.rollback()

    assert made == [f"{table}_2044_{month}" for month in (11, 12) for table in TABLES] + [
        f"{table}_2045_01" for table in TABLES
    ]
    assert again == []


def test_the_months_first_id_is_the_smallest_of_its_first_instant():
    begins = Period.month(2026, 3)

    assert first_id(begins).int >> 80 == int(begins.starts_at.timestamp() * 1000)
    assert first_id(begins).int & ((1 << 80) - 1) == 0
