"""Values as the reader of Czech and of English writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.refusals import RefusalWords, all_refusals, canonical, define_refusal, explain_refusal
from spojka.terms.units import FreeUnits, Increment, UnitPrice
from spojka.terms.wording import fill, in_words, money_in_words
from tests.terms.sample import spaces

TERM = Term("fee", Money.czk(50), ClauseRef("acme/rules", "2026-01", "1.2", "acme"))


@pytest.mark.parametrize(
    ("value", "cs", "en"),
    [
        (Money.czk("1234567.5"), "1 234 567,50 Kč", "1,234,567.50 CZK"),
        (Money.czk("2.5417"), "2,5417 Kč", "2.5417 CZK"),
        (Money.czk("-0.01"), "-0,01 Kč", "-0.01 CZK"),
        (Money.parse("12.00 EUR"), "12,00 EUR", "12.00 EUR"),
        (TERM, "50,00 Kč", "50.00 CZK"),
        (True, "ano", "yes"),
        (False, "ne", "no"),
        (600_000, "600 000", "600,000"),
        (Decimal("97.998"), "97,998", "97.998"),
        (Fraction(1, 3), "0,3333", "0.3333"),
        (date(2026, 3, 2), "2. 3. 2026", "2 Mar 2026"),
        (datetime(2026, 6, 12, 16, 30, tzinfo=UTC), "12. 6. 2026 18:30:00", "12 Jun 2026 18:30:00"),
        (Period.month(2026, 2), "2/2026", "2/2026"),
        ("bez závazku", "bez závazku", "bez závazku"),
        (["a", 1000], "a, 1 000", "a, 1,000"),
        ({"voice": 60}, "voice 60", "voice 60"),
        (Increment(60, 1), "60+1", "60+1"),
    ],
)
def test_a_value_is_written_as_its_reader_writes_it(value, cs, en):
    assert (spaces(in_words(value, "cs")), spaces(in_words(value, "en"))) == (cs, en)


def test_thousands_do_not_break_over_lines():
    assert money_in_words(Money.czk(1000), "cs").startswith("1\N{NO-BREAK SPACE}000")


def test_a_template_without_its_value_is_an_error():
    with pytest.raises(KeyError, match="days"):
        fill("{owed} × {days}", {"owed": Money.czk(1)}, "cs")


@pytest.mark.parametrize(
    ("text", "read"),
    [("60+1", Increment(60, 1)), ("1+1", Increment(1, 1)), ("0+60", Increment(0, 60))],
)
def test_a_charging_step_is_read(text, read):
    assert (Increment.parse(text), str(read)) == (read, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Increment, "60+0"),
        (Increment, "60"),
        (UnitPrice, "2.50 CZK"),
        (UnitPrice, "2.50 CZK/hour"),
        (UnitPrice, "2,50 CZK/min"),
        (FreeUnits, "100"),
        (FreeUnits, "-1 min"),
        (FreeUnits, "100 hours"),
    ],
)
def test_a_unit_that_is_not_known_is_refused_with_an_example(kind, text):
    with pytest.raises(ValueError, match="write it like"):
        kind.parse(text)


@pytest.mark.clause("nej/2.10")
def test_prices_are_per_minute_of_a_call_and_per_sms():
    assert (UnitPrice.parse("3.50 CZK/min").unit, UnitPrice.parse("2.00 CZK/SMS").unit) == ("min", "SMS")


@pytest.mark.parametrize(
    ("text", "count"), [("100 min", 6000), ("6000 s", 6000), ("50 SMS", 50), ("500 MB", 500), ("unlimited", None)]
)
def test_free_units_are_kept_in_seconds_messages_and_megabytes(text, count):
    assert (FreeUnits.parse(text).count, str(FreeUnits.parse(text))) == (count, text)


def test_a_refusal_is_said_in_words_with_its_figures_and_clauses():
    figures = {"changed_on": date(2026, 1, 31), "earliest": date(2026, 3, 2)}
    refusal = Refusal("TARIFF_CHANGE_TOO_SOON", ("nej/1.8",), figures)

    assert spaces(explain_refusal(refusal, "cs")) == (
        "Tarif se měnil 31. 1. 2026; další změna je možná od 2. 3. 2026. (nej/1.8)"
    )
    assert "2 Mar 2026" in explain_refusal(refusal, "en")


def test_other_spellings_of_a_code_are_the_code():
    assert canonical("tariff_changed_recently") == "TARIFF_CHANGE_TOO_SOON"
    assert canonical("no_terms_for_date") == "NO_VERSION_IN_FORCE"
    assert canonical("never_heard_of") == "NEVER_HEARD_OF"


def test_a_code_has_one_meaning():
    known = all_refusals()[0]

    assert define_refusal(known.code, cs=known.cs, en=known.en, also=known.also) == known.code
    with pytest.raises(ValueError, match="defined twice"):
        define_refusal(known.code, cs="Jinak.", en="Otherwise.")
    assert RefusalWords(known.code, known.cs, known.en, known.also) in all_refusals()
