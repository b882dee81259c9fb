"""Ten thousand minutes or SMS a month: a case above the threshold, a penalty for the excess, only by decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7

IN_JUNE = datetime(2026, 6, 20, 9, tzinfo=UTC)
JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
AFTER_JUNE = datetime(2026, 7, 1, 0, tzinfo=UTC)
SIGNED = datetime(2026, 6, 1, 7, tzinfo=UTC)
ON_THE_28TH = datetime(2026, 6, 28, 20, tzinfo=UTC)
ON_THE_29TH = datetime(2026, 6, 29, 20, tzinfo=UTC)
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


def billed(tenant):
    """Crowns by group of charges."""
    with transaction(tenant) as db:
        rows = db.execute('SELECT "group", sum(amount_micros)::bigint AS micros FROM charge GROUP BY 1').fetchall()
    return {row["group"]: Decimal(row["micros"]) / 1_000_000 for row in rows}


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

    assert billed(tenant) == {
        "usage": 20_500,
        "penalty": 500,
        "credit": -500,
    }


@pytest.mark.clause("nej/2.20")
@pytest.mark.parametrize(("messages", "found"), [(10_000, []), (10_250, [["500.00 CZK"]])])
def test_a_month_that_runs_opens_a_case_once_the_threshold_is_passed(do, service, messages, found):
    eva = service("nej-mobil-max")
    text(do, eva, messages=messages)

    cases = do("misuse.evaluate", period="2026-06", now=IN_JUNE).plain

    assert [one["state"] for one in cases] == ["under_review"] * len(found)
    assert penalties(do, eva) == found


@pytest.mark.clause("nej/2.20-h")
@pytest.mark.parametrize(("now", "code"), [(JULY - timedelta(microseconds=1), "PERIOD_RUNS"), (JULY, None)])
def test_the_penalty_is_decided_when_the_month_is_over_and_not_before(do, service, now, code):
    eva = service("nej-mobil-max")
    text(do, eva, messages=10_250)
    case = do("misuse.evaluate", period="2026-06", now=IN_JUNE).plain[0]

    decided = do("misuse.decide", case=case["id"], decision="not_explained", now=now)

    assert (decided.refusal.code if decided.refusal else None) == code
    assert decided.refusal is None or decided.refusal.clauses == ("nej/2.20-h",)
    assert do("misuse.cases", service=eva).plain[0]["state"] == ("under_review" if code else "closed")


def test_an_explanation_is_accepted_while_the_month_runs_and_frees_the_service(do, service):
    eva = service("nej-mobil-max")
    text(do, eva, messages=10_250)
    case = do("misuse.evaluate", period="2026-06", now=IN_JUNE).plain[0]
    do("misuse.measure", service=eva, action="interrupt", case=case["id"], now=IN_JUNE)

    do("misuse.decide", case=case["id"], decision="explained", explanation="a wedding", now=IN_JUNE)

    assert do("services.may_use", service=eva, to="602000002", now=IN_JUNE).refusal is None
    assert do("misuse.cases", service=eva).plain[0]["state"] == "explained"


@pytest.mark.clause("nej/2.20-h")
def test_a_case_opened_in_mid_month_is_decided_on_what_the_whole_month_came_to(do, service, tenant):
    eva = service("nej-mobil-max")
    text(do, eva, messages=10_250)
    case = do("misuse.evaluate", period="2026-06", now=IN_JUNE).plain[0]
    text(do, eva, messages=1_000, name="later")

    decided = do("misuse.decide", case=case["id"], decision="not_explained", now=JULY).plain

    assert decided["penalties"] == ["2500.00 CZK"]
    assert decided["evidence"]["messages"] == 11_250
    assert billed(tenant)["penalty"] == 2500


@pytest.mark.clause("nej/2.20-h")
@pytest.mark.clause("nej/2.13")
@pytest.mark.parametrize(
    ("spoken_s", "charges"),
    [
        ((THRESHOLD_S, 400), {"penalty": "43.3333"}),
        ((THRESHOLD_S, 600), {"penalty": "65", "usage": "8.3333", "credit": "-8.3333"}),
        ((THRESHOLD_S - 400, 600), {"penalty": "21.6667", "usage": "8.3333", "credit": "-8.3333"}),
        ((THRESHOLD_S - 500, 600), {"penalty": "10.8333", "usage": "8.3333", "credit": "-4.1666"}),
    ],
)
def test_the_penalty_also_replaces_the_price_of_units_that_lost_their_cover(do, service, tenant, spoken_s, charges):
    """
    A tariff of 100 minutes that ran on the 28th and 29th of June brings 600 s, and its part is 400 s.

    Units above the part cost 2.50 CZK a minute; where they are above the threshold too, the penalty of 6.50 CZK a
    minute stands instead: of 200 s all, or the latest 100 s when the excess is no more.
    """
    eva = service("nej-mobil-max")
    before_s, call_s = spoken_s
    speak(do, eva, seconds=before_s)
    contract = do("services.show", service=eva).plain["contract"]
    do("contracts.change_tariff", contract=contract, tariff="nej-mobil-plus", now=ON_THE_28TH)
    speak_on = {"kind": "voice", "to": "602000002", "duration_s": call_s, "at": "2026-06-29T10:00:00+02:00"}
    do("usage.record", records=[{"id": "last", "service": eva, **speak_on}], now=ON_THE_29TH)
    do("services.end", service=eva, now=ON_THE_29TH)

    case = do("misuse.evaluate", period="2026-06", now=AFTER_JUNE).plain[0]
    do("misuse.decide", case=case["id"], decision="not_explained", now=AFTER_JUNE)

    assert billed(tenant) == {group: Decimal(crowns) for group, crowns in charges.items()}


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


@pytest.mark.parametrize(("pack", "clauses"), [("nej-mobil", ("nej/2.20",)), ("o2-connector", ())])
def test_who_decides_no_open_case_is_told_a_clause_of_that_provider_or_none(database, pack, clauses):
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"case-{uuid7().hex}", pack=pack)
    call("provider.load", {}, tenant=tenant, actor=OPERATOR, now=JULY)

    given = {"case": str(uuid7()), "decision": "explained"}
    refusal = call("misuse.decide", given, tenant=tenant, actor=OPERATOR, now=JULY).refusal

    assert (refusal.code, refusal.clauses) == ("CASE_UNKNOWN", clauses)


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
