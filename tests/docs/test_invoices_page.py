"""The worked tables of VAT on the page about invoices are what the code splits."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from spojka.revenue.documents.vat import PricedLine, split_vat
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "explanation" / "invoices.md"
RATE = Decimal(21)


def table(title):
    """The rows of a table below its bold title: texts of the cells, the heading left out, the total last."""
    text = PAGE.read_text(encoding="utf-8")
    below = text.partition(f"**{title}**")[2].strip()
    rows = [line.strip("|").split("|") for line in below.split("\n\n")[0].splitlines()]
    return [[cell.strip().strip("*") for cell in row] for row in rows[2:]]


def micros(text):
    """An amount as whole micro-units."""
    return int(Decimal(text) * 1_000_000)


def shown(amount):
    """An amount as the page writes it."""
    return f"{Decimal(amount) / 1_000_000:.2f}"


@pytest.mark.clause("nej/1.10")
def test_prices_with_vat_are_split_as_the_page_shows():
    *lines, total = table("Table 1. Prices with VAT, 21 %")

    split = split_vat([PricedLine(RATE, micros(line[1])) for line in lines], prices_with_vat=True)

    exact = [f"{Decimal(line[1]) * 100 / (100 + RATE):.4f}" for line in lines]
    assert [line[2] for line in lines] == exact
    assert [line[3:5] for line in lines] == [[shown(one.base_micros), shown(one.tax_micros)] for one in split.lines]
    assert [total[1], total[3], total[4]] == [
        shown(split.total.gross_micros),
        shown(split.total.base_micros),
        shown(split.total.tax_micros),
    ]


@pytest.mark.clause("nej/1.10")
def test_prices_without_vat_are_split_as_the_page_shows():
    *lines, total = table("Table 2. Prices without VAT, 21 %")

    split = split_vat([PricedLine(RATE, micros(line[1])) for line in lines], prices_with_vat=False)

    assert [line[2] for line in lines] == [f"{Decimal(line[1]) * RATE / 100:.4f}" for line in lines]
    assert [line[3:5] for line in lines] == [[shown(one.tax_micros), shown(one.gross_micros)] for one in split.lines]
    assert [total[1], total[3], total[4]] == [
        shown(split.total.base_micros),
        shown(split.total.tax_micros),
        shown(split.total.gross_micros),
    ]


def test_rounding_each_line_by_itself_would_come_to_what_the_page_says():
    *lines, _ = table("Table 1. Prices with VAT, 21 %")

    alone = [
        split_vat([PricedLine(RATE, micros(line[1]))], prices_with_vat=True).lines[0].base_micros for line in lines
    ]

    sentence = " + ".join(shown(base) for base in alone) + f" = {shown(sum(alone))}"
    assert re.search(re.escape(sentence), PAGE.read_text(encoding="utf-8"))
