"""The audit chain: sealed rows cannot be changed, exchanged or taken out unseen, even by who owns the tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from spojka.access.audit.store import seal
from spojka.access.database.connections import transaction
from tests.access.committed import count

EVA = {"kind": "consumer", "name": "Eva Malá", "email": "eva@example.cz"}


@pytest.fixture
def owner(database):
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def five_calls(do, tenant):
    for _ in range(5):
        do("parties.register", **EVA)


def _seal(tenant, limit=10_000):
    with transaction(tenant) as db:
        return seal(db, tenant, limit=limit)


def _verified(do):
    found = do("audit.verify").result
    return found.sealed, found.unsealed, found.broken_at


def test_unsealed_rows_are_counted_and_then_chained(do, tenant, five_calls):
    assert _verified(do) == (0, 5, None)

    assert _seal(tenant) == 5
    do("parties.register", **EVA)

    assert _verified(do) == (5, 1, None)


def test_sealing_goes_on_where_it_stopped_and_twice_seals_nothing(do, tenant, five_calls):
    assert [_seal(tenant, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert _verified(do) == (5, 0, None)


def test_sealers_at_once_seal_every_row_once(do, tenant, five_calls):
    with ThreadPoolExecutor(4) as threads:
        sealed = list(threads.map(lambda _: _seal(tenant), range(4)))

    assert sorted(sealed) == [0, 0, 0, 5]
    assert _verified(do) == (5, 0, None)


@pytest.mark.parametrize(
    "change",
    ["actor = 'somebody'", "outcome = 'REFUSED'", "at = at + interval '1 ms'", "digest = '\\x00'", "items = 2"],
)
def test_a_changed_row_breaks_the_chain_where_it_stands(do, tenant, owner, five_calls, change):
    _seal(tenant)

    owner.execute(
        f"UPDATE audit SET {change} WHERE tenant_id = %(t)s AND id ="
        " (SELECT audit_id FROM audit_seal WHERE tenant_id = %(t)s AND position = 3)",
        {"t": tenant},
    )

    assert _verified(do) == (2, 0, 3)


def test_two_rows_exchanged_break_the_chain(do, tenant, owner, five_calls):
    _seal(tenant)

    for before, after in ((2, -2), (3, 2), (-2, 3)):
        owner.execute(
            "UPDATE audit_seal SET position = %s WHERE tenant_id = %s AND position = %s", [after, tenant, before]
        )

    assert _verified(do) == (1, 0, 2)


def test_a_row_taken_out_with_its_seal_leaves_a_gap(do, tenant, owner, five_calls):
    _seal(tenant)

    row = owner.execute(
        "DELETE FROM audit_seal WHERE tenant_id = %s AND position = 3 RETURNING audit_id", [tenant]
    ).fetchone()
    owner.execute("DELETE FROM audit WHERE tenant_id = %s AND id = %s", [tenant, row[0]])

    assert _verified(do) == (2, 0, 4)


def test_a_sealed_row_cannot_go_without_its_seal(tenant, owner, five_calls):
    _seal(tenant)

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        owner.execute("DELETE FROM audit WHERE tenant_id = %s", [tenant])
    assert count(tenant, "audit") == 5


def test_a_row_slipped_in_is_seen_as_unsealed(do, tenant, owner, five_calls):
    _seal(tenant)

    owner.execute(
        "INSERT INTO audit SELECT tenant_id, gen_random_uuid(), at, 'ghost', operation, digest, outcome, items"
        " FROM audit WHERE tenant_id = %s LIMIT 1",
        [tenant],
    )

    assert _verified(do) == (5, 1, None)


def test_chains_of_tenants_are_their_own(do, tenant, five_calls, database):
    from spojka.access.tenants.store import add_tenant
    from spojka.kernel.ids import uuid7

    with transaction(None) as db:
        other = add_tenant(db, code=uuid7().hex, pack="nej-mobil")

    assert (_seal(other), _seal(tenant)) == (0, 5)
