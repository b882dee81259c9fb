"""Sums agree per rate and over the document, whatever is put in; the spec's own figures come out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.kernel.money import HALER_HALF_UP, spread, tax_within
from spojka.revenue.documents.vat import NOTHING, AmountNotInHaler, Amounts, PricedLine, VatRow, split_vat

HALER = st.integers(-10_000_000, 10_000_000).map(lambda steps: steps * 10_000)
RATES = st.sampled_from([Decimal(21), Decimal(12), Decimal(0), Decimal("5.5")])
LINES = st.lists(st.builds(PricedLine, RATES, HALER), max_size=70)


def one(amount: str, *, prices_with_vat: bool) -> Amounts:
    return split_vat([PricedLine(Decimal(21), int(Decimal(amount) * 1_000_000))], prices_with_vat=prices_with_vat).total


@pytest.mark.parametrize(
    ("gross", "tax", "base"),
    [
        pytest.param("6.50", 1_130_000, 5_370_000, marks=pytest.mark.clause("nej/2.20-h")),
        pytest.param("2.00", 350_000, 1_650_000, marks=pytest.mark.clause("nej/2.20-h")),
        ("202.89", 35_210_000, 167_680_000),
        ("106.75", 18_530_000, 88_220_000),
        ("121.00", 21_000_000, 100_000_000),
        ("0.01", 0, 10_000),
        ("0.02", 0, 20_000),
        ("0.03", 10_000, 20_000),
        ("-6.50", -1_130_000, -5_370_000),
        ("0.00", 0, 0),
    ],
)
def test_the_tax_in_a_gross_price_is_the_exact_fraction_rounded_once(gross, tax, base):
    found = one(gross, prices_with_vat=True)

    assert (found.tax_micros, found.base_micros) == (tax, base)


@pytest.mark.parametrize(
    ("net", "tax"), [("0.02", 0), ("0.03", 10_000), ("100.00", 21_000_000), ("5.37", 1_130_000), ("-0.03", -10_000)]
)
def test_net_prices_get_their_tax_on_top_rounded_once(net, tax):
    found = one(net, prices_with_vat=False)

    assert found.tax_micros == tax
    assert found.gross_micros == found.base_micros + tax


def test_tax_is_rounded_once_for_a_rate_and_not_once_for_a_line():
    lines = [PricedLine(Decimal(21), 20_000)] * 3

    split = split_vat(lines, prices_with_vat=True)

    assert split.rows == (VatRow(Decimal(21), 50_000, 10_000, 60_000),)
    assert [line.tax_micros for line in split.lines] == [0, 0, 10_000]


def test_equal_remainders_go_to_the_earlier_line():
    lines = [PricedLine(Decimal(21), 10_000)] * 4

    split = split_vat(lines, prices_with_vat=True)

    assert [line.base_micros for line in split.lines] == [10_000, 10_000, 10_000, 0]


def test_a_credit_that_nearly_cancels_a_fee_leaves_both_with_their_own_tax():
    lines = [PricedLine(Decimal(21), 100_000_000), PricedLine(Decimal(21), -99_990_000)]

    split = split_vat(lines, prices_with_vat=True)

    assert split.lines == (Amounts(82_650_000, 17_350_000, 100_000_000), Amounts(-82_640_000, -17_350_000, -99_990_000))
    assert split.total == Amounts(10_000, 0, 10_000)


def test_rates_stand_from_the_highest_down():
    lines = [PricedLine(Decimal(rate), 1_000_000) for rate in (0, 21, 12)]

    split = split_vat(lines, prices_with_vat=True)

    assert [row.vat_rate_pct for row in split.rows] == [21, 12, 0]


def test_an_amount_that_was_not_rounded_to_haler_is_not_split():
    with pytest.raises(AmountNotInHaler, match="line 2 is 15000 micro-units"):
        split_vat([PricedLine(Decimal(21), 10_000), PricedLine(Decimal(21), 15_000)], prices_with_vat=True)


def test_nothing_splits_into_nothing():
    split = split_vat([], prices_with_vat=True)

    assert (split.lines, split.rows, split.total) == ((), (), NOTHING)


@given(LINES, st.booleans())
def test_all_sums_agree_whatever_the_lines(lines, prices_with_vat):
    split = split_vat(lines, prices_with_vat=prices_with_vat)

    assert len(split.lines) == len(lines)
    assert sum(split.lines, NOTHING) == split.total
    for row in split.rows:
        mine = [
            amounts for line, amounts in zip(lines, split.lines, strict=True) if line.vat_rate_pct == row.vat_rate_pct
        ]
        assert sum(mine, NOTHING) == row.amounts
    for amounts in (*split.lines, *(row.amounts for row in split.rows)):
        assert amounts.base_micros + amounts.tax_micros == amounts.gross_micros
        assert amounts.base_micros % 10_000 == amounts.tax_micros % 10_000 == 0


@given(LINES)
def test_gross_prices_keep_every_line_and_tax_the_sum_once(lines):
    split = split_vat(lines, prices_with_vat=True)

    assert [amounts.gross_micros for amounts in split.lines] == [line.amount_micros for line in lines]
    assert all(row.tax_micros == tax_within(row.gross_micros, row.vat_rate_pct) for row in split.rows)


@given(LINES)
def test_net_prices_keep_every_line_and_tax_the_sum_once(lines):
    split = split_vat(lines, prices_with_vat=False)

    assert [amounts.base_micros for amounts in split.lines] == [line.amount_micros for line in lines]
    for row in split.rows:
        exact = Fraction(row.base_micros) * Fraction(row.vat_rate_pct) / 100
        assert row.tax_micros == HALER_HALF_UP.micros(exact)


@given(LINES)
def test_no_line_is_further_than_one_haler_from_its_exact_base(lines):
    split = split_vat(lines, prices_with_vat=True)

    for line, amounts in zip(lines, split.lines, strict=True):
        exact = Fraction(line.amount_micros) * 100 / (100 + Fraction(line.vat_rate_pct))
        assert abs(amounts.base_micros - exact) < 10_000


@given(st.lists(st.integers(1, 100_000).map(lambda steps: steps * 10_000), min_size=1, max_size=12))
def test_without_credits_a_line_differs_from_plain_spreading_by_one_haler_at_most(gross):
    split = split_vat([PricedLine(Decimal(21), amount) for amount in gross], prices_with_vat=True)

    plain = spread(split.total.base_micros, gross)

    assert max(abs(mine.base_micros - theirs) for mine, theirs in zip(split.lines, plain, strict=True)) <= 10_000
