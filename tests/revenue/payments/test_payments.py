"""Money that came in: settled, kept as an advance, or on the list; once, and never more than there is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.access.database.connections import transaction
from spojka.kernel.ids import uuid7
from spojka.kernel.money import Money
from spojka.revenue.payments.rules import Open, spread_over
from tests.revenue.billing.month import FEBRUARY, Month, signed


@pytest.fixture
def month(tenant) -> Month:
    return signed(tenant)


def owed(month: Month) -> int:
    with transaction(month.tenant) as db:
        row = db.execute(
            "SELECT coalesce(sum(amount_micros), 0)::bigint AS owed FROM ledger_posting WHERE account = '311'"
        ).fetchone()
    return int(row["owed"])


def test_a_payment_with_the_contracts_number_settles_its_invoice(month):
    month.bill()

    paid = month.do("payments.record", source_id="b1", amount="99.00 CZK", variable_symbol=month.number)

    assert (paid.allocated, owed(month)) == (Money.parse("99.00 CZK"), 0)


def test_the_same_payment_sent_again_changes_nothing(month):
    month.bill()
    month.do("payments.record", source_id="b1", amount="50.00 CZK", variable_symbol=month.number)

    again = month.do("payments.record", source_id="b1", amount="50.00 CZK", variable_symbol=month.number)

    assert again.repeated
    assert owed(month) == 49_000_000


def test_a_payment_that_nobody_knows_waits_on_the_list_and_finds_its_invoice_later(month):
    month.bill()
    lost = month.do("payments.record", source_id="b2", amount="99.00 CZK", variable_symbol="404")
    waiting = month.do("payments.unmatched")

    found = month.do("payments.allocate", payment=lost.payment, party=month.party)

    assert [one.source_id for one in waiting] == ["b2"]
    assert month.do("payments.unmatched") == []
    assert (found.allocated, owed(month)) == (Money.parse("99.00 CZK"), 0)


def test_an_overpayment_is_an_advance_that_the_next_invoice_takes(month):
    month.bill()
    month.do("payments.record", source_id="b3", amount="150.00 CZK", variable_symbol=month.number)

    march = FEBRUARY.next()
    month.bill(march, now=march.ends_at + timedelta(hours=2))
    invoice = month.do("billing.invoice", contract=month.contract, period="2026-03", now=march.ends_at)

    assert invoice.total_with_vat == Money.parse("99.00 CZK")
    assert invoice.to_pay == Money.parse("48.00 CZK")


@pytest.mark.parametrize("amount", ["0.00 CZK", "-1.00 CZK", "0.001 CZK"])
def test_an_amount_that_nobody_can_pay_is_refused(month, amount):
    refused = month.do("payments.record", source_id="b4", amount=amount)

    assert refused.code == "AMOUNT_INVALID"


def test_the_smallest_amount_is_taken(month):
    taken = month.do("payments.record", source_id="b5", amount="0.01 CZK")

    assert taken.amount == Money.parse("0.01 CZK")


def test_another_currency_is_refused(month):
    assert month.do("payments.record", source_id="b6", amount="10.00 EUR").code == "CURRENCY_NOT_TAKEN"


def test_a_known_payment_with_another_amount_is_refused_and_loses_nothing(month):
    month.do("payments.record", source_id="b7", amount="10.00 CZK")

    assert month.do("payments.record", source_id="b7", amount="10.01 CZK").code == "PAYMENT_DIFFERS"


def test_a_payment_is_not_given_to_somebody_unknown(month):
    lost = month.do("payments.record", source_id="b8", amount="10.00 CZK")

    assert month.do("payments.allocate", payment=lost.payment, party=str(uuid7())).code == "PARTY_UNKNOWN"


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**8), max_size=8))
def test_money_is_spread_without_rest_or_excess(micros, debts):
    invoices = [Open(uuid7(), FEBRUARY.ends_on, str(place), debt) for place, debt in enumerate(debts)]

    parts = spread_over(micros, invoices)

    by_invoice = {one.invoice: one.micros for one in invoices}
    assert sum(part.micros for part in parts) == min(micros, sum(debts))
    assert all(0 < part.micros <= by_invoice[part.invoice] for part in parts)
