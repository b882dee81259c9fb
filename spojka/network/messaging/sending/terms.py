"""The terms of messages that leave together, of what is heard of them, and of those that arrive (o2/2.2, 3.1, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.network.messaging.submission.terms import CarriedTerms
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class ArrivalTerms:
    """Who reaches an application, and how long what came is kept."""

    carried: dict[str, CarriedTerms]
    mo_to_app_number_networks: Term[list[str]]
    mo_retention_hours: Term[int]
    home_country_prefix: Term[str]


@dataclass(frozen=True, slots=True)
class WaitTerms:
    """How long a report is waited for after a part was handed over."""

    default_report_wait_h: Term[int]
