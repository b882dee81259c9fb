"""Contracts drafted, concluded and changed, by the examples of the operating rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from spojka.access.deadlines.running import run_due
from spojka.access.operations.context import Actor
from spojka.kernel.time import start_of

MSISDN = {"msisdn": "+420601000001"}


@pytest.fixture
def eva(do):
    do("provider.load")
    return do("parties.register", kind="consumer", name="Eva").result.id


@pytest.mark.clause("nej/1.1")
@pytest.mark.clause("nej/1.2")
def test_a_contract_names_the_editions_it_was_made_under(do, eva):
    signed = do("contracts.sign", party=eva, product="nej-mobil", options=MSISDN).plain

    assert {"nej-mobil/operating-rules@2021-08", "nej-mobil/price-list@2026-01", "nej-mobil/general-terms@2020-01"} <= {
        *signed["editions"]
    }


@pytest.mark.clause("nej/1.5")
def test_the_voice_service_has_a_card_and_a_number(do, eva):
    service = do("contracts.sign", party=eva, product="nej-mobil", options=MSISDN).plain["services"][0]

    assert (service["msisdn"], len(service["iccid"]), service["state"]) == ("+420601000001", 19, "active")


@pytest.mark.clause("nej/4.17")
def test_a_wished_later_start_is_respected(do, eva, tenant):
    signed = do("contracts.sign", party=eva, product="nej-mobil", options={**MSISDN, "activate_on": "2026-02-15"}).plain
    service = signed["services"][0]["id"]
    starts_at = start_of(date(2026, 2, 15))

    run_due(tenant, starts_at - timedelta(seconds=1))
    waiting = do("services.show", service=service).plain["state"]
    run_due(tenant, starts_at)
    running = do("services.show", service=service, now=starts_at).plain

    assert waiting == "waiting"
    assert (running["state"], running["activated_at"]) == ("active", starts_at.isoformat())
    assert do("deadlines.of", subject=f"service:{service}").plain[0]["clauses"] == ["nej/4.17"]


@pytest.mark.clause("nej/2.1")
def test_a_tariff_for_customers_of_the_fixed_service_is_refused_to_others(do, eva):
    refused = do("contracts.sign", party=eva, product="nej-mobil", options={**MSISDN, "tariff": "nej-mobil-komplet"})

    assert (refused.refusal.code, refused.refusal.clauses) == (
        "ELIGIBILITY_FIXED_SERVICE_MISSING",
        ("nej-mobil/price-list/1.5",),
    )
    assert do("contracts.sign", party=eva, product="nej-mobil", options=MSISDN).refusal is None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"product": "nej-mobil", "options": {**MSISDN, "tariff": "nej-mobil-gold"}}, "TARIFF_NOT_OFFERED"),
        ({"product": "nej-mobil", "options": {**MSISDN, "addons": ["extra-9"]}}, "SERVICE_NOT_OFFERED"),
        ({"product": "nej-television", "options": MSISDN}, "PRODUCT_UNKNOWN"),
    ],
)
def test_what_is_not_on_offer_is_refused(do, eva, facts, code):
    assert do("contracts.sign", party=eva, **facts).refusal.code == code


@pytest.mark.clause("nej/1.8")
@pytest.mark.parametrize(("on", "code"), [("2028-01-31", "CHANGE_BLOCKED_BY_COMMITMENT"), ("2028-02-01", None)])
def test_a_commitment_blocks_a_tariff_without_the_spend_until_its_last_day(do, eva, on, code):
    signed = do("contracts.sign", party=eva, product="nej-mobil", options={**MSISDN, "tariff": "nej-mobil-zavazek"})
    now = datetime.combine(date.fromisoformat(on), datetime.min.time(), UTC) + timedelta(hours=9)

    changed = do("contracts.change_tariff", contract=signed.plain["id"], tariff="nej-mobil-basic", now=now)

    assert signed.plain["committed_until"] == "2028-02-01"
    assert (changed.refusal.code if changed.refusal else None) == code


def test_a_concluded_contract_is_not_concluded_again(do, eva):
    signed = do("contracts.sign", party=eva, product="nej-mobil", options=MSISDN).plain
    later = datetime(2026, 5, 1, tzinfo=UTC)

    again = do("contracts.conclude", contract=signed["id"], proof="another", now=later).plain

    assert (again["signed_on"], again["editions"]) == (signed["signed_on"], signed["editions"])


@pytest.mark.clause("nej/4.4")
def test_a_contract_is_found_by_its_public_number(do, eva):
    signed = do("contracts.sign", party=eva, product="nej-mobil", options=MSISDN).plain

    assert do("contracts.by_number", number=signed["number"]).plain["id"] == signed["id"]
    assert do("contracts.by_number", number="9999999").refusal.code == "CONTRACT_UNKNOWN"


def test_a_customer_sees_only_the_own_contracts(do, eva):
    adam = do("parties.register", kind="consumer", name="Adam").result.id
    signed = do("contracts.sign", party=eva, product="nej-mobil", options=MSISDN).plain
    as_adam = Actor("adam", frozenset({"*"}), adam)

    assert do("contracts.show", contract=signed["id"], actor=as_adam).refusal.code == "CONTRACT_UNKNOWN"
    assert do("contracts.of_party", party=eva, actor=as_adam).plain == []
    assert do("contracts.by_number", number=signed["number"], actor=as_adam).refusal.code == "CONTRACT_UNKNOWN"
    assert do("services.show", service=signed["services"][0]["id"], actor=as_adam).refusal.code == "SERVICE_UNKNOWN"
    assert len(do("contracts.of_party", party=eva, actor=Actor("eva", frozenset({"*"}), eva)).plain) == 1


@pytest.mark.clause("nej/2.9")
def test_a_mobile_service_needs_no_address_and_the_map_of_its_coverage_is_in_the_rules(do, eva):
    signed = do("contracts.sign", party=eva, product="nej-mobil", options=MSISDN)

    assert (signed.refusal, signed.plain["services"][0]["state"]) == (None, "active")
    assert "http://mapy.o2.cz/o2mapy/" in do("publications.clause", id="nej/2.9").plain["cs"]


@pytest.mark.clause("nej/3.2")
def test_the_first_registration_establishes_the_service_once_and_the_fee_runs_from_the_activation(do, eva):
    june = datetime(2026, 6, 10, 7, tzinfo=UTC)
    options = {**MSISDN, "tariff": "nej-mobil-plus"}
    service = do("contracts.sign", party=eva, product="nej-mobil", options=options, now=june).plain["services"][0]["id"]
    first, again = "2026-06-12T18:30:00+02:00", "2026-06-13T08:00:00+02:00"

    established = [do("services.register_card", service=service, at=at, now=june).plain for at in (first, again)]

    assert {one["established_at"] for one in established} == {"2026-06-12T16:30:00+00:00"}
    assert {one["activated_at"] for one in established} == {june.isoformat()}


@pytest.mark.clause("nej/1.4")
def test_who_the_provider_is_is_shown_as_the_rules_say(do, eva):
    said = do("publications.clause", id="nej/1.4").plain["en"].replace("\N{NO-BREAK SPACE}", " ")

    shown = do("overview.provider").plain

    assert (shown["legal_name"], shown["company_id"]) == ("Nej.cz s.r.o.", "03213595")
    assert all(part in said for part in (shown["legal_name"], shown["company_id"], "488 999 488"))
    assert shown["support_phone"].replace(" ", "").endswith("488999488")
