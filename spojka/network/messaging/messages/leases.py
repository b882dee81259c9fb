"""
Items of an inbox lent to links, so that no two of them deliver one; over a given connection.

Links and webhooks take from the same inboxes, each with a table of its own: a lock that links share and webhooks take
alone keeps either from taking what the other takes at that moment. Who was lent an item is known by its tries: once
somebody else has it, nothing that the former one writes changes anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId

FORGOTTEN: Final = timedelta(days=1)
"""A lease that ended so long ago is of an item that was fetched elsewhere, or erased."""

_LEASE: Final = """
INSERT INTO inbox_lease AS l (tenant_id, item_id, application_id, tries, until_at)
SELECT i.tenant_id, i.id, i.application_id, 1, %(until)s FROM message_inbox i
WHERE i.tenant_id = %(tenant)s AND i.application_id = %(application)s AND i.acked_at IS NULL AND NOT i.erased
    AND i.expires_at > %(now)s AND i.kind = ANY(%(kinds)s) AND NOT i.id = ANY(%(held)s::uuid[])
    AND NOT EXISTS (SELECT 1 FROM inbox_lease w WHERE w.tenant_id = i.tenant_id AND w.item_id = i.id
        AND w.until_at > %(now)s OFFSET 0)
    AND NOT EXISTS (SELECT 1 FROM webhook_try w WHERE w.tenant_id = i.tenant_id AND w.item_id = i.id
        AND w.due_at > %(now)s OFFSET 0)
ORDER BY i.id LIMIT %(limit)s
ON CONFLICT (tenant_id, item_id) DO UPDATE SET tries = l.tries + 1, until_at = excluded.until_at
WHERE l.until_at <= %(now)s
RETURNING l.item_id, l.tries
"""


_LENDING: Final = "SELECT pg_advisory_xact_lock{kind}(hashtextextended(%s, 0))"


def lend_to_links(ctx: Context, application: ServiceId) -> None:
    """Nobody else takes from this inbox until the transaction ends, and no webhook from any; take it before others."""
    ctx.db.execute(_LENDING.format(kind="_shared"), [f"inboxes {ctx.tenant}"])
    ctx.db.execute(_LENDING.format(kind=""), [f"inbox {ctx.tenant} {application}"])


def lend_to_webhooks(ctx: Context) -> None:
    """Nobody else takes from any inbox until the transaction ends."""
    ctx.db.execute(_LENDING.format(kind=""), [f"inboxes {ctx.tenant}"])


def lease(
    ctx: Context,
    application: ServiceId,
    *,
    kinds: Sequence[str],
    held: Collection[UUID],
    lease_s: int,
    limit: int,
) -> list[tuple[Row, int]]:
    """
    Take the oldest pending items that nobody has; the items, and how often each was taken.

    Args:
        ctx: the call.
        application: whose inbox; others wait until this transaction ends.
        kinds: of items.
        held: items that the caller has still, whatever the leases say.
        lease_s: how long nobody else takes them.
        limit: at most so many.

    """
    lend_to_links(ctx, application)
    rows = ctx.db.execute(
        _LEASE,
        {
            "tenant": ctx.tenant,
            "application": application,
            "now": ctx.now,
            "until": ctx.now + timedelta(seconds=lease_s),
            "kinds": list(kinds),
            "held": arrays.of_ids(held),
            "limit": limit,
        },
    ).fetchall()
    tries = {row["item_id"]: row["tries"] for row in rows}
    if not tries:
        return []
    items = ctx.db.execute(
        "SELECT * FROM message_inbox WHERE tenant_id = %s AND id = ANY(%s::uuid[]) ORDER BY id",
        [ctx.tenant, arrays.of_ids(tries)],
    ).fetchall()
    return [(row, tries[row["id"]]) for row in items]


def end_leases(ctx: Context, tries: Mapping[UUID, int]) -> None:
    """Items were taken, or may be taken by others at once; those that were lent again since are left."""
    ctx.db.execute(
        "DELETE FROM inbox_lease l USING unnest(%s::uuid[], %s::integer[]) AS n(item_id, tries)"
        " WHERE l.tenant_id = %s AND l.item_id = n.item_id AND l.tries = n.tries",
        [arrays.of_ids(tries), arrays.of_numbers(tries.values()), ctx.tenant],
    )


def put_off(ctx: Context, until: Mapping[UUID, datetime], tries: Mapping[UUID, int]) -> None:
    """Items are not taken by anybody until their instants; those that were lent again since are left."""
    ctx.db.execute(
        "UPDATE inbox_lease l SET until_at = n.until_at FROM unnest(%s::uuid[], %s::timestamptz[], %s::integer[])"
        " AS n(item_id, until_at, tries) WHERE l.tenant_id = %s AND l.item_id = n.item_id AND l.tries = n.tries",
        [
            arrays.of_ids(until),
            arrays.of_instants(until.values()),
            arrays.of_numbers(tries[item] for item in until),
            ctx.tenant,
        ],
    )


def forget_leases(ctx: Context) -> int:
    """Drop leases that ended long ago; returns how many."""
    return ctx.db.execute(
        "DELETE FROM inbox_lease WHERE tenant_id = %s AND until_at < %s", [ctx.tenant, ctx.now - FORGOTTEN]
    ).rowcount
