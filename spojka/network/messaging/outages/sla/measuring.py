"""A month of one application against its SLA."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.charges.terms import FeeTerms
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period, day_of
from spojka.network.messaging.outages.rules import Part, flat_fees, outages_of
from spojka.network.messaging.outages.sla.rules import availability_pct, is_kept, sla_credit, timely_pct, within
from spojka.network.messaging.outages.sla.store import given_by, timely_messages
from spojka.network.messaging.outages.sla.terms import SlaEdition
from spojka.network.messaging.outages.store import outage_rows, used_between
from spojka.network.messaging.terms import OutageTerms
from spojka.terms.findings import Finding, resting_on
from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import read_sheet
from spojka.trade.publications.shelf import Shelf, shelf_of

AVAILABILITY = "availability"
DISPATCH = "priority_dispatch"
_DAY, _MOMENT = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SlaMeasure:
    """One guaranteed parameter: what was measured in per cent, and whether that was enough."""

    parameter: str
    measured: Finding[Decimal]
    kept: Finding[bool]


@dataclass(frozen=True, slots=True)
class SlaReport:
    """
    A month, or the days of it on which the SLA lasted.

    Args:
        edition: of the SLA terms, which the option names.
        from_on, until_on: the days measured (half-open); a month that runs is measured until now.
        credit: what availability gives back at the end of the month; nought where it was kept.

    """

    application: ServiceId
    month: Period
    edition: str
    from_on: date
    until_on: date
    measures: list[SlaMeasure]
    credit: Finding[Money]


def terms_of(shelf: Shelf, value: str) -> SlaEdition:
    """The terms of the edition that an option names, like `o2-connector/sla-terms@2018-09`."""
    edition = shelf.edition(*value.split("@"))
    assert edition is not None, value
    return read_sheet(SlaEdition, BoundTerms(((1, edition),)))


def report_of(ctx: Context, service: Row, option: Row, month: Period) -> SlaReport:
    """
    Measure a month of an application whose SLA was active in it.

    Args:
        ctx: the call.
        service: the application's service, with the day its contract was signed.
        option: its SLA.
        month: which.

    """
    application, shelf = ServiceId(service["id"]), shelf_of(ctx)
    terms = terms_of(shelf, option["value"])
    window = _window(option, month)
    availability = _availability(ctx, application, window, terms, shelf)
    measures = [SlaMeasure(AVAILABILITY, availability, _kept(availability, terms, AVAILABILITY))]
    promised = terms.sla[DISPATCH]
    if promised.within_s is not None:
        sent, timely = timely_messages(ctx, application, window, within_s=promised.within_s.value)
        found = timely_pct(sent=sent, timely=timely, within_s=promised.within_s)
        measures.append(SlaMeasure(DISPATCH, found, _kept(found, terms, DISPATCH)))
    fee = _fees(ctx, service, window, shelf)
    credit = sla_credit(
        month=str(month),
        measured=resting_on(availability),
        target=terms.sla[AVAILABILITY].target_pct,
        fee=resting_on(fee),
        pct=terms.sla_credit_pct,
        deep_below=terms.sla_deep_breach_below_pct,
        deep_pct=terms.sla_deep_credit_pct,
        reduced=Money(given_by(ctx, application, f"outage:%:{month}")),
        together=terms.sla_and_outage_credit,
        on_request=terms.sla_credit_on_request,
    )
    return SlaReport(application, month, option["value"], window.starts_on, window.ends_on, measures, credit)


def _window(option: Row, month: Period) -> Period:
    """The days of a month on which an SLA was active for a moment."""
    ends_on = month.ends_on
    if option["active_to"] is not None:
        ends_on = min(ends_on, day_of(option["active_to"] - _MOMENT) + _DAY)
    return Period(max(month.starts_on, day_of(option["active_from"])), ends_on)


def _kept(found: Finding[Decimal], terms: SlaEdition, parameter: str) -> Finding[bool]:
    return is_kept(measured=resting_on(found), target=terms.sla[parameter].target_pct)


def _availability(
    ctx: Context, application: ServiceId, window: Period, terms: SlaEdition, shelf: Shelf
) -> Finding[Decimal]:
    """Time through the provider's fault in which nothing worked; what worked in part was available."""
    causes = shelf.sheet(OutageTerms, window.starts_on).provider_fault_causes.value
    until = max(window.starts_at, min(window.ends_at, ctx.now))
    parts = [
        Part(row["id"], row["starts_at"], row["ends_at"], row["cause"])
        for row in outage_rows(ctx, application)
        if not row["degraded"]
    ]
    down: list[tuple[datetime, datetime]] = [(one.starts_at, one.ends_at or until) for one in outages_of(parts, causes)]
    measured_s = int((until - window.starts_at).total_seconds())
    down_s = int(within(down, window.starts_at, until).total_seconds())
    return availability_pct(measured_s=measured_s, down_s=down_s, window=terms.sla_window)


def _fees(ctx: Context, service: Row, window: Period, shelf: Shelf) -> Finding[Money]:
    last_on = window.ends_on - _DAY
    prices = shelf.sheet(FeeTerms, max(last_on, service["signed_on"]), service["signed_on"])
    used = used_between(ctx, ServiceId(service["id"]), window.starts_on, last_on)
    return flat_fees(
        fees=[(prices.tariff if one["kind"] == "tariff" else prices.addon)[one["code"]].monthly_fee for one in used]
    )
