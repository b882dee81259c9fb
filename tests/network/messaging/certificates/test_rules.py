"""Which certificates are accepted, until when, and who answers: both sides of each boundary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from spojka.kernel.time import PRAGUE
from spojka.network.messaging.certificates.rules import (
    Owner,
    Validity,
    blocked_by,
    escalated_at,
    least_expiry_on,
    liability_ends,
    liable_party,
    owner_proof,
    refuse_kind,
    refuse_owner,
    refuse_remaining,
    refuse_state,
    refuse_use,
    reminders,
)
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.terms.clauses import ClauseRef, Term
from tests.network.messaging.certificates.authority import authority, issue, name_of
from tests.network.messaging.certificates.connected import by_tool

SECOND = timedelta(seconds=1)
FRIDAY = datetime(2025, 6, 6, 17, 20, tzinfo=PRAGUE)


def term(name, value, clause):
    return Term(name, value, ClauseRef("o2-connector/operating-conditions", "2022-11", clause, "o2"))


TERMS = CertificateTerms(
    certificate_kinds=term("certificate_kinds", ["VERISIGN", "ICA", "O2CA", "O2APP"], "6.1"),
    certificate_owner=term("certificate_owner", "subscriber", "6.1"),
    min_remaining_validity_months=term("min_remaining_validity_months", 6, "6.1"),
    default_certificate_reminder_days=term("default_certificate_reminder_days", [60, 30, 7], "6.1"),
    crl_checked=term("crl_checked", False, "6.2"),
    revocation_block_max_h=term("revocation_block_max_h", 24, "6.2"),
    default_revocation_escalation_before_h=term("default_revocation_escalation_before_h", 4, "6.2"),
    revocation_requested_by=term("revocation_requested_by", "contact_person", "6.4"),
    liability_window_h=term("liability_window_h", 24, "6.4"),
    self_signed_scope=term("self_signed_scope", "connector", "6.5"),
    self_signed_invalidated_by=term("self_signed_invalidated_by", "contact_person", "6.6"),
    self_signed_liability_window_h=term("self_signed_liability_window_h", 24, "6.7"),
)


@pytest.mark.clause("o2/6.1")
@pytest.mark.parametrize(
    ("not_after", "code"),
    [
        (datetime(2025, 9, 15, 0, 0, tzinfo=PRAGUE), None),
        (datetime(2025, 9, 14, 23, 59, 59, tzinfo=PRAGUE), "CERT_VALIDITY_TOO_SHORT"),
        (datetime(2025, 9, 14, 22, 0, tzinfo=UTC), None),  # midnight in Prague: it is the 15th there
        (datetime(2025, 9, 14, 21, 59, 59, tzinfo=UTC), "CERT_VALIDITY_TOO_SHORT"),
    ],
)
def test_a_certificate_that_ends_six_months_after_the_contract_to_the_day_is_long_enough(not_after, code):
    refusal = refuse_remaining(not_after, concluded_on=date(2025, 3, 15), terms=TERMS)

    assert (refusal.code if refusal else None) == code
    assert refusal is None or refusal.clauses == ("o2/6.1",)


@pytest.mark.clause("o2/6.1")
def test_a_day_that_the_sixth_month_lacks_is_its_last():
    needed = least_expiry_on(concluded_on=date(2025, 8, 31), months=TERMS.min_remaining_validity_months)

    assert (needed.value, needed.clauses) == (date(2026, 2, 28), ("o2/6.1",))


VALID = Validity(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), None)
CLOSING = Validity(VALID.not_before, VALID.not_after, FRIDAY.astimezone(UTC) + timedelta(days=365))


@pytest.mark.clause("o2/6.1")
@pytest.mark.parametrize(
    ("validity", "now", "code"),
    [
        (VALID, VALID.not_before - SECOND, "CERT_NOT_YET_VALID"),
        (VALID, VALID.not_before, None),
        (VALID, VALID.not_after, None),
        (VALID, VALID.not_after + SECOND, "CERT_EXPIRED"),
        (CLOSING, CLOSING.closes_at - SECOND, None),
        (CLOSING, CLOSING.closes_at, "CERT_REVOKED"),
        (CLOSING, VALID.not_after + SECOND, "CERT_REVOKED"),
    ],
)
def test_a_certificate_opens_a_connection_through_its_last_instant_and_not_at_its_block(validity, now, code):
    refusal = refuse_state(validity, fingerprint=b"\x00" * 32, now=now, terms=TERMS)

    assert (refusal.code if refusal else None) == code


@pytest.mark.clause("o2/6.2")
def test_a_report_on_friday_is_answered_by_a_block_on_saturday_at_the_same_time():
    due = blocked_by(reported_at=FRIDAY, hours=TERMS.revocation_block_max_h)

    assert due.value == datetime(2025, 6, 7, 17, 20, tzinfo=PRAGUE)
    assert due.clauses == ("o2/6.2",)
    assert escalated_at(due.value, TERMS.default_revocation_escalation_before_h) == due.value - timedelta(hours=4)


@pytest.mark.clause("o2/6.2")
def test_the_hours_are_elapsed_ones_when_clocks_change():
    before = datetime(2026, 3, 28, 12, 0, tzinfo=PRAGUE).astimezone(UTC)

    due = blocked_by(reported_at=before, hours=TERMS.revocation_block_max_h)

    assert due.value.astimezone(PRAGUE) == datetime(2026, 3, 29, 13, 0, tzinfo=PRAGUE)


@pytest.mark.clause("o2/6.4")
@pytest.mark.parametrize(
    ("completed_after", "party"),
    [
        (timedelta(hours=24) - SECOND, "subscriber"),
        (timedelta(hours=24), "operator"),
        (timedelta(hours=24) + SECOND, "operator"),
    ],
)
def test_the_subscriber_answers_for_what_is_completed_before_24_hours_have_passed(completed_after, party):
    ends = liability_ends("ICA", FRIDAY.astimezone(UTC), TERMS)

    found = liable_party(started_at=FRIDAY, completed_at=FRIDAY + completed_after, ends=ends.value)

    assert (found, ends.clauses) == (party, ("o2/6.4",))


@pytest.mark.clause("o2/6.7")
def test_a_certificate_of_our_tool_has_its_own_clause_for_the_window():
    ends = liability_ends("O2APP", FRIDAY.astimezone(UTC), TERMS)

    assert ends.clauses == ("o2/6.7",)
    assert ends.value == FRIDAY + timedelta(hours=24)


def test_what_began_inside_the_window_and_ended_outside_is_the_operators():
    ends = FRIDAY + timedelta(hours=24)

    party = liable_party(started_at=ends - SECOND, completed_at=ends, ends=ends)

    assert party == "operator"


@pytest.mark.clause("o2/6.3")
def test_without_a_request_the_subscriber_answers_for_everything():
    ends = liability_ends("ICA", None, TERMS)

    assert ends is None
    assert liable_party(started_at=FRIDAY, completed_at=FRIDAY + timedelta(days=900), ends=ends) == "subscriber"


@pytest.mark.clause("o2/6.5")
@pytest.mark.parametrize(
    ("kind", "used_for", "code"),
    [
        ("O2APP", "connector", None),
        ("O2APP", "portal", "CERT_SCOPE"),
        ("O2APP", "api", "CERT_SCOPE"),
        ("ICA", "portal", None),
    ],
)
def test_a_certificate_of_our_tool_serves_the_connectors_alone(kind, used_for, code):
    refusal = refuse_use(kind, used_for=used_for, terms=TERMS)

    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("subject", "owner", "proof"),
    [
        (name_of("Acme s.r.o."), Owner("Acme s.r.o."), "name"),
        (name_of("ACME, s. r. o."), Owner("Acme s.r.o."), "name"),
        (name_of("Čapek a syn"), Owner("Capek a syn"), "name"),
        (name_of("Acme Holding a.s."), Owner("Acme s.r.o."), None),
        (name_of("Jiné jméno", company="NTRCZ-25596641"), Owner("Acme s.r.o.", "25596641"), "company_number"),
        (name_of("Acme s.r.o.", company="NTRCZ-60193336"), Owner("Acme s.r.o.", "25596641"), None),
        (name_of("Acme s.r.o.", company="VATCZ-25596641"), Owner("Acme s.r.o.", "25596641"), "name"),
        (name_of("Beta a.s."), Owner("Acme s.r.o.", also=("Beta a.s.",)), "consent"),
    ],
)
def test_the_holder_is_the_subscriber_by_number_then_by_name(subject, owner, proof):
    certificate = issue(subject=subject).read

    refusal = refuse_owner(certificate, owner=owner, terms=TERMS)

    assert owner_proof(certificate, owner) == proof
    assert (refusal is None) == (proof is not None)


def test_what_signs_itself_is_known_only_when_our_tool_registers_what_our_tool_made():
    ours, other = by_tool().read, issue().read

    def code(certificate, registered_by_tool):
        refusal = refuse_kind(certificate, authority=None, registered_by_tool=registered_by_tool, terms=TERMS)
        return refusal.code if refusal else None

    assert code(ours, True) is None
    assert code(ours, False) == "CERT_SELF_SIGNED_UNKNOWN"
    assert code(other, True) == "CERT_SELF_SIGNED_UNKNOWN"
    assert code(other, False) == "CERT_SELF_SIGNED_UNKNOWN"


def test_an_issuer_that_no_root_vouches_for_is_not_supported():
    certificate = issue(authority("Somebody")).read

    refusal = refuse_kind(certificate, authority=None, registered_by_tool=False, terms=TERMS)

    assert refusal.code == "CERT_ISSUER_NOT_SUPPORTED"
    assert "Somebody" in refusal.figures["issuer"]


def test_reminders_are_those_still_to_come():
    ends = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)

    before = reminders(ends, now=ends - timedelta(days=30) - SECOND, days=[7, 60, 30])
    at = reminders(ends, now=ends - timedelta(days=30), days=[7, 60, 30])

    assert before == [(30, ends - timedelta(days=30)), (7, ends - timedelta(days=7))]
    assert at == [(7, ends - timedelta(days=7))]
