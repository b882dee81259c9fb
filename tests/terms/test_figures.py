"""A clause says what it sets: figures missing in its words are found, with their line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from spojka.terms.editions import read_edition
from spojka.terms.figures import UnsaidFigure, numbers_in, unsaid_figures, unsaid_in

NBSP = "\N{NO-BREAK SPACE}"

EDITION = """\
document = "a/price-list"
edition = "2026-12"
effective_from = 2026-12-01

[clause."1.1"]
cs = "Tarif stojí 99,00 Kč a má 1 500 MB."
en = "The tariff costs 109.00 CZK and has 1,500 MB."

[clause."1.1".sets.tariff.basic]
monthly_fee = "109.00 CZK"
data_basic_mb = 1500
requires_fixed_service = false

[clause."1.2"]
cs = "Bez čísel."
en = "No figures."
sets.offered = true
""".replace("1 500", f"1{NBSP}500")


def test_a_figure_that_one_language_does_not_say_is_found_with_its_line():
    edition = read_edition(EDITION, source="x.toml")

    found = unsaid_figures(edition, EDITION)

    assert found == (UnsaidFigure("1.1", "tariff.basic.monthly_fee", "109.00 CZK", "cs", ("109.00",), 6),)


def test_nothing_is_found_where_both_languages_say_every_figure():
    text = EDITION.replace("99,00", "109,00")

    assert unsaid_figures(read_edition(text, source="x.toml"), text) == ()


@pytest.mark.parametrize(
    ("words", "language", "numbers"),
    [
        (f"1{NBSP}600,00 Kč", "cs", {"1600"}),
        ("1 600,00 Kč", "cs", {"1", "600"}),
        ("1,600.50 CZK", "en", {"1600.5"}),
        (f"1{NBSP}600.50 CZK", "en", {"1600.5"}),
        ("1,60 CZK", "en", {"1", "60"}),
        ("60+1, 8:30", "cs", {"60", "1", "8", "30"}),
        ("žádné", "cs", set()),
    ],
)
def test_numbers_are_read_as_their_language_writes_them(words, language, numbers):
    assert numbers_in(words, language) == {Decimal(number) for number in numbers}


@pytest.mark.parametrize(
    ("value", "words", "language", "unsaid"),
    [
        ("109.00 CZK", "za 109 Kč", "cs", ()),
        ("109.00 CZK", "za 109,01 Kč", "cs", ("109.00",)),
        ("1090.00 CZK", "za 1 090,00 Kč", "cs", ("1090.00",)),
        ("60+1", "the first 60 seconds, then by 1", "en", ()),
        ("60+1", "the first 60 seconds", "en", ("1",)),
        ([500, 1000], "500 or 1,000 MB", "en", ()),
        ([500, 1000], "500 MB", "en", ("1000",)),
        (True, "", "cs", ()),
        ("interrupt", "", "cs", ()),
        (date(2026, 12, 1), "od 1. prosince 2026", "cs", ()),
        (date(2026, 12, 1), "od 1. 12. 2026", "cs", ("1. prosince 2026",)),
        ("12-24", "on 24 December", "en", ()),
        ("12-24", "on 12-24", "en", ("24 December",)),
        ("02-29", "29. února", "cs", ()),
        ("https://a.example/1", "see https://a.example/1", "en", ()),
        ("https://a.example/1", "see a.example", "en", ("https://a.example/1",)),
    ],
)
def test_a_value_is_said_by_its_figures_and_a_day_as_a_day(value, words, language, unsaid):
    assert unsaid_in(value, words, language) == unsaid
