"""What shows on whose side a fault lies: refused requests, and the platform measured at its own interface (o2/7.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.applications.diagnosis.store import Refused, add_refused
from spojka.surfaces.jobs.messages import EVERY, PROBES_KEPT, REFUSED_KEPT, erase_messages
from tests.network.messaging.connector import new_application, new_provider

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    return new_application(provider, LOADED)


def add(provider, counts):
    with transaction(provider) as db:
        add_refused(Context(db, provider, OPERATOR, AT, uuid7(), None), counts)


def do(provider, name, at=AT, **given):
    return call(name, given, tenant=provider, actor=OPERATOR, now=at).result


@pytest.mark.clause("o2/7.3")
def test_what_several_gateways_counted_is_added_up_by_minute(provider, me):
    one, next_one = Refused(me, AT, "https", "REQUEST_MALFORMED"), Refused(me, AT + MINUTE, "smpp", "RECIPIENT_INVALID")
    add(provider, {one: 2, next_one: 1})
    add(provider, {one: 3})

    found = do(provider, "connector.diagnosis", application=me, from_at=AT, to_at=AT + 2 * MINUTE)
    first = do(provider, "connector.diagnosis", application=me, from_at=AT, to_at=AT + MINUTE)

    assert [(row.at, row.code, row.count) for row in found.minutes] == [
        (AT, "REQUEST_MALFORMED", 5),
        (AT + MINUTE, "RECIPIENT_INVALID", 1),
    ]
    assert (found.refused, first.refused) == (6, 5)


@pytest.mark.clause("o2/7.3")
def test_measurements_of_the_interface_stay_with_the_fault(provider, me):
    checks = ["own_equipment", "own_power", "other_own_equipment"]
    reported = {"application": me, "channel": "fault_desk", "caller": "Jana", "description": "nejde odesílat"}
    ticket = do(provider, "connector.report_fault", prechecks=checks, **reported)
    for hours, took in ((-25, 40), (-2, 55), (-1, 30)):
        do(provider, "connector.record_probe", at=AT + timedelta(hours=hours), submit_ms=took, pickup_ms=5)
    lost = do(provider, "connector.record_probe", at=AT + timedelta(hours=1), fault="TimeoutError")
    add(provider, {Refused(me, AT, "https", "CERT_EXPIRED"): 30})

    later = AT + timedelta(hours=2)
    found = do(provider, "connector.fault_evidence", at=later, ticket=ticket.id)
    seen = found.interface

    assert (seen.tries, seen.failed, seen.slowest_ms, seen.last_at) == (3, 1, 60, AT + timedelta(hours=1))
    assert (seen.failed_at, seen.fault, lost.went_well) == (AT + timedelta(hours=1), "TimeoutError", False)
    assert [(one.code, one.count) for one in found.reasons] == [("CERT_EXPIRED", 30)]


def test_what_was_not_measured_did_not_go_well(provider):
    assert do(provider, "connector.record_probe", submit_ms=5).went_well is False
    assert do(provider, "connector.record_probe", submit_ms=5, pickup_ms=0).went_well is True


@pytest.mark.parametrize("kept", [REFUSED_KEPT, PROBES_KEPT], ids=["refused", "probes"])
def test_counts_and_measurements_are_erased_by_age(provider, me, kept):
    if kept is REFUSED_KEPT:
        add(provider, {Refused(me, AT, "https", "CERT_EXPIRED"): 30})
    else:
        do(provider, "connector.record_probe", submit_ms=5, pickup_ms=5)

    assert erase_messages(provider, AT + kept) == 0
    assert erase_messages(provider, AT + kept + EVERY) == 1
