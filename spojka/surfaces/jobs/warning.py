"""What subscribers are warned of in time, once a minute for every tenant with messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from spojka.access.database.connections import transaction
from spojka.access.database.server import files
from spojka.access.operations.context import DEADLINE, Context
from spojka.kernel.ids import TenantId, uuid7
from spojka.network.messaging.applications.warning import warn_of_endings, warn_of_limits
from spojka.trade.publications.shelf import shelf_of

EVERY: Final = timedelta(minutes=1)

_warned_at: dict[TenantId, datetime] = {}


def warn_subscribers(tenant: TenantId, now: datetime) -> int:
    """Warn of limits that are nearly used and of received messages that are erased soon (o2/3.2, 3.3)."""
    if tenant in _warned_at and now - _warned_at[tenant] < EVERY:
        return 0
    _warned_at[tenant] = now
    with transaction(tenant) as db:
        ctx = Context(db, tenant, DEADLINE, now, uuid7(), files() / str(tenant))
        shelf = shelf_of(ctx)
        if not shelf.pack.products_of("messaging") or not shelf.editions:
            return 0
        return warn_of_limits(ctx) + warn_of_endings(ctx)
