"""Which message a complaint is about, and when something may be done about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from spojka.journeys.complaints.rules import AFTER, BEFORE, Logged, kind_of, match, refuse_claim, refuse_measure
from spojka.journeys.complaints.terms import ComplaintTerms
from spojka.kernel.ids import ServiceId, uuid7
from spojka.kernel.money import Money
from tests.providers.test_o2_connector import SHELF

NOW = datetime(2025, 5, 5, 7, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
TERMS = SHELF.sheet(ComplaintTerms, date(2025, 5, 5))
APP = ServiceId(uuid7())


def sent(at, text="Akce na rohlíky"):
    return Logged(uuid7(), APP, at, text)


def test_the_same_text_counts_before_a_quote_and_a_quote_before_the_time():
    same, quoted, near = (
        sent(NOW - 5 * HOUR, "AKCE na  rohliky"),
        sent(NOW - 2 * HOUR, "Velká akce na rohlíky!"),
        sent(NOW, None),
    )

    assert [
        (found.message, found.by)
        for logged in ([same, quoted, near], [quoted, near], [near])
        if (found := match(logged, text="akce na rohlíky", happened_at=NOW))
    ] == [(same, "text"), (quoted, "quote"), (near, "time")]


def test_of_messages_alike_the_nearest_is_meant():
    early, near, late = sent(NOW - 2 * HOUR), sent(NOW - 10 * SECOND), sent(NOW + 20 * SECOND)

    assert match([early, near, late], text="", happened_at=NOW).message == near


@pytest.mark.parametrize(
    ("accepted_at", "is_meant"),
    [
        (NOW - BEFORE, True),
        (NOW - BEFORE - SECOND, False),
        (NOW + AFTER, True),
        (NOW + AFTER + SECOND, False),
    ],
)
def test_a_message_is_looked_for_around_the_instant_named(accepted_at, is_meant):
    assert (match([sent(accepted_at)], text="Akce na rohlíky", happened_at=NOW) is not None) == is_meant


@pytest.mark.clause("o2/9.1")
@pytest.mark.parametrize(
    ("delivered_at", "code"),
    [(None, "NO_PRIOR_WARNING"), (NOW, "NO_PRIOR_WARNING"), (NOW - SECOND, None), (NOW + SECOND, "NO_PRIOR_WARNING")],
)
def test_a_decision_is_strictly_later_than_a_delivered_warning(delivered_at, code):
    refusal = refuse_measure("content", delivered_at=delivered_at, now=NOW, terms=TERMS)

    assert (refusal and refusal.code) == code
    assert refusal is None or refusal.clauses == ("o2/9.1",)


@pytest.mark.clause("o2/8.1")
def test_a_warning_about_unsolicited_messages_rests_on_its_own_clause():
    refusal = refuse_measure("spam", delivered_at=None, now=NOW, terms=TERMS)

    assert refusal.clauses == ("o2/8.1",)


@pytest.mark.clause("o2/9.1")
def test_every_ground_that_the_conditions_name_is_of_content():
    assert TERMS.content_grounds.value == ["HARM_PROVIDER", "HARM_SUBSCRIBERS", "SERVICE_IMPACT", "UNLAWFUL"]
    assert {kind_of(ground) for ground in TERMS.content_grounds.value} == {"content"}
    assert kind_of("SPAM") == "spam"


@pytest.mark.clause("o2/9.1")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"ground": "SPAM"}, "GROUND_NOT_CONTENT"),
        ({"amount": Money(0)}, "CLAIM_INCOMPLETE"),
        ({"amount": Money(1)}, None),
        ({"calculation": " "}, "CLAIM_INCOMPLETE"),
        ({"due_on": date(2025, 5, 4)}, "CLAIM_INCOMPLETE"),
        ({"due_on": date(2025, 5, 5)}, None),
    ],
)
def test_damages_have_an_amount_a_calculation_and_a_day(changed, code):
    claim = {
        "ground": "UNLAWFUL",
        "amount": Money.czk("12000"),
        "calculation": "12 h × 1 000 Kč",
        "due_on": date(2025, 6, 1),
    }

    refusal = refuse_claim(**{**claim, **changed}, today=date(2025, 5, 5), terms=TERMS)

    assert (refusal and refusal.code) == code
