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
from tests.revenue.billing.month import CLOSES, signed

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


def notes(tenant) -> list[str]:
    """The credit notes that letters were told about, one for each letter."""
    with transaction(tenant) as db:
        rows = db.execute(
            "SELECT i.number FROM notice n JOIN invoice i ON i.tenant_id = n.tenant_id AND i.id = n.invoice_id"
            " WHERE n.channel = 'email' AND n.kind = 'credit_note' ORDER BY i.number"
        ).fetchall()
    return [row["number"] for row in rows]


def month_billed(tenant):
    """One customer's February, billed, with nothing of the run left to do but its papers and letters."""
    month = signed(tenant)
    month.bill()
    run_due(tenant, CLOSES, CLOSES)
    return month


def credited(month, *, now, amount="10.00 CZK"):
    number = month.do("billing.invoice", contract=month.contract, period="2026-02").number
    return month.do("billing.credit_note", number=number, reason="sleva", amounts={"1": amount}, now=now).number


def test_a_credit_note_of_a_later_day_goes_out_the_morning_after_by_itself_and_once(tenant):
    month = month_billed(tenant)
    run_due(tenant, MORNING, MORNING)
    later = MORNING + timedelta(days=3, hours=4)
    before = papers(tenant)
    number = credited(month, now=later)
    next_morning = MORNING + timedelta(days=4)

    run_due(tenant, next_morning - timedelta(seconds=1))
    too_soon = (papers(tenant), notes(tenant))
    run_due(tenant, next_morning)
    month.do("billing.send", period="2026-02", now=next_morning)
    run_due(tenant, next_morning + timedelta(days=2))

    assert too_soon == (before, [])
    assert notes(tenant) == [number]
    assert sorted(papers(tenant).keys() - before.keys()) == [
        f"{number}{suffix}" for suffix in (".isdoc", ".pdf", ".xml")
    ]
    assert before.items() <= papers(tenant).items()
    assert letters(tenant) == 1


def test_a_credit_note_of_the_night_of_the_run_goes_out_with_it_and_once(tenant):
    month = month_billed(tenant)
    number = credited(month, now=RUN_ENDS + timedelta(minutes=5))

    run_due(tenant, MORNING, MORNING)

    assert notes(tenant) == [number]
    assert letters(tenant) == 1


def test_of_many_credit_notes_each_goes_out_for_itself(tenant):
    month = month_billed(tenant)
    run_due(tenant, MORNING, MORNING)
    numbers = [credited(month, now=MORNING + timedelta(hours=place)) for place in (1, 2, 25)]

    run_due(tenant, MORNING + timedelta(days=1))
    first = notes(tenant)
    run_due(tenant, MORNING + timedelta(days=2))

    assert first == numbers[:2]
    assert notes(tenant) == numbers
