"""The terms that services read."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.kernel.money import Money
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class SuspensionTerms:
    """How long a service may be interrupted on its holder's request, and until when it is asked for back (nej/2.21)."""

    max_suspension_not_used_with_commitment_days: Term[int]
    max_suspension_not_used_without_commitment_months: Term[int]
    restore_deadline_with_commitment_days: Term[int]
    restore_deadline_without_commitment_months: Term[int]


@dataclass(frozen=True, slots=True)
class RestrictionTerms:
    """What a restriction needs, and what it leaves open where there are calls (nej/4.8, 4.19)."""

    restriction_reason_required: Term[bool]
    emergency_always_open: Term[bool] | None


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """What binds a service's life (nej/1.5, 1.6, 1.8, 2.2 to 2.5, 2.8, 2.21, 3.5, 3.7, 4.5-i, 4.8, 4.19)."""

    contract_required: Term[bool]
    voice_requires: Term[list[str]]
    data_on_voice_number: Term[bool]
    setup_deadline_working_days: Term[int]
    default_setup_warning_before_working_days: Term[int]
    tariff_change_min_interval_days: Term[int]
    roaming_in_basic_service: Term[bool]
    vowifi_unsupported: Term[list[str]]
    default_vowifi_from_abroad: Term[bool]
    optional_services: Term[list[str]]
    default_msisdn_quarantine_months: Term[int]
    premium_barred_by_default: Term[bool]
    premium_range_prefix: Term[str]
    unlock_channels: Term[list[str]]
    first_unlock_fee_czk: Term[Money]
    emergency_numbers: Term[list[str]]
    harmonised_prefix: Term[str]
    default_profile_on: Term[list[str]]
    default_profile_off: Term[list[str]]
    restriction_reason_required: Term[bool]
