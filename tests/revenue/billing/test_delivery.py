"""After a run its documents are made and sent by themselves: in the morning, once, and whoever dies in between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import files
from spojka.access.deadlines.running import run_due, run_next
from spojka.revenue.billing import delivering
from spojka.surfaces.jobs.billing import drive
from tests.revenue.billing.crowd import CLOSES as RUN_ENDS
from tests.revenue.billing.crowd import FEBRUARY, crowd
from tests.revenue.billing.month import signed

MORNING = RUN_ENDS.replace(hour=6)
"""07:00 in Prague, in winter."""


def papers(tenant) -> dict[str, int]:
    """Files of February with when they were written."""
    folder = files() / str(tenant) / "documents" / str(FEBRUARY)
    return {path.name: path.stat().st_mtime_ns for path in Path(folder).glob("*")}


def letters(tenant) -> int:
    with transaction(tenant) as db:
        row = db.execute("SELECT count(*) AS told FROM notice WHERE channel = 'email' AND kind = 'invoice'").fetchone()
    return row["told"]


def billed(tenant, customers=5):
    crowd(tenant, customers)
    drive(tenant, FEBRUARY, now=lambda: RUN_ENDS)
    run_due(tenant, RUN_ENDS, RUN_ENDS)


def test_documents_and_letters_wait_for_the_morning_and_then_go_by_themselves(tenant):
    billed(tenant)

    run_due(tenant, MORNING - timedelta(seconds=1))
    before = (len(papers(tenant)), letters(tenant))
    run_due(tenant, MORNING)

    assert before == (0, 0)
    assert (len(papers(tenant)), letters(tenant)) == (3 * 5, 5)


def test_several_pages_follow_one_another_and_nothing_is_done_twice(tenant, monkeypatch):
    monkeypatch.setattr(delivering, "DOCUMENTS_A_PAGE", 2)
    billed(tenant)

    run_next(tenant, MORNING, MORNING)
    first = papers(tenant)
    run_due(tenant, MORNING, MORNING)
    whole = papers(tenant)
    delivering_again = drive(tenant, FEBRUARY, now=lambda: MORNING)
    run_due(tenant, MORNING + timedelta(days=1))

    assert (len(first), len(whole)) == (3 * 2, 3 * 5)
    assert first.items() <= whole.items()
    assert delivering_again.state == "finished"
    assert (papers(tenant), letters(tenant)) == (whole, 5)


def test_a_page_that_dies_before_its_end_is_done_again_and_its_files_stay(tenant, monkeypatch):
    billed(tenant)
    queue = delivering.queue_letters

    def dies(*_args, **_given):
        raise RuntimeError("the machine went")

    monkeypatch.setattr(delivering, "queue_letters", dies)
    with pytest.raises(RuntimeError, match="the machine went"):
        run_due(tenant, MORNING, MORNING)
    written, told = papers(tenant), letters(tenant)
    monkeypatch.setattr(delivering, "queue_letters", queue)
    run_due(tenant, MORNING, MORNING)

    assert (len(written), told) == (3 * 5, 0)
    assert (papers(tenant), letters(tenant)) == (written, 5)


def test_a_run_taken_up_again_promises_its_delivery_again(tenant):
    month = signed(tenant)
    month.bill()
    run_due(tenant, MORNING, MORNING)
    number = month.do("billing.invoice", contract=month.contract, period="2026-02").number

    month.do("billing.run", period="2026-02", now=MORNING)
    drive(tenant, FEBRUARY, now=lambda: MORNING)
    pending = [one for one in month.do("deadlines.of", subject="billing") if one.operation == delivering.DELIVER]

    assert sorted(papers(tenant)) == sorted(f"{number}{suffix}" for suffix in (".isdoc", ".pdf", ".xml"))
    assert [(one.state, one.due_at) for one in pending] == [("pending", MORNING + timedelta(days=1))]
