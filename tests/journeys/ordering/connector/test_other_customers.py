"""A customer reaches its own applications and no other's, whatever permissions the login holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.access.operations.registry import all_operations
from spojka.kernel.ids import PartyId, uuid7
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
OF_CONNECTORS = [
    one
    for one in all_operations()
    if one.customers and one.name.startswith(("connector.", "certificates.", "messages.", "consents."))
]


def taking(argument: str) -> list[str]:
    """Names of the calls that take an argument which every caller must give."""
    return sorted(
        one.name for one in OF_CONNECTORS if argument in {each.name for each in one.arguments if each.required}
    )


CHOSEN: dict[str, dict[str, Any]] = {
    "certificates.register": {"certificate": "-"},
    "certificates.register_generated": {"certificate": "-"},
    "connector.ask_callback": {"option": "nickname", "phone": "+420601000001"},
    "connector.check_nickname": {"nickname": "Pekarna"},
    "connector.ask_limit": {"period": "day", "value": 1},
    "connector.ask_resale": {"company": "Acme s.r.o."},
    "connector.name_contact": {"name": "Jan", "phone": "+420601000001"},
    "connector.order_option": {"kind": "sla"},
    "connector.report_fault": {"channel": "fault_desk", "caller": "Jan", "description": "nothing is sent"},
    "connector.request_consultation": {"text": "Ano?"},
    "connector.set_webhook": {"url": "https://example.cz/hook"},
    "consents.record": {"consents": []},
    "consents.standing": {"recipient": "+420601000001"},
    "consents.withdraw": {"recipient": "+420601000001", "channel": "api"},
    "messages.arrivals": {"period": "2025-06"},
    "messages.acknowledge": {"items": [uuid7()]},
    "messages.cancel": {"message": uuid7()},
    "messages.life": {"message": uuid7()},
    "messages.medium": {"item": uuid7(), "part": 1},
    "messages.story": {"message": uuid7()},
    "messages.preview": {"text": "Ano"},
    "messages.submit": {"to": "+420602000001", "text": "Ano"},
    "messages.submit_to_many": {"to": ["+420602000001"], "text": "Ano"},
}
"""What is asked besides the application or the subscriber."""


@pytest.fixture(scope="module")
def shop(database):
    """A provider, an application, its subscriber as a customer, and another customer."""
    tenant = new_provider(AT)
    application = new_application(tenant, AT)
    with transaction(tenant) as db:
        row = db.execute("SELECT party_id FROM application WHERE id = %s", [application]).fetchone()
    own = Actor("own", frozenset({"*"}), PartyId(row["party_id"]))
    return tenant, application, own, Actor("other", frozenset({"*"}), PartyId(uuid7()))


@pytest.mark.parametrize("name", taking("application"))
def test_another_customers_application_is_not_there(shop, name):
    tenant, application, _, other = shop

    outcome = call(name, {"application": application} | CHOSEN.get(name, {}), tenant=tenant, actor=other, now=AT)

    assert outcome.refusal is not None
    assert outcome.refusal.code in {"SERVICE_UNKNOWN", "APPLICATION_UNKNOWN"}


@pytest.mark.parametrize("name", taking("party"))
def test_another_customer_is_not_there(shop, name):
    tenant, _, own, other = shop

    outcome = call(name, {"party": own.party} | CHOSEN.get(name, {}), tenant=tenant, actor=other, now=AT)

    if outcome.refusal is None:
        assert outcome.plain == []
    else:
        assert outcome.refusal.code == "PARTY_UNKNOWN"


@pytest.mark.parametrize("name", ["connector.application", "connector.limits", "connector.acceptances"])
def test_an_own_application_is_there(shop, name):
    tenant, application, own, _ = shop

    outcome = call(name, {"application": application}, tenant=tenant, actor=own, now=AT)

    assert outcome.refusal is None


def test_lists_hold_what_is_ones_own(shop):
    tenant, application, own, other = shop

    mine = call("connector.applications", {}, tenant=tenant, actor=own, now=AT).result
    anothers = call("connector.applications", {"party": own.party}, tenant=tenant, actor=other, now=AT).result
    staffs = call("connector.applications", {"party": own.party}, tenant=tenant, actor=OPERATOR, now=AT).result

    assert [one.id for one in mine] == [one.id for one in staffs] == [application]
    assert anothers == []


def test_a_consent_is_neither_asked_for_nor_seen_for_another_subscriber(shop):
    tenant, _, own, other = shop
    given = {"party": own.party, "company": "Acme s.r.o."}

    asked = call("connector.ask_resale", given, tenant=tenant, actor=other, now=AT)
    mine = call("connector.ask_resale", given, tenant=tenant, actor=own, now=AT)
    seen = call("connector.resale_consents", {"party": own.party}, tenant=tenant, actor=other, now=AT)

    assert asked.refusal is not None
    assert asked.refusal.code == "PARTY_UNKNOWN"
    assert mine.refusal is None
    assert seen.result == []


def test_an_option_of_another_subscriber_is_not_ended(shop):
    tenant, application, _, other = shop
    given = {"application": application, "kind": "throughput", "rate_per_s": "10"}
    option = call("connector.order_option", given, tenant=tenant, actor=OPERATOR, now=AT).result.option.id

    outcome = call("connector.end_option", {"option": option}, tenant=tenant, actor=other, now=AT)

    assert outcome.refusal is not None
    assert outcome.refusal.code == "OPTION_UNKNOWN"


def test_complaints_about_another_subscribers_service_are_not_there(shop):
    tenant, application, own, other = shop

    outcome = call("complaints.own", {"service": application}, tenant=tenant, actor=other, now=AT)
    mine = call("complaints.own", {"service": application}, tenant=tenant, actor=own, now=AT)

    assert outcome.refusal is not None
    assert outcome.refusal.code == "SERVICE_UNKNOWN"
    assert mine.result == []


def test_who_has_no_application_is_told_so(shop):
    tenant, _, own, other = shop

    found = [call("connector.any", {}, tenant=tenant, actor=one, now=AT).result for one in (own, other, OPERATOR)]

    assert found == [True, False, True]


def test_consultations_and_authorised_persons_of_another_customer_are_not_there(shop):
    tenant, application, own, other = shop
    with transaction(tenant) as db:
        row = db.execute("SELECT contract_id FROM service WHERE id = %s", [application]).fetchone()
    given = {"application": application, "text": "Jak zrychlit?"}
    asked = call("connector.request_consultation", given, tenant=tenant, actor=own, now=AT).result
    named = {"contract": row["contract_id"], "name": "Petr Svoboda"}
    person = call("connector.authorise_person", named, tenant=tenant, actor=own, now=AT).result

    answers = [
        call(name, given, tenant=tenant, actor=other, now=AT).refusal
        for name, given in (
            ("connector.accept_consultation", {"consultation": asked.id}),
            ("connector.withdraw_consultation", {"consultation": asked.id}),
            ("connector.site", {"contract": row["contract_id"]}),
            ("connector.authorise_person", named),
            ("connector.withdraw_person", {"person": person.id}),
            ("connector.acknowledge_safety_rules", {"person": person.id, "version": 1}),
        )
    ]

    codes = [one and one.code for one in answers]
    assert codes == ["CONSULTATION_UNKNOWN"] * 2 + ["CONTRACT_UNKNOWN"] * 2 + ["PERSON_NOT_AUTHORISED"] * 2
    assert asked.channel == "portal"
