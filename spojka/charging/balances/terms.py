"""The terms that balances read beside the rate book's."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.kernel.money import Money
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class BalanceTerms:
    """
    What decides how balances are shown, bought up and limited (nej/2.13, 2.17, 2.19, 2.20-h, 4.18).

    Args:
        rollover_of_free_units: whether unused units pass to the next period.
        bucket_order: data buckets in their order of use.
        purchased_volume_rollovers_max: how often a bought volume may pass to a next period.
        topup_channels: by which ways a volume may be bought.
        data_notice_thresholds_pct: shares of the volume that are told.
        roaming_data_limit_czk_incl_vat: the limit of data abroad.
        limit_default_active: whether it is on at first.
        toggle_channels: by which ways it may be switched.
        abuse_threshold_seconds_per_month: calls above it are excessive.
        abuse_threshold_sms_per_month: messages above it are excessive.
        default_counters_shown_from_pct: the share from which the customer sees the counters.
        default_limit_notice_pct: shares of a spending limit that are told.

    """

    rollover_of_free_units: Term[bool]
    bucket_order: Term[list[str]]
    purchased_volume_rollovers_max: Term[int]
    topup_channels: Term[list[str]]
    data_notice_thresholds_pct: Term[list[int]]
    roaming_data_limit_czk_incl_vat: Term[Money]
    limit_default_active: Term[bool]
    toggle_channels: Term[list[str]]
    abuse_threshold_seconds_per_month: Term[int]
    abuse_threshold_sms_per_month: Term[int]
    default_counters_shown_from_pct: Term[int]
    default_limit_notice_pct: Term[list[int]]


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """Which shares of a spending limit are told (nej/4.18)."""

    default_limit_notice_pct: Term[list[int]]
