"""Numbers of pools in the database: one holder each, the lowest free one, whoever asks at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import ServiceId, uuid7
from spojka.kernel.time import start_of
from spojka.trade.numbering.pools.allocating import NumberPair, allocate_pair, release_numbers
from spojka.trade.numbering.pools.reading import pools_on
from spojka.trade.numbering.pools.store import numbers_of, take_number
from spojka.trade.publications.shelf import shelf_of
from tests.access.committed import committed

NOW = datetime(2026, 2, 1, 8, tzinfo=UTC)


@pytest.fixture
def tenant(database):
    with transaction(None) as db:
        return add_tenant(db, code=f"test-{uuid7().hex}", pack="o2-connector")


@pytest.fixture(autouse=True)
def published(do):
    assert do("provider.load", sims=0).refusal is None


def allocate(tenant, product, now=NOW, **asked):
    service = ServiceId(uuid7())
    with committed(tenant, now) as ctx:
        return allocate_pair(ctx, product=product, service=service, **asked), service


def fill(tenant, pool, numbers):
    with committed(tenant, NOW) as ctx:
        for number in numbers:
            take_number(ctx, pool=pool, number=number, service=uuid7())


def code(found):
    return found if isinstance(found, NumberPair) else (found.code, found.clauses)


@pytest.mark.clause("o2/3.1-a")
def test_the_lowest_free_number_goes_out_with_the_msisdn_of_its_tail(tenant):
    fill(tenant, "SMSC_MMSC_APP", [str(number) for number in range(1991000, 1991017)])

    found, service = allocate(tenant, "SMSC")

    assert found == NumberPair("1991017", "+420720001017")
    with committed(tenant, NOW) as ctx:
        assert numbers_of(ctx, service) == ["+420720001017", "1991017"]


@pytest.mark.clause("o2/3.1-b", "o2/3.1-d")
def test_when_the_first_block_is_full_the_second_one_begins(tenant):
    fill(tenant, "PLUS_EXTRA_APP", [f"9990{tail:02}" for tail in range(100)])

    found, _ = allocate(tenant, "SMSC_EXTRA")

    assert found == NumberPair("9996200", "+420720013000")


def test_where_the_msisdn_of_the_tail_is_taken_the_lowest_free_one_goes_out(tenant):
    fill(tenant, "SMSC_MMSC_MSISDN", ["+420720001000", "+420720001001"])

    found, _ = allocate(tenant, "SMSC")

    assert found == NumberPair("1991000", "+420720001002")


@pytest.mark.clause("o2/3.1-a")
def test_a_number_is_taken_for_whoever_asks_after_its_holder_whatever_product(tenant):
    held, _ = allocate(tenant, "SMSC", app_number="1992500")

    second, _ = allocate(tenant, "MMSC", app_number="1992500")
    by_msisdn, _ = allocate(tenant, "MMSC", msisdn="720 002 500")

    assert held == NumberPair("1992500", "+420720002500")
    assert code(second) == ("NUMBER_TAKEN", ("o2/3.1-a",))
    assert code(by_msisdn) == ("NUMBER_TAKEN", ("o2/3.1-c",))


@pytest.mark.parametrize(
    ("product", "asked", "clause"),
    [
        pytest.param("MMSC", {"app_number": "1993001"}, "o2/3.1-a", marks=pytest.mark.clause("o2/3.1-a")),
        pytest.param("SMSC_PLUS", {"app_number": "1991000"}, "o2/3.1-b", marks=pytest.mark.clause("o2/3.1-b")),
        pytest.param("SMSC", {"msisdn": "+420606999000"}, "o2/3.1-c", marks=pytest.mark.clause("o2/3.1-c")),
        pytest.param("SMSC_EXTRA", {"msisdn": "+420720001000"}, "o2/3.1-d", marks=pytest.mark.clause("o2/3.1-d")),
    ],
)
def test_a_number_of_another_product_is_no_number_of_this_one(tenant, product, asked, clause):
    found, service = allocate(tenant, product, **asked)

    assert code(found) == ("NUMBER_FORMAT_INVALID", (clause,))
    with committed(tenant, NOW) as ctx:
        assert numbers_of(ctx, service) == []


@pytest.mark.clause("o2/3.1-a", "o2/3.1-b")
def test_the_last_number_goes_out_and_then_the_pool_is_empty(tenant):
    with committed(tenant, NOW) as ctx:
        numbers = list(pools_on(shelf_of(ctx), ctx.today)["PLUS_EXTRA_APP"])
    fill(tenant, "PLUS_EXTRA_APP", numbers[:-1])

    last, _ = allocate(tenant, "SMSC_PLUS")
    none, _ = allocate(tenant, "SMSC_PLUS")

    assert last == NumberPair("9996299", "+420720013099")
    assert code(none) == ("POOL_EXHAUSTED", ("o2/3.1-b",))
    assert none.figures == {"pool": "PLUS_EXTRA_APP", "size": 200}


def test_when_the_msisdns_are_gone_no_application_number_is_taken_either(tenant):
    with committed(tenant, NOW) as ctx:
        numbers = list(pools_on(shelf_of(ctx), ctx.today)["PLUS_EXTRA_MSISDN"])
    fill(tenant, "PLUS_EXTRA_MSISDN", numbers)

    none, service = allocate(tenant, "SMSC_PLUS")

    assert code(none) == ("POOL_EXHAUSTED", ("o2/3.1-d",))
    with committed(tenant, NOW) as ctx:
        assert numbers_of(ctx, service) == []


@pytest.mark.clause("o2/3.1-a")
def test_a_released_number_rests_until_the_thirtieth_day_and_is_then_the_lowest_free_one_again(tenant):
    _, service = allocate(tenant, "SMSC")
    with committed(tenant, NOW) as ctx:
        released = release_numbers(ctx, service=service)
    free_at = start_of(datetime(2026, 3, 3, tzinfo=UTC).date())

    early, _ = allocate(tenant, "SMSC", now=free_at - timedelta(microseconds=1))
    asked, _ = allocate(tenant, "SMSC", now=free_at - timedelta(microseconds=1), app_number="1991000")
    again, _ = allocate(tenant, "SMSC", now=free_at)

    assert released == ["+420720001000", "1991000"]
    assert early == NumberPair("1991001", "+420720001001")
    assert code(asked) == ("NUMBER_TAKEN", ("o2/3.1-a",))
    assert again == NumberPair("1991000", "+420720001000")


@pytest.mark.clause("o2/3.1-a")
def test_those_who_ask_at_once_never_get_one_number_and_leave_no_gap(tenant):
    ready = Barrier(6)

    def ask(_):
        ready.wait(10)
        return allocate(tenant, "SMSC")[0]

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(ask, range(6)))

    assert sorted(pair.app_number for pair in found) == [str(1991000 + place) for place in range(6)]
    assert {pair.msisdn for pair in found} == {f"+42072000{pair.app_number[3:]}" for pair in found}


def test_who_asks_while_another_has_not_committed_waits_and_gets_its_number_when_that_one_fails(tenant):
    with ThreadPoolExecutor(1) as threads:
        with committed(tenant, NOW) as ctx:
            first = allocate_pair(ctx, product="SMSC", service=ServiceId(uuid7()))
            waiting = threads.submit(allocate, tenant, "SMSC")
            with pytest.raises(TimeoutError):
                waiting.result(0.2)
            raise psycopg.Rollback
        second, _ = waiting.result(10)

    assert first == second == NumberPair("1991000", "+420720001000")


def test_of_those_who_want_one_number_at_once_one_has_it(tenant):
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: allocate(tenant, "SMSC", app_number="1991500")[0], range(4)))

    assert sorted(code(one)[0] if not isinstance(one, NumberPair) else "" for one in found) == [
        "",
        *["NUMBER_TAKEN"] * 3,
    ]


def test_another_tenants_numbers_are_its_own(do, tenant, database):
    with transaction(None) as db:
        other = add_tenant(db, code=f"other-{uuid7().hex}", pack="o2-connector")
    allocate(tenant, "SMSC")
    with committed(other, NOW) as ctx:
        ctx.db.execute(
            "INSERT INTO pool_number (tenant_id, number, pool, service_id, taken_at) VALUES (%s, '1991001', 'x', %s,"
            " now())",
            [other, uuid7()],
        )

    found, _ = allocate(tenant, "SMSC")

    assert found == NumberPair("1991001", "+420720001001")


def test_a_held_number_that_rests_is_refused_by_the_database(tenant):
    allocate(tenant, "SMSC")

    with pytest.raises(psycopg.errors.CheckViolation, match="pool_number_holder"), transaction(tenant) as db:
        db.execute("UPDATE pool_number SET free_from = now()")


def test_how_full_the_pools_are_is_shown(do, tenant):
    allocate(tenant, "SMSC")
    _, service = allocate(tenant, "MMSC")
    with committed(tenant, NOW) as ctx:
        release_numbers(ctx, service=service)

    pools = do("numbering.pools").plain

    assert [(one["code"], one["clause"], one["held"], one["resting"], one["free"]) for one in pools] == [
        ("SMSC_MMSC_APP", "o2/3.1-a", 1, 1, 1998),
        ("PLUS_EXTRA_APP", "o2/3.1-b", 0, 0, 200),
        ("SMSC_MMSC_MSISDN", "o2/3.1-c", 1, 1, 1998),
        ("PLUS_EXTRA_MSISDN", "o2/3.1-d", 0, 0, 200),
    ]
