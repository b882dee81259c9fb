"""The month's rate of calls set up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.quality.rules import call_setup_met, rate_shown
from spojka.network.quality.store import totals
from spojka.network.quality.terms import QualityTerms
from spojka.terms.findings import Finding, refuse
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class CallSetup:
    """
    How well calls were set up in a month.

    Args:
        attempts: all of the month, excluded ones among them.
        excluded: those during an announced outage; the rate does not count them.
        successful: eligible ones that were set up.
        rate_pct: in percent, cut to 3 decimals; `None` without eligible attempts.
        met: whether the guarantee was kept, compared unrounded; `None` without eligible attempts.

    """

    period: Period
    attempts: int
    excluded: int
    successful: int
    rate_pct: Decimal | None
    met: Finding[bool] | None
    state: Literal["met", "not_met", "not_evaluable"]


@query("quality.call_setup", permission="quality.read", refusals=("PERIOD_NOT_CALENDAR_MONTH",))
def call_setup(ctx: Context, *, period: Period) -> CallSetup | Refusal:
    """The month's share of calls set up: all successes over all eligible attempts, met or not (nej/2.6)."""
    terms = shelf_of(ctx).sheet(QualityTerms, period.starts_on)
    if period != Period.containing(period.starts_on):
        return refuse("PERIOD_NOT_CALENDAR_MONTH", terms.kpi_period, figures={"period": str(period)})
    attempts, successful, excluded = totals(ctx, period)
    eligible = attempts - excluded
    if eligible == 0:
        return CallSetup(period, attempts, excluded, successful, None, None, "not_evaluable")
    met = call_setup_met(successful=successful, eligible=eligible, least_pct=terms.call_setup_success_min_pct)
    rate = rate_shown(successful=successful, eligible=eligible)
    return CallSetup(period, attempts, excluded, successful, rate, met, "met" if met.value else "not_met")
