"""Files that a crash left behind: written, but never named by a committed row. Removed a day later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from spojka.access.database.connections import transaction
from spojka.access.database.server import files
from spojka.access.operations.context import DEADLINE, Context
from spojka.charging.rating.rated import rated_paths, rated_root
from spojka.charging.usage.segments import orphans
from spojka.charging.usage.store import all_paths, usage_root
from spojka.kernel.ids import TenantId, uuid7

YOUNGEST: Final = timedelta(days=1)
"""A younger file may belong to a call that still runs."""

EVERY: Final = timedelta(hours=1)

_swept: Final[dict[TenantId, datetime]] = {}


def sweep_files(tenant: TenantId, now: datetime) -> int:
    """Remove a tenant's orphaned usage and rated files, once an hour; returns how many."""
    if tenant in _swept and now - _swept[tenant] < EVERY:
        return 0
    _swept[tenant] = now
    with transaction(tenant) as db:
        ctx = Context(db, tenant, DEADLINE, now, uuid7(), files() / str(tenant))
        kept = {usage_root(ctx): all_paths(ctx), rated_root(ctx): rated_paths(ctx)}
    removed = 0
    for root, paths in kept.items():
        for orphan in orphans(root, tenant_id=tenant, keep=paths):
            file = root / orphan
            if now - datetime.fromtimestamp(file.stat().st_mtime, UTC) > YOUNGEST:
                file.unlink(missing_ok=True)
                removed += 1
    return removed
