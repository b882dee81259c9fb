"""Examples of the clauses while the network asks: cut-off inside a call, limits, roaming, what nothing stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.charging.balances.online.rules import Sizes
from spojka.kernel.ids import uuid7
from spojka.kernel.money import Money
from spojka.kernel.time import PRAGUE
from tests.charging.balances.network import MB, opened

JUNE = datetime(2026, 6, 1, 8, tzinfo=UTC)


def spend(network, service, crowns):
    """Use roaming data of zone EU for so many crowns: 2.00 CZK a MB."""
    network.later(1)
    record = {"id": f"s{network.now.isoformat()}", "service": service, "kind": "data", "visited": "DE"}
    network.do(
        "usage.record",
        records=[{**record, "at": network.now.isoformat(), "bytes_down": crowns * MB // 2, "duration_s": 1}],
    )
    network.later(1)


@pytest.mark.clause("nej/2.11")
def test_the_first_reservation_is_the_first_minute_then_steps_follow(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    network.sizes = Sizes(call_s=30)

    first = network.reserve(service)
    network.later(60)
    second = network.commit(first.session, 60)

    assert (first.granted, second.granted) == (60, 30)


@pytest.mark.clause("nej/2.7")
@pytest.mark.clause("nej/2.11")
def test_no_call_is_granted_more_than_4200_seconds(tenant):
    network, (service,) = opened(tenant, "nej-mobil-max", now=JUNE)
    network.sizes = Sizes(call_s=2000)

    answer = network.reserve(service)
    total = []
    while answer.granted:
        total.append(answer.granted)
        network.later(answer.granted)
        last, answer = answer, network.commit(answer.session, answer.granted)

    assert total == [60, 2000, 2000, 140]
    assert last.final
    assert (answer.why.code, answer.why.clauses) == ("MAX_CALL_DURATION", ("nej/2.7",))


@pytest.mark.clause("nej/4.18")
def test_a_call_whose_first_minute_does_not_fit_in_the_limit_is_refused(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    use_up(network, service)
    network.do("balances.set_limit", service=service, value="12.49 CZK")
    spend(network, service, 10)

    answer = network.reserve(service)

    assert (answer.result, answer.granted) == ("refused", 0)
    assert (answer.why.code, answer.why.clauses) == ("PERIOD_LIMIT_EXCEEDED", ("nej/4.18",))


@pytest.mark.clause("nej/4.18")
def test_a_limit_may_be_reached_exactly_and_then_ends_the_call(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    use_up(network, service)
    network.do("balances.set_limit", service=service, value="12.50 CZK")
    spend(network, service, 10)

    answer = network.reserve(service)
    network.later(60)
    more = network.commit(answer.session, 60)
    network.release(answer.session, 0)

    assert (answer.granted, answer.final) == (60, True)
    assert (more.result, more.granted, more.why.code) == ("stopped", 0, "PERIOD_LIMIT_EXCEEDED")
    assert network.do("balances.of", service=service).spent == Money.czk("12.50")


def use_up(network, service):
    """Use the whole volume of data at home, so that roaming costs money."""
    network.later(1)
    record = {"id": f"u{network.now.isoformat()}", "service": service, "kind": "data", "at": network.now.isoformat()}
    network.do("usage.record", records=[{**record, "bytes_down": 500 * MB, "duration_s": 1}])


@pytest.mark.parametrize(
    ("action", "calls"), [("notify", "granted"), ("restrict", "refused"), ("interrupt", "refused")]
)
def test_a_limit_that_was_exceeded_stops_free_units_too_unless_it_only_tells(tenant, action, calls):
    network, (service,) = opened(tenant, "nej-mobil-plus", now=JUNE)
    network.do("usage.record", records=[{**_roamed(service, network), "bytes_down": 1600 * MB}])
    network.later(1)
    network.do("balances.set_limit", service=service, value="199.99 CZK", action=action)

    outgoing = network.reserve(service)
    incoming = network.reserve(service, direction="mt")
    emergency = network.reserve(service, to="112")

    assert outgoing.result == calls
    assert incoming.result == ("refused" if action == "interrupt" else "granted")
    assert emergency.result == "granted"


def _roamed(service, network):
    return {"id": "r", "service": service, "kind": "data", "visited": "DE", "at": network.now.isoformat()}


@pytest.mark.clause("nej/4.18")
def test_the_customer_is_told_at_80_and_100_percent_of_a_limit(tenant, do):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    use_up(network, service)
    network.do("balances.set_limit", service=service, value="10.00 CZK")
    party = do("services.show", service=service).result.party
    told = []

    for seconds in (180, 12, 48):
        network.later(1)
        call = network.reserve(service, asked=seconds)
        network.later(seconds)
        network.release(call.session, seconds)
        notices = do("notices.of", party=party, now=network.now).result
        told.append(sorted({one.kind for one in notices if one.kind.startswith("spending")}))

    assert told == [[], ["spending_100", "spending_80"], ["spending_100", "spending_80"]]


@pytest.mark.clause("nej/2.19")
def test_roaming_data_are_granted_to_the_last_kilobyte_that_fits_in_the_limit(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    network.enable(service, "roaming")
    network.sizes = Sizes(data_bytes=4 * MB)

    answer = network.reserve(service, "data", visited="TH")
    total = 0
    while answer.granted:
        total += answer.granted
        network.later(10)
        last, answer = answer, network.commit(answer.session, answer.granted)
    network.release(answer.session, 0)
    refused = network.reserve(service, "data", visited="TH")

    assert total == 13_540 * 1024
    assert last.final
    assert (answer.why.code, answer.why.clauses) == ("ROAMING_LIMIT_EXCEEDED", ("nej/2.19",))
    assert refused.why.code == "ROAMING_LIMIT_EXCEEDED"
    state = network.do("balances.of", service=service)
    assert (state.roaming.state.value, state.spent) == ("reached", Money.czk("1599.9414"))


@pytest.mark.clause("nej/2.19")
def test_data_resume_at_once_when_the_roaming_limit_is_switched_off(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    network.enable(service, "roaming")
    session = network.reserve(service, "data", visited="US", asked=20 * MB)
    network.later(5)
    stopped = network.commit(session.session, session.granted)

    network.do("balances.switch_roaming_limit", service=service, on=False)
    network.later(5)
    resumed = network.commit(session.session, 0, asked=5 * MB)

    assert (session.granted, stopped.granted) == (16 * MB, 0)
    assert (resumed.granted, resumed.why) == (5 * MB, None)


@pytest.mark.clause("nej/2.18")
@pytest.mark.clause("nej/4.20")
def test_after_the_volume_roaming_is_charged_and_home_is_interrupted(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    use_up(network, service)
    network.later(1)

    abroad = network.reserve(service, "data", visited="IT", asked=50 * MB)
    network.later(5)
    released = network.release(abroad.session, 50 * MB)
    home = network.reserve(service, "data")

    assert released.charge_micros == 100_000_000
    assert (home.result, home.why.code) == ("refused", "UNITS_EXHAUSTED")
    assert home.why.clauses == ("nej/2.17", "nej/4.20")


@pytest.mark.clause("nej/4.20")
def test_data_of_a_tariff_that_slows_down_go_on_slowly_and_free(tenant):
    network, (service,) = opened(tenant, "nej-mobil-data", now=JUNE)
    record = {"id": "d", "service": service, "kind": "data", "at": network.now.isoformat(), "duration_s": 1}
    network.do("usage.record", records=[{**record, "bytes_down": 3000 * MB}])
    network.later(1)

    answer = network.reserve(service, "data", asked=10 * MB)
    network.later(1)
    released = network.release(answer.session, 10 * MB)

    assert (answer.granted, answer.slowed_kbps) == (10 * MB, 64)
    assert released.charge_micros == 0


@pytest.mark.clause("nej/3.7")
@pytest.mark.parametrize("number", ["112", "155", "116111"])
def test_nothing_stops_an_emergency_or_a_harmonised_number(tenant, number):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    use_up(network, service)
    spend(network, service, 10)
    network.do("balances.set_limit", service=service, value="0.00 CZK", action="interrupt")
    network.do("services.suspend", service=service, reason="lost")

    ordinary = network.reserve(service)
    answer = network.reserve(service, to=number)
    network.later(600)
    released = network.release(answer.session, min(600, answer.granted))

    assert ordinary.result == "refused"
    assert answer.result == "granted"
    assert released.charge_micros == 0
    assert network.do("balances.of", service=service).spent == Money.czk(10)


@pytest.mark.clause("nej/3.7")
def test_an_emergency_call_of_a_card_without_a_service_goes_on_and_nothing_is_kept(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    network.do("services.end", service=service)
    network.later(3600 * 24 * 40)

    ended = network.reserve(service, to="112")
    unknown = network.reserve("+420601999999", to="112")
    ordinary = network.reserve(service)

    assert (ended.result, ended.unkept, ended.granted) == ("granted", True, 4200)
    assert (unknown.result, unknown.unkept) == ("granted", True)
    assert (ordinary.result, ordinary.why.code) == ("refused", "SERVICE_NOT_SUBSCRIBED")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"to": "906123456"}, "PREMIUM_BARRED"),
        ({"to": "+4930123456"}, "SERVICE_NOT_ENABLED"),
        ({"kind": "mms"}, "SERVICE_NOT_ENABLED"),
        ({"visited": "US"}, "ROAMING_NOT_INCLUDED"),
        ({"to": "116 12"}, "INVALID_NUMBER"),
        ({"kind": "sms", "to": "844111222"}, "NOT_PRICED"),
    ],
)
def test_what_the_service_may_not_do_is_refused_with_its_own_code(tenant, given, code):
    network, (service,) = opened(tenant, now=JUNE)

    answer = network.reserve(service, **given)

    assert (answer.result, answer.why.code) == ("refused", code)


def test_a_number_and_a_card_find_their_service(tenant, do):
    network, (service,) = opened(tenant, now=JUNE)
    view = do("services.show", service=service).result
    with transaction(tenant) as db:
        (row,) = db.execute("SELECT imsi FROM service WHERE id = %s", [service]).fetchall()

    by_number, by_card = network.reserve(view.msisdn), network.reserve(row["imsi"])

    assert (by_number.result, by_card.result) == ("granted", "granted")
    assert network.reserve("+420601999999").why.code == "SERVICE_UNKNOWN"


@pytest.mark.clause("nej/2.17")
def test_a_bought_volume_opens_a_running_session_at_once(tenant, tmp_path):
    network, (service,) = opened(tenant, now=JUNE)
    session = network.reserve(service, "data", asked=1500 * MB)
    more = session
    while more.granted:
        network.later(1)
        more = network.commit(session.session, more.granted, asked=1500 * MB)
    network.do("balances.buy_topup", service=service, topup="topup-500")
    network.later(1)

    resumed = network.commit(session.session, 0, asked=100 * MB)
    network.later(1)
    network.release(session.session, 100 * MB)

    assert resumed.granted == 100 * MB
    assert network.kept(service, "2026-06")["slots"]["data.purchased"] == (500 * MB, 400 * MB)
    assert network.kept(service, "2026-06") == network.walked(service, tmp_path, "2026-06")


@pytest.mark.clause("nej/1.10")
def test_a_session_of_data_is_cut_where_the_period_ends_and_a_call_is_not(tenant, tmp_path):
    end = datetime(2026, 7, 1, 0, 0, tzinfo=PRAGUE)
    network, (service,) = opened(tenant, now=JUNE)
    network.now = (end - timedelta(minutes=30)).astimezone(UTC)
    data = network.reserve(service, "data", asked=100 * MB)
    call = network.reserve(service)
    network.now = (end + timedelta(minutes=10)).astimezone(UTC)

    network.commit(data.session, 40 * MB)
    network.commit(call.session, 60)
    network.later(10)
    network.release(data.session, 5 * MB)
    network.release(call.session, 10)

    assert data.valid_s == 1800
    assert network.kept(service, "2026-06")["slots"]["data.basic"] == (1500 * MB, 1470 * MB)
    assert network.kept(service, "2026-06")["slots"]["voice.all_networks.0"] == (6000, 5930)
    assert network.kept(service, "2026-07")["slots"]["data.basic"] == (1500 * MB, 1485 * MB)
    assert network.kept(service, "2026-07")["slots"]["voice.all_networks.0"] == (6000, 6000)
    for period in ("2026-06", "2026-07"):
        assert network.kept(service, period) == network.walked(service, tmp_path, period)


def test_a_change_of_tariff_is_seen_within_a_second(tenant, do, tmp_path):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    before = network.reserve(service, "data", asked=900 * MB)
    network.release(before.session, 0)
    contract = do("services.show", service=service).result.contract
    network.do("contracts.change_tariff", contract=contract, tariff="nej-mobil-plus")

    network.later(1)
    after = network.reserve(service, "data", asked=900 * MB)

    assert (before.granted, after.granted) == (500 * MB, 900 * MB)
    assert network.kept(service, "2026-06") == network.walked(service, tmp_path, "2026-06")


def test_a_suspension_is_seen_within_a_second(tenant):
    network, (service,) = opened(tenant, now=JUNE)
    assert network.reserve(service).result == "granted"
    network.do("services.suspend", service=service, reason="stolen")

    network.later(1)

    assert network.reserve(service).why.code == "SERVICE_INTERRUPTED"


def test_other_sessions_cannot_have_what_one_holds(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    first = network.reserve(service, "data", asked=400 * MB)
    network.later(1)

    second = network.reserve(service, "data", asked=400 * MB)
    third = network.reserve(service, "data", asked=MB)
    network.release(first.session, 10 * MB)
    network.later(1)
    freed = network.reserve(service, "data", asked=400 * MB)

    assert (first.granted, second.granted, second.final) == (400 * MB, 100 * MB, True)
    assert third.why.code == "UNITS_EXHAUSTED"
    assert freed.granted == 390 * MB


def test_a_silent_session_ends_after_75_minutes_and_gives_back_what_it_held(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    session = network.do("charging.reserve", service=service, kind="data", asked=400 * MB).session
    network.later(60)
    network.do("charging.commit", session=session, used=100 * MB, asked=400 * MB)

    run_due(tenant, network.now + timedelta(seconds=4500))
    held = network.reserve(service, "data", asked=400 * MB)
    run_due(tenant, network.now + timedelta(seconds=4500 + 600))
    network.later(4500 + 600)
    freed = network.reserve(service, "data", asked=400 * MB)

    assert (held.result, held.why.code) == ("refused", "UNITS_EXHAUSTED")
    assert freed.granted == 400 * MB
    assert network.do("balances.of", service=service).data.used == 100 * MB


def test_what_is_reported_after_silence_still_counts(tenant, tmp_path):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    session = network.do("charging.reserve", service=service, kind="data", asked=400 * MB).session
    network.later(10)
    network.do("charging.commit", session=session, used=100 * MB, asked=100 * MB)
    run_due(tenant, network.now + timedelta(seconds=4500 + 600))
    network.later(4500 + 600)

    network.do("charging.release", session=session, used=50 * MB)

    assert network.do("balances.of", service=service).data.used == 150 * MB
    assert network.refused("charging.release", session=session, used=1).code == "SESSION_ENDED"


def test_an_unknown_session_and_an_unknown_service_are_refused(tenant):
    network, _ = opened(tenant, now=JUNE)

    assert network.refused("charging.commit", session=uuid7(), used=1).code == "SESSION_UNKNOWN"
    assert network.refused("charging.reserve", service=uuid7(), kind="data").code == "SERVICE_UNKNOWN"
