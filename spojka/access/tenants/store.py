"""Tenants over a given connection."""

from __future__ import annotations

from spojka.access.database.connections import Connection, Row, transaction
from spojka.kernel.ids import TenantId, uuid7


class TenantUnknown(LookupError):
    """No tenant has that code; says which there are."""


def add_tenant(db: Connection, *, code: str, pack: str) -> TenantId:
    """Make a tenant; its code is unique."""
    tenant = TenantId(uuid7())
    db.execute("INSERT INTO tenant (id, code, pack) VALUES (%s, %s, %s)", [tenant, code, pack])
    return tenant


STORY_PREFIX = "story-"
"""Codes of tenants that belong to a running story begin so; nothing else may act for them."""


def all_tenants() -> list[Row]:
    """Every tenant that is no story's: id, code, pack."""
    with transaction(None) as db:
        return db.execute(
            "SELECT id, code, pack FROM tenant WHERE NOT starts_with(code, %s) ORDER BY code",
            [STORY_PREFIX],
        ).fetchall()


def tenant_by_code(code: str) -> TenantId:
    """The tenant of a code; raises `TenantUnknown`."""
    for row in all_tenants():
        if row["code"] == code:
            return TenantId(row["id"])
    known = ", ".join(row["code"] for row in all_tenants()) or "none yet: run `spojka provider load`"
    raise TenantUnknown(f"no tenant {code!r}; there are: {known}")
