"""Messages are found by number, reference, state and time, each way by an index, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.kernel.ids import PartyId, uuid7, uuid7_at
from spojka.network.messaging.messages import queries, store
from spojka.network.messaging.messages.finding import Wanted, candidates, statement_of
from spojka.network.messaging.messages.records import Happened
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.messages.test_store import message

AT = datetime(2026, 2, 1, 8, tzinfo=UTC)
O2, VODAFONE = "+420602000001", "+420777000002"
LIVES = (["sent", "delivered"], ["sent"], ["failed"], ["uncertain"], ["uncertain", "delivered"], [])


@pytest.fixture(scope="module")
def filled(database, tmp_path_factory):
    """Two applications; the first has a message of each life twice, a minute apart, to two numbers by turns."""
    tenant = new_provider(AT)
    first, other = (new_application(tenant, AT, number=number) for number in (21, 22))
    ids = []
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, AT, uuid7(), tmp_path_factory.mktemp("files"))
        for place in range(2 * len(LIVES)):
            at = AT + timedelta(minutes=place)
            one = message(
                id=uuid7_at(at),
                application=first,
                accepted_at=at,
                recipient=(O2, VODAFONE)[place % 2],
                reference=f"r-{place}",
            )
            ids.append(one.id)
            store.add_messages(ctx, [one])
            store.keep_keys(ctx, [(first, one.reference, one.id, {})])
            kinds = LIVES[place % len(LIVES)]
            events = [Happened(one.id, 1, kind, at + timedelta(seconds=nth), "a") for nth, kind in enumerate(kinds)]
            store.add_events(ctx, events)
            if kinds:
                store.leave_queue(ctx, [one.id])
        elsewhere = message(id=uuid7_at(AT), application=other, accepted_at=AT, recipient=O2)
        store.add_messages(ctx, [elsewhere])
    return tenant, first, other, ids


@pytest.fixture
def found(filled):
    """Search; a refusal fails the test."""
    tenant, *_ = filled

    def searching(**given):
        outcome = call("messages.search", given, tenant=tenant, actor=OPERATOR, now=AT)
        assert outcome.refusal is None, outcome.refusal
        return outcome.result

    return searching


def places(filled, page):
    """Which of the made messages a page holds."""
    ids = filled[3]
    return [ids.index(one.id) for one in page.messages]


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ("delivered", [10, 6, 4, 0]),
        ("dispatched", [7, 1]),
        ("undelivered", [8, 2]),
        ("uncertain", [9, 3]),
        ("accepted", [11, 5]),
        ("expired", []),
    ],
)
def test_a_state_finds_what_is_in_it_now_and_not_what_once_was(filled, found, status, wanted):
    assert places(filled, found(application=filled[1], status=status)) == wanted


@pytest.mark.parametrize("written", ["777000002", "+420 777 000 002", "00420777000002"])
def test_a_number_is_understood_as_people_write_it(filled, found, written):
    assert places(filled, found(recipient=written)) == [11, 9, 7, 5, 3, 1]


def test_what_is_no_number_finds_nothing(found):
    assert found(recipient="Pekárna").messages == []


def test_a_reference_finds_its_message_alone_and_beside_other_facts(filled, found):
    assert places(filled, found(reference="r-4")) == [4]
    assert places(filled, found(reference="r-4", recipient=O2)) == [4]
    assert places(filled, found(reference="r-4", recipient=VODAFONE)) == []
    assert places(filled, found(reference="r-4", application=filled[2])) == []


def test_a_time_holds_its_first_instant_and_not_its_last(filled, found):
    minute = timedelta(minutes=1)

    page = found(application=filled[1], from_at=AT + 2 * minute, to_at=AT + 4 * minute)

    assert places(filled, page) == [3, 2]


def test_pages_follow_one_another_to_the_end(filled, found):
    seen, before = [], None
    for _ in range(4):
        page = found(application=filled[1], before=before, limit=5)
        seen.append(places(filled, page))
        before = page.next_before

    assert seen[:3] == [[11, 10, 9, 8, 7], [6, 5, 4, 3, 2], [1, 0]]
    assert before is None or seen[3] == seen[0]


def test_a_page_of_a_state_goes_on_behind_what_was_looked_at(filled, found, monkeypatch):
    monkeypatch.setattr(queries, "LOOKED_AT", 4)

    first = found(application=filled[1], status="delivered")
    second = found(application=filled[1], status="delivered", before=first.next_before)

    assert (places(filled, first), places(filled, second)) == ([10], [6, 4])


def test_a_customer_names_an_application_and_reaches_no_others(filled):
    tenant, first, *_ = filled
    other = Actor("other", frozenset({"messages.*"}), PartyId(uuid7()))

    for given in ({}, {"application": first}):
        outcome = call("messages.search", given, tenant=tenant, actor=other, now=AT)
        assert outcome.refusal.code == "APPLICATION_UNKNOWN"


@pytest.fixture
def crowded(ctx):
    """Many messages, one in a hundred undelivered."""
    made = [
        message(id=uuid7_at(at), accepted_at=at, recipient=f"+42060{place % 500:07}")
        for place in range(2000)
        for at in [AT + timedelta(seconds=place)]
    ]
    store.add_messages(ctx, made)
    kinds = ["sent" if place % 100 else "undelivered" for place in range(2000)]
    store.add_events(
        ctx, [Happened(one.id, 1, kind, one.accepted_at, "a") for one, kind in zip(made, kinds, strict=True)]
    )
    return ctx


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"recipient": "+420600000077"}, "tenant_id_accepted_on_recipient_id_idx"),
        ({"status": "undelivered"}, "tenant_id_kind_message_id_idx"),
        ({"status": "uncertain"}, "message_event_"),
        ({"status": "accepted"}, "message_queue_pkey"),
        ({"from_at": AT, "to_at": AT + timedelta(seconds=9)}, "pkey"),
        ({"reference": "r-1"}, "message_key_pkey"),
    ],
)
def test_every_way_to_find_reads_by_an_index(crowded, wanted, index):
    ctx = crowded
    for way in ("seqscan", "hashjoin", "mergejoin"):  # what an index serves is served by it; without one it would show
        ctx.db.execute(f"SET LOCAL enable_{way} = off")
    statement, given = statement_of(ctx, replace(Wanted(), **wanted), limit=51)

    plan = "\n".join(row["QUERY PLAN"] for row in ctx.db.execute(f"EXPLAIN {statement}", given).fetchall())

    assert index in plan, plan
    assert "Seq Scan" not in plan, plan
    assert len(candidates(ctx, replace(Wanted(), **wanted), limit=51)) <= 51
