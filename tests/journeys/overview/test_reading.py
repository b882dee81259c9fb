"""Reading writes nothing: pages and questions show what rating finds, and leave everything as it was."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations import registry
from spojka.kernel.time import Period

AT = datetime(2026, 2, 10, 9, tzinfo=UTC)
TABLES = ("balance", "charge", "rated_total", "notice", "event", "suspense", "audit")


@pytest.fixture
def eva(do):
    """Whose page is read: a service with volumes and use in February."""
    do("provider.load")
    party = do("parties.register", kind="consumer", name="Eva", email="eva@example.cz").plain["id"]
    options = {"msisdn": "+420601000001", "tariff": "nej-mobil-plus"}
    service = do("contracts.sign", party=party, product="nej-mobil", options=options).plain["services"][0]["id"]
    call = {"id": "c1", "service": service, "kind": "voice", "to": "602000002", "duration_s": 600}
    data = {"id": "d1", "service": service, "kind": "data", "duration_s": 10, "bytes_down": 500 * 2**20}
    at = "2026-02-10T08:00:00+01:00"
    do("usage.record", records=[{**call, "at": at}, {**data, "at": at}], now=AT)
    return party, service


def _kept(tenant):
    with transaction(tenant) as db:
        return {
            table: db.execute(f"SELECT count(*) AS rows, max(xmin::text::bigint) AS last FROM {table}").fetchone()
            for table in TABLES
        }


def _left(do, party, service):
    """What the page and the question say is left: by pool, of data, and what was spent."""
    (card,) = do("overview.customer", party=party, now=AT).result.services
    told = do("balances.of", service=service, now=AT).result
    page = {each.pool.slot: (each.pool.used, each.pool.left) for each in card.left.meters}
    assert page == {pool.slot: (pool.used, pool.left) for pool in told.pools}
    assert card.left.data == told.data
    return page, told.data.used, told.spent


def _forget(tenant, statement):
    with transaction(tenant) as db:
        db.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM balance",
        "UPDATE balance SET facts = 'of another tariff', remaining = capacity",
    ],
)
def test_what_is_left_is_shown_without_being_kept(do, tenant, eva, statement):
    _forget(tenant, statement)
    before = _kept(tenant)

    shown = _left(do, *eva)

    after = _kept(tenant)
    do("rating.rate", period=str(Period.containing(AT.date())), now=AT)
    assert after == before
    assert shown == _left(do, *eva)
    assert shown[0]["voice.all_networks.0"][0] == 600
    assert shown[1] == 500 * 2**20


def test_the_server_refuses_whatever_a_query_would_write(do, monkeypatch):
    def writing(ctx):
        ctx.db.execute("DELETE FROM notice")

    query = registry.Operation("tests.write", "query", writing, "audit.read", ())
    monkeypatch.setitem(registry._registered, "tests.write", query)

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        do("tests.write")


def test_what_an_operation_writes_after_a_query_is_written(do, eva):
    party, _ = eva
    do("overview.customer", party=party)

    assert do("parties.register", kind="consumer", name="Adam").refusal is None
