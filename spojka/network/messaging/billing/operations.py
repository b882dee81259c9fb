"""Counting a month's messages again."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.time import Period
from spojka.network.messaging.billing.closing import RECOUNT, BilledMessages, bill_messages


@operation(RECOUNT, permission="billing.write")
def bill(ctx: Context, *, period: Period) -> BilledMessages:
    """Count a period's dispatched messages and post what changed; the close of a period does it by itself (o2/1.4)."""
    return bill_messages(ctx, period)
