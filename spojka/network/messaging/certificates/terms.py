"""The terms that certificates read."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class UnbindingTerms:
    """How long what came in for an application can be picked up, also after the application ended (o2/3.2, 3.4)."""

    mo_retention_hours: Term[int]


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """Which certificates are accepted, and what follows from a report of compromise (o2/6.1, 6.2, 6.4 to 6.7)."""

    certificate_kinds: Term[list[str]]
    certificate_owner: Term[str]
    min_remaining_validity_months: Term[int]
    default_certificate_reminder_days: Term[list[int]]
    crl_checked: Term[bool]
    revocation_block_max_h: Term[int]
    default_revocation_escalation_before_h: Term[int]
    revocation_requested_by: Term[str]
    liability_window_h: Term[int]
    self_signed_scope: Term[str]
    self_signed_invalidated_by: Term[str]
    self_signed_liability_window_h: Term[int]


@dataclass(frozen=True, slots=True)
class AttributionTerms:
    """Whose acts those done with a certificate are (o2/6.3)."""

    certificate_use_attributed_to: Term[str]
