"""What will happen by itself: in order of time, once, in one transaction with what it does, unless it was prevented."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due, run_next
from spojka.access.deadlines.store import cancel_deadline, set_deadline
from tests.access.committed import committed, count
from tests.conftest import NOW

HOUR = timedelta(hours=1)


def promise(tenant, name, after, *, kind="consumer", key=None):
    """Set a deadline that registers a party of that name."""
    with committed(tenant, NOW) as ctx:
        set_deadline(
            ctx,
            due_at=NOW + after,
            operation="parties.register",
            arguments={"kind": kind, "name": name},
            subject="service:1",
            key=key or name,
            clauses=["nej/2.21"],
            unless=("zákazník zaplatí", "the customer pays"),
        )


def names(tenant):
    with transaction(tenant) as db:
        return [row["name"] for row in db.execute("SELECT name FROM party ORDER BY registered_at, id").fetchall()]


def test_deadlines_run_in_order_of_time_each_at_its_own_time(tenant):
    for name, hours in (("third", 3), ("first", 1), ("second", 2), ("later", 5)):
        promise(tenant, name, hours * HOUR)

    assert run_due(tenant, NOW + 4 * HOUR) == 3

    assert names(tenant) == ["first", "second", "third"]
    with transaction(tenant) as db:
        rows = db.execute("SELECT registered_at FROM party ORDER BY registered_at").fetchall()
    assert [row["registered_at"] - NOW for row in rows] == [HOUR, 2 * HOUR, 3 * HOUR]


def test_of_deadlines_at_one_instant_the_one_set_first_runs_first(tenant):
    for name in ("b", "a", "c"):
        promise(tenant, name, HOUR)

    ran = []
    while run_next(tenant, NOW + HOUR) is not None:
        ran = names(tenant)

    assert ran == ["b", "a", "c"]


@pytest.mark.parametrize(("until", "ran"), [(HOUR - timedelta(microseconds=1), 0), (HOUR, 1)])
def test_a_deadline_is_due_at_its_instant_and_not_before(tenant, until, ran):
    promise(tenant, "eva", HOUR)

    assert run_due(tenant, NOW + until) == ran
    assert count(tenant, "party") == ran


def test_a_deadline_runs_once(tenant):
    promise(tenant, "eva", HOUR)

    assert [run_due(tenant, NOW + 2 * HOUR) for _ in range(2)] == [1, 0]
    assert names(tenant) == ["eva"]


def test_runners_that_compete_run_each_deadline_once(tenant):
    for number in range(24):
        promise(tenant, f"p{number:02}", HOUR)

    with ThreadPoolExecutor(4) as threads:
        ran = list(threads.map(lambda _: run_due(tenant, NOW + HOUR), range(4)))

    assert sum(ran) == 24
    assert sorted(names(tenant)) == [f"p{number:02}" for number in range(24)]


def test_a_cancelled_deadline_does_not_run(do, tenant):
    promise(tenant, "eva", HOUR)

    with committed(tenant, NOW) as ctx:
        cancelled = (cancel_deadline(ctx, "eva"), cancel_deadline(ctx, "eva"), cancel_deadline(ctx, "nobody"))

    assert cancelled == (True, False, False)
    assert run_due(tenant, NOW + 2 * HOUR) == 0
    assert [(one["state"], one["done_at"]) for one in do("deadlines.of").plain] == [("cancelled", NOW.isoformat())]


def test_what_has_run_cannot_be_cancelled(tenant):
    promise(tenant, "eva", HOUR)
    run_due(tenant, NOW + HOUR)

    with committed(tenant, NOW) as ctx:
        assert not cancel_deadline(ctx, "eva")


def test_setting_it_again_moves_it(do, tenant):
    promise(tenant, "eva", HOUR)

    promise(tenant, "eva", 3 * HOUR)

    assert len(do("deadlines.of").plain) == 1
    assert run_due(tenant, NOW + 2 * HOUR) == 0
    assert run_due(tenant, NOW + 3 * HOUR) == 1


def test_a_deadline_whose_operation_is_refused_is_settled_with_the_code(do, tenant):
    promise(tenant, "Kavárna", HOUR, kind="business")

    run_due(tenant, NOW + HOUR)

    found = do("deadlines.of").plain[0]
    assert (found["state"], found["outcome"], count(tenant, "party")) == ("refused", "ICO_MISSING", 0)


def test_a_deadline_whose_operation_fails_stays_and_changes_nothing(do, tenant, monkeypatch):
    promise(tenant, "eva", HOUR)
    monkeypatch.setattr("spojka.trade.parties.operations.publish", lambda *_given, **_named: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        run_due(tenant, NOW + HOUR)

    assert (do("deadlines.of").plain[0]["state"], count(tenant, "party")) == ("pending", 0)
    monkeypatch.undo()
    assert run_due(tenant, NOW + HOUR) == 1


@pytest.fixture
def nobody_registers(monkeypatch):
    """The operation of every party named `broken` fails."""
    from spojka.trade.parties import operations

    plain = operations.publish

    def publishing(ctx, *, body, **named):
        failing = ctx.db.execute("SELECT 1 FROM party WHERE name = 'broken'").fetchone()
        return 1 / 0 if failing else plain(ctx, body=body, **named)

    monkeypatch.setattr(operations, "publish", publishing)


def test_a_deadline_that_fails_holds_up_none_behind_it_and_is_tried_later_and_later(do, tenant, nobody_registers):
    promise(tenant, "broken", HOUR)
    promise(tenant, "eva", 2 * HOUR)
    now = NOW + 2 * HOUR

    assert run_due(tenant, now, now, patient=True) == 2

    assert names(tenant) == ["eva"]
    rests = []
    for attempts in range(1, 6):
        found = do("deadlines.of").plain[0]
        assert (found["state"], found["outcome"], found["attempts"]) == (
            "pending",
            "error: ZeroDivisionError",
            attempts,
        )
        assert found["due_at"] == (NOW + HOUR).isoformat()
        again_at = datetime.fromisoformat(found["again_at"])
        rests.append(again_at - now)
        just_before = again_at - timedelta(microseconds=1)
        assert run_due(tenant, just_before, just_before, patient=True) == 0
        now = again_at
        assert run_due(tenant, now, now, patient=True) == 1
    assert rests == [timedelta(minutes=1), timedelta(minutes=5), HOUR, timedelta(days=1), timedelta(days=1)]


def test_a_deadline_that_failed_is_done_when_its_cause_is_gone(do, tenant, monkeypatch):
    promise(tenant, "eva", HOUR)
    monkeypatch.setattr("spojka.trade.parties.operations.publish", lambda *_given, **_named: 1 / 0)
    run_due(tenant, NOW + HOUR, NOW + HOUR, patient=True)
    monkeypatch.undo()

    assert run_due(tenant, NOW + HOUR + timedelta(minutes=1)) == 1

    found = do("deadlines.of").plain[0]
    assert (found["state"], found["outcome"], found["attempts"]) == ("done", "", 1)


def test_a_deadline_set_again_starts_without_its_failures(do, tenant, monkeypatch):
    promise(tenant, "eva", HOUR)
    monkeypatch.setattr("spojka.trade.parties.operations.publish", lambda *_given, **_named: 1 / 0)
    run_due(tenant, NOW + HOUR, NOW + HOUR, patient=True)
    monkeypatch.undo()

    promise(tenant, "eva", HOUR)

    found = do("deadlines.of").plain[0]
    assert (found["outcome"], found["attempts"], found["again_at"]) == ("", 0, None)
    assert run_due(tenant, NOW + HOUR) == 1


def test_a_deadline_of_an_operation_that_is_gone_is_put_off_too(do, tenant):
    with committed(tenant, NOW) as ctx:
        set_deadline(ctx, due_at=NOW, operation="no.such", arguments={}, subject="x", key="x")

    assert run_due(tenant, NOW, NOW, patient=True) == 1

    assert do("deadlines.of").plain[0]["outcome"] == "error: OperationUnknown"


def test_what_is_due_next_is_found_by_its_index(ctx):
    ctx.db.execute("SET LOCAL enable_seqscan = off")

    plan = ctx.db.execute(
        "EXPLAIN SELECT id FROM deadline WHERE tenant_id = %s AND state = 'pending'"
        " AND coalesce(again_at, due_at) <= %s ORDER BY coalesce(again_at, due_at), id LIMIT 1",
        [ctx.tenant, NOW],
    ).fetchall()

    assert any("deadline_next" in row["QUERY PLAN"] for row in plan)
    assert not any("Sort" in row["QUERY PLAN"] for row in plan)


def test_what_a_deadline_did_is_in_the_audit_as_done_by_it(tenant):
    promise(tenant, "eva", HOUR)
    run_due(tenant, NOW + HOUR)

    with transaction(tenant) as db:
        row = db.execute("SELECT actor, operation, at FROM audit").fetchone()
    assert row == {"actor": "deadline", "operation": "parties.register", "at": NOW + HOUR}


def test_the_list_of_a_subject_says_what_when_why_and_unless(do, tenant):
    promise(tenant, "eva", HOUR)

    found = do("deadlines.of", subject="service:1").plain

    assert [(one["due_at"], one["operation"], one["clauses"], one["unless_cs"], one["unless_en"]) for one in found] == [
        ((NOW + HOUR).isoformat(), "parties.register", ["nej/2.21"], "zákazník zaplatí", "the customer pays")
    ]
    assert do("deadlines.of", subject="service:2").plain == []
