"""What is left, volumes bought and carried, the roaming limit switched, spending limits: the clauses' examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.kernel.ids import PartyId, uuid7
from spojka.kernel.money import Money
from spojka.kernel.time import PRAGUE
from tests.charging.balances.network import MB, opened

FEBRUARY_10 = datetime(2026, 2, 10, 9, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 8, tzinfo=UTC)


def pools_of(network, service):
    return {pool.slot: pool for pool in network.do("balances.of", service=service).pools}


def use_data(network, service, mb, *, visited="CZ", key=""):
    record = {"id": f"d{network.now.isoformat()}{key}", "service": service, "kind": "data", "visited": visited}
    network.do(
        "usage.record",
        records=[{**record, "at": network.now.isoformat(), "bytes_down": mb * MB, "duration_s": 10}],
    )
    network.later(60)


@pytest.mark.clause("nej/2.13")
@pytest.mark.clause("nej/2.17")
def test_a_part_of_a_period_brings_the_proportional_part_rounded_up(tenant):
    network, (service,) = opened(tenant, now=FEBRUARY_10)

    pools = pools_of(network, service)

    assert pools["voice.all_networks.0"].granted.value == 4072
    assert pools["sms.all_networks.0"].granted.value == 34
    assert pools["data.basic"].granted.value == 1018 * MB
    assert {"nej/2.13", "nej/1.10"} <= set(pools["voice.all_networks.0"].granted.clauses)
    assert {"nej/2.17", "nej/1.10", "nej-mobil/price-list/1.2"} == set(pools["data.basic"].granted.clauses)


def test_an_unlimited_pool_has_no_figures(tenant):
    network, (service,) = opened(tenant, now=FEBRUARY_10)

    pool = pools_of(network, service)["voice.own_network.0"]

    assert (pool.unlimited, pool.granted.value, pool.used, pool.left) == (True, None, None, None)
    assert "nej/2.13" in pool.granted.clauses


def test_a_pool_is_explained_with_its_units_and_clauses(tenant):
    network, (service,) = opened(tenant, now=FEBRUARY_10)

    pools = pools_of(network, service)

    assert pools["voice.all_networks.0"].granted.explain("cs").startswith("Na období náleží 4\xa0072 s")
    assert "1,018 MB" in pools["data.basic"].granted.explain("en")
    assert "nej/2.17" in pools["data.basic"].granted.explain("en")


@pytest.mark.clause("nej/2.17")
def test_data_stop_when_the_volume_is_used_up_and_go_on_with_a_top_up(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    use_data(network, service, 1499)
    before = network.do("balances.of", service=service).data
    use_data(network, service, 1)
    stopped = network.do("balances.of", service=service).data

    bought = network.do("balances.buy_topup", service=service, topup="topup-500")

    assert (before.state.value, before.left_mb) == ("open", 1)
    assert (stopped.state.value, stopped.pct) == ("interrupted", 100)
    assert "nej/4.20" in stopped.state.clauses
    assert (bought.data.state.value, bought.data.total_mb, bought.data.left_mb) == ("open", 2000, 500)
    assert bought.price.value == Money.czk(99)
    assert bought.price.clauses == ("nej-mobil/price-list/3.1", "nej/2.17")


@pytest.mark.clause("nej/4.20")
def test_data_of_a_tariff_that_slows_down_are_throttled(tenant):
    network, (service,) = opened(tenant, "nej-mobil-data", now=JUNE)
    use_data(network, service, 3000)

    data = network.do("balances.of", service=service).data

    assert (data.state.value, data.kbps.value) == ("throttled", 64)


def test_a_top_up_is_an_item_to_bill_and_the_call_key_buys_it_once(tenant, do):
    network, (service,) = opened(tenant, now=JUNE)
    given = {"service": service, "topup": "topup-500"}

    first = call("balances.buy_topup", given, tenant=tenant, actor=OPERATOR, now=network.now, key="k1")
    again = call("balances.buy_topup", given, tenant=tenant, actor=OPERATOR, now=network.now, key="k1")

    assert again.replayed
    assert again.plain == first.plain
    assert network.do("balances.of", service=service).data.total_mb == 2000
    charges = do("charges.of_service", service=service, period="2026-06", now=network.now).result
    assert [(one.line, one.amount.value) for one in charges if one.group == "topups"] == [
        ("topup.topup-500", Money.czk(99))
    ]


@pytest.mark.clause("nej/2.17")
def test_a_top_up_that_the_tariff_does_not_have_is_refused(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)

    refusal = network.refused("balances.buy_topup", service=service, topup="topup-3000")

    assert refusal.code == "TOPUP_NOT_FOR_TARIFF"
    assert refusal.clauses == ("nej-mobil/price-list/1.1", "nej/2.17")
    assert refusal.figures["offered"] == ["topup-500", "topup-1000"]


@pytest.mark.parametrize(
    ("operation", "given"),
    [("balances.buy_topup", {"topup": "topup-500"}), ("balances.switch_roaming_limit", {"on": False})],
)
def test_a_channel_that_the_clause_does_not_name_is_refused(tenant, operation, given):
    network, (service,) = opened(tenant, now=JUNE)

    refusal = network.refused(operation, service=service, channel="pigeon", **given)

    assert refusal.code == "CHANNEL_NOT_OFFERED"
    assert refusal.clauses in {("nej/2.17",), ("nej/2.19",)}


@pytest.mark.clause("nej/2.17")
def test_what_is_left_of_a_bought_volume_is_carried_once(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    use_data(network, service, 1500)
    network.do("balances.buy_topup", service=service, topup="topup-500")
    network.later(1)
    use_data(network, service, 120)

    run_due(tenant, datetime(2026, 7, 1, 0, 0, tzinfo=PRAGUE))
    network.now = datetime(2026, 7, 2, 8, tzinfo=UTC)
    july = pools_of(network, service)
    use_data(network, service, 1000)
    run_due(tenant, datetime(2026, 8, 1, 0, 0, tzinfo=PRAGUE))
    network.now = datetime(2026, 8, 2, 8, tzinfo=UTC)
    august = pools_of(network, service)

    assert july["data.carried"].granted.value == 380 * MB
    assert july["data.basic"].left == 1500 * MB
    assert "data.carried" not in august
    assert august["data.basic"].left == 1500 * MB


def test_a_late_record_lowers_what_was_carried(tenant, ctx):
    network, (service,) = opened(tenant, now=JUNE)
    use_data(network, service, 1500)
    network.do("balances.buy_topup", service=service, topup="topup-500")
    run_due(tenant, datetime(2026, 7, 1, 0, 0, tzinfo=PRAGUE))
    late = {"id": "late", "service": service, "kind": "data", "at": "2026-06-30T23:00:00+02:00", "duration_s": 10}
    network.now = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    network.do("usage.record", records=[{**late, "bytes_down": 100 * MB}])

    network.do("balances.open_period", period="2026-07")

    assert pools_of(network, service)["data.carried"].left == 400 * MB


@pytest.mark.clause("nej/2.17")
def test_the_notice_of_80_percent_comes_again_after_a_purchase(tenant, do):
    network, (service,) = opened(tenant, now=JUNE)

    def told():
        party = do("services.show", service=service).result.party
        notices = do("notices.of", party=party, now=network.now).result
        return sorted(one.kind for one in notices if one.channel == "sms" and one.kind in {"volume_80", "volume_100"})

    use_data(network, service, 1199)
    at_1199 = told()
    use_data(network, service, 1)
    at_1200 = told()
    use_data(network, service, 300)
    network.do("balances.buy_topup", service=service, topup="topup-500")
    network.later(1)
    use_data(network, service, 99)
    at_1599 = told()
    use_data(network, service, 1)

    assert at_1199 == []
    assert at_1200 == ["volume_80"]
    assert at_1599 == ["volume_100", "volume_80"]
    assert told() == ["volume_100", "volume_80", "volume_80"]


@pytest.mark.clause("nej/2.19")
def test_the_roaming_limit_is_on_at_first_and_counts_to_1600_crowns(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    network.enable(service, "roaming")
    fresh = network.do("balances.of", service=service).roaming
    use_data(network, service, 16, visited="US")

    reached = network.do("balances.of", service=service).roaming

    assert (fresh.state.value, fresh.counter, fresh.rest) == ("active", Money.zero(), Money.czk(1600))
    assert (reached.state.value, reached.counter, reached.rest) == ("reached", Money.czk(1600), Money.zero())
    assert reached.limit.ref.id == "nej/2.19"


@pytest.mark.clause("nej/2.19")
def test_switching_the_limit_off_and_on_counts_from_zero(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    network.enable(service, "roaming")
    use_data(network, service, 20, visited="US")
    network.do("balances.switch_roaming_limit", service=service, on=False, channel="488999488")
    network.later(1)
    use_data(network, service, 5, visited="US")
    off = network.do("balances.of", service=service)
    network.do("balances.switch_roaming_limit", service=service, on=True)
    network.later(1)
    use_data(network, service, 20, visited="US")

    after = network.do("balances.of", service=service)

    assert (off.roaming.state.value, off.roaming.rest, off.spent) == ("off", None, Money.czk(2100))
    assert (after.roaming.state.value, after.spent) == ("reached", Money.czk(3700))


def test_switching_the_limit_to_what_it_is_changes_nothing(tenant):
    network, (service,) = opened(tenant, now=JUNE)

    on = network.refused("balances.switch_roaming_limit", service=service, on=True)
    network.do("balances.switch_roaming_limit", service=service, on=False)
    off = network.refused("balances.switch_roaming_limit", service=service, on=False)

    assert (on.code, on.clauses) == ("LIMIT_ALREADY_ACTIVE", ("nej/2.19",))
    assert (off.code, off.clauses) == ("LIMIT_ALREADY_OFF", ("nej/2.19",))


@pytest.mark.clause("nej/2.19")
def test_a_limit_that_is_off_stays_off_when_a_period_starts(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    network.do("balances.switch_roaming_limit", service=service, on=False)

    network.now = datetime(2026, 7, 2, 8, tzinfo=UTC)

    assert network.do("balances.of", service=service).roaming.state.value == "off"


@pytest.mark.clause("nej/2.20-h")
@pytest.mark.parametrize(("minutes", "shown"), [(7999, []), (8000, ["voice"])])
def test_use_near_the_highest_ordinary_one_is_shown_from_80_percent(tenant, minutes, shown):
    network, (service,) = opened(tenant, "nej-mobil-max", now=JUNE)
    records = [
        {
            "id": f"v{number}",
            "service": service,
            "kind": "voice",
            "to": "602000002",
            "at": (JUNE + timedelta(minutes=number)).isoformat(),
            "duration_s": min(70, minutes - 70 * number) * 60,
        }
        for number in range(-(-minutes // 70))
    ]
    network.do("usage.record", records=records)

    counters = network.do("balances.of", service=service).counters

    assert [one.kind for one in counters] == shown


@pytest.mark.clause("nej/4.18")
def test_the_customer_may_set_a_limit_below_the_providers(tenant, do):
    network, (service,) = opened(tenant, now=JUNE)
    party = do("services.show", service=service).result.party
    customer = Actor("eva", frozenset({"balances.*"}), PartyId(party))
    network.do("balances.set_limit", service=service, value="1000.00 CZK", action="interrupt")

    higher = do("balances.set_limit", service=service, value="1000.01 CZK", actor=customer, now=network.now)
    equal = do("balances.set_limit", service=service, value="1000.00 CZK", actor=customer, now=network.now)
    gone = do("balances.set_limit", service=service, value=None, actor=customer, now=network.now)

    assert (higher.refusal.code, higher.refusal.clauses) == ("LIMIT_ABOVE_PROVIDERS", ("nej/4.18",))
    assert [one.set_by for one in equal.result] == ["customer", "provider"]
    assert [(one.set_by, one.value, one.rest) for one in gone.result] == [
        ("provider", Money.czk(1000), Money.czk(1000))
    ]


def test_a_change_of_tariff_shows_at_once(tenant, do):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    before = network.do("balances.of", service=service)
    contract = do("services.show", service=service).result.contract

    network.do("contracts.change_tariff", contract=contract, tariff="nej-mobil-plus")
    after = network.do("balances.of", service=service)

    assert (before.tariff, before.data.total_mb) == ("nej-mobil-basic", 500)
    assert (after.tariff, after.data.total_mb) == ("nej-mobil-plus", 1500)


def test_sessions_that_ended_long_ago_are_forgotten_when_a_period_opens(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    ended, running = network.reserve(service), network.reserve(service)
    network.release(ended.session, 60)

    kept = []
    for month in ("2026-07", "2026-08"):
        network.now = datetime.fromisoformat(f"{month}-01T00:00:00+02:00").astimezone(UTC)
        network.do("balances.open_period", period=month)
        with transaction(tenant) as db:
            kept.append({row["id"] for row in db.execute("SELECT id FROM charging_session").fetchall()})

    assert kept == [{ended.session, running.session}, {running.session}]


def test_a_limit_below_nothing_is_refused(tenant):
    network, (service,) = opened(tenant, now=JUNE)

    assert network.refused("balances.set_limit", service=service, value="-0.01 CZK").code == "LIMIT_NOT_POSSIBLE"


def test_a_foreign_customer_sees_and_changes_nothing(tenant, do):
    network, (service,) = opened(tenant, now=JUNE)
    stranger = Actor("x", frozenset({"balances.*"}), PartyId(uuid7()))

    codes = {
        do(name, service=service, actor=stranger, now=network.now, **given).refusal.code
        for name, given in [
            ("balances.of", {}),
            ("balances.buy_topup", {"topup": "topup-500"}),
            ("balances.switch_roaming_limit", {"on": False}),
            ("balances.set_limit", {"value": "1.00 CZK"}),
        ]
    }

    assert codes == {"SERVICE_UNKNOWN"}
