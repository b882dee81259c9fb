"""What bill runs and invoices say."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ContractId
from spojka.kernel.time import Period
from spojka.revenue.billing.runs import page_starts


@query("billing.pages", permission="billing.read")
def pages(ctx: Context, *, period: Period) -> list[ContractId | None]:
    """The contracts after which each page of a period's drafts begins; nothing for the first."""
    return page_starts(ctx, period)
