"""What goes on by itself: deadlines run, the audit is sealed, and a job that fails holds nobody else up."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.store import set_deadline
from spojka.access.operations.context import OPERATOR, Context
from spojka.access.operations.registry import _registered, operation
from spojka.kernel.ids import uuid7
from spojka.surfaces.jobs.loop import REST, Rounds, run_deadlines, run_until, seal_audit
from tests.conftest import NOW

TENANT = uuid7()


@pytest.fixture
def rung():
    """A registered operation that a deadline runs; it counts."""
    count: list[str] = []

    @operation("test.ring", permission="test.ring")
    def ring(ctx: Context, *, text: str) -> str:
        """Ring."""
        count.append(text)
        return text

    yield count
    del _registered["test.ring"]


def _promise(tenant, tmp_path, *, due_at, text):
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, NOW, uuid7(), tmp_path)
        set_deadline(
            ctx,
            due_at=due_at,
            operation="test.ring",
            arguments={"text": text},
            subject="test",
            key=f"ring:{text}",
        )


def test_what_is_due_runs_and_what_is_not_waits(tenant, tmp_path, rung):
    _promise(tenant, tmp_path, due_at=NOW, text="now")
    _promise(tenant, tmp_path, due_at=NOW + timedelta(seconds=1), text="later")

    first = run_deadlines(tenant, NOW)
    second = run_deadlines(tenant, NOW + timedelta(seconds=1))

    assert (first, second) == (1, 1)
    assert rung == ["now", "later"]


def test_a_deadline_that_fails_holds_up_none_behind_it(tenant, tmp_path, rung):
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, NOW, uuid7(), tmp_path)
        set_deadline(ctx, due_at=NOW, operation="test.gone", arguments={}, subject="test", key="gone")
    _promise(tenant, tmp_path, due_at=NOW + timedelta(seconds=1), text="behind")

    run_deadlines(tenant, NOW + timedelta(seconds=1))

    assert rung == ["behind"]


def test_calls_are_sealed_in_the_next_round(tenant, do):
    do("users.sign_in", login="x", password="y")

    sealed = seal_audit(tenant, NOW)

    assert sealed == 1
    assert do("audit.verify").result.unsealed == 0


def test_a_tenant_whose_job_fails_rests_and_the_others_go_on(monkeypatch):
    bad, good = uuid7(), uuid7()
    monkeypatch.setattr("spojka.surfaces.jobs.loop.all_tenants", lambda: [{"id": bad}, {"id": good}])
    done: list[object] = []

    def job(tenant, now):
        if tenant == bad:
            raise RuntimeError("somebody must act")
        done.append(now)
        return 1

    rounds = Rounds((job,))

    counts = [rounds.go(NOW + timedelta(seconds=second)) for second in (0, 1)]

    assert counts == [1, 1]
    assert len(done) == 2
    assert rounds.resting == {(bad, "job"): NOW + REST}


@pytest.mark.parametrize(("after", "tries"), [(REST - timedelta(seconds=1), 1), (REST, 2)])
def test_a_resting_job_is_tried_again_when_its_rest_is_over(monkeypatch, after, tries):
    monkeypatch.setattr("spojka.surfaces.jobs.loop.all_tenants", lambda: [{"id": TENANT}])
    tried: list[int] = []

    def job(_tenant, _now):
        tried.append(1)
        raise RuntimeError("still wrong")

    rounds = Rounds((job,))
    rounds.go(NOW)
    rounds.go(NOW + after)

    assert len(tried) == tries


def test_rounds_end_when_they_are_told_to(monkeypatch):
    stop = threading.Event()
    rounds: list[object] = []

    def tenants():
        rounds.append(1)
        stop.set()
        return []

    monkeypatch.setattr("spojka.surfaces.jobs.loop.all_tenants", tenants)

    run_until(stop, clock=lambda: NOW)

    assert len(rounds) == 1
