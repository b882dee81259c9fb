"""What the audit keeps of calls that nobody was allowed to make: a row each, until somebody makes too many of them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from spojka.access.audit.store import record_call
from spojka.access.database.connections import transaction
from spojka.access.operations.context import Actor
from spojka.access.operations.digests import digest_of
from spojka.access.operations.pacing import Buckets, Pace
from spojka.access.operations.registry import Operation
from spojka.kernel.ids import TenantId, uuid7

ROWS: Final = Pace(5, timedelta(minutes=15))
"""How many rows one actor may cause: as many as a login may fail before it is locked."""

_rows: Final = Buckets(ROWS)
_unwritten: Final[Counter[tuple[TenantId, str, str]]] = Counter()
_lock: Final = threading.Lock()


def record_unauthorised(
    called: Operation, values: Mapping[str, Any], *, tenant: TenantId, actor: Actor, now: datetime
) -> None:
    """
    Write the audit row of a refused operation; queries write none.

    An actor who tries more often than `ROWS` cannot fill the disk: what has no row of its own is counted in this
    process, and the next row of the same actor and operation counts it in `items`.
    """
    if called.kind == "query":
        return
    who = (tenant, actor.name, called.name)
    with _lock:
        if not _rows.take((tenant, actor.name), now).granted:
            _unwritten[who] += 1
            return
        items = 1 + _unwritten.pop(who, 0)
    with transaction(tenant) as db:
        record_call(
            db,
            tenant=tenant,
            call_id=uuid7(),
            at=now,
            actor=actor.name,
            operation=called.name,
            digest=digest_of(called, values),
            outcome="NOT_AUTHORISED",
            items=items,
        )
