"""The terms that provisioning reads."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class ProvisioningTerms:
    """How long records of sessions are kept, in the clause that leaves only temporary addresses (nej/2.16)."""

    default_session_retention_months: Term[int]
