"""How long records of data sessions are kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from spojka.kernel.time import day_of, start_of
from spojka.network.provisioning.rules import session_forgotten_at, sessions_kept_from
from spojka.terms.clauses import ClauseRef, Term

MONTHS = Term("default_session_retention_months", 6, ClauseRef("rules", "1", "2.16", "nej"))


@pytest.mark.parametrize(
    ("today", "first_kept"),
    [
        (date(2026, 8, 3), date(2026, 2, 3)),
        (date(2026, 8, 4), date(2026, 2, 4)),
        (date(2026, 8, 28), date(2026, 2, 28)),
        (date(2026, 8, 29), date(2026, 3, 1)),
        (date(2026, 8, 31), date(2026, 3, 1)),
        (date(2026, 9, 1), date(2026, 3, 1)),
        (date(2026, 2, 28), date(2025, 8, 28)),
        (date(2026, 3, 1), date(2025, 9, 1)),
    ],
)
def test_sessions_are_kept_through_the_day_six_months_after_they_ended(today, first_kept):
    kept = sessions_kept_from(today=today, months=MONTHS)

    assert (kept.value, kept.clauses) == (start_of(first_kept), ("nej/2.16",))


def test_a_session_is_forgotten_on_the_very_day_it_is_no_longer_kept():
    ended = [date(2027, 1, 1) + timedelta(days=place) for place in range(500)]

    due = [day_of(session_forgotten_at(ended_on=day, months=MONTHS).value) for day in ended]

    assert [
        (sessions_kept_from(today=on - timedelta(days=1), months=MONTHS).value <= start_of(day))
        and (start_of(day) < sessions_kept_from(today=on, months=MONTHS).value)
        for day, on in zip(ended, due, strict=True)
    ] == [True] * 500
