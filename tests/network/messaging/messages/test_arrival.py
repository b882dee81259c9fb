"""How much arrives, by class of network: what is lost abroad says nothing about the provider's own network."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.kernel.ids import PartyId, uuid7, uuid7_at
from spojka.kernel.time import Period
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.partitions import first_id_at
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.messages.traffic.arrival import ARRIVED
from tests.conftest import NOW
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.messages.test_store import message

MONTH = Period.containing(NOW.date())


@pytest.fixture
def subscriber(database):
    """A provider of the connector and one application: tenant, application, party."""
    tenant = new_provider(NOW - timedelta(days=2))
    application = new_application(tenant, NOW - timedelta(days=1))
    with transaction(tenant) as db:
        row = db.execute("SELECT party_id FROM service WHERE id = %s", [application]).fetchone()
    return tenant, application, row["party_id"]


def sent(tenant, application, fates, *, destination, at=NOW, parts=1, detail=None):
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, NOW, uuid7(), None)
        made = [
            replace(message(id=uuid7_at(at), parts=parts, destination=destination), application=application)
            for _ in fates
        ]
        store.add_messages(ctx, made)
        ends = [Happened(one.id, 1, fate, at, detail=detail) for one, fate in zip(made, fates, strict=True) if fate]
        store.add_events(ctx, ends)


def asked(tenant, party, actor=OPERATOR, period=MONTH, **more):
    return call("messages.arrivals", {"party": party, "period": period, **more}, tenant=tenant, actor=actor, now=NOW)


@pytest.mark.clause("o2/4.4")
def test_of_a_hundred_abroad_twelve_are_lost_and_the_own_network_looks_as_before(subscriber):
    tenant, application, party = subscriber
    sent(tenant, application, ["delivered"] * 50, destination="own")
    before = asked(tenant, party).result.classes[0]
    sent(tenant, application, ["delivered"] * 88 + ["undelivered"] * 12, destination="foreign")

    found = asked(tenant, party)

    own, czech, foreign = found.result.classes
    assert own == before
    assert (own.accepted, own.delivered_pct, own.is_guaranteed) == (50, Decimal("100.0"), True)
    assert (foreign.accepted, foreign.delivered, foreign.undelivered) == (100, 88, 12)
    assert (foreign.delivered_pct, foreign.is_guaranteed) == (Decimal("88.0"), False)
    assert (czech.accepted, czech.delivered_pct, czech.is_guaranteed) == (0, None, False)
    assert found.result.not_guaranteed_to.value == ["other_cz", "foreign"]
    assert found.cites == ("o2/4.4",)


@pytest.mark.clause("o2/4.4")
@pytest.mark.parametrize(("roaming", "share"), [(True, Decimal("100.0")), (False, Decimal("50.0"))])
def test_what_is_lost_while_roaming_lowers_no_rate_of_the_own_network(subscriber, roaming, share):
    tenant, application, party = subscriber
    sent(tenant, application, ["delivered"], destination="own")
    sent(tenant, application, ["undelivered"], destination="own", detail={"network": "26201", "roaming": roaming})

    own = asked(tenant, party).result.classes[0]

    assert (own.accepted, own.undelivered, own.roaming, own.delivered_pct) == (2, 1, int(roaming), share)


@pytest.mark.clause("o2/4.4")
def test_what_fails_in_the_own_network_is_not_excluded_and_may_be_reported(subscriber):
    tenant, application, party = subscriber
    sent(tenant, application, ["failed"], destination="own")
    checks = ["own_equipment", "own_power", "other_own_equipment"]
    given = {"application": application, "channel": "fault_desk", "caller": "Jana", "description": "nedošla"}

    own = asked(tenant, party).result.classes[0]
    ticket = call(
        "connector.report_fault", given | {"prechecks": checks}, tenant=tenant, actor=OPERATOR, now=NOW
    ).result

    assert (own.undelivered, own.delivered_pct, own.is_guaranteed) == (1, Decimal("0.0"), True)
    assert ticket.state == "received"


def test_what_is_open_or_taken_back_lowers_no_rate_and_every_part_must_arrive(subscriber):
    tenant, application, party = subscriber
    sent(tenant, application, ["delivered", "", "cancelled"], destination="own")
    sent(tenant, application, ["delivered"], destination="own", parts=2)

    own = asked(tenant, party).result.classes[0]

    assert (own.accepted, own.delivered, own.undelivered, own.cancelled, own.open) == (4, 1, 0, 1, 2)
    assert own.delivered_pct == Decimal("100.0")


def test_a_period_begins_with_its_first_instant_and_holds_nothing_of_its_end(subscriber):
    tenant, application, party = subscriber
    tick = timedelta(milliseconds=1)
    for at in (MONTH.starts_at - tick, MONTH.starts_at, MONTH.ends_at - tick, MONTH.ends_at):
        sent(tenant, application, ["delivered"], destination="own", at=at)

    assert asked(tenant, party).result.classes[0].accepted == 2


def test_a_subscriber_asks_for_nobody_elses(subscriber):
    tenant, application, party = subscriber
    other = new_application(tenant, NOW - timedelta(days=1), number=2)
    sent(tenant, application, ["delivered"], destination="own")
    reads = frozenset({"messages.read"})

    own = asked(tenant, party, Actor("jana", reads, party))
    foreign = asked(tenant, party, Actor("petr", reads, PartyId(uuid7())))
    elsewhere = asked(tenant, party, application=other)

    assert own.result.classes[0].accepted == 1
    assert foreign.refusal.code == "PARTY_UNKNOWN"
    assert elsewhere.result.classes[0].accepted == 0


def test_a_month_of_one_application_is_found_by_its_index(subscriber):
    tenant, application, _ = subscriber
    busy = new_application(tenant, NOW - timedelta(days=1), number=2)
    for day in range(5):
        sent(tenant, busy, ["delivered"] * 800, destination="own", at=MONTH.starts_at + timedelta(days=day))
    sent(tenant, application, ["delivered"] * 20, destination="own")
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("ANALYZE message")
        owner.execute("ANALYZE message_event")
    given = {
        "tenant": tenant,
        "applications": [application],
        "first": first_id_at(MONTH.starts_at),
        "beyond": first_id_at(MONTH.ends_at),
    }

    with transaction(tenant) as db:
        plan = "\n".join(row["QUERY PLAN"] for row in db.execute(f"EXPLAIN {ARRIVED}", given).fetchall())

    assert "Seq Scan on message_rest" not in plan, plan
    assert "Seq Scan on message_event_rest" not in plan, plan
    assert "Index" in plan, plan
