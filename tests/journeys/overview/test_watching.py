"""The flow of messages: by second, what waits and waited, the ways, what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import connect, transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.journeys.overview.watching import wrong_of
from spojka.kernel.ids import PartyId, uuid7, uuid7_at
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.records import Happened
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.messages.test_store import message

AT = datetime(2026, 2, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def world(database, tmp_path):
    """A provider, one of its applications, and a way to write at an instant."""
    tenant = new_provider(AT)
    application = new_application(tenant, AT)

    class World:
        def accept(self, at, **changed):
            one = message(id=uuid7_at(at), application=application, accepted_at=at, **changed)
            with transaction(tenant) as db:
                store.add_messages(Context(db, tenant, OPERATOR, at, uuid7(), tmp_path), [one])
            return one

        def happen(self, one, kind, at, *, link="a", leaves=True, **detail):
            with transaction(tenant) as db:
                ctx = Context(db, tenant, OPERATOR, at, uuid7(), tmp_path)
                parts = range(1, one.parts + 1)
                store.add_events(ctx, [Happened(one.id, part, kind, at, link, str(part), detail) for part in parts])
                if leaves:
                    store.leave_queue(ctx, [one.id])

        def watch(self, at, **given):
            outcome = call("messages.watch", given, tenant=tenant, actor=OPERATOR, now=at)
            assert outcome.refusal is None
            return outcome.result

        def set_way(self, name, networks, **kind):
            way = {"name": name, "networks": networks, "host": "127.0.0.1", "port": 2775, "system_id": "s", **kind}
            assert call("connector.set_route", way | {"password": "x"}, tenant=tenant, actor=OPERATOR, now=AT).result

    made = World()
    made.tenant = tenant
    return made


def test_each_whole_second_has_its_counts_and_what_waited_at_its_end(world):
    first = world.accept(AT + SECOND, parts=2)
    world.accept(AT + 3 * SECOND)
    world.happen(first, "sent", AT + 4 * SECOND)
    world.happen(first, "delivered", AT + 6 * SECOND, leaves=False)

    seen = world.watch(AT + 10 * SECOND, seconds=10)

    figures = [(one.accepted, one.sent, one.delivered, one.waiting) for one in seen.seconds]
    assert seen.seconds[0].at == AT
    assert figures == [
        (0, 0, 0, 0),
        (2, 0, 0, 2),
        (0, 0, 0, 2),
        (1, 0, 0, 3),
        (0, 2, 0, 1),
        (0, 0, 0, 1),
        (0, 0, 2, 1),
        (0, 0, 0, 1),
        (0, 0, 0, 1),
        (0, 0, 0, 1),
    ]


def test_the_running_second_is_not_shown_yet_but_counts_into_what_waits(world):
    world.accept(AT + 10 * SECOND)

    seen = world.watch(AT + 10 * SECOND + timedelta(milliseconds=900), seconds=10)

    assert {(one.accepted, one.waiting) for one in seen.seconds} == {(0, 0)}
    assert (seen.waiting.messages, seen.waiting.oldest_at) == (1, AT + 10 * SECOND)


def test_what_waits_is_told_by_way_and_what_no_way_leads_to_apart(world):
    world.set_way("o2", ["O2"])
    world.accept(AT, network="O2")
    world.accept(AT, network="O2", parts=3)
    world.accept(AT, network="Vodafone")

    homeless = world.watch(AT + SECOND)
    world.set_way("rest", ["*"])
    housed = world.watch(AT + SECOND)

    assert ([(way.name, way.waiting) for way in homeless.ways], homeless.homeless) == ([("o2", 2)], 1)
    assert ([(way.name, way.waiting) for way in housed.ways], housed.homeless) == ([("o2", 2), ("rest", 1)], 0)
    assert (housed.waiting.messages, housed.waiting.parts, housed.waiting.whole) == (3, 5, True)


def test_each_kind_of_message_waits_for_its_own_kind_of_way(world):
    world.set_way("sms", ["*"])
    world.accept(AT, network="O2")
    world.accept(AT, network="O2", kind="mms", coding="mms")

    without = world.watch(AT + SECOND)
    world.set_way("pictures", ["O2"], kind="mm7", url="http://127.0.0.1:9080/mm7", vasp_id="v", vas_id="s")
    both = world.watch(AT + SECOND)

    assert ([(way.name, way.waiting) for way in without.ways], without.homeless) == ([("sms", 1)], 1)
    assert ([(way.name, way.waiting) for way in both.ways], both.homeless) == ([("pictures", 1), ("sms", 1)], 0)


def test_a_way_that_is_gone_shows_what_it_did_while_that_is_in_sight(world):
    one = world.accept(AT)
    world.happen(one, "sent", AT + SECOND, link="old")

    (way,) = world.watch(AT + 5 * SECOND, seconds=10).ways
    later = world.watch(AT + 50 * SECOND, seconds=10).ways

    assert (way.name, way.is_set, way.sent, way.sent_at) == ("old", False, 1, AT + SECOND)
    assert later == []


def test_what_went_wrong_in_a_day_is_told_by_reason_the_most_frequent_first(world):
    for place in range(2):
        refused = world.accept(AT + place * SECOND)
        world.happen(refused, "failed", AT + place * SECOND, code="destination_invalid")
    lost, expired = world.accept(AT), world.accept(AT)
    world.happen(lost, "uncertain", AT, reason="no answer in time")
    world.happen(expired, "expired", AT, link=None)

    seen = world.watch(AT + 5 * SECOND)
    next_week = world.watch(AT + timedelta(days=7))

    assert [(one.kind, one.reason, one.parts) for one in seen.wrong] == [
        ("failed", "destination_invalid", 2),
        ("expired", "", 1),
        ("uncertain", "", 1),
    ]
    assert next_week.wrong == []


def test_a_sender_is_seen_by_the_lock_it_holds(world):
    before = world.watch(AT)
    with connect(autocommit=True) as sender:
        sender.execute("SELECT pg_advisory_lock(hashtextextended(%s, 2))", [str(world.tenant)])
        during = world.watch(AT)
    after = world.watch(AT)

    assert [before.is_sending, during.is_sending, after.is_sending] == [False, True, False]


def test_a_customer_does_not_see_the_flow(world):
    customer = Actor("customer", frozenset({"*"}), PartyId(uuid7()))

    outcome = call("messages.watch", {}, tenant=world.tenant, actor=customer, now=AT)

    assert outcome.refusal.code == "NOT_AUTHORISED"


def test_what_went_wrong_is_read_by_its_index(ctx):
    ctx.db.execute("SET LOCAL enable_seqscan = off")
    statement, given = wrong_of(ctx, AT)

    plan = "\n".join(row["QUERY PLAN"] for row in ctx.db.execute(f"EXPLAIN {statement}", given).fetchall())

    assert "kind_message_id_idx" in plan
    assert "tenant_id_at_idx" not in plan
    assert "Seq Scan" not in plan
