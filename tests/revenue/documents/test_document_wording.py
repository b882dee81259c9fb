"""Days, amounts and quantities as Czech and English readers write them."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.revenue.documents import invoice, isdoc, palette, qr, vat, wording
from spojka.terms.wording import money_in_words


@pytest.mark.parametrize("module", [invoice, isdoc, palette, qr, vat, wording], ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_are_true(module):
    assert doctest.testmod(module).failed == 0


@given(st.integers(-(10**9), 10**9).map(lambda steps: steps * 10_000), st.sampled_from(["cs", "en"]))
def test_amounts_read_like_the_explanations_of_findings(micros, language):
    printed = wording.money(micros, language).replace(wording.MINUS, "-")

    assert printed.replace("\xa0", " ") == money_in_words(Money(micros), language).replace("\xa0", " ")


def test_an_amount_never_breaks_over_two_lines():
    assert " " not in wording.money(1_234_567_890_000, "cs")
    assert wording.money(1_234_567_890_000, "cs") == "1\xa0234\xa0567,89\xa0Kč"


def test_days_and_periods_are_written_in_full_and_count_both_ends():
    february = Period.month(2026, 2)

    assert wording.days(february, "cs") == "1.\xa02.\xa02026 – 28.\xa02.\xa02026"
    assert wording.days(february, "en") == "1\xa0Feb\xa02026 – 28\xa0Feb\xa02026"
    assert [wording.day(date(2026, month, 1), "en")[2:5] for month in (1, 12)] == ["Jan", "Dec"]


def test_the_time_of_a_record_is_told_in_prague_time():
    assert wording.clock(datetime(2026, 7, 1, 22, 30, 5, tzinfo=UTC)) == "00:30:05"


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 kB"), (1024**2 - 1, "1024 kB"), (1536 * 1024**2, "1,5 GB")],
)
def test_bytes_are_told_in_the_largest_unit_they_fill(count, told):
    assert wording.volume(count, "cs").replace("\xa0", " ").replace("1 023", "1023").replace("1 024", "1024") == told


@pytest.mark.parametrize(("seconds", "told"), [(29, "0 min"), (30, "1 min"), (3569, "59 min"), (3570, "1 h 0 min")])
def test_talking_time_is_rounded_to_minutes(seconds, told):
    assert wording.spoken_time(seconds).replace("\xa0", " ") == told


def test_units_follow_the_kind_of_record():
    assert wording.units(61, "voice", "cs") == "1:01"
    assert wording.units(1, "sms", "cs") == "1"
    assert wording.units(1024**3, "data", "en") == "1\xa0GB"


def test_quantities_lose_decimals_that_say_nothing():
    assert [wording.number(Decimal(text), "cs") for text in ("30.50", "3", "1.01666", "0.00004", "-0.00004")] == [
        "30,5",
        "3",
        "1,0167",
        "0",
        "0",
    ]


def test_a_service_that_is_no_czech_number_keeps_its_name():
    assert wording.service_name("+421901000001", "cs") == "+421901000001"
    assert wording.service_name("Senzory Třebíč", "cs") == "Senzory Třebíč"
    assert wording.service_name("", "cs") == "Celá smlouva"
    assert wording.service_name("", "en") == "Whole contract"


def test_a_seller_outside_vat_issues_no_tax_document(make_document, draft):
    untaxed = make_document([draft("fees", "Poplatek", "6.50", rate="0")])

    taxed_words = wording.words(untaxed)
    plain_words = wording.words(replace(untaxed, seller=replace(untaxed.seller, dic="")))

    assert taxed_words.subtitle == "daňový doklad č. 2026000123"
    assert plain_words.subtitle == "doklad č. 2026000123"


def test_a_credit_note_says_what_it_corrects_and_why(credit_note):
    said = wording.words(credit_note)

    assert said.title == "Opravný doklad"
    assert said.corrects == (
        "Opravuje doklad 2026000123 ze dne 2.\xa03.\xa02026",
        "Důvod opravy: Uznaná reklamace vyúčtování R-2026-0031",
    )


def test_every_label_has_words_in_both_languages():
    assert wording.labels("cs").keys() == wording.labels("en").keys()
    assert all(words.strip() for language in ("cs", "en") for words in wording.labels(language).values())
