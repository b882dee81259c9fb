"""Ten thousand minutes or SMS a month: a case above the threshold, a penalty for the excess, only by decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction

IN_JUNE = datetime(2026, 6, 20, 9, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
AFTER_JUNE = datetime(2026, 7, 1, 0, tzinfo=UTC)
SIGNED = datetime(2026, 6, 1, 7, tzinfo=UTC)
THRESHOLD_S = 600_000


@pytest.fixture
def service(do):
    """Sign a customer with a tariff: `service(tariff)` gives the service's id."""
    do("provider.load", now=SIGNED)

    def signing(tariff):
        party = do("parties.register", kind="consumer", name="Eva", email="eva@example.cz").plain["id"]
        options = {"msisdn": "+420601000001", "tariff": tariff}
        signed = do("contracts.sign", party=party, product="nej-mobil", options=options, now=SIGNED)
        return signed.plain["services"][0]["id"]

    return signing


def speak(do, service, *, seconds, name="call"):
    """Record calls of so many seconds in all, each of 4200 s but the last."""
    lengths = [4200] * (seconds // 4200) + ([seconds % 4200] if seconds % 4200 else [])
    records = [
        {
            "id": f"{name}-{number}",
            "service": service,
            "kind": "voice",
            "to": "602000002",
            "at": f"2026-06-{2 + number // 18:02}T{number % 18 + 5:02}:00:00+02:00",
            "duration_s": length,
        }
        for number, length in enumerate(lengths)
    ]
    assert do("usage.record", records=records, now=IN_JUNE).plain["suspended"] == 0


def text(do, service, *, messages, name="sms"):
    """Record so many SMS in messages of 250 parts."""
    records = [
        {
            "id": f"{name}-{number}",
            "service": service,
            "kind": "sms",
            "to": "602000002",
            "at": f"2026-06-10T10:{number:02}:00+02:00",
            "parts": 250,
        }
        for number in range(messages // 250)
    ]
    assert do("usage.record", records=records, now=IN_JUNE).plain["suspended"] == 0


def penalties(do, service):
    return [one["penalties"] for one in do("misuse.cases", service=service).plain]


@pytest.mark.clause("nej/2.20-h")
@pytest.mark.parametrize(("seconds", "found"), [(THRESHOLD_S, []), (THRESHOLD_S + 61, [["6.6083 CZK"]])])
def test_61_seconds_above_ten_thousand_minutes_cost_61_sixtieths_of_the_minute(do, service, seconds, found):
    eva = service("nej-mobil-max")
    speak(do, eva, seconds=THRESHOLD_S)
    if seconds > THRESHOLD_S:
        speak(do, eva, seconds=seconds - THRESHOLD_S, name="above")

    do("misuse.evaluate", period="2026-06", now=AFTER_JUNE)

    assert penalties(do, eva) == found


@pytest.mark.clause("nej/2.20-h")
def test_the_penalty_stands_instead_of_the_ordinary_price(do, service, tenant):
    eva = service("nej-mobil-basic")
    text(do, eva, messages=10_250)
    case = do("misuse.evaluate", period="2026-06", now=AFTER_JUNE).plain[0]

    do("misuse.decide", case=case["id"], decision="not_explained", now=AFTER_JUNE)

    with transaction(tenant) as db:
        rows = db.execute('SELECT "group", sum(amount_micros)::bigint AS micros FROM charge GROUP BY 1').fetchall()
    assert {row["group"]: row["micros"] // 1_000_000 for row in rows} == {
        "usage": 20_500,
        "penalty": 500,
        "credit": -500,
    }


@pytest.mark.clause("nej/2.20-h")
@pytest.mark.parametrize(("now", "code"), [(JULY - timedelta(microseconds=1), "PERIOD_RUNS"), (JULY, None)])
def test_a_month_is_looked_at_when_it_is_over_and_not_before(do, service, now, code):
    eva = service("nej-mobil-max")
    text(do, eva, messages=10_250)

    looked = do("misuse.evaluate", period="2026-06", now=now)

    assert (looked.refusal.code if looked.refusal else None) == code
    assert penalties(do, eva) == ([] if code else [["500.00 CZK"]])


def test_a_case_that_is_not_decided_holds_what_the_whole_month_came_to(do, service):
    eva = service("nej-mobil-max")
    text(do, eva, messages=10_250)
    do("misuse.evaluate", period="2026-06", now=JULY)
    text(do, eva, messages=1_000, name="later")

    do("misuse.evaluate", period="2026-06", now=AFTER_JUNE)

    assert penalties(do, eva) == [["2500.00 CZK"]]


def test_a_decided_case_is_not_decided_or_counted_again(do, service):
    eva = service("nej-mobil-max")
    text(do, eva, messages=10_250)
    case = do("misuse.evaluate", period="2026-06", now=JULY).plain[0]
    do("misuse.decide", case=case["id"], decision="explained", explanation="a wedding", now=JULY)
    text(do, eva, messages=250, name="later")

    again = do("misuse.decide", case=case["id"], decision="not_explained", now=AFTER_JUNE)
    do("misuse.evaluate", period="2026-06", now=AFTER_JUNE)

    assert again.refusal.code == "CASE_UNKNOWN"
    assert [(one["state"], one["penalties"]) for one in do("misuse.cases", service=eva).plain] == [
        ("explained", ["500.00 CZK"])
    ]


@pytest.mark.clause("nej/2.20")
def test_a_measure_needs_a_case_of_that_service(do, service):
    eva = service("nej-mobil-max")
    text(do, eva, messages=10_250)
    case = do("misuse.evaluate", period="2026-06", now=JULY).plain[0]

    without = do("misuse.measure", service=eva, action="interrupt", now=JULY)
    within = do("misuse.measure", service=eva, action="interrupt", case=case["id"], now=JULY)

    assert (without.refusal.code, within.plain["state"]) == ("MISUSE_CASE_REQUIRED", "interrupted")
    assert do("services.may_use", service=eva, to="602000002", now=JULY).refusal.code == "SERVICE_INTERRUPTED"
    assert do("services.may_use", service=eva, to="112", now=JULY).refusal is None
