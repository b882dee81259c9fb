"""What is left for a service."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.charging.balances import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.charging.balances.reading import balances_of
from spojka.charging.balances.views import ServiceBalances
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.trade.services.store import service_row


@query(
    "balances.of", permission="balances.read", customers=True, refusals=("SERVICE_UNKNOWN", "SERVICE_NOT_SUBSCRIBED")
)
def of(ctx: Context, *, service: ServiceId, period: Period | None = None) -> ServiceBalances | Refusal:
    """Pools, data, the roaming limit, counters and spending limits of a service in a period (default: this one)."""
    if service_row(ctx, service) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    found = balances_of(ctx, service, period or Period.containing(ctx.today))
    return Refusal("SERVICE_NOT_SUBSCRIBED") if found is None else found
