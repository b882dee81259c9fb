"""QR Platba texts that a bank reads, whatever letters go in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from spojka.revenue.documents.invoice import BankAccount
from spojka.revenue.documents.qr import ALPHABET, Payment, PaymentCodeNotPossible, payment_of, spayd, svg

ACCOUNT = BankAccount("CZ7801000000000000000123")


def test_a_bank_published_example_comes_out_letter_by_letter():
    text = spayd(
        Payment(account=ACCOUNT, amount_micros=799_500_000, due_on=date(2022, 10, 1), variable_symbol="9562231077")
    )

    assert text == "SPD*1.0*ACC:CZ7801000000000000000123*AM:799.50*CC:CZK*DT:20221001*X-VS:9562231077"


def test_letters_outside_the_alphabet_lose_their_accents_or_become_spaces():
    message = "Příliš žluťoučký kůň, 100 % & (víc) Ж"

    text = spayd(Payment(account=ACCOUNT, amount_micros=10_000, message=message, recipient="Ďáblík"))

    assert "*MSG:PRILIS ZLUTOUCKY KUN. 100 %25 + VIC*" in text
    assert text.endswith("*RN:DABLIK")


def test_an_asterisk_in_a_text_cannot_begin_another_field():
    text = spayd(Payment(account=ACCOUNT, amount_micros=10_000, message="pozor*AM:1.00"))

    assert text.count("*AM:") == 1
    assert text.endswith("MSG:POZOR%2AAM:1.00")


def test_the_bic_stands_behind_the_account():
    text = spayd(Payment(account=BankAccount("CZ7801000000000000000123", "KOMBCZPP"), amount_micros=10_000))

    assert "*ACC:CZ7801000000000000000123+KOMBCZPP*" in text


@pytest.mark.parametrize(("micros", "written"), [(10_000, "0.01"), (9_999_999_990_000, "9999999.99")])
def test_the_smallest_and_the_largest_amount_fit(micros, written):
    assert f"*AM:{written}*" in spayd(Payment(account=ACCOUNT, amount_micros=micros))


@pytest.mark.parametrize("micros", [0, -10_000, 15_000, 10_000_000_000_000])
def test_amounts_beyond_the_format_are_refused(micros):
    with pytest.raises(PaymentCodeNotPossible, match="amount"):
        spayd(Payment(account=ACCOUNT, amount_micros=micros))


@pytest.mark.parametrize("symbol", ["12345678901", "12A", "-1", "１２"])
def test_a_variable_symbol_that_is_not_ten_digits_is_refused(symbol):
    with pytest.raises(PaymentCodeNotPossible, match="variable symbol"):
        spayd(Payment(account=ACCOUNT, amount_micros=10_000, variable_symbol=symbol))


def test_a_message_ends_at_60_characters_and_never_inside_an_escape():
    exact = spayd(Payment(account=ACCOUNT, amount_micros=10_000, message="A" * 57 + "*B"))
    cut = spayd(Payment(account=ACCOUNT, amount_micros=10_000, message="A" * 58 + "*B"))

    assert exact.endswith("MSG:" + "A" * 57 + "%2A")
    assert cut.endswith("MSG:" + "A" * 58)


def test_an_invoice_asks_for_what_remains_to_be_paid(mobile):
    assert payment_of(mobile) == (
        "SPD*1.0*ACC:CZ6508000000192000145399+GIBACZPX*AM:348.87*CC:CZK*DT:20260316*MSG:FAKTURA 2026000123"
        "*RN:PRIKLADNY OPERATOR S.R.O.*X-VS:2026000123"
    )


def test_nothing_is_asked_for_by_a_credit_note_a_paid_invoice_or_an_overpaid_one(mobile, credit_note):
    settled = replace(mobile, paid=(replace(mobile.paid[0], amount_micros=448_870_000),))
    overpaid = replace(mobile, paid=(replace(mobile.paid[0], amount_micros=448_880_000),))
    a_haler_short = replace(mobile, paid=(replace(mobile.paid[0], amount_micros=448_860_000),))

    assert payment_of(credit_note) is None
    assert payment_of(settled) is None
    assert payment_of(overpaid) is None
    assert "*AM:0.01*" in (payment_of(a_haler_short) or "")


def test_the_picture_is_svg_at_error_level_m(mobile, read_xml):
    text = payment_of(mobile) or ""

    picture = read_xml(svg(text, color="#123456"))

    side = segno.make(text, error="m", boost_error=False).symbol_size(border=0)[0]
    assert picture.get("viewBox") == f"0 0 {side} {side}"
    assert "#123456" in svg(text, color="#123456").decode()
    assert segno.make(text, error="m", boost_error=False).mode == "alphanumeric"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_stays_inside_the_alphabet_and_the_lengths(message, recipient):
    text = spayd(Payment(account=ACCOUNT, amount_micros=10_000, message=message, recipient=recipient))

    assert set(text) <= ALPHABET
    fields = [field.split(":", 1) for field in text.split("*")[2:]]
    assert [key for key, _ in fields][:3] == ["ACC", "AM", "CC"]
    lengths = {key: len(value) for key, value in fields}
    assert lengths.get("MSG", 0) <= 60
    assert lengths.get("RN", 0) <= 35
    assert not re.search(r"%(?!2A|25)", text)
