"""Webhooks over a given connection: where to call, what is due, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.database.sealing import seal, unseal
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.messages.inbox import acknowledge, mark_fetched
from spojka.network.messaging.messages.leases import lend_to_webhooks
from spojka.network.messaging.messages.lives import statuses_of
from spojka.network.messaging.messages.records import Status

KEY: Final = "webhook-secrets.key"
"""The file of the key that secrets of signatures are sealed under."""
FORGOTTEN: Final = timedelta(days=1)
"""A try that was due so long ago is of an item that is not told any more: fetched, acknowledged or erased."""

_CLAIM: Final = """
INSERT INTO webhook_try AS t (tenant_id, item_id, application_id, tries, due_at, error)
SELECT d.tenant_id, d.id, d.application_id, 1, %(lease)s, '' FROM application a CROSS JOIN LATERAL (
    SELECT i.tenant_id, i.id, i.application_id FROM message_inbox i
    WHERE i.tenant_id = a.tenant_id AND i.application_id = a.id AND i.acked_at IS NULL AND NOT i.erased
        AND i.expires_at > %(now)s AND NOT EXISTS (SELECT 1 FROM webhook_try w
            WHERE w.tenant_id = i.tenant_id AND w.item_id = i.id AND w.due_at > %(now)s)
        AND NOT EXISTS (SELECT 1 FROM inbox_lease l
            WHERE l.tenant_id = i.tenant_id AND l.item_id = i.id AND l.until_at > %(now)s)
    ORDER BY i.application_id, i.id LIMIT %(limit)s) d
WHERE a.tenant_id = %(tenant)s AND a.webhook_url <> '' AND NOT a.id = ANY(%(resting)s::uuid[]) LIMIT %(total)s
ON CONFLICT (tenant_id, item_id) DO UPDATE SET tries = t.tries + 1, due_at = excluded.due_at
WHERE t.due_at <= %(now)s
RETURNING t.item_id, t.application_id, t.tries
"""

_OWN: Final = (
    "unnest(%s::uuid[], %s::integer[]) AS n(item_id, tries)"
    " WHERE t.tenant_id = %s AND t.item_id = n.item_id AND t.tries = n.tries"
)
"""Who claimed items is known by their tries: those that were claimed again since are somebody else's."""


@dataclass(frozen=True, slots=True)
class Told:
    """
    Items to be told to one application.

    Args:
        application: whose.
        url: where to.
        secret: of its signatures.
        items: as they stand in the inbox, the oldest first.
        tries: of each, this one counted.
        statuses: what the messages that items report on are now, as a whole.

    """

    application: ServiceId
    url: str
    secret: bytes
    items: Sequence[Row]
    tries: Mapping[UUID, int]
    statuses: Mapping[UUID, Status]


def set_webhook(ctx: Context, application: UUID, *, url: str, secret: bytes | None) -> None:
    """From now an application is called there, or not at all where there is no secret."""
    ctx.db.execute(
        "UPDATE application SET webhook_url = %s, webhook_secret = %s WHERE tenant_id = %s AND id = %s",
        [url, None if secret is None else seal(secret.hex(), key=KEY), ctx.tenant, application],
    )


def claim_due(ctx: Context, *, resting: Sequence[ServiceId], lease_s: int, limit: int, total: int) -> list[Told]:
    """
    Take what is due, so that no other process takes it before the lease is over; by application.

    Args:
        ctx: the call.
        resting: applications that are not to be called just now.
        lease_s: how long the telling may take.
        limit: items of each application, so that none waits for another's.
        total: items of all of them.

    """
    lend_to_webhooks(ctx)
    claimed = ctx.db.execute(
        _CLAIM,
        {
            "tenant": ctx.tenant,
            "now": ctx.now,
            "lease": ctx.now + timedelta(seconds=lease_s),
            "resting": arrays.of_ids(resting),
            "limit": limit,
            "total": total,
        },
    ).fetchall()
    if not claimed:
        return []
    tries = {row["item_id"]: row["tries"] for row in claimed}
    rows = ctx.db.execute(
        "SELECT i.*, a.webhook_url, a.webhook_secret FROM message_inbox i JOIN application a"
        " ON a.tenant_id = i.tenant_id AND a.id = i.application_id"
        " WHERE i.tenant_id = %s AND i.id = ANY(%s::uuid[]) ORDER BY i.application_id, i.id",
        [ctx.tenant, arrays.of_ids(tries)],
    ).fetchall()
    by_application: dict[ServiceId, list[Row]] = {}
    for row in rows:
        by_application.setdefault(row["application_id"], []).append(row)
    statuses = statuses_of(ctx, rows)
    return [
        Told(one, items[0]["webhook_url"], _opened(items[0]["webhook_secret"]), items, tries, statuses)
        for one, items in by_application.items()
    ]


def _opened(sealed: bytes) -> bytes:
    return bytes.fromhex(unseal(bytes(sealed), key=KEY))


def taken(ctx: Context, application: ServiceId, items: Sequence[Row], tries: Mapping[UUID, int]) -> None:
    """A program took items: they are picked up and acknowledged, and not tried again by who told them."""
    mark_fetched(ctx, items)
    acknowledge(ctx, application, list(tries))
    ctx.db.execute(f"DELETE FROM webhook_try t USING {_OWN}", [*_own(tries), ctx.tenant])  # noqa: S608


def not_taken(ctx: Context, due: Mapping[UUID, datetime], tries: Mapping[UUID, int], error: str) -> None:
    """Items are tried again when they are due; those that were claimed again since are left."""
    ctx.db.execute(
        "UPDATE webhook_try t SET due_at = n.due_at, error = %s FROM unnest(%s::uuid[], %s::timestamptz[],"
        " %s::integer[]) AS n(item_id, due_at, tries)"
        " WHERE t.tenant_id = %s AND t.item_id = n.item_id AND t.tries = n.tries",
        [
            error[:200],
            arrays.of_ids(due),
            arrays.of_instants(due.values()),
            arrays.of_numbers(tries[item] for item in due),
            ctx.tenant,
        ],
    )


def give_back(ctx: Context, tries: Mapping[UUID, int]) -> None:
    """Items that were claimed and never told are due now, as if they had not been claimed."""
    given = [*_own(tries), ctx.tenant]
    ctx.db.execute(f"DELETE FROM webhook_try t USING {_OWN} AND t.tries = 1", given)  # noqa: S608
    ctx.db.execute(
        f"UPDATE webhook_try t SET tries = t.tries - 1, due_at = %s FROM {_OWN}",  # noqa: S608
        [ctx.now, *given],
    )


def _own(tries: Mapping[UUID, int]) -> list[str]:
    return [arrays.of_ids(tries), arrays.of_numbers(tries.values())]


def forget(ctx: Context) -> int:
    """Drop tries of items that are not told any more; returns how many."""
    return ctx.db.execute(
        "DELETE FROM webhook_try WHERE tenant_id = %s AND due_at < %s", [ctx.tenant, ctx.now - FORGOTTEN]
    ).rowcount
