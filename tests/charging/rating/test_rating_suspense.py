"""What waits in suspense comes back repaired, approved or not at all; what comes late by file is rated by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.charging.usage.csv_layout import HEADER, TRAILER

BEGINS = datetime(2026, 2, 1, 8, tzinfo=UTC)
IN_FEBRUARY = datetime(2026, 2, 10, 9, tzinfo=UTC)
CLOSE = datetime(2026, 3, 1, 2, tzinfo=UTC)


@pytest.fixture
def service(do, tenant):
    do("provider.load")
    eva = {"kind": "consumer", "name": "Eva Malá"}
    party = call("parties.register", eva, tenant=tenant, actor=OPERATOR, now=BEGINS).result.id
    return str(do("contracts.sign", party=party, product="nej-mobil").result.services[0].id)


def record(service: str, name: str, **more):
    at = "2026-02-03T10:00:00+01:00"
    return {"id": name, "service": service, "kind": "voice", "to": "602000002", "at": at, "duration_s": 60, **more}


def amount(do, now=IN_FEBRUARY) -> dict[str, str]:
    return {each["line"]: each["amount"] for each in do("rating.totals", period="2026-02", now=now).plain}


def test_a_record_without_a_price_is_repaired_by_another_number_and_rated_once(do, tenant, service):
    do("usage.record", records=[record(service, "odd", kind="sms", to="844111222", parts=1)], now=IN_FEBRUARY)
    (waiting,) = do("usage.suspense").plain

    repaired = do("usage.repair", suspense=waiting["id"], changes={"other": "602000002"}, now=IN_FEBRUARY)
    run_due(tenant, IN_FEBRUARY)
    do("rating.rate", period="2026-02", now=IN_FEBRUARY)

    assert repaired.plain["reason"] == ""
    assert amount(do) == {"sms.home.mobile": "2.00 CZK"}
    assert do("usage.suspense").plain == []


def test_a_dropped_record_without_a_price_does_not_come_back(do, service):
    do("usage.record", records=[record(service, "odd", kind="sms", to="844111222", parts=1)], now=IN_FEBRUARY)
    (waiting,) = do("usage.suspense").plain

    do("usage.drop", suspense=waiting["id"])
    do("rating.rate", period="2026-02", now=IN_FEBRUARY)

    assert do("usage.suspense").plain == []
    assert [one["state"] for one in do("usage.suspense", state="dropped").plain] == ["dropped"]


@pytest.mark.clause("nej/4.7")
@pytest.mark.parametrize(("months", "reason"), [(2, ""), (3, "LATE_BILLING_OVER_2_MONTHS")])
def test_a_roaming_call_waits_for_approval_when_it_is_more_than_two_invoices_late(do, tenant, service, months, reason):
    do("rating.close", period="2026-02", now=CLOSE)
    arrives = datetime(2026, 2 + months, 15, tzinfo=UTC)

    taken = do("usage.record", records=[record(service, "late", visited="SK")], now=arrives).plain

    assert taken["reasons"].get("late", "") == reason


@pytest.mark.clause("nej/4.7")
def test_what_is_too_late_is_billed_after_all_once_it_is_approved(do, tenant, service):
    do("rating.close", period="2026-02", now=CLOSE)
    arrives = datetime(2026, 5, 15, tzinfo=UTC)
    do("usage.record", records=[record(service, "late", visited="SK")], now=arrives)
    (waiting,) = do("usage.suspense").plain

    do("usage.approve", suspense=waiting["id"], now=arrives)
    run_due(tenant, arrives)

    assert amount(do, arrives) == {"voice.eu.mobile": "2.50 CZK"}


def test_a_late_file_is_rated_by_itself(do, tenant, service, tmp_path):
    number = do("services.show", service=service).plain["msisdn"]
    do("rating.close", period="2026-02", now=CLOSE)
    row = f"late,voice,mo,{number},602000002,2026-02-03T10:00:00+01:00,,60,,,,SK,cellular,,,,"
    file = tmp_path / "late.csv"
    file.write_text(f"{HEADER}\n{row}\n{TRAILER}1\n", encoding="utf-8")

    do("usage.import_file", path=file, now=CLOSE + timedelta(days=3))
    run_due(tenant, CLOSE + timedelta(days=3))

    assert amount(do, CLOSE) == {"voice.eu.mobile": "2.50 CZK"}


def test_the_late_part_of_a_session_over_the_months_end_waits_though_the_other_part_is_in_time(do, service):
    do("rating.close", period="2026-02", now=CLOSE)
    session = record(service, "long", kind="data", to="", at="2026-02-28T23:30:00+01:00", duration_s=3600)

    do("usage.record", records=[{**session, "bytes_down": 2_000_000}], now=CLOSE + timedelta(days=1))

    assert [one["reason"] for one in do("usage.suspense").plain] == ["LATE_BILLING_CLASS_NOT_ALLOWED"]


def test_single_records_move_into_segments_a_period_later_and_cost_the_same(do, tenant, service):
    do("usage.record", records=[record(service, "c1"), record(service, "c2")], now=IN_FEBRUARY)
    do("rating.close", period="2026-02", now=CLOSE)

    do("rating.close", period="2026-03", now=CLOSE + timedelta(days=31))
    again = do("rating.rate", period="2026-02", now=CLOSE + timedelta(days=31)).plain

    with transaction(tenant) as db:
        left = db.execute("SELECT count(*) AS records FROM usage_buffer").fetchone()["records"]
    assert (left, again["records"], again["amount"]) == (0, 2, "0.00 CZK")
    listed = do("rating.records", service=service, period="2026-02", now=CLOSE).plain
    assert [each["record"] for each in listed] == ["c1", "c2"]


PREMIUM_CALL = {"to": "906501222", "at": "2026-02-03T10:00:00+01:00"}


@pytest.mark.clause("nej/3.5")
@pytest.mark.parametrize(("at", "waits"), [("2026-02-03T09:59:59+01:00", True), ("2026-02-03T10:00:00+01:00", False)])
def test_a_premium_call_of_a_file_waits_up_to_the_second_before_the_number_is_unblocked(
    do, service, tmp_path, at, waits
):
    number = do("services.show", service=service).plain["msisdn"]
    unblocked = datetime(2026, 2, 3, 9, tzinfo=UTC)
    do("services.unlock_premium", service=service, now=unblocked)
    file = tmp_path / "premium.csv"
    row = f"p,voice,mo,{number},906501222,{at},,60,,,,,,,,,"
    file.write_text(f"{HEADER}\n{row}\n{TRAILER}1\n", encoding="utf-8")

    taken = do("usage.import_file", path=file, now=IN_FEBRUARY).plain
    do("rating.rate", period="2026-02", now=IN_FEBRUARY)

    assert (taken["accepted"], taken["suspended"]) == (not waits, waits)
    assert amount(do) == ({} if waits else {"voice.home.premium_90x": "50.00 CZK"})


@pytest.mark.clause("nej/3.5")
def test_a_barred_call_is_billed_once_somebody_approves_it_and_shows_its_clause_until_then(do, tenant, service):
    do("usage.record", records=[record(service, "p", **PREMIUM_CALL)], now=IN_FEBRUARY)
    (waiting,) = do("usage.suspense").plain

    approved = do("usage.approve", suspense=waiting["id"], now=IN_FEBRUARY)
    run_due(tenant, IN_FEBRUARY)

    begun = do("services.show", service=service).plain["activated_at"]
    assert (waiting["clauses"], waiting["since"], waiting["approvable"]) == (["nej/3.5"], begun, True)
    assert (approved.plain["reason"], do("usage.suspense").plain) == ("", [])
    assert amount(do) == {"voice.home.premium_90x": "50.00 CZK"}


def test_a_barred_call_that_is_given_up_or_only_returned_is_not_billed(do, tenant, service):
    do("usage.record", records=[record(service, "p", **PREMIUM_CALL)], now=IN_FEBRUARY)
    (waiting,) = do("usage.suspense").plain

    returned = do("usage.repair", suspense=waiting["id"], now=IN_FEBRUARY).plain
    do("usage.drop", suspense=returned["suspense"])
    run_due(tenant, IN_FEBRUARY)

    assert returned["reason"] == "PREMIUM_USED_WHILE_BARRED"
    assert (amount(do), do("usage.suspense").plain) == ({}, [])


def test_what_was_barred_and_is_late_too_is_approved_twice(do, tenant, service):
    do("rating.close", period="2026-02", now=CLOSE)
    do("usage.record", records=[record(service, "p", **PREMIUM_CALL)], now=CLOSE + timedelta(days=3))
    reasons = []

    while waiting := do("usage.suspense").plain:
        reasons.append(waiting[0]["reason"])
        do("usage.approve", suspense=waiting[0]["id"], now=CLOSE + timedelta(days=3))
    run_due(tenant, CLOSE + timedelta(days=3))

    assert reasons == ["PREMIUM_USED_WHILE_BARRED", "LATE_BILLING_CLASS_NOT_ALLOWED"]
    assert amount(do, CLOSE) == {"voice.home.premium_90x": "50.00 CZK"}
