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


@dataclass(frozen=True, slots=True)
class BarTerms:
    """
    What decides which uses are barred on a card that nobody switched anything on.

    Args:
        premium_barred_by_default: numbers 90x are blocked at the start (nej/3.5).
        default_profile_on: what every card can do (nej/4.5-i).
        default_profile_off: what is switched on by an order (nej/4.5-i).
        optional_services: what each use of is an instruction of its own (nej/2.4).

    """

    premium_barred_by_default: Term[bool]
    default_profile_on: Term[list[str]]
    default_profile_off: Term[list[str]]
    optional_services: Term[list[str]]


@dataclass(frozen=True, slots=True)
class StandingTerms:
    """
    What decides which uses a hold closes, and which roaming a service has.

    Args:
        restriction_reason_required: a service is restricted for serious reasons (nej/4.19).
        roaming_in_basic_service: roaming is part of the tariff, or ordered (nej/2.2).
        eu_zone: countries of the EU zone (nej/1.10).

    """

    restriction_reason_required: Term[bool]
    roaming_in_basic_service: Term[bool]
    eu_zone: Term[list[str]]


@dataclass(frozen=True, slots=True)
class LateTerms:
    """
    What may be billed after its period was closed (nej/4.7).

    Args:
        late_billing_max_months: by how many invoices later at most.
        late_billing_default_classes: classes of use, as `lateness.late_class` names them.

    """

    late_billing_max_months: Term[int]
    late_billing_default_classes: Term[list[str]]


def read_usage_terms(bound: BoundTerms) -> UsageTerms:
    """Resolve the sheet from what binds; raises `TermMissing`, `TermConflict` or `TermUnusable`."""
    return read_sheet(UsageTerms, bound)
