"""Ids are UUIDv7: they sort in the order of making and never repeat, however many threads make them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from spojka.kernel.ids import uuid7


def test_ids_of_one_process_sort_in_the_order_of_making():
    made = [uuid7() for _ in range(20_000)]

    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)
    assert len(set(made)) == len(made)


def test_ids_of_many_threads_never_repeat():
    with ThreadPoolExecutor(8) as threads:
        made = [one for many in threads.map(lambda _: [uuid7() for _ in range(2_000)], range(8)) for one in many]

    assert len(set(made)) == 16_000


def test_an_id_is_a_version_7_uuid_that_carries_its_millisecond():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after + 1000
