"""The walls between tenants in the database: an ordinary role, forced policies, tables that are only appended to."""

from __future__ import annotations

import psycopg
from psycopg import sql

from spojka.access.database.server import APP_ROLE

APPEND_ONLY = ("audit", "audit_seal", "ledger_entry", "ledger_posting", "event")
"""Tables whose rows the ordinary role can never change or delete."""

_TENANT_TABLES = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id'
ORDER BY c.relname
"""


def ensure_role(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make the ordinary role when it is missing, and let the connecting role act as it."""
    owner.execute("SELECT pg_advisory_xact_lock(hashtextextended('spojka role', 0))")
    if not owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
        owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(APP_ROLE)))
    owner.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(APP_ROLE)))


def raise_walls(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    """Put every tenant table behind a forced policy and grant the ordinary role what it needs; safe to repeat."""
    role = sql.Identifier(APP_ROLE)
    owner.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    owner.execute(sql.SQL("GRANT SELECT, INSERT ON tenant TO {}").format(role))
    for (name,) in owner.execute(_TENANT_TABLES).fetchall():
        table = sql.Identifier(str(name))
        rights = sql.SQL("SELECT, INSERT" if name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE")
        owner.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role))
        owner.execute(sql.SQL("GRANT {} ON {} TO {}").format(rights, table, role))
        owner.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table))
        owner.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(table))
        owner.execute(sql.SQL("DROP POLICY IF EXISTS own_tenant ON {}").format(table))
        owner.execute(
            sql.SQL(
                "CREATE POLICY own_tenant ON {} USING (tenant_id ="
                " nullif(current_setting('spojka.tenant', true), '')::uuid)",
            ).format(table),
        )
