"""What came in is kept for pick-up for 96 hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.records import Arrived
from tests.conftest import NOW

APPLICATION = ServiceId(uuid7())
KEPT = timedelta(hours=96)


@pytest.fixture
def arrived(ctx):
    one = Arrived(uuid7(), APPLICATION, "sms", "+420601000001", "O2", "1991001", {"text": "Ano"}, NOW, NOW + KEPT)
    inbox.add_arrived(ctx, [one])
    return one


@pytest.mark.clause("o2/3.2")
def test_it_is_pending_until_the_instant_it_expires(ctx, arrived):
    last = replace(ctx, now=NOW + KEPT - timedelta(microseconds=1))

    (row,) = inbox.pending(last, APPLICATION, limit=9)

    assert (row["id"], row["content"], row["dialled"]) == (arrived.id, {"text": "Ano"}, "1991001")
    assert inbox.pending(replace(ctx, now=NOW + KEPT), APPLICATION, limit=9) == []


def test_it_stays_pending_when_fetched_and_not_when_acknowledged(ctx, arrived):
    inbox.mark_fetched(ctx, [arrived.id])
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
    inbox.mark_fetched(ctx, [arrived.id])

    assert inbox.erase_expired(ctx, before=NOW + KEPT - timedelta(seconds=1), limit=9) == 0
    assert inbox.erase_expired(ctx, before=NOW + KEPT, limit=9) == 1

    (row,) = inbox.arrived_by_id(ctx, APPLICATION, [arrived.id])
    assert (row["content"], row["erased"], row["fetched_at"]) == (None, True, NOW)
