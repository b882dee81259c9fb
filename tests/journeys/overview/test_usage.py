"""Use of a service: totals agree with the records, helplines stay hidden, customers see the months a clause grants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.journeys.overview.usage import HELPLINES
from tests.surfaces.shop import TODAY, open_shop


@pytest.fixture(scope="module")
def shop(database):
    from spojka.kernel.ids import uuid7

    return open_shop(f"use-{uuid7().hex[-8:]}")


def test_lines_days_and_records_come_to_the_same(shop):
    view = shop.do("overview.usage", service=shop.eva_service)

    by_kind = {kind.kind: kind for kind in view.usage.kinds}
    for name, kind in by_kind.items():
        own = [record for record in view.records if record.kind == name]
        assert sum(line.used for line in kind.lines) == sum(record.used for record in own)
        assert sum(day.used for day in kind.days) == sum(record.used for record in own)
        assert sum(line.records for line in kind.lines) == len(own)
    assert view.usage.charge.micros == sum(record.charge.value.micros for record in view.records)
    assert list(by_kind) == ["voice", "sms", "data"]


@pytest.mark.clause("nej/3.7")
def test_calls_to_helplines_are_neither_drawn_nor_listed(shop):
    view = shop.do("overview.usage", service=shop.eva_service)
    whole = shop.do("rating.records", service=shop.eva_service, period="2026-02", hide_helplines=False)

    assert any(record.dest_class == HELPLINES for record in whole)
    assert not any(record.dest_class == HELPLINES for record in view.records)
    assert not any(HELPLINES in line.line for kind in view.usage.kinds for line in kind.lines)


def _asked(shop, period, *, at, party):
    actor = Actor("x", frozenset({"overview.read"}), party)
    given = {"service": shop.eva_service, "period": period}
    return call("overview.usage", given, tenant=shop.tenant, actor=actor, now=at)


@pytest.mark.clause("nej/3.8")
@pytest.mark.parametrize(("period", "shown"), [("2026-01", False), ("2026-02", True), ("2026-08", True)])
def test_a_customer_sees_the_running_month_and_the_six_before_it(shop, period, shown):
    outcome = _asked(shop, period, at=datetime(2026, 8, 20, tzinfo=UTC), party=shop.eva)

    assert (outcome.refusal is None) == shown
    if not shown:
        assert outcome.refusal.code == "PERIOD_NOT_SHOWN"
        assert outcome.refusal.clauses == ("nej/3.8",)


def test_staff_see_further_back(shop):
    assert _asked(shop, "2026-01", at=datetime(2026, 8, 20, tzinfo=UTC), party=None).refusal is None


@pytest.mark.clause("nej/4.10")
def test_another_customers_use_is_not_there(shop):
    foreign = _asked(shop, "2026-02", at=TODAY, party=shop.jan)

    assert foreign.refusal.code == "SERVICE_UNKNOWN"


def test_why_of_a_record_quotes_the_clauses_of_the_edition_it_was_rated_by(shop):
    given = {"service": shop.eva_service, "period": "2026-02", "record": "v2-6", "source": "test", "language": "en"}

    why = shop.do("overview.why_record", **given)

    reason = why.reasons[0]
    assert why.amount == reason.amount
    assert "nej/2.11" in [clause.id for clause in reason.clauses]
    assert "first started minute" in next(clause.en for clause in reason.clauses if clause.id == "nej/2.11")


def test_why_of_an_invoice_line_ends_at_the_amount_that_is_printed(shop):
    invoice = shop.do("overview.invoice", invoice=shop.eva_invoice)

    for line in invoice.document.lines:
        why = shop.do("overview.why_line", invoice=shop.eva_invoice, line=line.id)
        assert why.amount.micros == line.gross_micros
        assert why.reasons[-1].amount == why.amount
        assert all(reason.clauses for reason in why.reasons)


@pytest.mark.clause("nej/2.11")
def test_why_of_a_line_of_calls_cites_how_lengths_are_counted_and_tells_what_it_came_to_once(do, tenant):
    def made(name, at, /, **given):
        return call(name, given, tenant=tenant, actor=OPERATOR, now=at).result

    def used(name, seconds, day):
        at = datetime(2026, 1, day, 10, tzinfo=UTC)
        record = {"id": name, "service": service, "kind": "voice", "to": "+420602000002", "at": at}
        made("usage.record", at + timedelta(hours=1), records=[{**record, "duration_s": seconds}], source="test")

    opened = datetime(2026, 1, 5, 8, tzinfo=UTC)
    made("provider.load", opened)
    party = made("parties.register", opened, kind="consumer", name="Eva").id
    options = {"msisdn": "+420601000001", "tariff": "nej-mobil-basic"}
    signed = made("contracts.sign", opened, party=party, product="nej-mobil", options=options)
    service = signed.services[0].id
    for place, seconds in enumerate((60, 61, 5)):
        used(f"c{place}", seconds, 10 + place)
    run_due(tenant, datetime(2026, 2, 2, tzinfo=UTC))
    with transaction(tenant) as db:
        items = db.execute("SELECT key FROM charge WHERE line = 'voice.home.mobile'").fetchall()
        invoice = db.execute("SELECT id FROM invoice WHERE state = 'issued'").fetchone()["id"]

    lines = made("overview.invoice", TODAY, invoice=invoice).document.lines
    line = next(one.id for one in lines if one.group == "calls")
    reasons = made("overview.why_line", TODAY, invoice=invoice, line=line, language="en").reasons

    assert len(items) == 3
    assert ["recalculated" in reason.sentence for reason in reasons] == [False] * len(reasons)
    assert reasons[0].sentence.startswith("7.5417 CZK: 3 records, 181 s in all")
    assert {"nej/2.11", "nej/1.10"} <= {clause.id for reason in reasons for clause in reason.clauses}


def test_an_invoice_shows_what_was_paid_and_what_is_open(shop):
    invoice = shop.do("overview.invoice", invoice=shop.eva_invoice)

    paid = sum(part.amount.micros for part in invoice.paid)
    assert paid == 100_000_000
    assert invoice.open.micros == invoice.document.to_pay_micros - paid


def test_an_unknown_line_is_refused(shop):
    outcome = call(
        "overview.why_line",
        {"invoice": shop.eva_invoice, "line": "none"},
        tenant=shop.tenant,
        actor=OPERATOR,
        now=TODAY,
    )

    assert outcome.refusal.code == "LINE_UNKNOWN"


def test_the_account_names_documents_and_leaves_out_moves_between_a_customers_own_accounts(shop):
    money = shop.do("overview.customer", party=shop.eva).money

    assert [line.kind for line in money.postings] == ["payment", "invoice", "invoice"]
    assert money.postings[0].reference == "bank p1"
    assert money.postings[0].amount.micros == -100_000_000
    assert money.postings[0].balance == money.balance
