"""A customer reaches the customer's own things and no other's, whatever permissions the login holds."""

from __future__ import annotations

import pytest

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.access.operations.registry import all_operations
from spojka.access.users.rules import permissions_of
from tests.surfaces.shop import TODAY, Shop

EVERYBODYS = frozenset(
    {
        "catalogue.coverage",
        "catalogue.offers",
        "overview.provider",
        "publications.changes",
        "publications.clause",
        "publications.clauses",
        "publications.editions",
        "publications.in_force",
        "users.change_password",
        "users.choose_language",
        "users.report_foreign_access",
        "users.sign_out",
    },
)
"""What names no customer's object: the published, and the actor's own login."""

OF_CONNECTORS = ("connector.", "certificates.", "messages.", "consents.", "complaints.")
"""Calls about applications, which this provider has none of; `tests/journeys/ordering/connector` asks them."""

OTHERS = sorted(
    {one.name for one in all_operations() if one.customers and not one.name.startswith(OF_CONNECTORS)} - EVERYBODYS
)
UNMARKED = sorted(one.name for one in all_operations() if not one.customers)
NOT_THERE = {
    "SERVICE_UNKNOWN",
    "PARTY_UNKNOWN",
    "INVOICE_UNKNOWN",
    "CONTRACT_UNKNOWN",
    "CHARGE_UNKNOWN",
    "RECORD_UNKNOWN",
}
CHOSEN = {
    "balances.buy_topup": {"topup": "data-1gb"},
    "balances.set_limit": {"value": "100.00 CZK"},
    "balances.switch_roaming_limit": {"on": "false"},
    "billing.why": {"line": "1"},
    "contracts.change_tariff": {"tariff": "nej-mobil-plus"},
    "ordering.change_tariff": {"tariff": "nej-mobil-plus", "evidence": "portal"},
    "overview.why_line": {"line": "1"},
    "overview.why_record": {"record": "jan1", "source": "test"},
    "parties.change_contact": {"email": "mine@example.cz"},
    "rating.price": {"record": "jan1", "source": "test"},
    "services.add_addon": {"addon": "extra-100"},
    "services.disable": {"feature": "mms"},
    "services.enable": {"feature": "mms"},
    "services.remove_addon": {"addon": "extra-100"},
}
"""What is asked besides the object."""


@pytest.fixture(scope="session")
def jans(shop: Shop) -> dict[str, str]:
    """The ids of another customer's objects, by the name of the argument that takes them."""
    contract = shop.rows("SELECT id, number FROM contract WHERE party_id = %s", shop.jan)[0]
    charge = shop.rows("SELECT id FROM charge WHERE contract_id = %s", contract["id"])[0]
    objects = {
        "party": shop.jan,
        "service": shop.jan_service,
        "invoice": shop.jan_invoice,
        "contract": contract["id"],
        "charge": charge["id"],
    }
    return {**{name: str(value) for name, value in objects.items()}, "number": contract["number"], "period": "2026-01"}


def asked(name: str, objects: dict[str, str]) -> dict[str, str]:
    """Arguments of a call about another customer's object."""
    chosen = CHOSEN.get(name, {})
    taken = {one.name for one in next(one for one in all_operations() if one.name == name).arguments}
    if name == "balances.set_limit" or "invoice" in taken:
        objects = {key: value for key, value in objects.items() if key not in ("period", "contract", "number")}
    return {key: value for key, value in objects.items() if key in taken} | chosen


def as_eva(shop: Shop) -> Actor:
    """A customer whose login was given all permissions."""
    return Actor("eva", frozenset({"*"}), shop.eva)


@pytest.mark.clause("nej/4.10")
@pytest.mark.parametrize("name", OTHERS)
def test_another_customers_object_is_not_there_for_a_customer(shop, jans, name):
    outcome = call(name, asked(name, jans), tenant=shop.tenant, actor=as_eva(shop), now=TODAY)

    if outcome.refusal is None:
        assert outcome.plain == []
    else:
        assert outcome.refusal.code in NOT_THERE


@pytest.mark.parametrize(
    "name",
    [one.name for one in all_operations() if one.name in OTHERS and one.kind == "query"],
)
def test_the_same_question_of_staff_is_answered(shop, jans, name):
    given = asked(name, jans)
    if name in ("billing.why", "overview.why_line"):
        given["line"] = shop.do("billing.invoice", invoice=shop.jan_invoice).lines[0].id

    outcome = call(name, given, tenant=shop.tenant, actor=OPERATOR, now=TODAY)

    assert outcome.refusal is None


@pytest.mark.parametrize("name", ["services.show", "balances.of", "charges.of_service", "rating.records"])
def test_a_customers_own_service_is_there(shop, jans, name):
    given = asked(name, {**jans, "service": str(shop.eva_service)})

    outcome = call(name, given, tenant=shop.tenant, actor=as_eva(shop), now=TODAY)

    assert outcome.plain


def test_a_customers_own_record_and_item_are_explained(shop):
    charge = shop.rows("SELECT id FROM charge WHERE service_id = %s", shop.eva_service)[0]["id"]
    own = {"record": "v1-6", "source": "test", "service": shop.eva_service, "period": "2026-01"}

    assert shop.do("charges.why", actor=as_eva(shop), charge=charge).charge.id == charge
    assert shop.do("rating.price", actor=as_eva(shop), **own).record == "v1-6"


def test_an_own_contract_does_not_open_another_customers_service(shop, jans):
    own = shop.rows("SELECT id FROM contract WHERE party_id = %s", shop.eva)[0]["id"]
    given = {"contract": own, "service": jans["service"], "tariff": "nej-mobil-plus"}

    outcome = call("contracts.change_tariff", given, tenant=shop.tenant, actor=as_eva(shop), now=TODAY)

    assert outcome.refusal.code == "SERVICE_UNKNOWN"


@pytest.mark.parametrize("name", UNMARKED)
def test_what_is_not_for_customers_refuses_them_with_any_permission(shop, monkeypatch, name):
    monkeypatch.setattr("spojka.access.operations.calling.convert", lambda _called, _given: {})

    outcome = call(name, {}, tenant=shop.tenant, actor=as_eva(shop), now=TODAY)

    assert outcome.refusal.code == "NOT_AUTHORISED"


def test_the_role_of_customers_reads_the_items_of_its_own_bills_alone(shop):
    eva = Actor("eva", permissions_of(["customer"]), shop.eva)
    charges = {
        party: shop.rows(
            "SELECT c.id FROM charge c JOIN contract k ON k.id = c.contract_id WHERE k.party_id = %s", party
        )[0]["id"]
        for party in (shop.eva, shop.jan)
    }

    outcomes = [
        call("charges.why", {"charge": charges[party]}, tenant=shop.tenant, actor=eva, now=TODAY)
        for party in (shop.eva, shop.jan)
    ]

    assert outcomes[0].refusal is None
    assert outcomes[1].refusal is not None
    assert outcomes[1].refusal.code == "CHARGE_UNKNOWN"
