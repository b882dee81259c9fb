"""Which optional functions an application can have, at what pace, by which row of the price list (o2/2.3, 4, 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from spojka.kernel.refusals import Refusal
from spojka.kernel.time import day_of, start_of
from spojka.network.messaging.applications import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.applications.terms import OfferTerms
from spojka.network.messaging.terms import Option, OptionPrice, OptionTerms, PaceTerms
from spojka.terms.findings import refuse

OptionState = Literal["requested", "checked", "refused", "active", "ended"]


@dataclass(frozen=True, slots=True)
class Sold:
    """What an option is sold as: the code and the row of the price list."""

    code: str
    price: OptionPrice


def refuse_offer(
    kind: Option, *, product: str, channel: str, care_phone: str, terms: OptionTerms, pace: PaceTerms
) -> Refusal | None:
    """Why an option is not sold to a product, or not by a channel, or `None` (o2/5.1)."""
    products = pace.default_throughput_option_products if kind == "throughput" else terms.option_products
    if product not in products.value:
        figures = {"option": kind, "product": product, "products": ", ".join(products.value)}
        return refuse("OPTION_NOT_AVAILABLE", terms.option_products, products, figures=figures)
    if channel != terms.order_channel.value:
        return refuse("OPTION_ORDER_CHANNEL", terms.order_channel, figures={"phone": care_phone})
    return None


def refuse_rate(rate: Decimal, *, product: str, terms: PaceTerms) -> Refusal | None:
    """Why a total rate in messages a second cannot be bought, or `None`; the base is no rise (o2/2.3, 4.1 to 4.3)."""
    own = terms.throughput[product]
    figures = {"rate": rate, "product": product}
    if own.max_per_s is not None and rate > own.max_per_s.value:
        return refuse("THROUGHPUT_ABOVE_MAXIMUM", own.max_per_s, figures=figures | {"most": own.max_per_s.value})
    if rate <= own.base_per_s.value:
        return refuse("THROUGHPUT_NOT_ABOVE_BASE", own.base_per_s, figures=figures | {"base": own.base_per_s.value})
    return None


def sold_as(
    kind: Option, *, product: str, rate: Decimal | None, offer: OfferTerms, terms: OptionTerms
) -> Sold | Refusal:
    """The row of the price list in force that sells an option to a product, or `PRICE_MISSING` (o2/1.4, 2.3)."""
    for code, price in offer.addon.items():
        if price.option.value != kind or product not in price.products.value:
            continue
        if kind != "throughput" or (price.rate_per_s is not None and price.rate_per_s.value == rate):
            return Sold(code, price)
    item = kind if rate is None else f"{kind} {rate}/s"
    return refuse("PRICE_MISSING", terms.option_products, figures={"product": product, "item": item})


def last_day_end(ended_at: datetime) -> date:
    """The day (exclusive) on which the fee of an option stops: the last day it could be used for a moment counts."""
    day = day_of(ended_at)
    return day if start_of(day) == ended_at else day + timedelta(days=1)
