"""The guaranteed share of calls set up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spojka.network.quality.rules import call_setup_met, rate_shown
from spojka.terms.clauses import ClauseRef, Term


@pytest.mark.parametrize(
    ("least", "successful", "eligible", "met"),
    [
        ("98", 49000, 50000, True),
        ("98", 48999, 50000, False),
        ("98", 98 * 10**12, 10**14, True),
        ("98", 98 * 10**12 - 1, 10**14, False),
        ("98.5", 197, 200, True),
        ("98.5", 196, 200, False),
    ],
)
def test_the_share_is_compared_unrounded(least, successful, eligible, met):
    term = Term("call_setup_success_min_pct", Decimal(least), ClauseRef("rules", "1", "2.6", "nej"))

    found = call_setup_met(successful=successful, eligible=eligible, least_pct=term)

    assert (found.value, found.clauses) == (met, ("nej/2.6",))


def test_a_missed_rate_is_never_shown_as_reached():
    assert str(rate_shown(successful=98 * 10**12 - 1, eligible=10**14)) == "97.999"
