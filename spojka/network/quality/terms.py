"""The terms that quality reads."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class QualityTerms:
    """The guaranteed share of calls set up, in percent, and what it is counted over (nej/2.6)."""

    call_setup_success_min_pct: Term[Decimal]
    kpi_period: Term[str]
