"""The credit for an outage: a part for each calendar month it touched, one line of the next invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import NewCharge, put_charges
from spojka.charging.charges.terms import FeeTerms
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period, day_of
from spojka.network.messaging.outages.rules import Outage, flat_fees, hours, months_of, outage_credit
from spojka.network.messaging.outages.sla.rules import beyond_sla
from spojka.network.messaging.outages.sla.store import credit_key, given_by
from spojka.network.messaging.outages.sla.terms import SlaEdition
from spojka.network.messaging.outages.store import fees_charged, used_between
from spojka.network.messaging.terms import OutageTerms
from spojka.terms.findings import Finding, resting_on
from spojka.terms.wording import in_words
from spojka.trade.publications.shelf import Shelf, shelf_of

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class MonthCredit:
    """What one month's part of an outage gives back, without VAT."""

    month: Period
    amount: Finding[Money]


def _credit(
    ctx: Context, shelf: Shelf, service: Row, terms: OutageTerms, part: tuple[Period, datetime, datetime]
) -> MonthCredit:
    month, from_at, to_at = part
    last_on = day_of(to_at - _MOMENT)
    prices = shelf.sheet(FeeTerms, max(last_on, service["signed_on"]), service["signed_on"])
    used = used_between(ctx, service["id"], day_of(from_at), last_on)
    fee = flat_fees(
        fees=[(prices.tariff if one["kind"] == "tariff" else prices.addon)[one["code"]].monthly_fee for one in used]
    )
    charged = fees_charged(ctx, service["id"], month)
    amount = outage_credit(
        month=month,
        fee=resting_on(fee),
        from_at=from_at,
        to_at=to_at,
        most=fee.value if charged is None else Money(charged),
        rounding_czk=terms.outage_credit_rounding_czk,
        on_request=terms.outage_credit_on_request,
    )
    given = given_by(ctx, service["id"], credit_key(service["id"], month))
    if given:
        together = shelf.sheet(SlaEdition, last_on).sla_and_outage_credit
        amount = beyond_sla(reduction=resting_on(amount), credited=Money(given), together=together)
    return MonthCredit(month, amount)


def _words(outage: Outage) -> dict[str, str]:
    assert outage.ends_at is not None
    lasted = hours(outage.ends_at - outage.starts_at)
    said = {
        language: (in_words(outage.starts_at, language), in_words(outage.ends_at, language), in_words(lasted, language))
        for language in ("cs", "en")
    }
    return {
        "cs": "Snížení ceny za výpadek {} – {} ({} h)".format(*said["cs"]),
        "en": "Reduction for the outage {} – {} ({} h)".format(*said["en"]),
    }


def credit_outage(ctx: Context, service: Row, outage: Outage, terms: OutageTerms) -> list[MonthCredit]:
    """Put what an outage gives back among what is to be billed; returns it by month."""
    shelf = shelf_of(ctx)
    given_back = [_credit(ctx, shelf, service, terms, part) for part in months_of(outage)]
    first = min(outage.parts)
    rate = vat_rate_of(shelf, service["product"], ctx.today, service["signed_on"])
    put_charges(
        ctx,
        [
            NewCharge(
                contract=ContractId(service["contract_id"]),
                service=ServiceId(service["id"]),
                group="credit",
                line=f"outage:{first}",
                period_on=Period.containing(ctx.today).starts_on,
                billable_on=ctx.today,
                quantity=1,
                unit="item",
                amount_micros=-one.amount.value.micros,
                vat_rate_pct=rate.value,
                words=_words(outage),
                finding=one.amount.stored(),
                clauses=one.amount.clauses,
                key=f"outage:{first}:{one.month}",
            )
            for one in given_back
        ],
    )
    return given_back
