"""The terms of applications: their pace, limits and what may be bought for them (o2/1.4, 3.3, 4.1 to 4.3, 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from spojka.network.messaging.terms import OptionPrice
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class ThroughputTerms:
    """Messages a second that a product sends without a surcharge, and at most."""

    base_per_s: Term[Decimal]
    max_per_s: Term[Decimal] | None


@dataclass(frozen=True, slots=True)
class ApplicationTerms:
    """Pace by product, and the limits that hold until others are granted."""

    throughput: dict[str, ThroughputTerms]
    default_daily_limit_messages: Term[int]
    default_monthly_limit_messages: Term[int]


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """The options that the price list in force sells, by their code in it; none without a price list (o2/1.4, 5.1)."""

    addon: dict[str, OptionPrice]


@dataclass(frozen=True, slots=True)
class ReservedActs:
    """What the contact person alone may ask for (o2/2.1)."""

    default_contact_person_acts: Term[list[str]]
