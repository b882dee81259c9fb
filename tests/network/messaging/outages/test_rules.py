"""Which outages lower the fee, by how much in each month, and what a report of a fault needs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.outages.rules import (
    Outage,
    Part,
    hours,
    months_of,
    outage_credit,
    outages_of,
    reduction_due,
    refuse_cause,
    refuse_claim,
    refuse_report,
)
from spojka.network.messaging.terms import OutageTerms
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.findings import read_finding

PRAGUE = ZoneInfo("Europe/Prague")
STARTS = datetime(2025, 6, 10, 8, tzinfo=PRAGUE).astimezone(UTC)
JUNE = Period.month(2025, 6)
A, B, C = (UUID(int=number) for number in (1, 2, 3))
OURS = ["O2_PLATFORM"]
CHECKS = ["own_equipment", "own_power", "other_own_equipment"]


def term(name, value, clause="8.3"):
    return Term(name, value, ClauseRef("o2-connector/operating-conditions", "2022-11", clause, "o2"))


TERMS = OutageTerms(
    term("outage_threshold_h", 24),
    term("outage_threshold_strict", True),
    term("outage_credit_on_request", True),
    term("outage_credit_rounding_czk", Decimal("0.01")),
    term("outage_request_deadline_months", 2),
    term("fault_causes", ["O2_PLATFORM", "INTERNET"], "7.3"),
    term("provider_fault_causes", OURS, "7.3"),
    term("fault_channel", "fault_desk", "8.6"),
    term("fault_desk_phone", "+420271484409", "8.6"),
    term("fault_desk_hours", "24/7", "8.6"),
    term("fault_prechecks", CHECKS, "8.6"),
)


def after(hours_later: float) -> datetime:
    return STARTS + timedelta(hours=hours_later)


def outage(lasted: timedelta) -> Outage:
    return Outage(STARTS, STARTS + lasted, frozenset({A}))


def credit(lasted: timedelta, fee: str = "600", most: str = "600") -> Money:
    found = outage_credit(
        month=JUNE,
        fee=Money.czk(fee),
        from_at=STARTS,
        to_at=STARTS + lasted,
        most=Money.czk(most),
        rounding_czk=TERMS.outage_credit_rounding_czk,
        on_request=TERMS.outage_credit_on_request,
    )
    assert read_finding(found.stored()) == found
    return found.value


@pytest.mark.clause("o2/8.3")
def test_a_day_and_a_half_of_june_gives_back_thirty_crowns():
    assert credit(timedelta(hours=36)) == Money.czk("30")


@pytest.mark.clause("o2/8.3")
def test_exactly_a_day_gives_no_right_and_one_second_more_does():
    day = timedelta(hours=24)
    exact = refuse_claim(outage(day), today=date(2025, 6, 12), terms=TERMS)
    longer = refuse_claim(outage(day + timedelta(seconds=1)), today=date(2025, 6, 12), terms=TERMS)

    assert isinstance(exact, Refusal)
    assert (exact.code, exact.clauses) == ("OUTAGE_NOT_LONGER_THAN_DAY", ("o2/8.3",))
    assert not isinstance(longer, Refusal)
    assert credit(day + timedelta(seconds=1)) == Money.czk("20")


def test_not_more_is_given_back_than_was_charged():
    assert credit(timedelta(days=20), most="100") == Money.czk("100")


def test_an_outage_over_the_end_of_a_month_has_a_part_in_each_and_months_have_their_real_length():
    night = Outage(datetime(2025, 3, 29, 12, tzinfo=UTC), datetime(2025, 4, 1, 10, tzinfo=UTC), frozenset({A}))

    parts = months_of(night)

    assert [str(month) for month, _, _ in parts] == ["2025-03", "2025-04"]
    assert [hours(to_at - from_at) for _, from_at, to_at in parts] == [58, 12]
    march, october = Period.month(2025, 3), Period.month(2025, 10)
    assert [hours(one.ends_at - one.starts_at) for one in (march, october)] == [743, 745]


@pytest.mark.clause("o2/7.3")
def test_time_of_another_cause_alone_breaks_an_outage_and_time_of_both_counts():
    ours = Part(A, STARTS, after(20), "O2_PLATFORM")
    theirs = Part(B, after(18), after(30), "INTERNET")
    again = Part(C, after(30), after(50), "O2_PLATFORM")
    touching = Part(C, after(20), after(50), "O2_PLATFORM")

    broken = outages_of([again, theirs, ours], OURS)
    joined = outages_of([touching, theirs, ours], OURS)

    assert [(one.starts_at, one.ends_at) for one in broken] == [(STARTS, after(20)), (after(30), after(50))]
    assert joined == [Outage(STARTS, after(50), frozenset({A, C}))]


def test_an_outage_that_lasts_swallows_what_comes_after_it_and_cannot_be_claimed():
    lasting = outages_of([Part(A, STARTS, None, "O2_PLATFORM"), Part(B, after(5), after(6), "O2_PLATFORM")], OURS)

    refusal = refuse_claim(lasting[0], today=date(2025, 7, 1), terms=TERMS)

    assert (len(lasting), lasting[0].ends_at) == (1, None)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "OUTAGE_LASTS"


def test_a_claim_is_in_time_on_the_last_day_and_late_on_the_next():
    lasted = timedelta(hours=36)  # it ends on 11 June: two months later is Monday, 11 August

    in_time = refuse_claim(outage(lasted), today=date(2025, 8, 11), terms=TERMS)
    late = refuse_claim(outage(lasted), today=date(2025, 8, 12), terms=TERMS)

    assert not isinstance(in_time, Refusal)
    assert isinstance(late, Refusal)
    assert late.code == "OUTAGE_CLAIM_LATE"


def test_a_threshold_that_is_not_strict_is_reached():
    strict = {"starts_at": STARTS, "ends_at": after(24), "threshold": TERMS.outage_threshold_h}

    assert reduction_due(**strict, strict=term("strict", False)).value is True
    assert reduction_due(**strict, strict=term("strict", True)).value is False


@pytest.mark.clause("o2/8.6")
def test_a_fault_is_reported_at_the_desk_after_all_three_checks():
    elsewhere = refuse_report("email", CHECKS, TERMS)
    unchecked = refuse_report("fault_desk", ["own_equipment", "other_own_equipment"], TERMS)

    assert (elsewhere.code, elsewhere.figures["phone"]) == ("WRONG_FAULT_CHANNEL", "+420271484409")
    assert (unchecked.code, unchecked.figures["missing"]) == ("PRECHECK_MISSING", "own_power")
    assert refuse_report("fault_desk", CHECKS, TERMS) is None


def test_a_cause_is_one_of_those_the_conditions_know():
    assert refuse_cause("INTERNET", TERMS) is None
    assert refuse_cause("WEATHER", TERMS).code == "FAULT_CAUSE_UNKNOWN"
