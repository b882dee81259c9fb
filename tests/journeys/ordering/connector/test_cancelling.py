"""Who cancels: the contact person by its own sign-in or through staff, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.kernel.ids import PartyId
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
ENDS_AT = datetime(2026, 7, 1, 22, 0, tzinfo=UTC)
EVERYTHING = frozenset({"*"})


@pytest.fixture
def named(database):
    """A provider, an application whose contact person is Jana, signed in as jana, and its subscriber."""
    tenant = new_provider(AT)
    application = new_application(tenant, AT)
    with transaction(tenant) as db:
        row = db.execute("SELECT party_id FROM application WHERE id = %s", [application]).fetchone()
    given = {"application": application, "name": "Jana Nováková", "phone": "+420601000001", "login": "jana"}
    call("connector.name_contact", given, tenant=tenant, actor=OPERATOR, now=AT)
    return tenant, application, PartyId(row["party_id"])


def cancel(named, actor, at=AT, **given):
    tenant, application, _ = named
    return call("connector.cancel", {"application": application, **given}, tenant=tenant, actor=actor, now=at).result


@pytest.mark.clause("o2/3.4")
def test_the_contact_person_cancels_by_its_own_sign_in(named):
    outcome = cancel(named, Actor("jana", EVERYTHING, named[2]))

    assert outcome.refusal is None
    assert outcome.ends_at.value == ENDS_AT


@pytest.mark.clause("o2/3.4")
@pytest.mark.parametrize("login", ["petr", "Jana", ""])
def test_another_sign_in_of_the_same_subscriber_does_not(named, login):
    outcome = cancel(named, Actor(login, EVERYTHING, named[2]), asked_by={"name": "Jana Nováková", "phone": "+1"})

    assert outcome.refusal.code == "NOT_CONTACT_PERSON"
    assert outcome.ends_at is None


def test_a_customer_who_names_the_contact_person_is_still_not_the_contact_person(named):
    jana = {"name": "Jana Nováková", "phone": "+420601000001"}

    outcome = cancel(named, Actor("petr", EVERYTHING, named[2]), asked_by=jana)

    assert outcome.refusal.code == "NOT_CONTACT_PERSON"


@pytest.mark.clause("o2/3.4")
def test_who_tries_is_told_to_the_contact_person_and_stands_in_the_audit(named):
    tenant, _, party = named

    cancel(named, Actor("petr", EVERYTHING, party))

    with transaction(tenant) as db:
        told = db.execute("SELECT channel, recipient, body FROM notice WHERE kind = 'cancellation_refused'").fetchall()
        (audited,) = db.execute("SELECT actor FROM audit WHERE operation = 'connector.cancel'").fetchall()
    (sms,) = [one for one in told if one["channel"] == "sms"]
    assert sms["recipient"] == "+420601000001"
    assert "petr" in sms["body"]
    assert audited["actor"] == "petr"


def test_cancelling_again_keeps_the_first_end(named):
    tenant, application, party = named
    jana = Actor("jana", EVERYTHING, party)
    cancel(named, jana)

    cancel(named, jana, at=AT + timedelta(days=3))

    shown = call("connector.application", {"application": application}, tenant=tenant, actor=jana, now=AT).result
    assert (shown.state, shown.ends_at) == ("cancel_requested", ENDS_AT)


def test_an_end_by_the_provider_takes_back_the_promised_one(named):
    tenant, application, party = named
    cancel(named, Actor("jana", EVERYTHING, party))

    call("connector.terminate", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT)

    with transaction(tenant) as db:
        promised = db.execute("SELECT state FROM deadline WHERE operation = 'connector.terminate'").fetchall()
    assert [one["state"] for one in promised] == ["cancelled"]
