"""Walls between tenants in the database: every tenant's table is behind a forced policy."""

from __future__ import annotations

import psycopg
import pytest

OF_NO_TENANT = {"tenant", "django_migrations", "django_content_type"}
"""Tables that belong to no tenant."""


@pytest.fixture
def owner(database):
    with psycopg.connect(database) as connection:
        yield connection


def _tables(owner, *, with_tenant):
    return {
        row[0]
        for row in owner.execute(
            "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind IN ('r', 'p') AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid"
            " AND a.attname = 'tenant_id') = %s",
            [with_tenant],
        )
    }


def test_every_table_of_tenants_has_a_forced_policy(owner):
    walled = {
        row[0]
        for row in owner.execute(
            "SELECT c.relname::text FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity",
        )
    }

    tables = _tables(owner, with_tenant=True)

    assert tables
    assert tables - walled == set()


def test_a_table_without_a_tenant_is_one_that_is_known(owner):
    assert _tables(owner, with_tenant=False) - OF_NO_TENANT == set()


def test_every_index_of_a_tenants_table_starts_with_the_tenant(owner):
    others = [
        row[0]
        for row in owner.execute(
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam"
            " JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id'"
            " WHERE c.relnamespace = 'public'::regnamespace AND m.amname = 'btree' AND i.indkey[0] <> t.attnum"
        )
    ]

    assert others == []


def test_every_reference_stays_within_its_tenant(owner):
    leaving = [
        row[0]
        for row in owner.execute(
            "SELECT k.conname::text FROM pg_constraint k JOIN pg_attribute t ON t.attrelid = k.conrelid"
            " AND t.attname = 'tenant_id' WHERE k.contype = 'f' AND NOT t.attnum = ANY (k.conkey)"
        )
    ]

    assert leaving == []


def test_the_role_that_works_owns_nothing_and_passes_no_wall(owner):
    row = owner.execute(
        """
        SELECT rolsuper, rolbypassrls, rolcanlogin,
            (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relpersistence <> 't')
        FROM pg_roles r WHERE rolname = 'spojka_app'
        """,
    ).fetchone()

    assert row == (False, False, False, 0)
