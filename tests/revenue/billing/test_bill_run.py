"""A bill run loses nothing: killed at any point, carried on by several, or broken in the middle."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from spojka.access.deadlines.running import run_due, run_next
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7
from spojka.revenue.billing import issuing, runs
from spojka.revenue.billing.drafting import draft_page
from spojka.revenue.billing.issuing import issue_page
from spojka.surfaces.jobs.billing import drive
from tests.revenue.billing.crowd import CLOSES, CONTRACTS_A_PAGE, FEBRUARY, crowd, facts_of, flaws, small_pages

ROOT = Path(__file__).parents[3]
SOAK = bool(os.environ.get("SPOJKA_SOAK"))
KILLS = 50 if SOAK else 3
CUSTOMERS = 2_000 if SOAK else 120
MOST_BATCHES = CUSTOMERS // CONTRACTS_A_PAGE // KILLS
"""Batches a process does at most before it is killed: together they never finish the run."""


@pytest.fixture
def pages(monkeypatch):
    """Runs in many small batches, in this process."""
    monkeypatch.setattr(runs, "draft_page", draft_page)
    monkeypatch.setattr(runs, "issue_page", issue_page)
    monkeypatch.setattr(runs, "CONTRACTS_A_BATCH", runs.CONTRACTS_A_BATCH)
    small_pages()


def start(tenant) -> subprocess.Popen:
    """A process that carries the run on, ready to work."""
    environment = {**os.environ, "SPOJKA_DATABASE_URL": owner_url(), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.revenue.billing.crowd", str(tenant)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        cwd=ROOT,
        env=environment,
    )
    assert process.stdout.readline().startswith("ready")
    return process


def run_is_over(tenant) -> bool:
    """Whether every batch of the run is done."""
    with transaction(tenant) as db:
        return db.execute("SELECT state FROM bill_run").fetchone()["state"] == "finished"


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_never_was(tenant, pages):
    chance = random.Random(20260301)
    crowd(tenant, CUSTOMERS)
    with transaction(None) as db:
        other = add_tenant(db, code=f"test-{uuid7().hex}", pack="nej-mobil")
    crowd(other, CUSTOMERS)
    run_due(other, CLOSES, CLOSES)

    for _ in range(KILLS):
        with start(tenant) as process:
            for _ in range(chance.randint(0, MOST_BATCHES)):
                process.stdin.write("go\n")
                said = process.stdout.readline()
                if said != "batch\n":  # the server has not noticed yet that who held the next batch is gone
                    assert (said, process.wait(60)) == ("", 0)
                    break
            else:
                process.stdin.write("go\n")
            time.sleep(chance.uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 60
    while not run_is_over(tenant) and time.monotonic() < ends:
        run_due(tenant, CLOSES, CLOSES)

    facts, expected = facts_of(tenant), facts_of(other)
    assert flaws(facts) == []
    assert flaws(expected) == []
    assert (facts["gross"], facts["tax"]) == (expected["gross"], expected["tax"])


def test_several_who_carry_one_run_on_at_once_bill_every_contract_once(tenant, pages):
    crowd(tenant, 80)

    with ThreadPoolExecutor(3) as pool:
        done = [
            pool.submit(drive, tenant, FEBRUARY, now=lambda: CLOSES, workers=2),
            pool.submit(run_due, tenant, CLOSES, CLOSES),
            pool.submit(drive, tenant, FEBRUARY, now=lambda: CLOSES, workers=1),
        ]
        for each in done:
            each.result()
    run_due(tenant, CLOSES, CLOSES)

    assert flaws(facts_of(tenant)) == []


def test_a_batch_that_breaks_takes_no_number(tenant, pages, monkeypatch):
    crowd(tenant, 40)
    settle, left = issuing.settle, [2]

    def breaks(ctx, owing):
        left[0] -= 1
        if left[0] == 0:
            raise RuntimeError("the network went")
        return settle(ctx, owing)

    monkeypatch.setattr(issuing, "settle", breaks)
    with pytest.raises(RuntimeError, match="the network went"):
        run_due(tenant, CLOSES, CLOSES)
    run_due(tenant, CLOSES, CLOSES)

    assert flaws(facts_of(tenant)) == []


def test_a_finished_run_that_is_started_again_changes_nothing(tenant, pages):
    crowd(tenant, 30)
    run_due(tenant, CLOSES, CLOSES)
    before = facts_of(tenant)

    call("billing.run", {"period": FEBRUARY}, tenant=tenant, actor=OPERATOR, now=CLOSES)
    run_due(tenant, CLOSES, CLOSES)

    assert facts_of(tenant) == before


def test_a_contract_whose_tariff_has_no_price_is_reported_and_does_not_stop_the_others(tenant, pages):
    crowd(tenant, 30)
    with transaction(tenant) as db:
        broken = db.execute("SELECT service_id FROM service_tariff ORDER BY id LIMIT 1").fetchone()["service_id"]
        db.execute("UPDATE service_tariff SET tariff = 'withdrawn' WHERE service_id = %s", [broken])

    run_due(tenant, CLOSES, CLOSES)
    given = {"period": FEBRUARY}
    found = call("billing.run", given, tenant=tenant, actor=OPERATOR, now=CLOSES).result

    assert facts_of(tenant)["invoices"] == 29
    assert ["withdrawn" in problem.problem for problem in found.problems] == [True]


def test_a_contract_left_out_is_billed_when_its_price_is_there_and_the_run_is_taken_up_again(tenant, pages):
    crowd(tenant, 30)
    with transaction(tenant) as db:
        broken = db.execute("SELECT service_id FROM service_tariff ORDER BY id LIMIT 1").fetchone()["service_id"]
        db.execute("UPDATE service_tariff SET tariff = 'withdrawn' WHERE service_id = %s", [broken])
    run_due(tenant, CLOSES, CLOSES)
    with transaction(tenant) as db:
        db.execute("UPDATE service_tariff SET tariff = 'nej-mobil-max' WHERE service_id = %s", [broken])

    found = call("billing.run", {"period": FEBRUARY}, tenant=tenant, actor=OPERATOR, now=CLOSES).result
    run_due(tenant, CLOSES, CLOSES)
    facts = facts_of(tenant)
    again = call("billing.run", {"period": FEBRUARY}, tenant=tenant, actor=OPERATOR, now=CLOSES).result

    assert len(found.problems) == 1
    assert again.problems == []
    assert flaws(facts) == []


def test_a_run_is_a_chain_of_deadlines_that_anyone_can_read(tenant, pages):
    crowd(tenant, 45)

    run_next(tenant, CLOSES, CLOSES)
    pending = [
        one
        for one in call("deadlines.of", {"subject": "billing"}, tenant=tenant, actor=OPERATOR, now=CLOSES).result
        if one.state == "pending"
    ]

    assert [one.operation for one in pending] == ["billing.continue_run"]


def test_a_period_that_still_runs_is_not_billed(tenant):
    refused = call("billing.run", {"period": "2026-03"}, tenant=tenant, actor=OPERATOR, now=CLOSES)
    too_early = call("billing.close_period", {"period": "2026-03"}, tenant=tenant, actor=OPERATOR, now=CLOSES)

    assert (refused.refusal.code, too_early.refusal.code) == ("PERIOD_NOT_OVER", "PERIOD_NOT_OVER")


def test_a_run_that_was_never_opened_is_not_carried_on(tenant):
    outcome = call("billing.continue_run", {"period": "2026-01"}, tenant=tenant, actor=OPERATOR, now=CLOSES)

    assert outcome.refusal.code == "BILL_RUN_NOT_OPEN"
