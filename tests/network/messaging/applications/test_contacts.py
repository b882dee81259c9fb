"""Contact persons: one at any instant, who speaks as one, and whom a complainant is told."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import Actor
from spojka.access.users.rules import permissions_of
from spojka.network.messaging.applications.contacts.rules import Contact, Requester, speaks
from spojka.network.messaging.applications.contacts.store import contacts_at
from tests.network.messaging.certificates.connected import DVORAK, NOVAKOVA, NOW, connected

HOUR = timedelta(hours=1)
JANA = Contact("Jana Nováková", "+420601000001", "jana", NOW, None)


@pytest.fixture
def acme(database):
    return connected()


def name(acme, person, at=NOW, **more):
    return acme.call("connector.name_contact", application=acme.application, **{**person, **more}, at=at)


@pytest.mark.clause("o2/8.2")
@pytest.mark.parametrize(
    "person",
    [
        {"name": "Jana Nováková", "phone": ""},
        {"name": " ", "phone": "+420601000001"},
    ],
)
def test_a_contact_person_has_a_name_and_a_phone(acme, person):
    refusal = name(acme, person).refusal

    assert (refusal.code, refusal.clauses) == ("CONTACT_PERSON_MISSING", ("o2/8.2",))


@pytest.mark.clause("o2/8.2")
@pytest.mark.parametrize("phone", ["601 234 567", "601234567", "00420601234567", "+420 601 234 567"])
def test_a_phone_is_kept_in_one_form_however_it_is_written(acme, phone):
    named = name(acme, {"name": "Jana Nováková", "phone": phone}).result

    assert named.phone == "+420601234567"


@pytest.mark.clause("o2/8.2")
@pytest.mark.parametrize("phone", ["60123456", "+4206010", "nevím"])
def test_what_is_no_phone_is_refused_as_such(acme, phone):
    refusal = name(acme, {"name": "Jana Nováková", "phone": phone}).refusal

    assert (refusal.code, refusal.clauses) == ("CONTACT_PHONE_INVALID", ("o2/8.2",))
    assert refusal.figures == {"phone": phone}


@pytest.mark.clause("o2/8.2")
def test_a_change_counts_from_the_instant_it_is_recorded(acme):
    name(acme, NOVAKOVA)
    name(acme, DVORAK, at=NOW + HOUR)

    with transaction(acme.tenant) as db:
        ctx = type("At", (), {"db": db, "tenant": acme.tenant})
        before = contacts_at(ctx, [acme.application], NOW + HOUR - timedelta(microseconds=1))
        at = contacts_at(ctx, [acme.application], NOW + HOUR)
        never = contacts_at(ctx, [acme.application], NOW - timedelta(microseconds=1))

    assert [found[acme.application].name for found in (before, at)] == ["Jana Nováková", "Petr Dvořák"]
    assert never == {}


def test_two_changes_at_one_instant_leave_the_last(acme):
    name(acme, NOVAKOVA)

    name(acme, DVORAK)

    (present,) = acme.do("connector.contacts", application=acme.application)
    assert (present.name, present.valid_to) == ("Petr Dvořák", None)


def test_the_database_keeps_contact_persons_apart(acme):
    name(acme, NOVAKOVA)

    with pytest.raises(psycopg.errors.ExclusionViolation), transaction(acme.tenant) as db:
        db.execute(
            "INSERT INTO contact_person (tenant_id, id, service_id, name, phone, login, valid_from, named_by)"
            " SELECT tenant_id, gen_random_uuid(), service_id, 'X', '+420601000009', '', valid_from, ''"
            " FROM contact_person WHERE tenant_id = %s",
            [acme.tenant],
        )


def test_old_new_and_subscriber_are_told(acme):
    name(acme, NOVAKOVA)
    name(acme, DVORAK, at=NOW + HOUR)

    told = acme.rows("SELECT channel, recipient FROM notice WHERE written_at > %s ORDER BY channel, recipient", NOW)
    assert [(one["channel"], one["recipient"]) for one in told] == [
        ("email", "acme@example.cz"),
        ("portal", ""),
        ("sms", "+420601000001"),
        ("sms", "+420601000002"),
    ]


@pytest.mark.parametrize(
    ("login", "for_customer", "asked_by", "speaking"),
    [
        ("jana", True, None, True),
        ("petr", True, Requester("Jana Nováková", "+420601000001"), False),
        ("care", False, Requester("jana  novakova", "+420601000001"), True),
        ("care", False, Requester("Jana Nováková", "+420601000002"), False),
        ("care", False, Requester("Petr Dvořák", "+420601000001"), False),
        ("jana", False, None, False),
    ],
)
def test_who_speaks_as_the_contact_person(login, for_customer, asked_by, speaking):
    assert speaks(JANA, login=login, for_customer=for_customer, asked_by=asked_by) == speaking
    assert not speaks(None, login=login, for_customer=for_customer, asked_by=asked_by)


def test_a_contact_person_without_a_login_is_no_customer():
    contact = Contact("Jana Nováková", "+420601000001", "", NOW, None)

    assert not speaks(contact, login="", for_customer=True, asked_by=None)


@pytest.mark.clause("o2/8.2")
def test_a_complainant_is_told_todays_contact_and_no_more_and_it_is_recorded(acme):
    name(acme, NOVAKOVA)
    name(acme, DVORAK, at=NOW + HOUR)
    later = NOW + 3 * HOUR

    told = acme.do(
        "connector.disclose_contact",
        application=acme.application,
        complainant="Eva Malá",
        phone="+420603111222",
        case="C-17",
        at=later,
    )

    assert told.told == {
        "company_name": "Acme s.r.o.",
        "company_number": "25596641",
        "seat": "Dlouhá 1, 110 00 Praha 1",
        "contact_name": "Petr Dvořák",
        "contact_phone": "+420601000002",
    }
    (kept,) = acme.do("connector.disclosures", application=acme.application)
    assert (kept.id, kept.complainant, kept.phone, kept.case) == (told.disclosure, "Eva Malá", "+420603111222", "C-17")
    assert (kept.told, kept.told_at, kept.told_by) == (told.told, later, "operator")


@pytest.mark.clause("o2/8.2")
@pytest.mark.parametrize(
    "asking", [{"phone": "+420603111222"}, {"case": "C-17"}, {"phone": "603111222", "case": "C-17"}]
)
def test_whoever_is_no_complainant_is_told_nothing(acme, asking):
    name(acme, NOVAKOVA)

    refusal = acme.call(
        "connector.disclose_contact", application=acme.application, complainant="a journalist", **asking
    ).refusal

    assert (refusal.code, refusal.clauses) == ("DISCLOSURE_NOT_PERMITTED", ("o2/8.2",))
    assert acme.do("connector.disclosures", application=acme.application) == []


def test_a_customer_names_the_contact_person_of_its_own_application_alone(acme):
    may = frozenset({"connector.*"})
    stranger = Actor("eva", may, acme.do("parties.register", kind="consumer", name="Eva Malá").id)

    own = name(acme, NOVAKOVA, actor=Actor("acme", may, acme.party))
    foreign = name(acme, NOVAKOVA, actor=stranger)

    assert own.result.name == "Jana Nováková"
    assert foreign.refusal.code == "SERVICE_UNKNOWN"


@pytest.mark.clause("o2/8.2")
def test_the_contact_person_is_changed_by_the_subscriber_or_by_itself_and_by_no_other_login(acme):
    jana = Actor("jana", permissions_of(["user"]), acme.party)
    petr = Actor("petr", permissions_of(["user"]), acme.party)
    owner = Actor("acme", permissions_of(["customer"]), acme.party)

    first = name(acme, {**NOVAKOVA, "login": "jana"}, actor=owner)
    stolen = name(acme, {**DVORAK, "login": "petr"}, at=NOW + HOUR, actor=petr)
    handed_over = name(acme, {**DVORAK, "login": "petr"}, at=NOW + 2 * HOUR, actor=jana)
    too_late = name(acme, NOVAKOVA, at=NOW + 3 * HOUR, actor=jana)

    assert first.refusal is None
    assert (stolen.refusal.code, stolen.refusal.clauses) == ("NOT_CONTACT_PERSON", ("o2/8.2",))
    assert handed_over.result.name == "Petr Dvořák"
    assert too_late.refusal.code == "NOT_CONTACT_PERSON"


def test_a_login_that_only_uses_the_services_names_no_first_contact_person(acme):
    refusal = name(acme, NOVAKOVA, actor=Actor("petr", permissions_of(["user"]), acme.party)).refusal

    assert refusal.code == "NOT_CONTACT_PERSON"
    assert acme.do("connector.contacts", application=acme.application) == []
