"""The terms that orders of connectors read."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.kernel.money import Money
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class AssessmentTerms:
    """Whom duties of subscribers bind, for whom the service is, when obligations deny an order (o2/2.1, 7.2, 8.4)."""

    subscriber_includes: Term[list[str]]
    final_recipient_only: Term[bool]
    resale_needs_consent: Term[bool]
    may_refuse_for_obligations: Term[bool]
    default_overdue_tolerated: Term[Money]
    default_past_defaults_decided: Term[str]


@dataclass(frozen=True, slots=True)
class ActivationTerms:
    """What switching on means (o2/1.1, 10.3)."""

    required_documents: Term[list[str]]
    acceptance_by: Term[str]


@dataclass(frozen=True, slots=True)
class EndingTerms:
    """Who may cancel, how long a notice runs, and what becomes of what waits (o2/3.4; general terms)."""

    cancellation_requested_by: Term[str]
    notice_days_customer: Term[int]
    queued_at_end: Term[str]
