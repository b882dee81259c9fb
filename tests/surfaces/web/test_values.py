"""Values as pages write them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from spojka.kernel.money import Money
from spojka.surfaces.web import wording

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def _settings(database):
    """Django is set up."""


def _said(language, value, *arguments):
    with translation.override(language):
        return value(*arguments).replace(SPACE, " ")


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("cs", ("1 234,50 Kč", "1. 2. 2026", "1. 2. 2026 9:30")),
        ("en", ("1,234.50 CZK", "1 Feb 2026", "1 Feb 2026 9:30")),
    ],
)
def test_money_and_time_are_written_as_the_reader_writes_them(language, shown):
    at = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)

    found = (
        _said(language, wording.money, Money.czk("1234.50")),
        _said(language, wording.day, date(2026, 2, 1)),
        _said(language, wording.instant, at),
    )

    assert found == shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (61, "61 s"), (119, "119 s"), (120, "2 min"), (3601, "60 min 1 s"), (7200, "120 min")],
)
def test_lengths_are_told_in_seconds_where_seconds_matter(seconds, said):
    assert _said("cs", wording.units, seconds, "s") == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 MB"),
        (1, "1 B"),
        (1023, "1 023 B"),
        (1024, "1 kB"),
        (1024 * 1024, "1 MB"),
        (1572864, "1,5 MB"),
        (1500 * 1024**2, "1 500 MB"),
        (10 * 1024**3, "10 GB"),
        (10 * 1024**3 + 512 * 1024**2, "10,5 GB"),
    ],
)
def test_volumes_are_told_in_the_unit_that_reads_best(count, said):
    assert _said("cs", wording.units, count, "B") == said


@pytest.mark.parametrize(("count", "said"), [(1, "1 den"), (2, "2 dny"), (5, "5 dní"), (0, "0 dní")])
def test_days_are_declined(count, said):
    assert _said("cs", wording.units, count, "day") == said


@pytest.mark.parametrize(
    ("number", "said"),
    [("+420601000001", "601 000 001"), ("+491701234567", "+49 170 1234567"), ("internet", "internet")],
)
def test_phone_numbers_are_grouped_and_foreign_ones_keep_their_code(number, said):
    assert _said("cs", wording.phone, number) == said
