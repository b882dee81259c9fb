"""What people do with what came in: they take it out of what programs are still offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.messages.inbox import acknowledge as take_out
from spojka.trade.services.store import service_row

MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Items that no program is offered any more; those whose time was over, or that were never there, are left out."""

    application: ServiceId
    items: list[UUID]


@operation("messages.acknowledge", permission="messages.send", customers=True, refusals=("APPLICATION_UNKNOWN",))
def acknowledge(
    ctx: Context, *, application: ServiceId, items: Annotated[list[UUID], Field(max_length=MOST_AT_ONCE)]
) -> Acknowledged | Refusal:
    """Take items out of an application's inbox, as its program would once it has them; safe to repeat (o2/3.2)."""
    if service_row(ctx, application) is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    return Acknowledged(application, sorted(take_out(ctx, application, items)))
