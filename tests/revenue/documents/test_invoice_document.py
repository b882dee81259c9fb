"""A document that contradicts itself cannot be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from spojka.revenue.documents.invoice import BankAccount, InvoiceNotConsistent, PaidAhead
from spojka.revenue.documents.vat import Amounts


def test_totals_and_what_remains_to_pay_follow_from_rows_and_advances(mobile):
    assert mobile.total == Amounts(377_910_000, 70_960_000, 448_870_000)
    assert mobile.paid_micros == 100_000_000
    assert mobile.to_pay_micros == 348_870_000


def test_more_paid_than_owed_is_an_overpayment_below_zero(single):
    overpaid = replace(single, paid=(PaidAhead("P-1", "1", 10_000_000),))

    assert overpaid.to_pay_micros == -3_500_000


def test_services_are_named_once_in_the_order_of_the_lines(business):
    assert business.services == tuple(f"+4206010000{number:02d}" for number in range(11))


def test_a_czech_account_is_written_as_czech_payers_write_it():
    assert BankAccount("CZ6508000000192000145399").domestic == "19-2000145399"
    assert BankAccount("CZ6508000000192000145399").bank_code == "0800"
    assert BankAccount("CZ5508000000001234567899").domestic == "1234567899"


def test_an_account_abroad_keeps_its_iban_and_has_no_czech_bank():
    account = BankAccount("SK3112000000198742637541")

    assert (account.domestic, account.bank_code) == ("SK3112000000198742637541", "")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lines": ()}, "has no line"),
        ({"account": BankAccount("CZ6508000000192000145398")}, "is no IBAN"),
        ({"account": BankAccount("CZ65 0800 0000 1920 0014 5399")}, "is no IBAN"),
        ({"account": BankAccount("19-2000145399/0800")}, "is no IBAN"),
        ({"variable_symbol": "12345678901"}, "not 1 to 10 digits"),
        ({"variable_symbol": "12a"}, "not 1 to 10 digits"),
        ({"variable_symbol": ""}, "not 1 to 10 digits"),
        ({"variable_symbol": "١٢"}, "not 1 to 10 digits"),
        ({"corrects": "2026000001"}, "kind invoice cannot correct 2026000001"),
        ({"kind": "credit_note"}, "kind credit_note cannot correct nothing"),
        ({"vat": ()}, "not the rates of its lines"),
        ({"paid": (PaidAhead("P-1", "1", 0),)}, "not a positive amount"),
        ({"paid": (PaidAhead("P-1", "1", 15_000),)}, "whole 0.01"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(single, change, says):
    with pytest.raises(InvoiceNotConsistent, match=says):
        replace(single, **change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"gross_micros": 6_510_000}, "base and tax are not the gross"),
        ({"base_micros": 5_380_000, "gross_micros": 6_510_000}, "the row is"),
        ({"base_micros": 5_365_000, "tax_micros": 1_135_000}, "not in whole 0.01"),
        ({"vat_rate_pct": Decimal(12)}, "not the rates of its lines"),
        ({"quantity": Decimal(0)}, "quantity of zero"),
        ({"vat_rate_pct": Decimal(-1)}, "negative rate"),
        ({"vat_note": "§ 54"}, "both taxed and exempt"),
        ({"id": ""}, "not 1 to 36"),
        ({"id": "x" * 37}, "not 1 to 36"),
    ],
)
def test_a_line_that_does_not_fit_its_document_is_refused(single, change, says):
    line = replace(single.lines[0], **change)

    with pytest.raises(InvoiceNotConsistent, match=says):
        replace(single, lines=(line,))


def test_an_id_of_36_characters_and_a_symbol_of_10_digits_are_just_short_enough(single):
    line = replace(single.lines[0], id="x" * 36)

    fits = replace(single, lines=(line,), variable_symbol="1234567890")

    assert fits.lines[0].id == "x" * 36


def test_a_credit_note_neither_asks_for_money_nor_counts_advances(credit_note):
    owed = replace(credit_note.lines[0], base_micros=-100_000, tax_micros=-20_000, gross_micros=-120_000)
    row = replace(credit_note.vat[0], base_micros=-100_000, tax_micros=-20_000, gross_micros=-120_000)

    with pytest.raises(InvoiceNotConsistent, match="gives money back"):
        replace(credit_note, lines=(owed,), vat=(row,))
    with pytest.raises(InvoiceNotConsistent, match="gives money back"):
        replace(credit_note, paid=(PaidAhead("P-1", "1", 10_000),))


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\ud800", "\uffff"])
def test_a_character_no_e_invoice_can_hold_is_found_before_anything_is_issued(single, character):
    name = f"Eva{character}Malá"

    with pytest.raises(InvoiceNotConsistent, match="no e-invoice can hold"):
        replace(single, buyer=replace(single.buyer, name=name))
    with pytest.raises(InvoiceNotConsistent, match="no e-invoice can hold"):
        replace(single, lines=(replace(single.lines[0], text=name),))


@pytest.mark.parametrize("character", ["\t", "\n", " ", "\ud7ff", "\ue000", "\ufffd", "\U0001f41d"])
def test_every_other_character_is_fine(single, character):
    named = replace(single, buyer=replace(single.buyer, name=f"Eva{character}Malá"))

    assert character in named.buyer.name


def test_two_lines_with_one_id_are_refused(mobile):
    twin = replace(mobile.lines[1], id=mobile.lines[0].id)

    with pytest.raises(InvoiceNotConsistent, match="two lines with one id"):
        replace(mobile, lines=(mobile.lines[0], twin, *mobile.lines[2:]))


def test_a_line_without_use_is_shown_with_nothing_charged(make_document, draft):
    shown = make_document([draft("calls", "Volání", "0.00", "0", "min", "min")])

    assert shown.total == Amounts(0, 0, 0)


def test_a_credit_note_names_what_it_corrects_and_is_positive(credit_note):
    assert (credit_note.corrects, credit_note.corrects_issued_on) == ("2026000123", date(2026, 3, 2))
    assert credit_note.to_pay_micros == 106_750_000


def test_a_seller_without_a_vat_number_charges_no_vat(single, make_document, draft):
    unregistered = replace(single.seller, dic="")
    untaxed = make_document([draft("fees", "Poplatek", "6.50", rate="0")])

    with pytest.raises(InvoiceNotConsistent, match="no VAT number"):
        replace(single, seller=unregistered)

    assert replace(untaxed, seller=unregistered).total == Amounts(6_500_000, 0, 6_500_000)
