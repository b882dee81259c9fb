"""An application's own traffic, as its subscriber and staff look at it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.traffic.store import MINUTE, Minute, minutes_of
from spojka.trade.services.store import service_row

MOST_MINUTES = 180


@query("messages.traffic", permission="messages.read", customers=True, refusals=("APPLICATION_UNKNOWN",))
def traffic(
    ctx: Context, *, application: ServiceId, minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)] = 60
) -> list[Minute] | Refusal:
    """An application's messages by the minute of acceptance, the last one running, with what became of them."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    return minutes_of(ctx, application, since=ctx.now - (minutes - 1) * MINUTE, minutes=minutes)
