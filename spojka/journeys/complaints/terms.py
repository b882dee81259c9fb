"""The terms of complaints and content cases (o2/8.1, o2/9.1)."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class ComplaintTerms:
    """Whether a warning must come first, for unsolicited messages and for content, and which grounds content has."""

    warning_required_before_suspension: Term[bool]
    content_warning_required: Term[bool]
    content_grounds: Term[list[str]]
