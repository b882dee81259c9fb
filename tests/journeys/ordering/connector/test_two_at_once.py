"""Two who ask at the same moment: one nickname, different numbers, one throughput."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from psycopg import Rollback

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.access.operations.outcome import Outcome
from spojka.journeys.ordering.connector.options.operations import order_option
from spojka.kernel.ids import TenantId, uuid7
from spojka.kernel.refusals import Refusal
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)


@pytest.fixture
def tenant(database: str) -> TenantId:
    return new_provider(AT)


def at_once(tenant: TenantId, calls: list[tuple[str, dict[str, Any]]]) -> list[Outcome]:
    """The outcomes of calls that begin together, in the order given."""
    start, found = threading.Barrier(len(calls)), dict[int, Outcome]()

    def run(place: int, name: str, given: dict[str, Any]) -> None:
        start.wait(10)
        found[place] = call(name, given, tenant=tenant, actor=OPERATOR, now=AT)

    threads = [threading.Thread(target=run, args=(place, *one)) for place, one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [found[place] for place in range(len(calls))]


@pytest.mark.clause("o2/8.5")
def test_a_nickname_asked_for_by_two_subscribers_waits_for_the_first_and_is_then_taken(tenant):
    first, second = new_application(tenant, AT, number=21), new_application(tenant, AT, number=22)
    found: list[Outcome] = []
    given = {"application": second, "kind": "nickname", "nickname": "kino"}
    other = threading.Thread(
        target=lambda: found.append(call("connector.order_option", given, tenant=tenant, actor=OPERATOR, now=AT))
    )

    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, AT, uuid7(), Path("/nowhere"))
        mine = order_option(ctx, application=first, kind="nickname", nickname="KINO")
        other.start()
        other.join(0.5)
        assert other.is_alive(), "the second waits until the first is committed"
    other.join(30)

    assert not isinstance(mine, Refusal)
    assert found[0].refusal is not None
    assert found[0].refusal.code == "NICKNAME_TAKEN"


def test_a_nickname_whose_first_request_was_rolled_back_is_free(tenant):
    first, second = new_application(tenant, AT, number=21), new_application(tenant, AT, number=22)

    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, AT, uuid7(), Path("/nowhere"))
        order_option(ctx, application=first, kind="nickname", nickname="KINO")
        raise Rollback
    given = {"application": second, "kind": "nickname", "nickname": "KINO"}
    outcome = call("connector.order_option", given, tenant=tenant, actor=OPERATOR, now=AT)

    assert outcome.refusal is None


@pytest.mark.clause("o2/3.1-a")
def test_orders_at_once_get_different_numbers(tenant):
    application = new_application(tenant, AT, number=0, product="SMSC_PLUS")
    with transaction(tenant) as db:
        row = db.execute("SELECT party_id FROM application WHERE id = %s", [application]).fetchone()
    assert row is not None
    given = {"party": row["party_id"], "product": "SMSC", "name": "pokladna"}

    outcomes = at_once(tenant, [("connector.order", given)] * 6)

    numbers = sorted(one.result.application.app_number for one in outcomes)
    assert numbers == [f"19910{tail:02}" for tail in range(6)]


@pytest.mark.clause("o2/5.1-a")
def test_two_throughputs_at_once_leave_one_active(tenant):
    application = new_application(tenant, AT)
    given = {"application": application, "kind": "throughput"}

    at_once(
        tenant, [("connector.order_option", given | {"rate_per_s": rate}) for rate in ("10", "20", "50", "20", "10")]
    )

    shown = call("connector.application", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT).result
    active = [one for one in shown.options if one.state == "active"]
    with transaction(tenant) as db:
        charged = db.execute("SELECT id FROM service_addon WHERE service_id = %s AND valid_to IS NULL", [application])
        assert [row["id"] for row in charged] == [one.id for one in active]
    assert len(active) == 1
    assert shown.rate_per_s == int(active[0].value)
