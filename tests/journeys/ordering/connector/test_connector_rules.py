"""Who gets a service, what must be shown before it runs, and when a notice is over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from spojka.journeys.ordering.connector.rules import (
    Obligations,
    assess,
    notice_ends_at,
    refuse_documents,
    refuse_obligations,
    refuse_resale,
    refuse_unseen,
)
from spojka.journeys.ordering.connector.terms import ActivationTerms, AssessmentTerms, EndingTerms
from spojka.kernel.money import Money
from tests.network.messaging.applications.sheets import sheet

TERMS, ACTIVATION, ENDING = sheet(AssessmentTerms), sheet(ActivationTerms), sheet(EndingTerms)
NOTHING = Money.zero()


@pytest.mark.clause("o2/7.2")
@pytest.mark.parametrize(
    ("owed", "decision"),
    [
        (Obligations(NOTHING, 0, 0), "accepted"),
        (Obligations(Money.czk("0.01"), 0, 0), "denied"),
        (Obligations(Money.czk("0.01"), 3, 1), "denied"),
        (Obligations(NOTHING, 1, 0), "by_person"),
        (Obligations(NOTHING, 0, 1), "by_person"),
    ],
)
def test_a_debt_now_denies_and_the_past_is_decided_by_a_person(owed, decision):
    found = assess(owed, TERMS)

    assert found.value == decision
    assert found.clauses == ("o2/7.2", "o2/2.1")
    assert (refuse_obligations(owed, found) is not None) == (decision == "denied")


@pytest.mark.clause("o2/1.1")
def test_missing_documents_are_named():
    refusal = refuse_documents(["general_terms"], on=date(2026, 6, 1), terms=ACTIVATION)

    assert refusal is not None
    assert (refusal.code, refusal.figures["missing"]) == ("TERMS_NOT_ATTACHED", "general_terms")
    assert refuse_documents([], on=date(2026, 6, 1), terms=ACTIVATION) is None


@pytest.mark.clause("o2/10.3")
def test_the_very_edition_in_force_must_have_been_shown():
    now, old = "o2-connector/operating-conditions@2022-11", "o2-connector/operating-conditions@2018-09"

    assert refuse_unseen(now, presented=[old, now], terms=ACTIVATION) is None
    assert refuse_unseen(now, presented=[old], terms=ACTIVATION) is not None
    assert refuse_unseen(now, presented=[], terms=ACTIVATION) is not None


@pytest.mark.clause("o2/8.4")
@pytest.mark.parametrize(
    ("company", "has_consent", "refused"),
    [("", False, False), ("  ", False, False), ("Acme s.r.o.", True, False), ("Acme s.r.o.", False, True)],
)
def test_another_company_is_served_with_a_consent_alone(company, has_consent, refused):
    assert (refuse_resale(company, has_consent=has_consent, terms=TERMS) is not None) == refused


@pytest.mark.clause("o2/3.4")
@pytest.mark.parametrize(
    ("delivered_on", "ends_at"),
    [
        (date(2026, 4, 2), datetime(2026, 5, 2, 22, 0, tzinfo=UTC)),
        (date(2026, 2, 26), datetime(2026, 3, 28, 23, 0, tzinfo=UTC)),
        (date(2026, 2, 27), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_notice_runs_thirty_days_from_the_day_after_its_delivery(delivered_on, ends_at):
    found = notice_ends_at(
        delivered_on=delivered_on, days=ENDING.notice_days_customer, asked_by=ENDING.cancellation_requested_by
    )

    assert found.value == ends_at
    assert found.clauses == ("o2-connector/general-terms/7.1", "o2/3.4")
