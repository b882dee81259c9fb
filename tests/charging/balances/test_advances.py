"""An advance on the running period lowers what counts as spent: once, for one service, and only while it is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.charging.balances.online.cards import marks_of
from spojka.charging.balances.online.rules import refuse_spent
from spojka.charging.balances.rules import Limit
from spojka.charging.balances.spending import shares_reached
from spojka.kernel.money import Money
from tests.charging.balances.network import opened
from tests.charging.balances.test_online_rules import TERMS
from tests.terms.sample import spaces

JUNE = datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.mark.clause("nej/4.18")
@pytest.mark.parametrize(("spent", "refused"), [(1500, False), (1501, True)])
def test_with_an_advance_the_limit_is_exceeded_by_so_much_later(spent, refused):
    limits = [Limit(1000, "restrict", "provider", advance_micros=500)]

    refusal = refuse_spent(limits, spent_micros=spent, incoming=False, terms=TERMS)

    assert (refusal is not None) is refused
    if refusal is not None:
        assert refusal.figures == {"limit": Money(1000), "spent": Money(1501), "advance": Money(500)}


@pytest.mark.clause("nej/4.18")
@pytest.mark.parametrize(
    ("before", "after", "advance", "told"),
    [
        (0, 799, 0, []),
        (0, 800, 0, [80]),
        (799, 1000, 0, [80, 100]),
        (800, 999, 0, []),
        (800, 1000, 0, [100]),
        (1000, 2000, 0, []),
        (0, 1299, 500, []),
        (0, 1300, 500, [80]),
        (1299, 1500, 500, [80, 100]),
    ],
)
def test_a_share_is_told_when_what_counts_comes_to_it_from_below(before, after, advance, told):
    limit = Limit(1000, "restrict", "provider", advance)

    assert shares_reached(limit, before_micros=before, after_micros=after, shares_pct=[80, 100]) == told


def call_of(network, service, seconds):
    """A call that was recorded elsewhere: 60 s cost 2.50 CZK."""
    network.later(1)
    record = {"id": f"c{network.now.isoformat()}", "service": service, "kind": "voice", "to": "602000002"}
    network.do("usage.record", records=[{**record, "at": network.now.isoformat(), "duration_s": seconds}])
    network.later(1)


def pay(network, amount, symbol, source_id="b1"):
    return network.do("payments.record", source_id=source_id, amount=amount, variable_symbol=symbol)


def number_of(network, service):
    return network.do("contracts.show", contract=network.do("services.show", service=service).contract).number


def advances(network, service):
    (limit,) = network.do("balances.of", service=service).limits
    return limit.advance, limit.rest


@pytest.mark.clause("nej/4.18")
def test_a_process_that_charges_online_hears_of_an_advance_within_a_second(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    network.do("balances.set_limit", service=service, value="2.50 CZK")
    call_of(network, service, 60)
    before = network.reserve(service)

    pay(network, "2.50 CZK", number_of(network, service))
    network.later(1)
    after = network.reserve(service)

    assert (before.result, before.why.code) == ("refused", "PERIOD_LIMIT_EXCEEDED")
    assert before.why.figures["advance"] == Money.zero()
    assert (after.granted, after.final) == (60, True)


def test_an_advance_changes_how_a_service_stands_and_nothing_that_is_rated(tenant, ctx):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    before = marks_of(ctx, "", [service])[service]

    pay(network, "2.50 CZK", number_of(network, service))
    after = marks_of(ctx, "", [service])[service]

    assert after.entitled == before.entitled
    assert after.stands != before.stands


def test_an_advance_counts_for_the_contract_that_was_paid_for_alone(tenant):
    network, services = opened(tenant, "nej-mobil-basic", count=2, now=JUNE)
    for service in services:
        network.do("balances.set_limit", service=service, value="10.00 CZK")

    pay(network, "3.00 CZK", number_of(network, services[1]))

    assert [advances(network, one) for one in services] == [
        (Money.zero(), Money.czk(10)),
        (Money.czk(3), Money.czk(13)),
    ]


def test_money_that_nobody_knew_counts_for_the_service_whose_limit_is_nearest(tenant):
    network, services = opened(tenant, "nej-mobil-basic", count=3, now=JUNE)
    for service, value in zip(services, ("10.00 CZK", "9.00 CZK", "9.01 CZK"), strict=True):
        network.do("balances.set_limit", service=service, value=value)
    call_of(network, services[0], 60)
    lost = pay(network, "3.00 CZK", "404")
    party = network.do("services.show", service=services[0]).party

    network.do("payments.allocate", payment=lost.payment, party=party)

    assert [advances(network, one)[0] for one in services] == [Money.czk(3), Money.zero(), Money.zero()]


def test_the_same_payment_sent_again_counts_once(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    network.do("balances.set_limit", service=service, value="10.00 CZK")

    for _ in range(2):
        pay(network, "3.00 CZK", number_of(network, service))

    assert advances(network, service) == (Money.czk(3), Money.czk(13))


@pytest.mark.clause("nej/4.18")
def test_what_a_bill_of_an_earlier_period_takes_afterwards_is_no_advance_any_more(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    network.do("balances.set_limit", service=service, value="10.00 CZK")
    network.now = JUNE.replace(month=7, hour=9)
    pay(network, "100.00 CZK", number_of(network, service))
    before = advances(network, service)

    network.do("billing.close_period", period="2026-06")  # its bill of 99.00 CZK comes after the money
    network.do("billing.continue_run", period="2026-06")
    network.do("billing.continue_run", period="2026-06", phase="issue")

    assert before == (Money.czk(100), Money.czk(110))
    assert advances(network, service) == (Money.czk(1), Money.czk(11))


def test_the_bill_of_its_own_period_leaves_an_advance_as_it_was(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    pay(network, "100.00 CZK", number_of(network, service))

    network.now = JUNE + timedelta(days=30)
    network.do("billing.close_period", period="2026-06")
    network.do("billing.continue_run", period="2026-06")
    network.do("billing.continue_run", period="2026-06", phase="issue")

    with transaction(tenant) as db:
        kept = db.execute("SELECT amount FROM spending_advance WHERE period_on = '2026-06-01'").fetchall()
    assert kept == [{"amount": 100_000_000}]


def close(network, period, *, month):
    """Bill a period on the first day of the month after."""
    network.now = JUNE.replace(month=month)
    network.do("billing.close_period", period=period)
    network.do("billing.continue_run", period=period)
    network.do("billing.continue_run", period=period, phase="issue")
    network.later(60)


@pytest.mark.clause("nej/4.18")
def test_what_a_periods_bill_leaves_of_an_advance_is_one_on_the_next_until_bills_have_taken_it_all(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    network.do("balances.set_limit", service=service, value="10.00 CZK")
    pay(network, "250.00 CZK", number_of(network, service))
    seen = [advances(network, service)]

    for period, month in (("2026-06", 7), ("2026-07", 8), ("2026-08", 9)):  # each bill is 99.00 CZK
        close(network, period, month=month)
        seen.append(advances(network, service))

    assert seen == [
        (Money.czk("250.00"), Money.czk("260.00")),
        (Money.czk("151.00"), Money.czk("161.00")),
        (Money.czk("52.00"), Money.czk("62.00")),
        (Money.zero(), Money.czk("10.00")),
    ]


@pytest.mark.clause("nej/4.18")
def test_use_of_the_next_period_may_cost_so_much_more(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    network.do("balances.set_limit", service=service, value="10.00 CZK")
    pay(network, "101.50 CZK", number_of(network, service))
    close(network, "2026-06", month=7)

    call_of(network, service, 240)  # 10.00 CZK; what is left of the advance is 2.50 CZK
    first = network.reserve(service)
    network.release(first.session, 60)
    network.later(1)
    second = network.reserve(service)

    assert (first.granted, second.result, second.why.code) == (60, "refused", "PERIOD_LIMIT_EXCEEDED")
    assert second.why.figures["advance"] == Money.czk("2.50")


def test_an_advance_that_a_bill_did_not_touch_is_carried_whole_beside_the_one_it_took(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    network.do("balances.set_limit", service=service, value="10.00 CZK")
    for number, amount in (("b1", "99.00 CZK"), ("b2", "30.00 CZK")):
        pay(network, amount, number_of(network, service), number)

    close(network, "2026-06", month=7)

    assert advances(network, service) == (Money.czk(30), Money.czk(40))


def test_an_advance_for_a_service_that_has_ended_eases_no_limit_any_more(tenant):
    network, services = opened(tenant, "nej-mobil-basic", count=2, now=JUNE)
    for service in services:
        network.do("balances.set_limit", service=service, value="10.00 CZK")
    pay(network, "400.00 CZK", number_of(network, services[0]))
    network.later(60)
    network.do("services.end", service=services[0])

    close(network, "2026-06", month=7)

    with transaction(tenant) as db:
        kept = db.execute("SELECT count(*) AS rows FROM spending_advance WHERE period_on = '2026-07-01'").fetchone()
    assert kept == {"rows": 0}
    assert advances(network, services[1]) == (Money.zero(), Money.czk(10))


@pytest.mark.clause("nej/4.18")
def test_the_words_of_a_share_say_what_was_paid_in_advance(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    network.do("balances.set_limit", service=service, value="10.00 CZK")
    party = network.do("services.show", service=service).party
    pay(network, "5.00 CZK", number_of(network, service))

    call_of(network, service, 312)

    (told, _) = network.do("notices.of", party=party, kind="spending_80")
    said = "Z limitu 10,00 Kč na období je utraceno 13,00 Kč, předem zaplaceno 5,00 Kč."
    assert spaces(told.body) == said
