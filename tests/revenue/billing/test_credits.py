"""What is given back: never more than a line came to, and never lost when it is more than was owed."""

from __future__ import annotations

from datetime import date

import pytest

from spojka.kernel.money import Money
from spojka.kernel.time import Period
from tests.revenue.billing.month import CLOSES, FEBRUARY, Month, signed

MARCH = Period.month(2026, 3)


@pytest.fixture
def month(tenant) -> Month:
    found = signed(tenant, "nej-mobil-plus")
    found.bill()
    return found


@pytest.fixture
def number(month) -> str:
    return month.do("billing.invoice", contract=month.contract, period=FEBRUARY).number


def owed(month: Month) -> tuple[Money, Money]:
    balance = month.do("ledger.balance", party=month.party)
    return balance.owed, balance.advance


def test_a_part_of_a_line_is_given_back_with_the_vat_in_it(month, number):
    note = month.do("billing.credit_note", number=number, reason="sleva", amounts={"1": "100.00 CZK"})

    assert note.total_with_vat == Money.czk("100.00")
    assert note.vat == Money.czk("17.36")
    assert owed(month) == (Money.czk("199.00"), Money.zero())


@pytest.mark.parametrize("asked", ["299.01 CZK", "0.00 CZK", "-1.00 CZK"])
def test_more_than_the_line_came_to_or_nothing_is_not_given_back(month, number, asked):
    refused = month.do("billing.credit_note", number=number, reason="sleva", amounts={"1": asked})

    assert refused.code == "CREDIT_EXCEEDS_LINE"
    assert refused.figures["left"] == Money.czk("299.00")


def test_parts_come_to_the_whole_line_exactly(month, number):
    invoice = month.do("billing.invoice", number=number)
    parts = [
        month.do("billing.credit_note", number=number, reason="sleva", amounts={"1": amount})
        for amount in ("0.01 CZK", "33.33 CZK", "265.65 CZK")
    ]
    rest = month.do("billing.credit_note", number=number, reason="zbytek")

    notes = [*parts, rest]
    assert sum((note.total_with_vat for note in notes), Money.zero()) == invoice.total_with_vat
    assert sum((note.vat for note in notes), Money.zero()) == invoice.vat
    assert rest.total_with_vat == Money.czk("0.01")
    assert owed(month) == (Money.zero(), Money.zero())


def test_a_line_that_is_not_there_is_refused_by_its_name(month, number):
    refused = month.do("billing.credit_note", number=number, reason="sleva", lines=["9"])

    assert (refused.code, refused.figures["line"]) == ("LINE_UNKNOWN", "9")


def test_a_credit_note_is_not_corrected_itself(month, number):
    note = month.do("billing.credit_note", number=number, reason="sleva", amounts={"1": "1.00 CZK"})

    refused = month.do("billing.credit_note", number=note.number, reason="sleva")

    assert refused.code == "CREDIT_NOTE_FINAL"


def test_what_was_paid_already_becomes_an_advance_that_the_next_bill_takes(month, number):
    month.do("payments.record", source_id="p1", amount="299.00 CZK", variable_symbol=month.number)

    month.do("billing.credit_note", number=number, reason="vada", amounts={"1": "99.00 CZK"})
    after = owed(month)
    month.bill(MARCH, CLOSES.replace(month=4))
    following = month.do("billing.invoice", contract=month.contract, period=MARCH)

    assert after == (Money.zero(), Money.czk("99.00"))
    assert following.to_pay == Money.czk("200.00")
    assert owed(month) == (Money.czk("200.00"), Money.zero())


def test_only_what_exceeds_the_rest_of_the_debt_is_given_back(month, number):
    month.do("payments.record", source_id="p1", amount="250.00 CZK", variable_symbol=month.number)

    month.do("billing.credit_note", number=number, reason="vada", amounts={"1": "40.00 CZK"})
    first = owed(month)
    month.do("billing.credit_note", number=number, reason="vada", amounts={"1": "20.00 CZK"})
    second = owed(month)

    assert first == (Money.czk("9.00"), Money.zero())
    assert second == (Money.zero(), Money.czk("11.00"))


@pytest.mark.clause("nej/2.27")
def test_three_days_of_a_fault_return_a_tenth_of_a_thirty_day_month_within_a_month(tenant):
    june = Period.month(2026, 6)
    month = signed(tenant, "nej-mobil-plus")
    month.bill(june, CLOSES.replace(month=7))
    number = month.do("billing.invoice", contract=month.contract, period=june).number

    found = month.do(
        "billing.refund_days", number=number, line="1", days=3, reason="vada dat", settled_on=date(2026, 7, 31)
    )

    assert found.amount.value == Money.czk("29.90")
    assert found.due_on.value == date(2026, 8, 31)
    assert found.note.total_with_vat == Money.czk("29.90")
    assert "nej/2.27" in found.amount.clauses


def test_a_fault_longer_than_the_month_returns_no_more_than_was_paid(month, number):
    refused = month.do("billing.refund_days", number=number, line="1", days=29, reason="vada dat")
    whole = month.do("billing.refund_days", number=number, line="1", days=28, reason="vada dat")

    assert refused.code == "CREDIT_EXCEEDS_LINE"
    assert whole.amount.value == Money.czk("299.00")
