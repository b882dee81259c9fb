"""The terms of one edition of the SLA terms."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from spojka.network.messaging.terms import SlaParameter
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class SlaEdition:
    """What an SLA guarantees and what it gives back."""

    sla: dict[str, SlaParameter]
    sla_window: Term[Literal["calendar_month"]]
    sla_credit_pct: Term[Decimal]
    sla_deep_breach_below_pct: Term[Decimal]
    sla_deep_credit_pct: Term[Decimal]
    sla_and_outage_credit: Term[Literal["higher"]]
    sla_credit_on_request: Term[bool]
