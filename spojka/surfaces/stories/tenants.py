"""A story's own tenant: made before it, and gone after it with everything it wrote."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

import psycopg
from psycopg import sql

from spojka.access.database.connections import transaction
from spojka.access.database.server import files, owner_url
from spojka.access.tenants.store import STORY_PREFIX, add_tenant
from spojka.kernel.ids import TenantId, uuid7

_TENANT_TABLES = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
AND a.attname = 'tenant_id' ORDER BY c.relname
"""


@contextlib.contextmanager
def story_tenant(pack: str) -> Iterator[TenantId]:
    """A fresh tenant for one story."""
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"{STORY_PREFIX}{uuid7().hex}", pack=pack)
    try:
        yield tenant
    finally:
        sweep(tenant)


def sweep(tenant: TenantId) -> bool:
    """
    Delete a story's tenant with everything it wrote, rows that are otherwise only appended to included.

    A server where the owner is no superuser keeps the rows; then its pending deadlines are cancelled, so that nothing
    of a story happens later. Returns whether the rows are gone. Refuses any tenant that is not a story's.
    """
    with psycopg.connect(owner_url()) as owner:
        row = owner.execute("SELECT code FROM tenant WHERE id = %s", [tenant]).fetchone()
        if row is None or not row[0].startswith(STORY_PREFIX):
            raise ValueError(f"tenant {tenant} belongs to no story")
        owner.execute("SELECT set_config('spojka.tenant', %s, true)", [str(tenant)])
        superuser = owner.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if superuser is None or not superuser[0]:
            owner.execute(
                "UPDATE deadline SET state = 'cancelled' WHERE tenant_id = %s AND state = 'pending'", [tenant]
            )
            return False
        owner.execute("SET LOCAL session_replication_role = replica")
        tables = [str(name) for (name,) in owner.execute(_TENANT_TABLES).fetchall()]
        for name in tables:
            owner.execute(sql.SQL("DELETE FROM {} WHERE tenant_id = %s").format(sql.Identifier(name)), [tenant])
        owner.execute("DELETE FROM tenant WHERE id = %s", [tenant])
    for root in (files(), files() / "usage", files() / "rated"):
        shutil.rmtree(root / str(tenant), ignore_errors=True)
    return True
