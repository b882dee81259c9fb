"""The terms that signing and changing a contract read."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What binds whoever concludes a contract (nej/1.2, 1.3, 1.9, 3.1)."""

    required_documents: Term[list[str]]
    final_recipient_only: Term[bool]
    order_channels: Term[list[str]]
    acceptance_proof_required: Term[bool]
