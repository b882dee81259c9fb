"""What an order asked for points to it: the activation, the change, also when it starts on a later day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.registry import find
from spojka.kernel.time import start_of

PAPER = {"channel": "paper", "evidence": "scan 17"}
MARCH = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def eva(do):
    do("provider.load")
    return do("parties.register", kind="consumer", name="Eva").plain["id"]


def sign(do, party, *, now=None, **options):
    given = {"party": party, "product": "nej-mobil", "options": {"msisdn": "+420601000001", **options}, **PAPER}
    return do("ordering.sign", **given, **({"now": now} if now else {}))


def tariffs(tenant):
    with transaction(tenant) as db:
        rows = db.execute("SELECT tariff, order_id::text FROM service_tariff ORDER BY valid_from").fetchall()
    return [(row["tariff"], row["order_id"]) for row in rows]


@pytest.mark.clause("nej/1.9")
def test_an_activation_and_a_change_point_to_their_orders(do, eva, tenant):
    service = sign(do, eva).plain["services"][0]["id"]
    do("ordering.change_tariff", service=service, tariff="nej-mobil-plus", now=MARCH, **PAPER)

    changing, signing = do("ordering.of_party", party=eva).plain

    assert [changing["kind"], signing["kind"]] == ["change_tariff", "sign"]
    assert signing["evidence"] == "scan 17"
    assert tariffs(tenant) == [("nej-mobil-basic", signing["id"]), ("nej-mobil-plus", changing["id"])]


@pytest.mark.clause("nej/1.9")
def test_a_later_start_keeps_the_order_that_planned_it(do, eva, tenant):
    service = sign(do, eva, activate_on="2026-02-15").plain["services"][0]["id"]

    run_due(tenant, start_of(date(2026, 2, 15)) + timedelta(seconds=1))

    assert do("services.show", service=service).plain["state"] == "active"
    assert tariffs(tenant) == [("nej-mobil-basic", do("ordering.of_party", party=eva).plain[0]["id"])]


def test_a_contract_signed_without_an_order_claims_none(do, eva, tenant):
    do("contracts.sign", party=eva, product="nej-mobil", options={"msisdn": "+420601000001"})

    assert tariffs(tenant) == [("nej-mobil-basic", None)]


@pytest.mark.clause("nej/1.9")
def test_a_contract_is_not_signed_on_an_order_without_evidence(do, eva):
    refused = do("ordering.sign", party=eva, product="nej-mobil", channel="phone", evidence=" ").refusal

    assert (refused.code, refused.clauses) == ("ORDER_EVIDENCE_MISSING", ("nej/1.9",))
    assert do("contracts.of_party", party=eva).plain == []


def test_an_order_that_is_refused_leaves_nothing_behind(do, eva):
    refused = sign(do, eva, tariff="nej-mobil-gold").refusal

    assert refused.code == "TARIFF_NOT_OFFERED"
    assert do("ordering.of_party", party=eva).plain == []


@pytest.mark.parametrize(("days", "overdue"), [(0, "0.00 CZK"), (1, "99.00 CZK")])
def test_what_was_overdue_on_the_day_is_kept_with_the_order(do, eva, tenant, days, overdue):
    sign(do, eva)
    run_due(tenant, datetime(2026, 3, 2, tzinfo=UTC))
    with transaction(tenant) as db:
        due_on = db.execute("SELECT due_on FROM invoice").fetchone()["due_on"]

    sign(do, eva, now=start_of(due_on + timedelta(days=days)), msisdn="+420601000002")

    assert do("ordering.of_party", party=eva).plain[0]["asked"]["overdue"] == overdue


def test_a_change_on_an_order_says_all_it_may_be_refused_for(do, eva):
    service = sign(do, eva).plain["services"][0]["id"]
    komplet = do("ordering.change_tariff", service=service, tariff="nej-mobil-komplet", **PAPER).refusal.code
    do("services.end", service=service)
    ended = do("ordering.change_tariff", service=service, tariff="nej-mobil-plus", **PAPER).refusal.code

    assert (komplet, ended) == ("ELIGIBILITY_FIXED_SERVICE_MISSING", "SERVICE_TERMINATED")
    assert {komplet, ended} <= set(find("ordering.change_tariff").refusals)
