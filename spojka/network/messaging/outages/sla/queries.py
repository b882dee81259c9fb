"""What an SLA guaranteed in a month and what was measured."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.outages.sla.measuring import SlaReport, report_of
from spojka.network.messaging.outages.sla.store import sla_options
from spojka.network.messaging.terms import OptionTerms
from spojka.terms.findings import refuse
from spojka.terms.refusals import define_refusal
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import service_row

define_refusal(
    "SLA_NOT_ACTIVE",
    cs="V období {period} služba žádnou SLA zapnutou neměla, nic se proto nezaručovalo ani neměřilo.",
    en="In {period} the service had no SLA switched on, so nothing was guaranteed or measured.",
)


@query(
    "connector.sla_report",
    permission="connector.read",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "SLA_NOT_ACTIVE"),
)
def sla_report(ctx: Context, *, application: ServiceId, period: Period | None = None) -> SlaReport | Refusal:
    """The month of an SLA (default: the running one): target, measured value, breach, credit (o2/2.4, 5.1-b)."""
    service = service_row(ctx, application)
    if service is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    chosen = period or Period.containing(ctx.today)
    options = sla_options(ctx, chosen, application)
    if not options:
        limit = shelf_of(ctx).sheet(OptionTerms, ctx.today).sla_options_max
        return refuse("SLA_NOT_ACTIVE", limit, figures={"period": chosen})
    return report_of(ctx, service, options[0], chosen)
