"""The terms that numbers read."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class PortInTerms:
    """How quickly a ported number must work (nej/2.5)."""

    port_in_deadline_working_days: Term[int]
