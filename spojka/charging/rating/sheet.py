"""The sheet of operating rules that rating reads beside the price list."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.kernel.money import Money
from spojka.terms.clauses import Term
from spojka.terms.units import Increment


@dataclass(frozen=True, slots=True)
class RatingTerms:
    """What decides how use is counted and priced (nej/1.10, 2.2, 2.7, 2.11 to 2.20-h, 3.7)."""

    call_increment: Term[Increment]
    max_call_duration_s: Term[int]
    record_amount_decimals: Term[int]
    rollover_of_free_units: Term[bool]
    excluded_classes: Term[list[str]]
    pool_order_91_95_97x: Term[list[str]]
    pool_order_eu_roaming: Term[list[str]]
    video_consumes_as_voice: Term[bool]
    entitlement_rounding: Term[str]
    mb_per_gb: Term[int]
    kb_per_mb: Term[int]
    bytes_per_kb: Term[int]
    data_notice_thresholds_pct: Term[list[int]]
    bucket_order: Term[list[str]]
    purchased_volume_rollovers_max: Term[int]
    basic_volume_rollover: Term[bool]
    eu_data_as_home: Term[bool]
    roaming_data_limit_czk_incl_vat: Term[Money]
    limit_default_active: Term[bool]
    roaming_data_step_kb: Term[int]
    specialised_counts_to_limit: Term[bool]
    price_czk: Term[Money]
    emergency_price_czk: Term[Money]
    abuse_threshold_seconds_per_month: Term[int]
    abuse_threshold_sms_per_month: Term[int]
    domestic_after_limit: Term[list[str]]
    roaming_after_limit: Term[str]
    fup_needs_published_limit: Term[bool]
    eu_zone: Term[list[str]]

    @property
    def bytes_per_mb(self) -> int:
        """1 MB in bytes."""
        return self.kb_per_mb.value * self.bytes_per_kb.value
