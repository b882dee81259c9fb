"""The terms of applications: their pace and limits (o2/3.3, 4.1 to 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

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
