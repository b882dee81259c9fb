"""What arrives for a closed period: which classes may be late, and by how many invoices."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from spojka.charging.usage.lateness import late_class, place_late
from spojka.charging.usage.records import frame_of
from spojka.charging.usage.screening import screen
from spojka.charging.usage.terms import LateTerms
from spojka.terms.clauses import ClauseRef, Term
from tests.charging.usage.lookups import LOOKUPS, call

FEBRUARY = date(2026, 2, 1)
IN_FEBRUARY = datetime(2026, 2, 20, 10, tzinfo=UTC)
REF = ClauseRef("nej-mobil/operating-rules", "2021-08", "4.7", "nej")
SHIPPED = ("roaming_voice", "roaming_sms", "roaming_data", "third_party")


def terms(classes=SHIPPED, months=2) -> LateTerms:
    return LateTerms(
        Term("late_billing_max_months", months, REF), Term("late_billing_default_classes", list(classes), REF)
    )


def ready(*records):
    return screen(frame_of(records), LOOKUPS).ready


def placed(record, *, today, approved=False, closed=(FEBRUARY,), **given):
    return place_late(ready(record), closed=closed, today=today, terms=terms(**given), approved=approved)


def reasons(found):
    return found.waiting["reason"].to_list()


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (call(IN_FEBRUARY, visited="DE"), "roaming_voice"),
        (call(IN_FEBRUARY, visited="DE", kind="video"), "roaming_voice"),
        (call(IN_FEBRUARY, visited="US", kind="sms"), "roaming_sms"),
        (call(IN_FEBRUARY, visited="US", kind="mms"), "roaming_sms"),
        (call(IN_FEBRUARY, visited="DE", kind="data", other=None), "roaming_data"),
        (call(IN_FEBRUARY, kind="payment", other=None), "third_party"),
        (call(IN_FEBRUARY), None),
        (call(IN_FEBRUARY, kind="data", other=None), None),
    ],
)
@pytest.mark.clause("nej/4.7")
def test_a_record_has_a_class_of_late_billing_by_where_and_what_it_is(record, found):
    assert ready(record).select(late_class().alias("c"))["c"].to_list() == [found]


@pytest.mark.parametrize(
    ("classes", "waits"),
    [
        (SHIPPED, []),
        (("roaming_voice",), []),
        (("roaming_sms", "roaming_data", "third_party"), ["LATE_BILLING_CLASS_NOT_ALLOWED"]),
        ((), ["LATE_BILLING_CLASS_NOT_ALLOWED"]),
    ],
)
@pytest.mark.clause("nej/4.7")
def test_a_late_roaming_call_is_billed_only_where_the_term_names_its_class(classes, waits):
    found = placed(call(IN_FEBRUARY, visited="DE"), today=date(2026, 3, 15), classes=classes)

    assert reasons(found) == waits
    assert found.billable["generation"].to_list() == ([] if waits else [1])


@pytest.mark.parametrize(
    ("today", "invoices", "waits"),
    [
        (date(2026, 3, 31), 1, []),
        (date(2026, 4, 30), 2, []),
        (date(2026, 5, 1), 3, ["LATE_BILLING_OVER_2_MONTHS"]),
    ],
)
@pytest.mark.clause("nej/4.7")
def test_one_and_two_invoices_late_are_billed_and_three_are_not(today, invoices, waits):
    found = placed(call(IN_FEBRUARY, visited="DE"), today=today)

    assert reasons(found) == waits
    assert found.billable["generation"].to_list() == ([] if waits else [invoices])
    assert found.waiting["clauses"].to_list() == [["nej/4.7"]] * len(waits)


def test_the_number_of_months_is_the_terms_own():
    assert reasons(placed(call(IN_FEBRUARY, visited="DE"), today=date(2026, 5, 1), months=3)) == []
    assert reasons(placed(call(IN_FEBRUARY, visited="DE"), today=date(2026, 6, 1), months=3)) != []


def test_what_is_in_time_has_no_class_to_answer_for():
    found = placed(call(IN_FEBRUARY), today=date(2026, 3, 15), closed=())

    assert (reasons(found), found.billable["generation"].to_list()) == ([], [0])


def test_what_is_approved_is_billed_as_late_as_it_is():
    found = placed(call(IN_FEBRUARY), today=date(2026, 5, 15), approved=True)

    assert (reasons(found), found.billable["generation"].to_list()) == ([], [3])
