"""Consultations of an application."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.consultations.store import consultation_rows
from spojka.network.messaging.consultations.views import ConsultationView, consultation_view
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import service_row


@query("connector.consultations", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def consultations(ctx: Context, *, application: ServiceId) -> list[ConsultationView] | Refusal:
    """Consultations of an application with their offers and agreements, the newest first (o2/7.4)."""
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return [consultation_view(row) for row in consultation_rows(ctx, application)]
