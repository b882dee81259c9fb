"""The terms that the register of contact persons reads."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class ContactTerms:
    """That an application has a contact person, and what of it a complaining recipient may be told (o2/8.2)."""

    contact_person_required: Term[bool]
    disclosed_fields: Term[list[str]]
