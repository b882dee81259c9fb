"""An application's own traffic, as its subscriber and staff look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.messages.traffic.arrival import Arrival, arrivals
from spojka.network.messaging.messages.traffic.store import MINUTE, Minute, minutes_of
from spojka.network.messaging.terms import ReachTerms
from spojka.terms.clauses import Term
from spojka.trade.parties import operations as _parties  # noqa: F401  # PARTY_UNKNOWN
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.store import service_row

MOST_MINUTES = 180


@dataclass(frozen=True, slots=True)
class ArrivalsView:
    """What arrived in a period, by class of network, and where nobody guarantees it."""

    period: Period
    classes: list[Arrival]
    not_guaranteed_to: Term[list[str]]


@query("messages.traffic", permission="messages.read", customers=True, refusals=("APPLICATION_UNKNOWN",))
def traffic(
    ctx: Context, *, application: ServiceId, minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)] = 60
) -> list[Minute] | Refusal:
    """An application's messages by the minute of acceptance, the last one running, with what became of them."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    return minutes_of(ctx, application, since=ctx.now - (minutes - 1) * MINUTE, minutes=minutes)


@query("messages.arrivals", permission="messages.read", customers=True, refusals=("PARTY_UNKNOWN",))
def arrivals_shown(
    ctx: Context, *, party: PartyId, period: Period, application: ServiceId | None = None
) -> ArrivalsView | Refusal:
    """How many of a subscriber's messages of a period were delivered, by class of network (o2/4.4)."""
    if party_row(ctx, party) is None:
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    nowhere = shelf_of(ctx).sheet(ReachTerms, ctx.today).delivery_not_guaranteed_to
    found = arrivals(ctx, party, application, period, not_guaranteed=nowhere.value)
    return ArrivalsView(period, found, nowhere)
