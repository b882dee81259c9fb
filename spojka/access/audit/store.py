"""Audit rows and seals over a given connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.audit.rules import FIRST_LINK, link
from spojka.access.database.connections import Connection, Row
from spojka.kernel.ids import TenantId

LONGEST_CALL_MS: Final = 24 * 3600 * 1000
"""No call's transaction stays open longer than a day."""


def record_call(  # a row of the audit is these columns
    db: Connection,
    *,
    tenant: TenantId,
    call_id: UUID,
    at: datetime,
    actor: str,
    operation: str,
    digest: bytes,
    outcome: str,
    items: int = 1,
) -> None:
    """One row for one call; `items` counts a batch, whose digest covers all of it."""
    db.execute(
        "INSERT INTO audit (tenant_id, id, at, actor, operation, digest, outcome, items)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [tenant, call_id, at, actor, operation, digest, outcome, items],
    )


def _last_link(db: Connection, tenant: TenantId) -> tuple[int, bytes]:
    row = db.execute(
        "SELECT position, link FROM audit_seal WHERE tenant_id = %s ORDER BY position DESC LIMIT 1",
        [tenant],
    ).fetchone()
    return (row["position"], bytes(row["link"])) if row else (0, FIRST_LINK)


def unsealed(db: Connection, tenant: TenantId, limit: int) -> list[Row]:
    """Committed rows that no seal chains yet, oldest first."""
    return db.execute(
        "SELECT a.* FROM audit a WHERE a.tenant_id = %s AND a.id > %s"
        " AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.tenant_id = a.tenant_id AND s.audit_id = a.id)"
        " ORDER BY a.id LIMIT %s",
        [tenant, _sealed_before(db, tenant), limit],
    ).fetchall()


def _sealed_before(db: Connection, tenant: TenantId) -> UUID:
    """An id below which no row can still be unsealed: a day before the newest sealed one (ids carry their time)."""
    row = db.execute(
        "SELECT audit_id FROM audit_seal WHERE tenant_id = %s ORDER BY audit_id DESC LIMIT 1",
        [tenant],
    ).fetchone()
    return UUID(int=max(0, row["audit_id"].int - LONGEST_CALL_MS * 2**80)) if row else UUID(int=0)


def seal(db: Connection, tenant: TenantId, *, limit: int = 10_000) -> int:
    """Chain committed rows; one sealer a tenant at a time. Returns how many were sealed."""
    db.execute("SELECT pg_advisory_xact_lock(hashtextextended('audit ' || %s::text, 0))", [tenant])
    rows = unsealed(db, tenant, limit)
    position, last = _last_link(db, tenant)
    sealed: list[Sequence[Any]] = []
    for row in rows:
        position, last = position + 1, link(last, row)
        sealed.append((tenant, position, row["id"], last))
    db.cursor().executemany(
        "INSERT INTO audit_seal (tenant_id, position, audit_id, link) VALUES (%s, %s, %s, %s)",
        sealed,
    )
    return len(sealed)


def sealed_rows(db: Connection, tenant: TenantId, after: int, limit: int) -> list[Row]:
    """Seals in order with the rows they chain; a row that is gone shows nulls."""
    return db.execute(
        "SELECT s.position, s.link, s.audit_id, a.* FROM audit_seal s"
        " LEFT JOIN audit a ON a.tenant_id = s.tenant_id AND a.id = s.audit_id"
        " WHERE s.tenant_id = %s AND s.position > %s ORDER BY s.position LIMIT %s",
        [tenant, after, limit],
    ).fetchall()


def count_unsealed(db: Connection, tenant: TenantId) -> int:
    """How long the tail is that no seal protects yet."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM audit WHERE tenant_id = %(t)s)"
        " - (SELECT count(*) FROM audit_seal WHERE tenant_id = %(t)s) AS tail",
        {"t": tenant},
    ).fetchone()
    assert row is not None
    return int(row["tail"])
