"""When a bill is due and what its numbers look like."""

from __future__ import annotations

from datetime import date

import pytest

from spojka.revenue.billing.rules import CREDIT_NOTES, INVOICES, invoice_due_on
from spojka.terms.clauses import ClauseRef, Term


def term(name: str, value: object, clause: str) -> Term:
    return Term(name, value, ClauseRef("general", "test", clause, "general"))


@pytest.mark.parametrize(
    ("issued", "due"),
    [
        (date(2026, 3, 1), date(2026, 3, 16)),  # the 15th is a Sunday
        (date(2026, 3, 2), date(2026, 3, 16)),
        (date(2026, 3, 20), date(2026, 4, 7)),  # the 3rd is Good Friday, the 6th Easter Monday
        (date(2026, 12, 11), date(2026, 12, 28)),  # the 25th and the 26th are holidays, the 27th a Sunday
    ],
)
def test_a_bill_is_due_a_fortnight_after_issue_and_never_on_a_day_of_rest(issued, due):
    found = invoice_due_on(
        issued_on=issued,
        days=term("invoice_due_days", 14, "3.3"),
        rolling=term("deadline_on_nonworking_day", "moves_to_next_working_day", "1.10"),
    )

    assert found.value == due
    assert found.clauses == ("general/3.3", "general/1.10")


def test_each_year_has_its_own_series_and_corrections_another():
    assert INVOICES.of_year(2026) == ("invoice-2026", "2026")
    assert CREDIT_NOTES.of_year(2027) == ("credit_note-2027", "D2027")
