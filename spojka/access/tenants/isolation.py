"""The walls between tenants in the database: an ordinary role, forced policies, tables that are only appended to."""

from __future__ import annotations

import psycopg
from psycopg import sql

from spojka.access.database.server import APP_ROLE

APPEND_ONLY = ("audit", "audit_seal", "ledger_entry", "ledger_posting", "event")
"""Tables whose rows the ordinary role can never change or delete."""

_UNWALLED = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id'
AND NOT (
    c.relrowsecurity AND c.relforcerowsecurity
    AND EXISTS (
        SELECT 1 FROM pg_policy w WHERE w.polrelid = c.oid AND w.polname = 'own_tenant'
        AND pg_get_expr(w.polqual, c.oid) LIKE '%%spojka.tenant%%'
    )
    AND has_table_privilege(%(role)s, c.oid, 'SELECT') AND has_table_privilege(%(role)s, c.oid, 'INSERT')
    AND has_table_privilege(%(role)s, c.oid, 'UPDATE') = (c.relname <> ALL (%(append_only)s))
    AND has_table_privilege(%(role)s, c.oid, 'DELETE') = (c.relname <> ALL (%(append_only)s))
)
ORDER BY c.relname
"""


def ensure_role(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make the ordinary role when it is missing, and let the connecting role act as it."""
    owner.execute("SELECT pg_advisory_xact_lock(hashtextextended('spojka role', 0))")
    if not owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
        owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(APP_ROLE)))
    owner.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(APP_ROLE)))


def raise_walls(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    """
    Put every tenant table behind a forced policy and grant the ordinary role what it needs; safe to repeat.

    A table whose wall stands is left alone: raising it again would stop everybody who works and get in the way of the
    database's own upkeep.
    """
    role = sql.Identifier(APP_ROLE)
    owner.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    owner.execute(sql.SQL("GRANT SELECT, INSERT ON tenant TO {}").format(role))
    for (name,) in owner.execute(_UNWALLED, {"role": APP_ROLE, "append_only": list(APPEND_ONLY)}).fetchall():
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
