"""An outage is recorded, claimed by its subscriber, and credited once on the next invoice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.kernel.ids import PartyId, uuid7
from spojka.trade.services.store import add_addon, set_tariff
from tests.access.committed import committed
from tests.network.messaging.connector import new_application, new_provider

PRAGUE = ZoneInfo("Europe/Prague")
BEGINS = datetime(2025, 5, 1, 8, tzinfo=UTC)
NOW = datetime(2025, 6, 20, 8, tzinfo=UTC)
CHECKS = ["own_equipment", "own_power", "other_own_equipment"]


@pytest.fixture
def tenant(database):
    return new_provider(BEGINS)


@pytest.fixture
def application(tenant):
    made = new_application(tenant, BEGINS)
    with committed(tenant, BEGINS) as ctx:
        set_tariff(ctx, service=made, tariff="SMSC_PLUS", from_on=date(2025, 5, 1), reason="activation")
    return made


@pytest.fixture
def ask(tenant):
    def calling(name, /, *, now=NOW, **given):
        return call(name, given, tenant=tenant, actor=OPERATOR, now=now)

    return calling


def record(ask, application, starts, ends, cause="O2_PLATFORM", **given):
    def local(day, hour):
        return datetime(2025, 6, day, hour, tzinfo=PRAGUE).isoformat()

    return ask(
        "connector.record_outage",
        application=application,
        starts_at=local(*starts),
        ends_at=local(*ends) if ends else None,
        cause=cause,
        **given,
    ).plain["id"]


def credits_of(tenant):
    with transaction(tenant) as db:
        return db.execute(
            "SELECT line, amount_micros, words, clauses FROM charge WHERE \"group\" = 'credit'"
        ).fetchall()


@pytest.mark.clause("o2/8.3")
def test_an_outage_of_thirty_six_hours_gives_thirty_crowns_back_when_asked_and_once(tenant, application, ask):
    outage = record(ask, application, (10, 8), (11, 20))
    before = credits_of(tenant)

    given = ask("connector.claim_outage_credit", outage=outage)
    again = ask("connector.claim_outage_credit", outage=outage)

    (credit,) = credits_of(tenant)
    assert before == []
    assert (given.plain["total"], credit["amount_micros"]) == ("30.00 CZK", -30_000_000)
    assert "36 h" in credit["words"]["cs"]
    assert {"o2/8.3", "o2-connector/price-list/1.2"} <= set(credit["clauses"])
    assert again.refusal.code == "OUTAGE_CREDITED"


@pytest.mark.clause("o2/8.3")
def test_exactly_a_day_gives_nothing_and_neither_do_short_ones_together(application, ask):
    day = record(ask, application, (2, 8), (3, 8))
    short = [record(ask, application, (12, 0), (12, 20)), record(ask, application, (13, 0), (13, 20))]

    codes = {ask("connector.claim_outage_credit", outage=one).refusal.code for one in [day, *short]}

    assert codes == {"OUTAGE_NOT_LONGER_THAN_DAY"}


@pytest.mark.clause("o2/7.3")
def test_another_cause_gives_nothing_and_time_recorded_in_pieces_is_one_outage(application, ask):
    path = record(ask, application, (4, 0), (9, 0), "PATH")
    record(ask, application, (15, 0), (15, 20))
    second = record(ask, application, (15, 12), (16, 12), degraded=True)

    refused = ask("connector.claim_outage_credit", outage=path)
    listed = ask("connector.outages", application=application).plain
    given = ask("connector.claim_outage_credit", outage=second)

    assert refused.refusal.code == "CAUSE_NOT_PROVIDER"
    assert [(len(one["parts"]), one["credited"]) for one in listed] == [(2, False)]
    assert given.plain["total"] == "30.00 CZK"


def test_the_fees_of_options_are_lowered_too(tenant, application, ask):
    with committed(tenant, BEGINS) as ctx:
        add_addon(ctx, service=application, addon="nickname")
    outage = record(ask, application, (10, 8), (11, 20))

    assert ask("connector.claim_outage_credit", outage=outage).plain["total"] == "40.00 CZK"


def test_an_outage_lasts_until_it_is_ended_and_begins_with_the_report(application, ask):
    called = datetime(2025, 6, 10, 6, 18, tzinfo=UTC)
    facts = {"application": application, "caller": "Jana", "description": "nic neodchází"}
    ticket = ask("connector.report_fault", **facts, channel="fault_desk", prechecks=CHECKS, now=called).plain
    outage = record(ask, application, (10, 12), None, ticket=ticket["id"])

    early = ask("connector.claim_outage_credit", outage=outage)
    ended = ask("connector.end_outage", outage=outage, ends_at="2025-06-11T10:00:00+02:00").plain

    assert early.refusal.code == "OUTAGE_LASTS"
    assert datetime.fromisoformat(ended["starts_at"]) == called
    assert ask("connector.claim_outage_credit", outage=outage).refusal is None


@pytest.mark.clause("o2/8.6")
def test_other_channels_and_missing_checks_open_no_ticket(application, ask):
    facts = {"application": application, "caller": "Jana", "description": "nic neodchází"}

    mail = ask("connector.report_fault", **facts, channel="email", prechecks=CHECKS)
    unchecked = ask("connector.report_fault", **facts, channel="fault_desk", prechecks=CHECKS[:1])

    assert (mail.refusal.code, unchecked.refusal.code) == ("WRONG_FAULT_CHANNEL", "PRECHECK_MISSING")
    assert ask("connector.faults", application=application).plain == []


def test_who_writes_in_the_portal_has_not_called_the_desk_but_may_ask_for_the_reduction(tenant, application, ask):
    outage = record(ask, application, (10, 8), (11, 20))
    with transaction(tenant) as db:
        party = db.execute("SELECT party_id FROM service WHERE id = %s", [application]).fetchone()["party_id"]
    facts = {"application": application, "caller": "Jana", "description": "nic neodchází", "prechecks": CHECKS}

    def as_customer(name, of=party, **given):
        actor = Actor("jana", frozenset({"connector.use", "connector.write"}), of)
        return call(name, given, tenant=tenant, actor=actor, now=NOW)

    assert as_customer("connector.report_fault", **facts, channel="fault_desk").refusal.code == "WRONG_FAULT_CHANNEL"
    stranger = as_customer("connector.claim_outage_credit", of=PartyId(uuid7()), outage=outage)
    assert stranger.refusal.code == "OUTAGE_UNKNOWN"
    assert as_customer("connector.claim_outage_credit", outage=outage).plain["total"] == "30.00 CZK"


def test_a_ticket_goes_on_and_never_back_and_its_cause_is_set_once(application, ask):
    facts = {"application": application, "caller": "Jana", "description": "nic neodchází"}
    ticket = ask("connector.report_fault", **facts, channel="fault_desk", prechecks=CHECKS).plain["id"]

    unset = ask("connector.move_fault", ticket=ticket, state="resolved")
    moved = ask("connector.move_fault", ticket=ticket, state="cause_set", cause="O2_PLATFORM").plain
    back = ask("connector.move_fault", ticket=ticket, state="diagnosing")
    closed = ask("connector.move_fault", ticket=ticket, state="closed", cause="PATH").plain

    assert unset.refusal.code == "FAULT_CAUSE_UNKNOWN"
    assert (moved["state"], moved["received_at"][:10]) == ("cause_set", "2025-06-20")
    assert back.refusal.code == "FAULT_STATE_INVALID"
    assert (closed["state"], closed["cause"]) == ("closed", "O2_PLATFORM")


def test_an_outage_has_no_end_before_its_start_and_none_in_the_future(application, ask):
    facts = {"application": application, "cause": "O2_PLATFORM", "starts_at": "2025-06-10T08:00:00+02:00"}

    codes = {
        ask("connector.record_outage", **facts, ends_at=ends).refusal.code
        for ends in ("2025-06-10T08:00:00+02:00", "2025-06-21T08:00:00+02:00")
    }

    assert codes == {"OUTAGE_TIME_INVALID"}
