"""When queues are counted anew: long ones seldom, few at once, and again soon where somebody was refused for them."""

from __future__ import annotations

from uuid import UUID

import pytest

from spojka.network.messaging.messages.records import Queued
from spojka.network.messaging.submission import lengths
from spojka.network.messaging.submission.lengths import KNOWN_NS, LONG_NS, OLD_NS, QueueLengths

MANY = 1_000_000_000
FIRST, SECOND, THIRD = (UUID(int=number) for number in range(1, 4))


class Counting:
    """Queues that wait, and whose were counted."""

    def __init__(self):
        self.waiting, self.counted = {}, []

    def queue_lengths(self, _, applications):
        self.counted.append(sorted(applications))
        return {one: Queued(standard=self.waiting.get(one, 0)) for one in applications}


@pytest.fixture
def counting(monkeypatch):
    found = Counting()
    monkeypatch.setattr(lengths.store, "queue_lengths", found.queue_lengths)
    return found


def test_a_short_queue_is_counted_again_after_a_second_and_counted_on_in_between(counting):
    counting.waiting[FIRST] = 10
    known = QueueLengths()

    told = known.of(None, [FIRST], 0, most=MANY)
    assert told == {FIRST: Queued(standard=10)}
    known.keep(told, {FIRST: Queued(standard=12)})
    assert known.of(None, [FIRST], KNOWN_NS - 1, most=MANY) == {FIRST: Queued(standard=12)}
    assert known.of(None, [FIRST], KNOWN_NS, most=MANY) == {FIRST: Queued(standard=10)}
    assert len(counting.counted) == 2


@pytest.mark.parametrize(
    ("waiting", "holds_ns"), [(8_000, 2 * KNOWN_NS), (10_000, 5 * KNOWN_NS // 2), (900_000, LONG_NS)]
)
def test_a_long_queue_is_counted_the_more_seldom_the_longer_it_is(counting, waiting, holds_ns):
    counting.waiting[FIRST] = waiting
    known = QueueLengths()

    for now_ns in (0, holds_ns - 1, holds_ns):
        known.of(None, [FIRST], now_ns, most=MANY, known_ns=0)

    assert len(counting.counted) == 2


def test_long_queues_are_counted_in_turn(counting):
    counting.waiting |= {FIRST: 15_000, SECOND: 15_000, THIRD: 4_000}
    known = QueueLengths()
    everybody = [FIRST, SECOND, THIRD]

    for now_ns in (0, LONG_NS, LONG_NS + 1, LONG_NS + 2):
        known.of(None, everybody, now_ns, most=MANY)

    assert counting.counted == [everybody, [FIRST, THIRD], [SECOND]]


def test_what_nobody_asked_for_in_a_long_time_is_counted_however_much_it_is(counting):
    counting.waiting |= {FIRST: 90_000, SECOND: 90_000}
    known = QueueLengths()

    for now_ns in (0, OLD_NS):
        known.of(None, [FIRST, SECOND], now_ns, most=MANY)

    assert counting.counted == [[FIRST, SECOND]] * 2


def test_where_somebody_was_refused_a_long_queue_is_counted_as_soon_as_a_short_one(counting):
    counting.waiting |= {FIRST: 90_000, SECOND: 90_000}
    known = QueueLengths()

    known.of(None, [FIRST, SECOND], 0, most=MANY)
    known.doubt(FIRST)
    for now_ns in (KNOWN_NS - 1, KNOWN_NS, 2 * KNOWN_NS):
        known.of(None, [FIRST, SECOND], now_ns, most=MANY)

    assert counting.counted == [[FIRST, SECOND], [FIRST]]


def test_what_came_to_nothing_is_counted_again(counting):
    counting.waiting[FIRST] = 3
    known = QueueLengths()

    told = known.of(None, [FIRST], 0, most=MANY)
    known.keep(told, {FIRST: Queued(standard=99)})
    known.drop([FIRST])

    assert known.of(None, [FIRST], 1, most=MANY) == {FIRST: Queued(standard=3)}


def test_what_is_kept_is_added_to_what_was_counted_meanwhile(counting):
    counting.waiting[FIRST] = 100
    known = QueueLengths()
    told = known.of(None, [FIRST], 0, most=MANY)
    counting.waiting[FIRST] = 7

    known.of(None, [FIRST], 2 * KNOWN_NS, most=MANY)
    known.keep(told, {FIRST: Queued(standard=102, priority=1, standard_later=3, priority_later=4)})

    kept = Queued(standard=9, priority=1, standard_later=3, priority_later=4)
    assert known.of(None, [FIRST], 2 * KNOWN_NS + 1, most=MANY) == {FIRST: kept}


@pytest.mark.parametrize(("waiting", "counts"), [(75_000, 1), (75_001, 2)])
def test_a_queue_that_is_nearly_full_is_counted_as_soon_as_a_short_one(counting, waiting, counts):
    counting.waiting[FIRST] = waiting
    known = QueueLengths()

    for now_ns in (0, KNOWN_NS - 1, KNOWN_NS):
        known.of(None, [FIRST], now_ns, most=100_000)

    assert len(counting.counted) == counts


@pytest.mark.parametrize(("priority", "counts"), [(75_000, 1), (75_001, 2)])
def test_either_queue_of_an_application_may_be_nearly_full_by_what_was_kept(counting, priority, counts):
    counting.waiting[FIRST] = 40_000
    known = QueueLengths()

    told = known.of(None, [FIRST], 0, most=100_000)
    known.keep(told, {FIRST: Queued(standard=40_000, priority_later=priority)})
    known.of(None, [FIRST], KNOWN_NS, most=100_000)

    assert len(counting.counted) == counts
