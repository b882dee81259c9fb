"""Reports of compromise: the deadline, the block, and the window in which the subscriber answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.deadlines.running import run_due
from spojka.access.operations.context import Actor
from tests.network.messaging.certificates.authority import authority, issue, name_of
from tests.network.messaging.certificates.connected import DVORAK, ICO, NAME, NOVAKOVA, NOW, by_tool

HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 6, 5, 15, 20, tzinfo=UTC)  # 17:20 in Prague
SATURDAY = FRIDAY + 24 * HOUR


@pytest.fixture
def own(acme):
    """A certificate of our tool, registered."""
    made = by_tool()
    acme.do("certificates.register_generated", application=acme.application, certificate=made.pem)
    return made


@pytest.fixture
def issued(acme):
    """A certificate of an authority, registered."""
    root = authority()
    acme.do("certificates.trust_root", kind="ICA", certificates=root.pem)
    made = issue(root, subject=name_of(NAME, company=f"NTRCZ-{ICO}"))
    acme.do("certificates.register", application=acme.application, certificate=made.pem)
    return made


def status(acme, at):
    (one,) = acme.do("certificates.of_application", application=acme.application, at=at).certificates
    return one.status


@pytest.mark.clause("o2/6.2")
def test_a_report_of_anyone_blocks_by_itself_after_24_hours(acme, issued):
    filed = acme.do("certificates.report", fingerprint=issued.hex, reason="a stolen laptop", at=FRIDAY)

    run_due(acme.tenant, SATURDAY)

    assert (filed.block_due_at.value, filed.block_due_at.clauses) == (SATURDAY, ("o2/6.2",))
    assert (filed.blocked_at, filed.subscriber_until, filed.refusal) == (None, None, None)
    assert filed.revoke_at_authority
    (row,) = acme.rows("SELECT blocked_at, blocked_by FROM connector_certificate")
    assert row == {"blocked_at": SATURDAY, "blocked_by": "deadline"}


@pytest.mark.clause("o2/6.2")
def test_the_block_is_in_force_at_its_last_instant_even_where_nothing_ran(acme, issued):
    acme.do("certificates.report", fingerprint=issued.hex, at=FRIDAY)

    before, at = status(acme, SATURDAY - timedelta(microseconds=1)), status(acme, SATURDAY)

    assert (before, at) == ("revocation_requested", "revoked")


def test_a_second_report_moves_nothing(acme, issued):
    acme.do("certificates.report", fingerprint=issued.hex, at=FRIDAY)

    second = acme.do("certificates.report", fingerprint=issued.hex, at=FRIDAY + 5 * HOUR)

    run_due(acme.tenant, SATURDAY)
    seen = acme.do("certificates.liability", fingerprint=issued.hex, at=SATURDAY)
    assert second.block_due_at.value == SATURDAY
    assert [one.reported_at for one in seen.reports] == [FRIDAY, FRIDAY + 5 * HOUR]
    assert seen.blocked_at == SATURDAY


def test_staff_are_told_hours_before_unless_the_block_was_done(acme, issued, own):
    for made in (issued, own):
        acme.do("certificates.report", fingerprint=made.hex, at=FRIDAY)
    acme.do("certificates.block", fingerprint=own.hex, at=FRIDAY + HOUR)

    run_due(acme.tenant, SATURDAY - 4 * HOUR)

    told = acme.rows("SELECT at, body ->> 'fingerprint' AS fp FROM event WHERE kind = 'certificate_block_due_soon'")
    assert told == [{"at": SATURDAY - 4 * HOUR, "fp": issued.hex}]


def test_an_early_block_takes_the_deadlines_along(acme, issued):
    acme.do("certificates.report", fingerprint=issued.hex, at=FRIDAY)

    acme.do("certificates.block", fingerprint=issued.hex, at=FRIDAY + timedelta(minutes=40))
    run_due(acme.tenant, SATURDAY + HOUR)

    seen = acme.do("certificates.liability", fingerprint=issued.hex, at=SATURDAY)
    states = {row["state"] for row in acme.rows("SELECT state FROM deadline WHERE subject LIKE 'certificate:%%'")}
    assert seen.blocked_at == FRIDAY + timedelta(minutes=40)
    assert states == {"cancelled"}


@pytest.mark.clause("o2/6.4")
def test_the_contact_persons_request_begins_the_window_and_an_earlier_report_the_deadline(acme, issued):
    nine, one = FRIDAY, FRIDAY + 4 * HOUR
    acme.do("certificates.report", fingerprint=issued.hex, at=nine, asked_by=DVORAK)

    filed = acme.do("certificates.report", fingerprint=issued.hex, at=one, asked_by=NOVAKOVA)
    acme.do("certificates.report", fingerprint=issued.hex, at=one + HOUR, asked_by=NOVAKOVA)

    seen = acme.do("certificates.liability", fingerprint=issued.hex, at=one + HOUR)
    assert filed.by_contact_person
    assert (seen.requested_at, seen.block_due_at) == (one, nine + 24 * HOUR)
    assert (seen.subscriber_until.value, seen.subscriber_until.clauses) == (one + 24 * HOUR, ("o2/6.4",))
    assert [report.by_contact_person for report in seen.reports] == [False, True, True]


@pytest.mark.clause("o2/6.6")
def test_the_contact_person_invalidates_our_tools_certificate_at_once(acme, own):
    filed = acme.do("certificates.invalidate", fingerprint=own.hex, at=FRIDAY, asked_by=NOVAKOVA)

    assert (filed.blocked_at, filed.refusal, filed.revoke_at_authority) == (FRIDAY, None, False)
    assert (filed.subscriber_until.value, filed.subscriber_until.clauses) == (SATURDAY, ("o2/6.7",))
    assert status(acme, FRIDAY) == "revoked"


@pytest.mark.clause("o2/6.6")
def test_what_somebody_else_would_invalidate_is_a_report_and_says_so(acme, own):
    outcome = acme.call("certificates.invalidate", fingerprint=own.hex, at=FRIDAY, asked_by=DVORAK)

    filed = outcome.result
    assert (filed.refusal.code, filed.refusal.clauses) == ("NOT_CONTACT_PERSON", ("o2/6.6",))
    assert (filed.blocked_at, filed.subscriber_until, filed.block_due_at.value) == (None, None, SATURDAY)
    assert outcome.plain["refusal"]["code"] == "NOT_CONTACT_PERSON"
    assert status(acme, FRIDAY) == "revocation_requested"


@pytest.mark.clause("o2/6.6")
def test_the_request_to_invalidate_an_authoritys_certificate_is_filed_and_no_more(acme, issued):
    filed = acme.do("certificates.invalidate", fingerprint=issued.hex, at=FRIDAY, asked_by=NOVAKOVA)

    assert (filed.blocked_at, filed.refusal, filed.revoke_at_authority) == (None, None, True)
    assert filed.subscriber_until.value == SATURDAY


def test_a_customer_is_the_contact_person_by_its_login_alone(acme, own):
    may = frozenset({"certificates.*"})
    technician, jana = Actor("technik", may, acme.party), Actor("jana", may, acme.party)
    stranger = Actor("jana", may, acme.do("parties.register", kind="consumer", name="Eva Malá").id)

    by_technician = acme.do("certificates.invalidate", fingerprint=own.hex, actor=technician, asked_by=NOVAKOVA)
    by_stranger = acme.refused("certificates.invalidate", fingerprint=own.hex, actor=stranger)
    by_jana = acme.do("certificates.invalidate", fingerprint=own.hex, actor=jana)

    assert by_technician.refusal.code == "NOT_CONTACT_PERSON"
    assert by_stranger == "CERT_UNKNOWN"
    assert by_jana.blocked_at == NOW


def test_a_blocked_key_stays_blocked_in_every_certificate_and_application(acme, own):
    other = acme.application_of()
    acme.do("certificates.register", application=other, certificate=own.pem)
    acme.do("certificates.invalidate", fingerprint=own.hex, at=FRIDAY, asked_by=NOVAKOVA)
    renewed = issue(subject=own.whole.subject, key=own.key)

    (there,) = acme.do("certificates.of_application", application=other, at=FRIDAY).certificates
    again = acme.refused("certificates.register_generated", application=acme.application, certificate=own.pem)

    assert there.status == "revoked"
    assert renewed.read.key_digest == own.read.key_digest
    assert again == "CERT_REVOKED"


def test_other_certificates_of_the_subscriber_go_on(acme, own, issued):
    acme.do("certificates.invalidate", fingerprint=own.hex, at=FRIDAY, asked_by=NOVAKOVA)

    listed = acme.do("certificates.of_application", application=acme.application, at=FRIDAY).certificates

    assert {one.fingerprint: one.status for one in listed} == {own.hex: "revoked", issued.hex: "active"}


def test_the_contact_person_is_told_of_the_report_and_of_the_block(acme, issued):
    acme.do("certificates.report", fingerprint=issued.hex, at=FRIDAY)
    run_due(acme.tenant, SATURDAY)

    told = acme.rows(
        "SELECT kind, recipient FROM notice WHERE channel = 'sms' AND kind LIKE 'certificate%%' ORDER BY written_at"
    )
    assert told == [
        {"kind": "certificate_reported", "recipient": "+420601000001"},
        {"kind": "certificate_blocked", "recipient": "+420601000001"},
    ]


def test_a_certificate_that_nobody_registered_cannot_be_reported(acme):
    unknown = "0" * 64

    codes = {acme.refused(name, fingerprint=unknown) for name in ("certificates.report", "certificates.block")}

    assert codes == {"CERT_UNKNOWN"}
