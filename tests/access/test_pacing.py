"""Token buckets: so many at once, one more for every interval, never more than a full bucket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.access.operations.pacing import Buckets, Pace
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def buckets():
    return Buckets(Pace(3, MINUTE))


def granted(buckets, times, now=NOW, key="a"):
    return [buckets.take(key, now).granted for _ in range(times)]


def test_a_full_bucket_gives_what_it_holds_and_no_more(buckets):
    assert granted(buckets, 4) == [True, True, True, False]


def test_what_is_left_and_when_the_next_one_comes_are_told(buckets):
    told = [buckets.take("a", NOW) for _ in range(4)]

    assert [one.left for one in told] == [2, 1, 0, 0]
    assert [one.wait for one in told] == [0 * SECOND, 0 * SECOND, 20 * SECOND, 20 * SECOND]
    assert [one.full_in for one in told] == [20 * SECOND, 40 * SECOND, MINUTE, MINUTE]


@pytest.mark.parametrize(("later", "given"), [(timedelta(microseconds=-1), False), (timedelta(0), True)])
def test_one_comes_back_with_every_interval(buckets, later, given):
    granted(buckets, 3)

    assert buckets.take("a", NOW + 20 * SECOND + later).granted is given


def test_a_bucket_never_holds_more_than_a_full_one(buckets):
    granted(buckets, 1)

    assert granted(buckets, 4, NOW + timedelta(days=1)) == [True, True, True, False]


def test_keys_do_not_share_a_bucket(buckets):
    granted(buckets, 3)

    assert granted(buckets, 1, key="b") == [True]


def test_what_is_given_back_can_be_taken_again(buckets):
    granted(buckets, 3)

    buckets.give_back("a", NOW)

    assert granted(buckets, 2) == [True, False]


def test_a_clock_that_goes_back_gives_nothing_away(buckets):
    granted(buckets, 3)

    assert granted(buckets, 1, NOW - timedelta(hours=1)) == [False]


def test_full_buckets_are_forgotten_first_and_then_the_fullest():
    buckets = Buckets(Pace(3, MINUTE), most_keys=4)
    buckets.take("over", NOW - MINUTE)
    for key, times in (("a", 3), ("b", 2), ("c", 1)):
        granted(buckets, times, key=key)

    granted(buckets, 1, key="d")
    kept = ["over" in buckets, buckets.kept]
    granted(buckets, 1, key="e")

    assert kept == [False, 4]
    assert granted(buckets, 1, key="a") == [False]
    assert buckets.kept <= 4


def test_threads_at_once_take_no_more_than_there_is():
    buckets = Buckets(Pace(50, MINUTE))

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: buckets.take("a", NOW).granted, range(400)))

    assert sum(taken) == 50


@given(st.integers(1, 1000), st.integers(1, 3600))
def test_any_bucket_holds_exactly_its_burst(burst, per_s):
    buckets = Buckets(Pace(burst, timedelta(seconds=per_s)))

    assert sum(granted(buckets, burst + 1)) == burst
