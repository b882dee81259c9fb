"""What messages need by themselves: partitions before their months begin, and an end to what was kept long enough."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import psycopg

from spojka.access.database.connections import transaction
from spojka.access.database.server import files, owner_url
from spojka.access.operations.context import DEADLINE, Context
from spojka.kernel.ids import TenantId, uuid7
from spojka.kernel.time import day_of
from spojka.network.messaging.applications.diagnosis.store import forget_probes, forget_refused
from spojka.network.messaging.messages.erasing import erase_bodies
from spojka.network.messaging.messages.inbox import erase_expired
from spojka.network.messaging.messages.partitions import make_partitions
from spojka.network.messaging.messages.rates import forget_rates
from spojka.network.messaging.messages.store import forget_keys
from spojka.network.messaging.terms import ReachTerms, RetentionTerms
from spojka.trade.publications.shelf import shelf_of

EVERY: Final = timedelta(minutes=1)
RATES_KEPT: Final = timedelta(days=1)
"""Counts by second are looked at while they are new."""
REFUSED_KEPT: Final = timedelta(days=35)
"""Refused requests are counted for a diagnosis; a month of it is enough."""
PROBES_KEPT: Final = timedelta(days=400)
"""Measurements of the platform are shown with faults and outages, which are disputed for longer."""
AT_ONCE: Final = 10_000
"""Items erased in one round; the rest waits for the next."""

_made_on: dict[str, date] = {}
_erased_at: dict[TenantId, datetime] = {}


def make_months(_tenant: TenantId, now: datetime) -> int:
    """Make the partitions of the coming months, once a day for all tenants; returns how many."""
    today = day_of(now)
    if _made_on.get("months") == today:
        return 0
    with psycopg.connect(owner_url()) as owner:
        made = make_partitions(owner, today)
    _made_on["months"] = today
    return len(made)


def erase_messages(tenant: TenantId, now: datetime) -> int:
    """Erase what came in, and words that were sent, once kept for their time; forget references and counts."""
    if tenant in _erased_at and now - _erased_at[tenant] < EVERY:
        return 0
    _erased_at[tenant] = now
    with transaction(tenant) as db:
        ctx = Context(db, tenant, DEADLINE, now, uuid7(), files() / str(tenant))
        shelf = shelf_of(ctx)
        if not shelf.pack.products_of("messaging") or not shelf.editions:
            return 0
        kept = timedelta(days=shelf.sheet(RetentionTerms, ctx.today).default_sent_text_kept_days.value)
        known = timedelta(days=shelf.sheet(ReachTerms, ctx.today).default_submission_known_days.value)
        erased = erase_expired(ctx, before=now, limit=AT_ONCE)
        erased += forget_rates(ctx, before=now - RATES_KEPT, limit=AT_ONCE)
        erased += forget_refused(ctx, before=now - REFUSED_KEPT, limit=AT_ONCE)
        erased += forget_probes(ctx, before=now - PROBES_KEPT, limit=AT_ONCE)
        erased += erase_bodies(ctx, before=now - kept, limit=AT_ONCE)
        return erased + forget_keys(ctx, before=now - known, limit=AT_ONCE)
