"""Walls between tenants: what another tenant owns is neither seen nor changed, and nobody works without a tenant."""

from __future__ import annotations

import psycopg
import pytest

from spojka.access.database.connections import (
    NoTenantInScope,
    ScopeChanged,
    enter_scope,
    require_scope,
    transaction,
)
from spojka.access.tenants.isolation import APPEND_ONLY
from spojka.access.tenants.store import TenantUnknown, add_tenant, tenant_by_code
from spojka.kernel.ids import uuid7

EVA = {"kind": "consumer", "name": "Eva Malá", "email": "eva@example.cz"}
PUT_EVENT = "INSERT INTO event (tenant_id, id, at, kind, key, body) VALUES (%s, gen_random_uuid(), now(), '', '', '{}')"


@pytest.fixture
def other(database):
    with transaction(None) as db:
        return add_tenant(db, code=f"other-{uuid7().hex}", pack="nej-mobil")


def _rows(tenant, text, values=()):
    with transaction(tenant) as db:
        return db.execute(text, values).fetchall()


def test_rows_of_another_tenant_are_not_seen_even_without_a_condition(do, tenant, other):
    do("parties.register", **EVA)

    assert len(_rows(tenant, "SELECT * FROM party")) == 1
    assert _rows(other, "SELECT * FROM party") == []
    assert _rows(other, "SELECT * FROM party WHERE tenant_id = %s", [tenant]) == []


def test_rows_of_another_tenant_are_not_changed_or_deleted(do, tenant, other):
    do("parties.register", **EVA)

    with transaction(other) as db:
        changed = db.execute("UPDATE party SET name = 'Jiná'").rowcount
        deleted = db.execute("DELETE FROM party").rowcount

    assert (changed, deleted) == (0, 0)
    assert [row["name"] for row in _rows(tenant, "SELECT name FROM party")] == ["Eva Malá"]


@pytest.mark.parametrize("statement", ["INSERT", "UPDATE"])
def test_a_row_is_not_put_into_another_tenant(do, tenant, other, statement):
    do("parties.register", **EVA)
    text = {"INSERT": PUT_EVENT, "UPDATE": "UPDATE party SET tenant_id = %s"}[statement]

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), transaction(tenant) as db:
        db.execute(text, [other])


def test_without_a_tenant_nothing_is_seen_and_nothing_written(do, tenant):
    do("parties.register", **EVA)

    assert _rows(None, "SELECT * FROM party") == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(None) as db:
        db.execute(PUT_EVENT, [tenant])


def test_work_that_needs_a_tenant_says_that_none_is_named(database):
    with transaction(None) as db, pytest.raises(NoTenantInScope, match="no tenant in scope"):
        require_scope(db)


def test_a_transaction_works_for_one_tenant(tenant, other):
    with transaction(tenant) as db:
        enter_scope(db, tenant)
        assert require_scope(db) == tenant
        with pytest.raises(ScopeChanged, match=f"works for {tenant}, not for {other}"):
            enter_scope(db, other)


def test_a_connection_forgets_its_tenant_with_the_transaction(tenant, other):
    for each in (tenant, other, tenant):
        with transaction(each) as db:
            assert require_scope(db) == each
    with transaction(None) as db, pytest.raises(NoTenantInScope):
        require_scope(db)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_only_appended_to_cannot_be_changed_or_taken_out(tenant, table, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(tenant) as db:
        db.execute(statement.format(table))


def test_the_tenants_themselves_are_not_renamed_or_removed(tenant):
    for statement in ("UPDATE tenant SET code = 'x'", "DELETE FROM tenant"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(tenant) as db:
            db.execute(statement)


def test_an_unknown_tenant_is_an_error_that_names_the_known(tenant):
    with pytest.raises(TenantUnknown, match=r"no tenant 'nobody'; there are: .*test-"):
        tenant_by_code("nobody")
