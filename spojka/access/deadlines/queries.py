"""What will happen, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.deadlines.store import of_subject
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """
    One deadline.

    Args:
        unless_cs, unless_en: what prevents it.
        outcome: the code of its refusal, or `error: …` with the kind of its last failure.
        attempts: how often it failed.
        again_at: when it is tried again after a failure; `due_at` stays what it was.

    """

    id: str
    due_at: datetime
    operation: str
    subject: str
    clauses: list[str]
    unless_cs: str
    unless_en: str
    state: str
    outcome: str
    done_at: datetime | None
    attempts: int
    again_at: datetime | None


@query("deadlines.of", permission="deadlines.read")
def of(ctx: Context, *, subject: str = "*") -> list[DeadlineView]:
    """Everything that will happen or has happened by itself to a subject, in time order."""
    return [DeadlineView(**{**row, "id": str(row["id"])}) for row in of_subject(ctx, subject)]
