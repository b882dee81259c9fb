"""Certificates registered for applications: whose they are, which are refused, what is promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.deadlines.running import run_due
from spojka.network.messaging.certificates.generating import Holder
from tests.network.messaging.certificates.authority import authority, issue, name_of
from tests.network.messaging.certificates.connected import ICO, NAME, NOW, by_tool, connected

ACME = name_of(NAME, company=f"NTRCZ-{ICO}")
YEARS = NOW + timedelta(days=800)


@pytest.fixture(scope="module")
def ica():
    return authority("I.CA Root")


def register(acme, made, at=NOW, application=None, operation="certificates.register", **more):
    return acme.call(operation, at=at, application=application or acme.application, certificate=made.pem, **more)


@pytest.mark.clause("o2/6.1")
def test_a_certificate_of_a_trusted_authority_is_registered_with_what_it_says(acme, ica):
    acme.do("certificates.trust_root", kind="ICA", certificates=ica.pem)
    made = issue(ica, subject=ACME, ends=YEARS)

    shown = register(acme, made).result

    assert (shown.kind, shown.status, shown.scope) == ("ICA", "active", "")
    assert shown.fingerprint == made.hex
    assert shown.key_digest == made.read.key_digest.hex()
    assert shown.owner_proof == {"by": "company_number"}


def test_a_second_registration_changes_nothing(acme, ica):
    acme.do("certificates.trust_root", kind="ICA", certificates=ica.pem)
    made = issue(ica, subject=ACME, ends=YEARS)
    first = register(acme, made).result

    again = register(acme, made).result

    listed = acme.do("certificates.of_application", application=acme.application)
    assert (again.id, len(listed.certificates)) == (first.id, 1)


def test_several_certificates_work_side_by_side(acme):
    for _ in range(3):
        register(acme, by_tool(), operation="certificates.register_generated")

    listed = acme.do("certificates.of_application", application=acme.application)

    assert [one.status for one in listed.certificates] == ["active"] * 3
    assert listed.lists_of_authorities_asked.value is False


def test_a_chain_over_an_authority_in_between_is_followed(acme, ica):
    acme.do("certificates.trust_root", kind="O2CA", certificates=ica.pem)
    between = authority("issuing", by=ica)
    made = issue(between, subject=ACME, ends=YEARS)

    with_it, without = register(acme, made, chain=between.pem), register(acme, issue(between, subject=ACME, ends=YEARS))

    assert with_it.result.kind == "O2CA"
    assert without.refusal.code == "CERT_ISSUER_NOT_SUPPORTED"


def test_what_is_refused_says_why(acme, ica):
    acme.do("certificates.trust_root", kind="ICA", certificates=ica.pem)
    refused = {
        "CERT_ISSUER_NOT_SUPPORTED": issue(authority("Somebody"), subject=ACME, ends=YEARS),
        "CERT_SELF_SIGNED_UNKNOWN": issue(subject=ACME, ends=YEARS),
        "CERT_OWNER_MISMATCH": issue(ica, subject=name_of("Beta a.s."), ends=YEARS),
        "CERT_EXPIRED": issue(ica, subject=ACME, ends=NOW - timedelta(seconds=1)),
        "CERT_NOT_YET_VALID": issue(ica, subject=ACME, starts=NOW + timedelta(seconds=1), ends=YEARS),
        "CERT_VALIDITY_TOO_SHORT": issue(ica, subject=ACME, ends=NOW + timedelta(days=90)),
    }

    found = {code: register(acme, made).refusal for code, made in refused.items()}

    assert {code: refusal.code for code, refusal in found.items()} == {code: code for code in refused}
    assert {refusal.clauses for refusal in found.values()} == {("o2/6.1",)}
    assert acme.refused("certificates.register", application=acme.application, certificate="x") == "CERT_NOT_READABLE"


def test_our_tools_certificate_is_no_authoritys(acme):
    made = by_tool()

    as_authoritys, as_ours = register(acme, made), register(acme, made, operation="certificates.register_generated")

    assert as_authoritys.refusal.code == "CERT_SELF_SIGNED_UNKNOWN"
    assert (as_ours.result.kind, as_ours.result.scope) == ("O2APP", "connector")


@pytest.mark.clause("o2/6.5")
def test_our_tools_certificate_serves_another_application_of_the_same_subscriber_alone(acme):
    made = by_tool()
    register(acme, made, operation="certificates.register_generated")
    own = acme.application_of()
    stranger = acme.do("parties.register", kind="business", name="Beta a.s.", ico="60193336").id
    foreign = acme.application_of(party=stranger)

    same, other = register(acme, made, application=own), register(acme, made, application=foreign)

    assert same.result.kind == "O2APP"
    assert other.refusal.code == "CERT_SELF_SIGNED_UNKNOWN"


@pytest.mark.clause("o2/6.1")
def test_six_months_count_when_the_contract_is_concluded_and_not_for_what_replaces_a_certificate(acme):
    short = by_tool(days=40)
    first = register(acme, short, operation="certificates.register_generated")
    register(acme, by_tool(), operation="certificates.register_generated")

    later = register(acme, short, operation="certificates.register_generated")

    assert first.refusal.code == "CERT_VALIDITY_TOO_SHORT"
    assert later.result.status == "active"


def test_a_draft_is_concluded_only_with_a_certificate_that_lasts(database):
    concluded_on = datetime(2026, 6, 5, tzinfo=UTC)
    draft = connected(state="draft")
    made = by_tool(now=datetime(2026, 6, 5, 12, tzinfo=UTC), days=183)  # until 5 December

    assert draft.refused("certificates.fit_to_conclude", application=draft.application) == "CERT_UNKNOWN"
    register(draft, made, operation="certificates.register_generated")

    fit = draft.do("certificates.fit_to_conclude", application=draft.application, on=concluded_on.date())
    late = draft.refused("certificates.fit_to_conclude", application=draft.application, on="2026-06-06")
    assert (fit.not_after.date().isoformat(), fit.needed_on.value.isoformat()) == ("2026-12-05", "2026-12-05")
    assert late == "CERT_VALIDITY_TOO_SHORT"


@pytest.mark.clause("o2/8.4")
def test_somebody_elses_certificate_is_approved_by_hand_on_evidence_alone(acme, ica):
    acme.do("certificates.trust_root", kind="ICA", certificates=ica.pem)
    made = issue(ica, subject=name_of("Acme Holding a.s."), ends=YEARS)

    bare = register(acme, made, operation="certificates.approve", evidence=" ")
    approved = register(acme, made, operation="certificates.approve", evidence="consent of 5 June 2026")

    assert bare.refusal.code == "CERT_EVIDENCE_MISSING"
    assert approved.result.owner_proof == {"by": "hand", "evidence": "consent of 5 June 2026"}


def test_a_root_is_an_authority_and_can_be_trusted_no_more(acme, ica):
    holder = issue(ica)
    assert acme.refused("certificates.trust_root", kind="ICA", certificates=holder.pem) == "CERT_ROOT_INVALID"
    acme.do("certificates.trust_root", kind="ICA", certificates=ica.pem)

    left = acme.do("certificates.distrust_root", fingerprint=ica.hex)

    refused = register(acme, issue(ica, subject=ACME, ends=YEARS)).refusal
    assert left == []
    assert refused.code == "CERT_ISSUER_NOT_SUPPORTED"
    assert acme.refused("certificates.distrust_root", fingerprint=ica.hex) == "CERT_UNKNOWN"


def test_the_contact_person_is_reminded_before_the_end_unless_another_outlives_it(acme):
    shown = register(acme, by_tool(days=200), operation="certificates.register_generated").result
    planned = acme.do("deadlines.of", subject=f"certificate:{shown.id}")
    assert [shown.not_after - one.due_at for one in planned] == [timedelta(days=days) for days in (60, 30, 7)]

    run_due(acme.tenant, planned[0].due_at)
    register(acme, by_tool(days=400), operation="certificates.register_generated")
    run_due(acme.tenant, planned[2].due_at)

    told = acme.rows("SELECT channel, recipient FROM notice WHERE kind = 'certificate_ends' ORDER BY channel")
    assert told == [
        {"channel": "email", "recipient": "acme@example.cz"},
        {"channel": "portal", "recipient": ""},
        {"channel": "sms", "recipient": "+420601000001"},
    ]


def test_another_company_cannot_pass_for_the_subscriber(acme):
    made = by_tool(holder=Holder("billing", NAME, "60193336"))

    refused = register(acme, made, operation="certificates.register_generated").refusal

    assert refused.code == "CERT_OWNER_MISMATCH"


def test_an_application_that_is_not_there_or_has_ended_takes_no_certificate(acme):
    with_tool = {"certificate": by_tool().pem}
    other = acme.application_of()
    acme.rows("UPDATE service SET state = 'ended', ended_at = now() WHERE id = %s RETURNING id", other)

    unknown = acme.refused("certificates.register_generated", application=acme.party, **with_tool)
    ended = acme.refused("certificates.register_generated", application=other, **with_tool)

    assert (unknown, ended) == ("SERVICE_UNKNOWN", "SERVICE_TERMINATED")
