"""Counts by second: each writer adds to its own rows, whoever reads adds them up, old ones are forgotten."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import rates, store
from spojka.network.messaging.messages.records import Happened
from tests.conftest import NOW
from tests.network.messaging.messages.test_store import message

SECOND = timedelta(seconds=1)
NAMES = ("accepted", "sent", "delivered", "failed", "uncertain", "gone")


def figures(row):
    return tuple(row[name] for name in NAMES)


def test_what_is_accepted_and_what_happens_is_counted_in_parts_into_its_second(ctx):
    long, short = message(parts=3), message()

    store.add_messages(ctx, [long, short])
    later = replace(ctx, now=NOW + SECOND + timedelta(milliseconds=999))
    kinds = [("sent", 1), ("sent", 2), ("uncertain", 3)]
    store.add_events(later, [Happened(long.id, part, kind, later.now, "a") for kind, part in kinds])
    store.add_events(later, [Happened(long.id, 1, "delivered", later.now, "a")])
    store.add_events(later, [Happened(short.id, 1, "expired", later.now)])

    found = rates.by_second(ctx, NOW, NOW + 2 * SECOND)
    assert [(row["at"], *figures(row)) for row in found] == [
        (NOW, 4, 0, 0, 0, 0, 0),
        (NOW + SECOND, 0, 2, 1, 1, 1, 4),
    ]
    assert rates.by_second(ctx, NOW + 2 * SECOND, NOW + 9 * SECOND) == []


def test_a_receipt_of_the_network_takes_nothing_out_of_the_queue(ctx):
    one = message()

    store.add_events(ctx, [Happened(one.id, 1, kind, NOW, "a") for kind in ("expired", "undelivered", "cancelled")])
    store.add_events(ctx, [Happened(one.id, 1, "cancelled", NOW)])
    store.add_events(ctx, [Happened(one.id, 1, "enroute", NOW, "a")])

    (row,) = rates.by_second(ctx, NOW, NOW + SECOND)
    assert figures(row) == (0, 0, 0, 2, 0, 1)


def test_each_way_has_its_own_counts_and_the_second_it_last_took_a_part(ctx):
    one, later = message(parts=2), replace(ctx, now=NOW + SECOND)

    store.add_events(ctx, [Happened(one.id, 1, "sent", NOW, "a"), Happened(one.id, 2, "sent", NOW, "b")])
    store.add_events(later, [Happened(one.id, 1, "failed", NOW, "a")])

    found = {
        row["link"]: (row["sent_at"], row["sent"], row["failed"]) for row in rates.by_link(ctx, NOW, NOW + 9 * SECOND)
    }
    assert found == {"a": (NOW, 1, 1), "b": (NOW, 1, 0)}


def test_writers_at_one_time_do_not_wait_for_one_another(tenant, tmp_path):
    held, done = threading.Barrier(3, timeout=30), []

    def write() -> None:
        with transaction(tenant) as db:
            rates.count_accepted(Context(db, tenant, OPERATOR, NOW, uuid7(), tmp_path), 5)
            held.wait()  # all three hold their rows, none is committed
        done.append(True)

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with transaction(tenant) as db:
        (row,) = rates.by_second(Context(db, tenant, OPERATOR, NOW, uuid7(), tmp_path), NOW, NOW + SECOND)
    assert (len(done), row["accepted"]) == (3, 15)


def test_seconds_before_an_instant_are_forgotten_a_page_at_a_time(ctx):
    for place in range(3):
        rates.count_accepted(replace(ctx, now=NOW + place * SECOND), 1)

    assert rates.forget_rates(ctx, before=NOW + 2 * SECOND, limit=1) == 1
    assert rates.forget_rates(ctx, before=NOW + 2 * SECOND, limit=9) == 1

    assert [row["at"] for row in rates.by_second(ctx, NOW, NOW + 9 * SECOND)] == [NOW + 2 * SECOND]


def test_rates_are_read_by_their_key(ctx):
    ctx.db.execute(
        "INSERT INTO message_rate SELECT %s, %s::timestamptz + n * interval '1 second', %s, '', 1, 1, 1, 0, 0, 1"
        " FROM generate_series(1, 20000) n",
        [ctx.tenant, NOW, uuid7()],
    )

    plan = ctx.db.execute(f"EXPLAIN {rates.READ}", [ctx.tenant, NOW, NOW + 120 * SECOND]).fetchall()

    assert "message_rate_pkey" in "\n".join(row["QUERY PLAN"] for row in plan)
