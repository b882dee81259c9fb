"""Words of sent messages erased by age; who sent what kind of message to whom and what became of it stays."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.operations.context import Context
from spojka.network.messaging.messages.partitions import first_id_at

_NONE: Final = UUID(int=0)

_ERASE: Final = """
WITH c AS MATERIALIZED (
    (SELECT id FROM message WHERE tenant_id = %(tenant)s AND id > %(up_to)s AND id < %(beyond)s ORDER BY id
        LIMIT %(limit)s)
    UNION ALL SELECT unnest(%(left)s::uuid[])),
q AS (SELECT c.id, EXISTS (SELECT 1 FROM message_queue w WHERE w.tenant_id = %(tenant)s AND w.id = c.id) AS waits
    FROM c),
e AS (UPDATE message m SET body = NULL, options = m.options - 'header' FROM q
    WHERE m.tenant_id = %(tenant)s AND m.id = q.id AND NOT q.waits AND m.body IS NOT NULL RETURNING m.id)
SELECT (SELECT count(*) FROM e) AS erased, (SELECT id FROM c ORDER BY id DESC LIMIT 1) AS last,
    (SELECT coalesce(array_agg(id), '{}') FROM q WHERE waits) AS waiting
"""


def erase_bodies(ctx: Context, *, before: datetime, limit: int) -> int:
    """
    Erase the words of messages that were accepted before an instant and do not wait any more; returns how many.

    Goes on where it ended, in the order of acceptance, so that nothing is looked at twice however much is kept. What
    still waits is come back to.

    Args:
        ctx: the call; the only one of its tenant at a time.
        before: accepted earlier.
        limit: messages looked at.

    """
    row = ctx.db.execute(
        "SELECT up_to, waiting FROM message_erasure WHERE tenant_id = %s FOR UPDATE", [ctx.tenant]
    ).fetchone()
    up_to, waiting = (row["up_to"], row["waiting"]) if row is not None else (_NONE, [])
    found = ctx.db.execute(
        _ERASE,
        {
            "tenant": ctx.tenant,
            "up_to": up_to,
            "beyond": first_id_at(before),
            "limit": limit,
            "left": arrays.of_ids(waiting),
        },
    ).fetchone()
    assert found is not None
    if found["last"] is not None:
        ctx.db.execute(
            "INSERT INTO message_erasure (tenant_id, up_to, waiting) VALUES (%s, %s, %s::uuid[])"
            " ON CONFLICT (tenant_id) DO UPDATE SET up_to = excluded.up_to, waiting = excluded.waiting",
            [ctx.tenant, max(up_to, found["last"]), arrays.of_ids(found["waiting"])],
        )
    return int(found["erased"])
