"""What a part of a month costs, on both sides of every boundary (nej/1.8, 1.10, 4.19, 7.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from spojka.charging.charges.fees import (
    Interruption,
    Stretch,
    charged_days,
    days_within,
    fee_of,
    last_usable_day,
    minimum_for_days,
    missing_spend,
    whole_days,
)
from spojka.charging.charges.terms import FeeTerms
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.findings import read_finding

PRAGUE = ZoneInfo("Europe/Prague")
FEBRUARY, JUNE = Period.month(2026, 2), Period.month(2026, 6)


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PRAGUE)


def term(name: str, value: object, clause: str, document: str = "nej") -> Term:
    return Term(name, value, ClauseRef(document, "test", clause, document))


class Priced:
    def __init__(self, fee: str, clause: str):
        self.monthly_fee = term("monthly_fee", Money.parse(fee), clause, "price")


def terms(fee: str = "300.00 CZK") -> FeeTerms:
    return FeeTerms(
        fee_proration_basis=term("fee_proration_basis", "active_days_over_days_in_month", "1.8"),
        active_day=term("active_day", "any_local_day_on_which_the_tariff_was_usable_for_any_moment", "1.10"),
        tariff_change_day_belongs_to=term("tariff_change_day_belongs_to", "new_tariff", "1.10"),
        default_fee_reduced_for_own_breach=term("default_fee_reduced_for_own_breach", True, "4.19"),
        addon_fee_prorated=term("addon_fee_prorated", True, "3.5", "general"),
        min_spend_difference_billed=term("min_spend_difference_billed", True, "3.9", "general"),
        tariff={"a": Priced(fee, "1.1"), "b": Priced("450.00 CZK", "1.2")},
        addon={"x": Priced("49.00 CZK", "2.1")},
    )


def fee(sheet: FeeTerms, stretch: Stretch, period: Period, *interruptions: Interruption, last_on: date | None = None):
    inside = days_within(stretch, period, date(2020, 1, 1), last_on)
    return fee_of(sheet, stretch, charged_days(sheet, *inside, period, interruptions), period)


@pytest.mark.clause("nej/1.8")
def test_a_tariff_activated_on_the_tenth_of_february_pays_nineteen_days_of_twenty_eight():
    found = fee(terms("299.00 CZK"), Stretch("tariff", "a", date(2026, 2, 10), None), FEBRUARY)

    assert found.value == Money.parse("202.89 CZK")
    assert set(found.clauses) == {"price/1.1", "nej/1.8", "nej/1.10"}
    assert "19 z 28" in found.explain("cs")


@pytest.mark.clause("nej/1.8")
def test_a_change_on_the_sixteenth_of_june_charges_fifteen_days_of_each_tariff():
    old = fee(terms(), Stretch("tariff", "a", date(2026, 1, 1), date(2026, 6, 16)), JUNE)
    new = fee(terms(), Stretch("tariff", "b", date(2026, 6, 16), None), JUNE)

    assert old.value == Money.parse("150.00 CZK")
    assert new.value == Money.parse("225.00 CZK")
    assert old.value + new.value == Money.parse("375.00 CZK")


@pytest.mark.clause("nej/1.8")
def test_nine_whole_days_of_disconnection_leave_twenty_one_active_days():
    found = fee(terms(), Stretch("tariff", "a", date(2026, 1, 1), None), JUNE, Interruption(at(10, 14), at(20, 9)))

    assert found.value == Money.parse("210.00 CZK")


@pytest.mark.clause("nej/7.1")
def test_a_service_ended_on_the_tenth_of_june_pays_ten_days():
    ended = last_usable_day(at(10, 9, 30))

    found = fee(terms(), Stretch("tariff", "a", date(2026, 1, 1), None), JUNE, last_on=ended)

    assert found.value == Money.parse("100.00 CZK")


def test_a_service_ended_at_midnight_was_not_usable_on_the_day_that_begins():
    assert last_usable_day(at(10, 0)) == date(2026, 6, 9)
    assert last_usable_day(at(10, 0, 1)) == date(2026, 6, 10)


def test_a_whole_month_costs_the_whole_fee():
    found = fee(terms(), Stretch("tariff", "a", date(2026, 1, 1), None), JUNE)

    assert found.value == Money.parse("300.00 CZK")


def test_an_addon_is_cut_to_its_days_as_a_tariff_is():
    found = fee(terms(), Stretch("addon", "x", date(2026, 6, 21), None), JUNE)

    assert found.value == Money.parse("16.33 CZK")
    assert "price/2.1" in found.clauses


def test_an_addon_that_is_not_prorated_costs_its_whole_fee_and_says_why():
    sheet = replace(terms(), addon_fee_prorated=term("addon_fee_prorated", False, "3.5", "general"))

    found = fee(sheet, Stretch("addon", "x", date(2026, 6, 30), None), JUNE)

    assert found.value == Money.parse("49.00 CZK")
    assert set(found.clauses) == {"price/2.1", "general/3.5"}


@pytest.mark.parametrize(
    ("begins", "ends", "days"),
    [
        ((10, 0), (11, 0), 1),
        ((10, 0, 1), (11, 0), 0),
        ((10, 0), (10, 23, 59), 0),
        ((10, 0), (12, 9), 2),
        ((9, 23, 59), (11, 0), 1),
    ],
)
def test_a_day_is_off_only_when_no_moment_of_it_was_usable(begins, ends, days):
    assert len(whole_days([(at(*begins), at(*ends))], JUNE)) == days


def test_interruptions_that_touch_take_the_days_between_them_and_those_that_leave_a_gap_do_not():
    touching = whole_days([(at(10, 14), at(15, 10)), (at(15, 10), at(20, 9))], JUNE)
    apart = whole_days([(at(10, 14), at(15, 10)), (at(15, 11), at(20, 9))], JUNE)

    assert len(touching) == 9
    assert len(apart) == 8
    assert date(2026, 6, 15) not in apart


def test_an_interruption_that_lasts_takes_every_day_to_the_end_of_the_month():
    found = whole_days([(at(28, 12), None)], JUNE)

    assert found == {date(2026, 6, 29), date(2026, 6, 30)}


def test_an_interruption_over_the_change_of_clock_counts_local_days():
    march = Period.month(2026, 3)

    found = whole_days([(at(28, 12, month=3), at(30, 12, month=3))], march)

    assert found == {date(2026, 3, 29)}


@pytest.mark.clause("nej/4.19")
def test_days_lost_by_an_own_breach_lower_the_fee_unless_the_terms_switch_that_off():
    breach = Interruption(at(10, 14), at(20, 9), own_breach=True)
    stretch = Stretch("tariff", "a", date(2026, 1, 1), None)
    off = replace(
        terms(),
        default_fee_reduced_for_own_breach=term("default_fee_reduced_for_own_breach", False, "4.19"),
    )

    lowered = fee(terms(), stretch, JUNE, breach)
    full = fee(off, stretch, JUNE, breach)

    assert lowered.value == Money.parse("210.00 CZK")
    assert "nej/4.19" in lowered.clauses
    assert full.value == Money.parse("300.00 CZK")
    assert "nej/4.19" in full.clauses


def test_a_stored_fee_is_found_again_by_running_the_rule_on_its_facts():
    found = fee(terms("299.00 CZK"), Stretch("tariff", "a", date(2026, 2, 10), None), FEBRUARY)

    again = read_finding(found.stored())

    assert again.value == found.value
    assert again.clauses == found.clauses


def least(days: int):
    return minimum_for_days(
        minimum=term("min_monthly_spend", Money.parse("300.00 CZK"), "1.6", "price"),
        days=days,
        days_in_month=30,
        basis=terms().fee_proration_basis,
    )


@pytest.mark.parametrize(("spent", "missing"), [("299.99", "0.01"), ("300.00", "0.00"), ("300.01", "0.00")])
def test_what_is_missing_to_the_minimum_is_billed_and_nothing_above_it(spent, missing):
    found = missing_spend(least=least(30), spent=Money.czk(spent), billed=terms().min_spend_difference_billed)

    assert found.value == Money.czk(missing)
    assert set(found.clauses) == {"price/1.6", "nej/1.8", "general/3.9"}


def test_a_minimum_is_cut_to_the_days_of_the_tariff():
    assert least(10).value == Money.parse("100.00 CZK")
