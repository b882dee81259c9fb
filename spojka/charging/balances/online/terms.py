"""The sheet of terms that online charging reads beside the rate book's."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.kernel.money import Money
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class OnlineTerms:
    """
    What a grant or a refusal may rest on (nej/2.7, 2.10, 2.11, 2.12, 2.17, 2.19, 4.18, 4.20).

    Args:
        max_call_duration_s: the longest call.
        bucket_order: data buckets in their order of use; with none left data stop.
        domestic_after_limit: what may happen after that.
        roaming_data_limit_czk_incl_vat: the limit of data abroad.
        default_limit_notice_pct: shares of a spending limit that are told.
        eu_zone: countries of the EU zone.

    """

    max_call_duration_s: Term[int]
    bucket_order: Term[list[str]]
    domestic_after_limit: Term[list[str]]
    roaming_data_limit_czk_incl_vat: Term[Money]
    default_limit_notice_pct: Term[list[int]]
    eu_zone: Term[list[str]]
