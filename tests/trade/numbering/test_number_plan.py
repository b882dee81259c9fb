from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.kernel.refusals import Refusal
from spojka.trade.numbering.frames import destinations
from spojka.trade.numbering.numbers import normalise
from spojka.trade.numbering.plan import NumberPlan, NumberRange, PriceInNumber
from tests.trade.numbering.plans import PLAN


def _class_of(text):
    found = PLAN.classify(normalise(text))
    return found.code if isinstance(found, Refusal) else found.dest_class


@pytest.mark.parametrize("number", ["112", "150", "155", "156", "158", "+420112"])
@pytest.mark.clause("nej/3.7")
def test_emergency_numbers_are_emergency(number):
    assert _class_of(number) == "emergency"


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("116 111", "harmonised_116"),
        ("116 000", "harmonised_116"),
        ("116 12", "INVALID_NUMBER"),
        ("116 1111", "INVALID_NUMBER"),
    ],
)
@pytest.mark.clause("nej/3.7")
def test_harmonised_numbers_have_exactly_six_digits(number, found):
    assert _class_of(number) == found


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("972 241 111", "fixed_like"),
        ("973 241 111", "fixed_like"),
        ("974 241 111", "fixed_like"),
        ("971 241 111", "UNKNOWN_DESTINATION"),
        ("975 241 111", "UNKNOWN_DESTINATION"),
        ("910 123 456", "fixed_like"),
        ("950 123 456", "fixed_like"),
        ("844 111 222", "special_84"),
        ("855 111 222", "special_855"),
        ("854 111 222", "UNKNOWN_DESTINATION"),
        ("906 123 456", "premium_90x"),
        ("906 123 45", "INVALID_NUMBER"),
        ("601 234 567", "mobile"),
        ("700 234 567", "mobile"),
        ("222 111 000", "fixed"),
        ("800 123 456", "freephone"),
        ("1180", "directory"),
        ("*30", "own_line"),
        ("*31", "INVALID_NUMBER"),
        ("999 999", "INVALID_NUMBER"),
    ],
)
@pytest.mark.clause("nej/2.12")
def test_a_czech_number_has_the_class_of_its_range(number, found):
    assert _class_of(number) == found


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("+4930123456", "international.eu"),
        ("+421905123456", "international.eu"),
        ("+442071234567", "international.europe"),
        ("+47221234567", "international.europe"),
        ("+12025550123", "international.rest"),
    ],
)
def test_a_foreign_number_goes_to_the_zone_of_its_longest_calling_code(number, found):
    assert _class_of(number) == found


def test_a_foreign_number_without_a_zone_is_unknown():
    found = NumberPlan((), dial_zones={"eu": ["+49"]}, clauses=("plan/2",)).classify("+33123456789")

    assert isinstance(found, Refusal)
    assert (found.code, found.clauses, found.figures) == (
        "UNKNOWN_DESTINATION",
        ("plan/2",),
        {"number": "+33123456789"},
    )


@pytest.mark.parametrize(
    ("network", "found"),
    [("nej", "own_network"), ("o2", "mobile"), (None, "mobile")],
)
@pytest.mark.clause("nej/2.12")
def test_a_mobile_number_is_own_only_while_it_is_in_the_own_network(network, found):
    assert PLAN.classify("+420601234567", network=network, own_network="nej").dest_class == found


def test_a_fixed_number_stays_fixed_in_any_network():
    assert PLAN.classify("+420222111000", network="nej", own_network="nej").dest_class == "fixed"


def test_the_class_that_stands_first_decides_over_a_longer_prefix():
    plan = NumberPlan(
        (NumberRange("all", ("9",), (9,), "premium_90x"), NumberRange("part", ("972",), (9,), "fixed_like")),
        precedence=("premium_90x", "fixed_like"),
    )

    assert plan.classify("+420972111222").dest_class == "premium_90x"


def test_within_a_class_of_no_precedence_the_longest_prefix_decides():
    plan = NumberPlan(
        (NumberRange("wide", ("8",), (9,), "wide"), NumberRange("narrow", ("840",), (9,), "narrow")), precedence=()
    )

    assert plan.classify("+420840111222").dest_class == "narrow"


@pytest.mark.parametrize(
    ("price", "number", "crowns"),
    [
        (PriceInNumber(1, "minute"), "+420906500123", 50),
        (PriceInNumber(1, "minute"), "+420900090123", 9),
        (PriceInNumber(10, "call"), "+420905120123", 120),
        (PriceInNumber(1, "call"), "+420908990123", 99),
    ],
)
def test_the_price_stands_in_digits_four_and_five(price, number, crowns):
    assert price.micros(number) == crowns * 1_000_000


def test_the_plan_names_every_class_a_number_can_have():
    assert {"own_network", "mobile", "international.eu", "special_855"} <= set(PLAN.dest_classes)


def test_a_column_is_classified_with_prices_and_reasons():
    numbers = pl.Series(["+420905120123", "+420601234567", None, "11612", "+420601234567", "+420999999999"])

    rows = {row["number"]: row for row in destinations(PLAN, numbers).iter_rows(named=True)}

    assert rows["+420905120123"]["number_price_micros"] == 120_000_000
    assert rows["+420905120123"]["number_price_per"] == "call"
    assert rows["+420601234567"]["dest_class"] == "mobile"
    assert rows["11612"]["reason"] == "INVALID_NUMBER"
    assert rows["+420999999999"]["reason"] == "UNKNOWN_DESTINATION"
    assert len(rows) == 4


def test_an_empty_plan_knows_nothing():
    row = destinations(NumberPlan(()), pl.Series(["+420601234567"])).row(0, named=True)

    assert (row["dest_class"], row["reason"]) == (None, "UNKNOWN_DESTINATION")


NUMBERS = st.one_of(
    st.from_regex(r"\A\+420[1-9][0-9]{8}\Z"),
    st.from_regex(r"\A(11|97|84|85|90|15)[0-9]{1,5}\Z"),
    st.from_regex(r"\A\+(42|49|1|44|7)[0-9]{7,10}\Z"),
)


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_a_column_is_classified_like_single_numbers(texts):
    numbers = [kept for kept in map(normalise, texts) if kept is not None]

    table = {
        row["number"]: row for row in destinations(PLAN, pl.Series(numbers, dtype=pl.String)).iter_rows(named=True)
    }

    for number in numbers:
        one = PLAN.classify(number)
        expected = (None, one.code) if isinstance(one, Refusal) else (one.dest_class, None)
        assert (table[number]["dest_class"], table[number]["reason"]) == expected
