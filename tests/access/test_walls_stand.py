"""Walls that stand are left alone when a program starts, and whatever of one is missing is put back."""

from __future__ import annotations

import psycopg
import pytest

from spojka.access.database.server import owner_url
from spojka.access.tenants.isolation import raise_walls

STATE = (
    "SELECT c.relname, c.xmin::text, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text,"
    " (SELECT count(*) FROM pg_policy w WHERE w.polrelid = c.oid) AS policies"
    " FROM pg_class c WHERE c.relname IN ('charge', 'audit', 'event') ORDER BY c.relname"
)


@pytest.fixture
def owner(database):
    with psycopg.connect(owner_url()) as connection:
        yield connection
        connection.rollback()


def test_a_start_touches_no_table_whose_wall_stands(owner):
    before = owner.execute(STATE).fetchall()

    raise_walls(owner)

    assert owner.execute(STATE).fetchall() == before


@pytest.mark.parametrize(
    "breach",
    [
        "DROP POLICY own_tenant ON charge",
        "ALTER TABLE charge NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE charge DISABLE ROW LEVEL SECURITY",
        "REVOKE DELETE ON charge FROM spojka_app",
        "GRANT UPDATE ON audit TO spojka_app",
        "GRANT DELETE ON event TO spojka_app",
    ],
)
def test_what_is_missing_of_a_wall_is_put_back(owner, breach):
    before = [(row[0], *row[2:]) for row in owner.execute(STATE).fetchall()]
    owner.execute(breach)
    broken = [(row[0], *row[2:]) for row in owner.execute(STATE).fetchall()]

    raise_walls(owner)

    assert broken != before
    assert [(row[0], *row[2:]) for row in owner.execute(STATE).fetchall()] == before
