"""The itemised list of messages, for the months that whoever asks may see."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.journeys.overview.usage import periods_shown, refuse_period
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.applications.store import application_row
from spojka.network.messaging.billing.itemising import ItemisedPage, itemised
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN

NIL: Final = UUID(int=0)


@query("messages.itemised", permission="charges.read", customers=True, refusals=("SERVICE_UNKNOWN", "PERIOD_NOT_SHOWN"))
def of_month(
    ctx: Context,
    *,
    application: ServiceId,
    period: Period | None = None,
    after: UUID = NIL,
    limit: Annotated[int, Field(ge=1, le=1000)] = 100,
) -> ItemisedPage | Refusal:
    """Dispatched messages of a month (default: the running one) with what each costs, a page at a time (o2/1.4)."""
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    chosen = period or Period.containing(ctx.today)
    refusal = refuse_period(ctx, chosen, periods_shown(ctx, row))
    return refusal or itemised(ctx, application, chosen, after=after, limit=limit)
