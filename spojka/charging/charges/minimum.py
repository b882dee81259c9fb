"""What is missing to an agreed least spending, once everything else of the month is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.charges.fees import minimum_for_days, missing_spend
from spojka.charging.charges.monthly import Minimum
from spojka.charging.charges.store import NewCharge
from spojka.kernel.money import Money
from spojka.kernel.time import Period

WORDS: Final = {"cs": "Doplatek do sjednané nejnižší útraty", "en": "Difference to the agreed minimum spending"}

_SPENT: Final = (
    "SELECT service_id, sum(amount_micros)::bigint AS spent FROM charge WHERE tenant_id = %s"
    " AND service_id = ANY(%s) AND period_on = %s AND \"group\" IN ('fees', 'usage', 'roaming', 'topups')"
    " AND line NOT LIKE 'minimum:%%' GROUP BY service_id"
)


def minimum_due(ctx: Context, period: Period, minimums: Sequence[Minimum]) -> list[NewCharge]:
    """
    Items for what is missing to the agreed minimum of each service.

    Where a service had two such tariffs in one month, what was spent covers the earlier one first.
    """
    if not minimums:
        return []
    services = [each.service for each in minimums]
    rows = ctx.db.execute(_SPENT, [ctx.tenant, services, period.starts_on]).fetchall()
    left: dict[UUID, Money] = {row["service_id"]: Money(row["spent"]) for row in rows}
    charges = []
    for each in minimums:
        spent = left.get(each.service, Money.zero())
        least = minimum_for_days(
            minimum=each.spend,
            days=each.days,  # type: ignore[arg-type]  # a fact may be a finding: the rule sees its value
            days_in_month=period.days,
            basis=each.terms.fee_proration_basis,
        )
        finding = missing_spend(
            least=least,  # type: ignore[arg-type]  # as above
            spent=spent,
            billed=each.terms.min_spend_difference_billed,
        )
        left[each.service] = max(spent - least.value, Money.zero())
        if not finding.value:
            continue
        place = f"minimum:{each.tariff}:{each.first_on.isoformat()}"
        charges.append(
            NewCharge(
                contract=each.contract,
                service=each.service,
                group="fees",
                line=place,
                period_on=period.starts_on,
                billable_on=period.ends_on - timedelta(days=1),
                quantity=1,
                unit="item",
                amount_micros=finding.value.micros,
                vat_rate_pct=each.vat_rate_pct,
                words=WORDS,
                finding=finding.stored(),
                clauses=finding.clauses,
                key=f"fee:{each.service}:{period}:{place}",
            )
        )
    return charges
