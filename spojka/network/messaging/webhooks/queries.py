"""Where an application is called, and what was told or not taken lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.store import application_row
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN

LISTED: Final = 20

_CALLS: Final = """
SELECT i.id, i.kind, i.sender, i.received_at, i.acked_at, t.tries, t.error, t.due_at FROM message_inbox i
LEFT JOIN webhook_try t ON t.tenant_id = i.tenant_id AND t.item_id = i.id
WHERE i.tenant_id = %s AND i.application_id = %s AND NOT i.erased ORDER BY i.id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """
    One item of the inbox as its application was told of it.

    Args:
        item: the item's id; `kind` is `sms`, `mms` or `report`.
        tries: how often it was told in vain and is still told; 0 once it was taken or before the first try.
        error: why the last try failed, `""` where none did.
        due_at: when it is told again, `None` where it is not.
        taken_at: when the program had it, or acknowledged it otherwise; `None` before.

    """

    item: UUID
    kind: str
    sender: str
    received_at: datetime
    tries: int
    error: str
    due_at: datetime | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebhookView:
    """Where an application is called (`""`: nowhere, it fetches), and the latest items with their tries."""

    application: ServiceId
    url: str
    calls: list[WebhookCall]


@query("connector.webhook", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def webhook(ctx: Context, *, application: ServiceId) -> WebhookView | Refusal:
    """Where an application is called, and what became of the latest items; the secret is never shown again."""
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    told = ctx.db.execute(_CALLS, [ctx.tenant, application, LISTED]).fetchall()
    return WebhookView(
        application,
        row["webhook_url"],
        [
            WebhookCall(
                one["id"],
                one["kind"],
                one["sender"],
                one["received_at"],
                one["tries"] or 0,
                one["error"] or "",
                one["due_at"],
                one["acked_at"],
            )
            for one in told
        ],
    )
