"""The terms that misuse cases read."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.kernel.money import Money
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class MisuseTerms:
    """The 10 000 minutes or SMS a month, what exceeding them may cost, and prevailing forwarding (nej/2.20-h, 3.6)."""

    abuse_threshold_minutes_per_month: Term[int]
    abuse_threshold_seconds_per_month: Term[int]
    abuse_threshold_sms_per_month: Term[int]
    penalty_minute_czk_incl_vat: Term[Money]
    penalty_sms_czk_incl_vat: Term[Money]
    default_prevailing_forwarding_share_pct: Term[int]
    default_min_forwarded_minutes: Term[int]
    default_explanation_deadline_days: Term[int]
    default_restricted_classes: Term[list[str]]
    restriction_reason_required: Term[bool]
