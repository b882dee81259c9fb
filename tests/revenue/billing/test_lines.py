"""From items to lines: grouped, ordered, rounded once, split; and a body that gives the document back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from spojka.kernel.ids import uuid7
from spojka.kernel.money import HALER_HALF_UP
from spojka.kernel.time import Period
from spojka.revenue.billing.frozen import DRAFT_NUMBER, charges_of, to_body, to_document
from spojka.revenue.billing.lines import Item, make_lines
from spojka.revenue.documents.invoice import BankAccount, DocumentParty, InvoiceDocument, PaidAhead

FEBRUARY = Period.month(2026, 2)
EVA, SELLER = (
    DocumentParty("Eva Malá", "Dlouhá 7", "Praha 1", "110 00"),
    DocumentParty("Operátor", "Krátká 1", "Brno", "602 00", ico="00000019", dic="CZ00000019"),
)


def item(**changes) -> Item:
    plain = Item(
        id=uuid7(),
        service=uuid7(),
        number="+420601000001",
        group="usage",
        line="voice.mobile",
        period_on=FEBRUARY.starts_on,
        quantity=61,
        unit="s",
        amount_micros=3_558_300,
        vat_rate_pct=Decimal(21),
        text="Volání",
        clauses=("nej/2.11",),
    )
    return replace(plain, **changes)


def lines_of(items, language="cs", prices_with_vat=True):
    return make_lines(
        items, period=FEBRUARY, rounding=HALER_HALF_UP, language=language, prices_with_vat=prices_with_vat
    )


@pytest.mark.clause("nej/2.10")
def test_thirty_records_are_summed_exactly_and_rounded_once():
    found = lines_of([item() for _ in range(30)])

    assert [line.gross_micros for line in found.lines] == [106_750_000]
    assert found.lines[0].quantity == Decimal("30.5")
    assert found.lines[0].unit == "min"
    assert len(found.charges["1"]) == 30


@pytest.mark.parametrize(
    ("micros", "line"), [(14_999, 10_000), (15_000, 20_000), (-15_000, -20_000), (-14_999, -10_000)]
)
def test_half_a_haler_is_rounded_away_from_zero(micros, line):
    found = lines_of([item(amount_micros=micros)])

    assert [each.gross_micros for each in found.lines] == [line]


def test_services_come_in_order_of_number_and_the_whole_contract_last():
    found = lines_of(
        [
            item(number="", service=None, group="penalty", unit="item"),
            item(number="+420601000002"),
            item(number="+420601000001", group="fees", unit="day", line="tariff:x"),
            item(number="+420601000001", unit="B", line="data"),
            item(number="+420601000001"),
        ]
    )

    assert [(line.service, line.group) for line in found.lines] == [
        ("+420601000001", "fees"),
        ("+420601000001", "calls"),
        ("+420601000001", "data"),
        ("+420601000002", "calls"),
        ("", "penalty"),
    ]


@pytest.mark.clause("nej/4.7")
def test_an_item_of_an_earlier_period_has_its_own_line_marked_with_it():
    found = lines_of([item(period_on=date(2025, 12, 1)), item()])

    assert [line.period for line in found.lines] == [None, Period.month(2025, 12)]
    assert found.lines[1].text == "Volání (12/2025)"


@pytest.mark.parametrize(
    ("unit", "quantity", "expected"),
    [
        ("s", 60, ("1", "min")),
        ("s", 61, ("1.0167", "min")),
        ("B", 1024 * 1024, ("1", "MB")),
        ("B", 1024 * 1024 // 2, ("0.5", "MB")),
        ("day", 19, ("19", "day")),
        ("item", 1, ("1", "item")),
    ],
)
def test_quantities_are_shown_in_the_documents_units(unit, quantity, expected):
    line = lines_of([item(unit=unit, quantity=quantity)]).lines[0]

    assert (f"{line.quantity.normalize():f}", line.unit) == expected


def test_a_difference_without_a_quantity_is_one_piece():
    line = lines_of([item(quantity=0, amount_micros=-1_000_000)]).lines[0]

    assert (line.quantity, line.unit) == (Decimal(1), "item")


def test_money_for_third_parties_and_penalties_is_booked_on_accounts_of_its_own():
    found = lines_of(
        [
            item(amount_micros=121_000_000),
            item(group="payments", unit="item", line="parking", amount_micros=40_000_000, vat_rate_pct=Decimal(0)),
            item(group="penalty", unit="item", line="misuse", amount_micros=12_100_000),
        ]
    )

    assert found.books == {"602": 100_000_000, "343": 23_100_000, "379": 40_000_000, "644": 10_000_000}
    assert sum(found.books.values()) == found.gross_micros


@settings(deadline=None, max_examples=100)
@given(
    amounts=some.lists(some.integers(-(10**9), 10**9), min_size=1, max_size=12),
    rates=some.lists(some.sampled_from(["21", "12", "0"]), min_size=12, max_size=12),
    prices_with_vat=some.booleans(),
)
def test_lines_rates_and_books_always_come_to_one_total(amounts, rates, prices_with_vat):
    items = [
        item(line=f"line-{number}", amount_micros=amount, vat_rate_pct=Decimal(rate))
        for number, (amount, rate) in enumerate(zip(amounts, rates, strict=False))
    ]

    found = lines_of(items, prices_with_vat=prices_with_vat)

    assert sum(line.gross_micros for line in found.lines) == found.gross_micros == sum(found.books.values())
    assert sum(line.tax_micros for line in found.lines) == found.tax_micros == found.books.get("343", 0)


def document_of(lines) -> InvoiceDocument:
    return InvoiceDocument(
        id=uuid7(),
        number=DRAFT_NUMBER,
        kind="invoice",
        language="cs",
        issued_on=date(2026, 2, 28),
        taxable_supply_on=date(2026, 2, 28),
        due_on=date(2026, 2, 28),
        period=FEBRUARY,
        seller=SELLER,
        buyer=EVA,
        account=BankAccount("CZ6508000000192000145399"),
        variable_symbol="1000001",
        lines=lines.lines,
        vat=lines.vat,
        prices_with_vat=True,
    )


def test_a_body_gives_the_document_back_with_what_was_decided_at_issue():
    lines = lines_of([item(period_on=date(2026, 1, 1)), item()])
    document = document_of(lines)
    body = json.loads(to_body(document, lines.charges, lines.books))
    row = {"number": "20260000001", "issued_on": date(2026, 3, 1), "due_on": date(2026, 3, 16), "body": body}
    paid = [{"document": "p1", "variable_symbol": "1000001", "amount_micros": 10_000}]

    drafted = to_document({"number": None, "issued_on": None, "due_on": None, "body": body})
    issued = to_document({**row, "body": {**body, "paid": paid}})

    assert drafted == document
    assert issued == replace(
        document,
        number="20260000001",
        issued_on=date(2026, 3, 1),
        due_on=date(2026, 3, 16),
        paid=(PaidAhead("p1", "1000001", 10_000),),
    )
    assert charges_of(row) == lines.charges


def test_a_body_holds_every_fact_itself_so_that_later_defaults_change_nothing():
    lines = lines_of([item()])

    kept = json.loads(to_body(document_of(lines), lines.charges, lines.books))["document"]

    assert kept["buyer"]["country"] == "CZ"
    assert kept["lines"][0]["vat_note"] == ""
    assert "number" not in kept
