"""What came in is kept for pick-up for 96 hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from structlog.testing import capture_logs

from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.records import Arrived
from tests.conftest import NOW

APPLICATION = ServiceId(uuid7())
KEPT = timedelta(hours=96)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def arrived(ctx):
    one = Arrived(uuid7(), APPLICATION, "sms", "+420601000001", "O2", "1991001", {"text": "Ano"}, NOW, NOW + KEPT)
    inbox.add_arrived(ctx, [one])
    return one


def as_read(arrived, content=None):
    """An item as it is handed out."""
    return {"id": arrived.id, "kind": arrived.kind, "content": content or arrived.content}


@pytest.mark.clause("o2/7.1")
@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("sms", {"text": "Příliš žluťoučký kůň"}, "Příliš žluťoučký kůň".encode()),
        ("sms", {"octets": "00ff"}, b"\x00\xff"),
        ("mms", {"subject": "Dort", "parts": [{"part": 1, "sha256": "ab"}]}, b"Dort\nab"),
    ],
)
def test_the_digest_of_what_came_is_kept_and_is_that_of_what_is_picked_up(ctx, kind, content, said):
    one = Arrived(uuid7(), APPLICATION, kind, "+420601000001", "O2", "1991001", content, NOW, NOW + KEPT)
    inbox.add_arrived(ctx, [one])

    (read,) = inbox.pending(ctx, APPLICATION, limit=9)
    with capture_logs() as logged:
        inbox.mark_fetched(ctx, [read])
    inbox.erase_expired(ctx, before=NOW + KEPT, limit=9)

    (row,) = inbox.arrived_by_id(ctx, APPLICATION, [one.id])
    assert read["fetched_digest"] is None
    assert (row["content"], row["digest"], row["fetched_digest"]) == (None, *[sha256(said).digest()] * 2)
    assert logged == []


@pytest.mark.clause("o2/7.1")
def test_what_is_picked_up_otherwise_than_it_came_is_noticed(ctx, arrived):
    with capture_logs() as logged:
        inbox.mark_fetched(ctx, [as_read(arrived, {"text": "Ne"})])

    (row,) = inbox.arrived_by_id(ctx, APPLICATION, [arrived.id])
    assert (row["digest"], row["fetched_digest"]) == (sha256(b"Ano").digest(), sha256(b"Ne").digest())
    assert [(one["event"], one["item"]) for one in logged] == [("received_message_altered", str(arrived.id))]


def test_a_report_is_nobodys_data_and_has_no_digest(ctx):
    one = Arrived(
        uuid7(), APPLICATION, "report", "+420601000001", "", "1991001", {"state": "delivered"}, NOW, NOW + KEPT
    )
    inbox.add_arrived(ctx, [one])

    inbox.mark_fetched(ctx, inbox.pending(ctx, APPLICATION, limit=9))

    (row,) = inbox.arrived_by_id(ctx, APPLICATION, [one.id])
    assert (row["digest"], row["fetched_digest"], row["fetched_at"]) == (None, None, NOW)


@pytest.mark.clause("o2/3.2")
def test_it_is_pending_until_the_instant_it_expires(ctx, arrived):
    last = replace(ctx, now=NOW + KEPT - timedelta(microseconds=1))

    (row,) = inbox.pending(last, APPLICATION, limit=9)

    assert (row["id"], row["content"], row["dialled"]) == (arrived.id, {"text": "Ano"}, "1991001")
    assert inbox.pending(replace(ctx, now=NOW + KEPT), APPLICATION, limit=9) == []


def test_it_stays_pending_when_fetched_and_not_when_acknowledged(ctx, arrived):
    inbox.mark_fetched(ctx, [as_read(arrived)])
    assert len(inbox.pending(ctx, APPLICATION, limit=9)) == 1

    assert inbox.acknowledge(ctx, APPLICATION, [arrived.id]) == {arrived.id}
    assert inbox.acknowledge(ctx, APPLICATION, [arrived.id]) == {arrived.id}

    assert inbox.pending(ctx, APPLICATION, limit=9) == []
    (row,) = inbox.arrived_by_id(ctx, APPLICATION, [arrived.id])
    assert (row["fetched_at"], row["acked_at"]) == (NOW, NOW)


@pytest.mark.clause("o2/3.2")
def test_an_acknowledgement_after_the_end_has_no_effect(ctx, arrived):
    late = replace(ctx, now=NOW + KEPT)

    assert inbox.acknowledge(late, APPLICATION, [arrived.id]) == set()


def test_nobody_acknowledges_what_is_another_applications(ctx, arrived):
    assert inbox.acknowledge(ctx, ServiceId(uuid7()), [arrived.id]) == set()


@pytest.mark.clause("o2/3.2")
def test_content_is_erased_at_the_end_and_the_rest_says_whether_it_was_picked_up(ctx, arrived):
    inbox.mark_fetched(ctx, [as_read(arrived)])

    assert inbox.erase_expired(ctx, before=NOW + KEPT - timedelta(seconds=1), limit=9) == 0
    assert inbox.erase_expired(ctx, before=NOW + KEPT, limit=9) == 1

    (row,) = inbox.arrived_by_id(ctx, APPLICATION, [arrived.id])
    assert (row["content"], row["erased"], row["fetched_at"]) == (None, True, NOW)


@pytest.mark.clause("o2/3.2")
@pytest.mark.parametrize(
    ("fetched_at", "ends"), [(NOW + KEPT - MOMENT, ("picked_up", 0)), (None, ("expired_not_collected", 1))]
)
@pytest.mark.parametrize("erased", [False, True])
def test_what_was_not_fetched_in_time_ends_uncollected_erased_or_not_yet(ctx, arrived, fetched_at, ends, erased):
    over = replace(ctx, now=NOW + KEPT)
    if fetched_at is not None:
        inbox.mark_fetched(replace(ctx, now=fetched_at), [as_read(arrived)])
    if erased:
        inbox.erase_expired(over, before=over.now, limit=9)

    (row,) = inbox.arrived_by_id(over, APPLICATION, [arrived.id])

    stands = inbox.summary(over, APPLICATION, since=NOW)
    assert (inbox.state_of(row, over.now), stands["deleted_unread"]) == ends
    assert (stands["waiting"], stands["oldest_expires_at"]) == (0, None)


@pytest.mark.clause("o2/3.2")
def test_until_its_end_an_item_waits_and_nothing_is_counted_as_deleted(ctx, arrived):
    last = replace(ctx, now=NOW + KEPT - MOMENT)

    (row,) = inbox.arrived_by_id(last, APPLICATION, [arrived.id])

    assert inbox.state_of(row, last.now) == "waiting"
    assert inbox.summary(last, APPLICATION, since=NOW) == {
        "waiting": 1,
        "oldest_expires_at": NOW + KEPT,
        "deleted_unread": 0,
    }


def test_what_was_taken_out_or_is_a_report_was_not_deleted_unread(ctx, arrived):
    report = replace(arrived, id=uuid7(), kind="report", content={"state": "delivered", "part": 1, "parts": 1})
    inbox.add_arrived(ctx, [report])
    inbox.acknowledge(ctx, APPLICATION, [arrived.id])
    over = replace(ctx, now=NOW + KEPT)

    before = inbox.summary(over, APPLICATION, since=NOW)
    inbox.erase_expired(over, before=over.now, limit=9)

    assert before["deleted_unread"] == inbox.summary(over, APPLICATION, since=NOW)["deleted_unread"] == 0


def test_what_ended_before_the_time_that_is_counted_is_left_out(ctx, arrived):
    over = replace(ctx, now=NOW + 2 * KEPT)
    inbox.erase_expired(over, before=over.now, limit=9)

    counted = [
        inbox.summary(over, APPLICATION, since=since)["deleted_unread"] for since in (NOW + KEPT, NOW + KEPT + MOMENT)
    ]

    assert counted == [1, 0]
