"""Messages to one number are found over days and months, whatever part of a day is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from spojka.kernel.ids import uuid7_at
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.finding import Wanted, candidates
from spojka.network.messaging.messages.numbered import days_between
from spojka.network.messaging.messages.partitions import LAST, first_id_at
from tests.network.messaging.messages.test_store import message

NUMBER, OTHER = "+420602000001", "+420777000002"
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
TIMES = [
    NEW_YEAR - timedelta(days=40),
    NEW_YEAR - timedelta(milliseconds=1),
    NEW_YEAR,
    NEW_YEAR + timedelta(hours=23, minutes=59),
    NEW_YEAR + timedelta(days=1),
]


@pytest.fixture
def made(ctx):
    """A message to the number and one to another at each time, in the order of time."""
    ids = {number: [uuid7_at(at) for at in TIMES] for number in (NUMBER, OTHER)}
    store.add_messages(
        ctx,
        [
            message(id=one, accepted_at=at, recipient=number)
            for number, of_number in ids.items()
            for one, at in zip(of_number, TIMES, strict=True)
        ],
    )
    return ids[NUMBER]


@pytest.mark.parametrize(
    ("span", "places"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"from_at": TIMES[1]}, [4, 3, 2, 1]),
        ({"from_at": TIMES[2], "to_at": TIMES[4]}, [3, 2]),
        ({"to_at": TIMES[2]}, [1, 0]),
        ({"from_at": TIMES[2] + timedelta(hours=1), "to_at": TIMES[3]}, []),
        ({"from_at": TIMES[4] + timedelta(days=1)}, []),
    ],
)
def test_messages_to_a_number_are_found_within_a_time_the_latest_first(ctx, made, span, places):
    found = candidates(ctx, Wanted(recipient=NUMBER, **span), limit=10)

    assert [made.index(one) for one in found] == places


def test_a_page_holds_the_latest_of_all_days_and_goes_on_behind_them(ctx, made):
    first = candidates(ctx, Wanted(recipient=NUMBER), limit=2)
    second = candidates(ctx, Wanted(recipient=NUMBER, before=first[-1]), limit=2)

    assert [made.index(one) for one in first + second] == [4, 3, 2, 1]


def test_days_reach_from_the_oldest_message_of_the_time_to_the_latest(ctx, made):
    cut = days_between(ctx, made[1], first_id_at(NEW_YEAR + timedelta(hours=1)))

    assert cut["days"] == [date(2026, 12, 31), date(2027, 1, 1)]
    assert cut["firsts"] == [made[1], first_id_at(NEW_YEAR)]
    assert cut["beyonds"] == [first_id_at(NEW_YEAR), first_id_at(NEW_YEAR + timedelta(hours=1))]
    assert len(days_between(ctx, made[0], LAST)["days"]) == 42


def test_where_nothing_was_sent_there_are_no_days(ctx):
    assert days_between(ctx, first_id_at(NEW_YEAR), LAST)["days"] == []
    assert candidates(ctx, Wanted(recipient=NUMBER), limit=2) == []
