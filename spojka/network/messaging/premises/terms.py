"""The terms of visits."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class PremisesTerms:
    """Whether whoever enters must know the fire and safety rules (o2/5.2)."""

    safety_briefing_required: Term[bool]
