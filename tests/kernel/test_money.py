"""Amounts are exact; they change only by a rounding that has a name."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from spojka.kernel.money import (
    EXACT_MICROS,
    HALER_HALF_UP,
    RECORD_HALF_UP,
    CurrencyMismatch,
    Money,
    MoneyNotUnderstood,
    Rounding,
    spread,
    tax_within,
)

MICROS = st.integers(-(2**62), 2**62)
AMOUNTS = MICROS.map(Money)
POLICIES = st.sampled_from([HALER_HALF_UP, RECORD_HALF_UP, EXACT_MICROS, Rounding("down", 10_000, ROUND_FLOOR)])


@given(AMOUNTS)
def test_an_amount_reads_back_from_its_text(money):
    assert Money.parse(str(money)) == money


@given(MICROS, MICROS)
def test_sums_differences_and_order_are_those_of_whole_micros(first, second):
    one, two = Money(first), Money(second)

    assert (one + two).micros == first + second
    assert (one - two).micros == first - second
    assert (-one).micros == -first
    assert (one < two, one <= two, one > two, one >= two) == (
        first < second,
        first <= second,
        first > second,
        first >= second,
    )
    assert bool(one) == (first != 0)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_order_of_adding_changes_nothing(one, two, three):
    assert (one + two) + three == one + (two + three) == (three + one) + two


@given(MICROS, POLICIES)
def test_rounding_moves_by_less_than_a_step_and_once_is_enough(micros, policy):
    rounded = policy.micros(micros)

    assert rounded % policy.quantum_micros == 0
    assert abs(rounded - micros) < policy.quantum_micros
    assert policy.micros(rounded) == rounded


@given(MICROS)
def test_half_up_never_moves_by_more_than_half_a_step(micros):
    assert 2 * abs(HALER_HALF_UP.micros(micros) - micros) <= HALER_HALF_UP.quantum_micros


@given(MICROS)
def test_half_up_treats_debts_and_credits_alike(micros):
    assert HALER_HALF_UP.micros(-micros) == -HALER_HALF_UP.micros(micros)


@pytest.mark.clause("nej/1.10")
@pytest.mark.parametrize(
    ("policy", "exact", "rounded"),
    [
        (HALER_HALF_UP, 4_999, 0),
        (HALER_HALF_UP, 5_000, 10_000),
        (HALER_HALF_UP, 14_999, 10_000),
        (HALER_HALF_UP, 15_000, 20_000),
        (HALER_HALF_UP, Fraction(14_999_999, 1000), 10_000),
        (RECORD_HALF_UP, 49, 0),
        (RECORD_HALF_UP, 50, 100),
    ],
)
def test_a_line_has_two_decimals_and_a_record_four_half_up(policy, exact, rounded):
    assert policy.micros(exact) == rounded


@pytest.mark.parametrize(("exact", "rounded"), [(19_999, 10_000), (20_000, 20_000), (-1, -10_000), (0, 0)])
def test_a_policy_that_floors_never_rounds_up(exact, rounded):
    assert Rounding("down", 10_000, ROUND_FLOOR).micros(exact) == rounded


@given(MICROS, st.fractions(min_value=0, max_value=1000))
def test_multiplying_is_exact_until_the_policy_rounds_once(micros, factor):
    assert Money(micros).times(factor, HALER_HALF_UP).micros == HALER_HALF_UP.micros(micros * factor)


@pytest.mark.clause("nej/2.10")
def test_thirty_records_of_61_seconds_round_once_a_record_and_once_a_line():
    record = Money.czk("3.50").times(Fraction(61, 60), RECORD_HALF_UP)

    line = record.times(30).rounded()

    assert (str(record), str(line)) == ("3.5583 CZK", "106.75 CZK")


def test_amounts_of_two_currencies_never_meet():
    crowns, euros = Money.czk(1), Money.parse("1.00 EUR")

    for meet in (lambda: crowns + euros, lambda: crowns - euros, lambda: crowns < euros, lambda: crowns >= euros):
        with pytest.raises(CurrencyMismatch, match=r"1\.00 CZK and 1\.00 EUR"):
            meet()
    assert crowns != euros


@pytest.mark.parametrize("text", ["12,50 CZK", "12.50", "12.50 Kč", "1 000.00 CZK", "1.0000001 CZK", "", "CZK 5"])
def test_a_text_that_is_no_amount_is_refused_with_how_to_write_one(text):
    with pytest.raises(MoneyNotUnderstood, match=r"write it like '12\.50 CZK'"):
        Money.parse(text)


def test_crowns_of_more_than_six_decimals_are_refused():
    assert Money.czk("0.000001").micros == 1
    with pytest.raises(MoneyNotUnderstood, match="more than 6 decimals"):
        Money.czk("0.0000001")


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0.00 CZK"),
        (12_500_000, "12.50 CZK"),
        (2_541_700, "2.5417 CZK"),
        (-10_000, "-0.01 CZK"),
        (1, "0.000001 CZK"),
    ],
)
def test_an_amount_shows_two_decimals_and_more_only_where_it_has_them(micros, text):
    assert str(Money(micros)) == text


def test_outside_an_amount_is_always_its_text():
    adapter = TypeAdapter(Money)

    assert adapter.validate_python("12.50 CZK") == Money.czk("12.50")
    assert adapter.dump_json(Money.czk("12.50")) == b'"12.50 CZK"'
    with pytest.raises(ValidationError):
        adapter.validate_python(12.5)


@given(st.integers(0, 10**13), st.integers(1, 99))
def test_tax_within_a_gross_amount_leaves_a_base_that_gives_it_back(haleru, rate):
    gross = haleru * 10_000

    tax = tax_within(gross, Decimal(rate))

    assert 0 <= tax <= gross
    assert abs(Fraction(tax) - Fraction(gross * rate, 100 + rate)) <= 5_000


@pytest.mark.parametrize(
    ("gross", "tax"), [("6.50", "1.13"), ("121.00", "21.00"), ("0.02", "0.00"), ("0.03", "0.01"), ("100.00", "17.36")]
)
def test_tax_is_counted_from_gross_at_21_percent(gross, tax):
    assert tax_within(Money.czk(gross).micros, Decimal(21)) == Money.czk(tax).micros


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_a_spread_total_is_whole_and_near_every_share(steps, weights):
    total = steps * 10_000

    parts = spread(total, weights)

    assert sum(parts) == total
    assert all(part % 10_000 == 0 for part in parts)
    if sum(weights):
        shares = [Fraction(total * weight, sum(weights)) for weight in weights]
        assert all(abs(part - share) < 10_000 for part, share in zip(parts, shares, strict=True))


@given(st.integers(-(10**9), -1), st.lists(st.integers(0, 1000), min_size=1, max_size=10))
def test_a_credit_is_spread_whole_as_well(steps, weights):
    assert sum(spread(steps * 10_000, weights)) == steps * 10_000


@pytest.mark.parametrize(
    ("weights", "parts"),
    [
        ([1, 1, 1], [40_000, 30_000, 30_000]),
        ([1, 1, 1, 1], [30_000, 30_000, 20_000, 20_000]),
        ([2, 1, 1], [50_000, 30_000, 20_000]),
        ([0, 0], [100_000, 0]),
        ([], []),
    ],
)
def test_what_is_left_goes_to_the_largest_rest_and_then_to_the_earlier_line(weights, parts):
    assert spread(100_000, weights) == parts
