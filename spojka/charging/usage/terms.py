"""The terms that taking usage in reads."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.charging.usage.classes import Zones
from spojka.terms.clauses import Term
from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import read_sheet


@dataclass(frozen=True, slots=True)
class ZoneTerms:
    """One roaming zone: ISO codes of its countries, `*` for all others."""

    countries: Term[list[str]]


@dataclass(frozen=True, slots=True)
class UsageTerms:
    """
    What screening reads.

    Args:
        max_call_duration_s: the longest possible call (nej/2.7).
        zone: roaming zones by name.

    """

    max_call_duration_s: Term[int]
    zone: dict[str, ZoneTerms]

    @property
    def zones(self) -> Zones:
        """The zones as screening takes them."""
        return Zones({name: tuple(terms.countries.value) for name, terms in self.zone.items()})


def read_usage_terms(bound: BoundTerms) -> UsageTerms:
    """Resolve the sheet from what binds; raises `TermMissing`, `TermConflict` or `TermUnusable`."""
    return read_sheet(UsageTerms, bound)
