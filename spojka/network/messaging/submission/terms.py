"""The terms that decide whether a message is accepted (o2/2.2, 2.5, 3.1, 3.3, 4.1, 7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.terms.clauses import Term
from spojka.trade.numbering.pools.terms import PoolTerms


@dataclass(frozen=True, slots=True)
class CarriedTerms:
    """What a product carries."""

    message_type: Term[Literal["sms", "mms"]]


@dataclass(frozen=True, slots=True)
class SubmissionTerms:
    """What may be sent, to whom, and as whom."""

    carried: dict[str, CarriedTerms]
    priority_products: Term[list[str]]
    separate_priority_url: Term[bool]
    nickname_products: Term[list[str]]
    nickname_abroad_supported: Term[bool]
    home_country_prefix: Term[str]
    numbers_per_application: Term[int]
    default_home_mobile_prefixes: Term[list[str]]
    default_home_mobile_digits: Term[int]
    default_recipient_digits_min: Term[int]
    default_recipient_digits_max: Term[int]
    mo_to_app_number_networks: Term[list[str]]
    sender_substitution_allowed_for: Term[list[str]]
    default_queue_parts_max: Term[int]
    limit_periods: Term[list[str]]
    default_max_sms_parts: Term[int]
    default_max_mms_bytes: Term[int]
    consent_required: Term[str]
    number_pool: dict[str, PoolTerms]
