"""Who accepted which conditions by switching an application on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.journeys.ordering.connector.store import acceptances_of
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.store import application_row
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN


@dataclass(frozen=True, slots=True)
class AcceptanceView:
    """The proof that an edition was accepted: which text (SHA-256), by whom, when, and by which channel (o2/10.3)."""

    contract: ContractId
    product: str
    document: str
    edition: str
    digest: str
    actor: str
    channel: str
    accepted_at: datetime


@query("connector.acceptances", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def acceptances(ctx: Context, *, application: ServiceId) -> list[AcceptanceView] | Refusal:
    """The editions accepted by switching an application on; suspending and resuming it adds none (o2/10.3)."""
    if application_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return [
        AcceptanceView(
            row["contract_id"],
            row["product"],
            row["document"],
            row["edition"],
            row["digest"],
            row["actor"],
            row["channel"],
            row["accepted_at"],
        )
        for row in acceptances_of(ctx, [application])
    ]
