"""A line: transactions of one thread over a connection of its own, with few ways to the database."""

from __future__ import annotations

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.lines import Line, is_lost
from spojka.access.database.server import owner_url
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def line():
    made = Line()
    yield made
    made.close()


@pytest.fixture(scope="module")
def tenants(database):
    with transaction(None) as db:
        return [add_tenant(db, code=f"test-{uuid7().hex}", pack="o2-connector") for _ in range(2)]


def pid(db):
    return db.execute("SELECT pg_backend_pid() AS pid").fetchone()["pid"]


def scope(db):
    return db.execute("SELECT current_setting('spojka.tenant', true) AS tenant").fetchone()["tenant"]


def test_each_transaction_has_its_own_scope_over_the_same_connection(line, tenants):
    seen = []
    for tenant in tenants:
        with line.transaction(tenant) as db:
            seen.append((db, scope(db)))

    assert [found for _, found in seen] == [str(one) for one in tenants]
    assert seen[0][0] is seen[1][0]


def test_questions_asked_before_the_first_answer_are_answered_in_any_order(line, tenants):
    with line.transaction(tenants[0]) as db:
        first, second = db.execute("SELECT 1 AS n"), db.execute("SELECT 2 AS n")
        found = second.fetchone(), first.fetchone()

    assert [row["n"] for row in found] == [2, 1]


def ask(line, tenant, *statements):
    """Ask one after the other in one transaction; nothing is waited for before its end."""
    with line.transaction(tenant) as db:
        for statement in statements:
            db.execute(statement)


def test_what_the_database_refuses_at_the_end_undoes_all_and_the_next_transaction_works(line, tenants):
    with pytest.raises(psycopg.errors.DivisionByZero):
        ask(line, tenants[0], "CREATE TEMPORARY TABLE undone (n int)", "SELECT 1 / 0")

    with line.transaction(tenants[1]) as db:
        assert scope(db) == str(tenants[1])
        assert db.execute("SELECT to_regclass('undone') AS found").fetchone()["found"] is None


def test_a_connection_that_went_away_is_told_from_a_refusal_and_another_is_opened(line, tenants):
    with line.transaction(tenants[0]) as db:
        own = pid(db)
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s)", [own])

    with pytest.raises(psycopg.OperationalError) as lost:
        ask(line, tenants[0], "SELECT 1")

    with line.transaction(tenants[0]) as db:
        assert pid(db) != own
    assert is_lost(lost.value)
    assert not is_lost(psycopg.errors.DeadlockDetected())


def test_a_table_that_was_changed_is_read_by_the_next_transaction(line, tenants, database):
    name = f"changed_{uuid7().hex}"
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute(f"CREATE TABLE {name} AS SELECT 1 AS n")
        owner.execute(f"GRANT SELECT ON {name} TO PUBLIC")
        with line.transaction(tenants[0]) as db:
            before = db.execute(f"SELECT * FROM {name}").fetchone()  # a name of our own
        owner.execute(f"ALTER TABLE {name} ADD m int")

        with pytest.raises(psycopg.errors.FeatureNotSupported), line.transaction(tenants[0]) as db:
            db.execute(f"SELECT * FROM {name}").fetchone()
        with line.transaction(tenants[0]) as db:
            after = db.execute(f"SELECT * FROM {name}").fetchone()
        owner.execute(f"DROP TABLE {name}")

    assert (before, after) == ({"n": 1}, {"n": 1, "m": None})
