"""Credits of a month for SLAs that were not kept, given without a request when the month is closed."""

from __future__ import annotations

from datetime import timedelta

from spojka.access.operations.context import Context
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import NewCharge, put_charges
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.time import Period
from spojka.network.messaging.outages.sla.measuring import report_of
from spojka.network.messaging.outages.sla.store import credit_key, sla_options
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.store import service_row


def close_slas(ctx: Context, period: Period) -> None:
    """Put the credits of a month among what is to be billed; repeating it changes nothing (o2/2.4)."""
    found = []
    for option in sla_options(ctx, period):  # as many as there are SLAs, each measured by itself
        service = service_row(ctx, option["application_id"])
        assert service is not None
        credit = report_of(ctx, service, option, period).credit
        if not credit.value.micros:
            continue
        application, last_on = ServiceId(service["id"]), period.ends_on - timedelta(days=1)
        rate = vat_rate_of(shelf_of(ctx), service["product"], last_on, service["signed_on"])
        found.append(
            NewCharge(
                contract=ContractId(service["contract_id"]),
                service=application,
                group="credit",
                line=f"sla:{period}",
                period_on=period.starts_on,
                billable_on=last_on,
                quantity=1,
                unit="item",
                amount_micros=-credit.value.micros,
                vat_rate_pct=rate.value,
                words={"cs": f"Sleva podle SLA za {period}", "en": f"SLA credit for {period}"},
                finding=credit.stored(),
                clauses=credit.clauses,
                key=credit_key(application, period),
            )
        )
    put_charges(ctx, found)
