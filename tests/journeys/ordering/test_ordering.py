"""Orders beside the contract: each carried out once, deposits to the haléř, nothing for a service that has ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import Actor
from spojka.journeys.ordering.operations import pay_deposit
from spojka.kernel.money import Money

ADDED = {"feature": "international_calls"}


@pytest.fixture
def line(do):
    """Sign Eva for the tariff of 299.00 CZK: her service's id."""
    do("provider.load")
    eva = do("parties.register", kind="consumer", name="Eva").plain["id"]
    options = {"msisdn": "+420601000001", "tariff": "nej-mobil-plus"}
    return do("contracts.sign", party=eva, product="nej-mobil", options=options).plain["services"][0]["id"]


def counted(tenant, sql):
    with transaction(tenant) as db:
        return db.execute(f"SELECT count(*) AS count FROM {sql}").fetchone()["count"]


@pytest.mark.clause("nej/3.5")
def test_unlocking_what_is_unlocked_neither_counts_nor_costs(do, line, tenant):
    thrice = [do("services.unlock_premium", service=line).plain for _ in range(3)]

    assert [one["fee"] for one in thrice] == ["0.00 CZK", None, None]
    assert counted(tenant, "service_switch WHERE feature = 'premium_90x'") == 1
    assert counted(tenant, "charge WHERE line = 'premium_unlock'") == 0


@pytest.mark.clause("nej/3.5")
def test_of_unlockings_at_once_one_counts_and_the_next_after_a_lock_is_the_second(do, line, tenant):
    with ThreadPoolExecutor(3) as threads:
        fees = list(threads.map(lambda _: do("services.unlock_premium", service=line).plain["fee"], range(3)))

    do("services.lock_premium", service=line)
    second = do("services.unlock_premium", service=line).plain["fee"]

    assert sorted(map(str, fees)) == ["0.00 CZK", "None", "None"]
    assert second == "50.00 CZK"


def test_nothing_is_ordered_for_a_service_that_has_ended(do, line):
    waiting = do("services.enable", service=line, **ADDED).plain["order"]
    do("services.end", service=line)

    refused = [
        do("services.unlock_premium", service=line),
        do("services.enable", service=line, **ADDED),
        do("ordering.pay_deposit", order=waiting, amount="598.00 CZK"),
    ]

    assert [one.refusal.code for one in refused] == ["SERVICE_TERMINATED"] * 3


@pytest.mark.clause("nej/4.5-i")
def test_ordering_again_answers_with_the_order_that_waits_and_then_with_the_one_carried_out(do, line, tenant):
    waiting = [do("services.enable", service=line, **ADDED).plain for _ in range(2)]
    do("ordering.pay_deposit", order=waiting[0]["order"], amount="598.00 CZK")

    executed = do("services.enable", service=line, **ADDED).plain

    assert [(one["state"], one["deposit"]) for one in waiting] == [("waiting", "598.00 CZK")] * 2
    assert (executed["state"], executed["deposit"]) == ("executed", None)
    assert {one["order"] for one in (*waiting, executed)} == {waiting[0]["order"]}
    assert counted(tenant, "customer_order WHERE kind = 'enable'") == 1
    assert counted(tenant, "service_switch WHERE feature = 'international_calls'") == 1


def test_two_services_beyond_the_card_are_two_orders(do, line):
    orders = {do("services.enable", service=line, feature=one).plain["order"] for one in ("international_calls", "mms")}

    assert len(orders) == 2


@pytest.mark.clause("nej/4.6")
@pytest.mark.parametrize(
    ("amount", "code"), [("597.99", "DEPOSIT_TOO_LOW"), ("598.00", None), ("598.01", "DEPOSIT_NOT_EXACT")]
)
def test_a_deposit_is_taken_exactly_as_it_was_asked_for(do, line, tenant, amount, code):
    order = do("services.enable", service=line, **ADDED).plain["order"]

    paid = do("ordering.pay_deposit", order=order, amount=f"{amount} CZK")

    assert (paid.refusal.code if paid.refusal else None) == code
    assert counted(tenant, "ledger_entry WHERE kind = 'deposit'") == (0 if code else 1)


def test_the_refusal_of_an_excess_says_by_how_much(do, line):
    order = do("services.enable", service=line, **ADDED).plain["order"]

    refused = do("ordering.pay_deposit", order=order, amount="600.00 CZK").refusal

    assert str(refused.figures["excess"]) == "2.00 CZK"


def test_a_customer_pays_only_the_own_deposit(do, line, ctx):
    order = UUID(do("services.enable", service=line, **ADDED).plain["order"])
    adam = UUID(do("parties.register", kind="consumer", name="Adam").plain["id"])
    eva = UUID(do("services.show", service=line).plain["party"])

    paid = [
        pay_deposit(replace(ctx, actor=Actor("web", frozenset({"*"}), party)), order=order, amount=Money.czk("598"))
        for party in (adam, eva)
    ]

    assert (paid[0].code, paid[1].state) == ("ORDER_UNKNOWN", "executed")
