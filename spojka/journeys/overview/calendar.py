"""Everything that will happen by itself, with the customer it concerns; and what was called, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.journeys.overview.clauses import ClauseWords, clauses_by_id
from spojka.kernel.ids import PartyId


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """
    One planned thing.

    Args:
        party, name: whom it concerns, where it concerns a customer.
        unless_cs, unless_en: what prevents it.
        attempts: how often it has failed.
        outcome: `error: …` with the kind of its last failure.
        again_at: when it is tried again after a failure.

    """

    due_at: datetime
    operation: str
    subject: str
    party: PartyId | None
    name: str
    about: str
    clauses: list[ClauseWords]
    unless_cs: str
    unless_en: str
    attempts: int
    outcome: str
    again_at: datetime | None


_CALENDAR: Final = """
WITH due AS (
  SELECT id, due_at, operation, subject, clauses, unless_cs, unless_en, attempts, outcome, again_at,
    split_part(subject, ':', 1) AS kind,
    CASE WHEN subject ~ ':[0-9a-f-]{36}$' THEN split_part(subject, ':', 2)::uuid END AS thing
  FROM deadline WHERE tenant_id = %(tenant)s AND state = 'pending' ORDER BY due_at, id LIMIT %(most)s
)
SELECT due.due_at, due.operation, due.subject, due.clauses, due.unless_cs, due.unless_en, due.attempts,
  due.outcome, due.again_at, p.id AS party,
  coalesce(p.name, '') AS name, coalesce(s.msisdn, c.number, i.number, '') AS about
FROM due
LEFT JOIN service s ON due.kind = 'service' AND s.tenant_id = %(tenant)s AND s.id = due.thing
LEFT JOIN contract c ON due.kind = 'contract' AND c.tenant_id = %(tenant)s AND c.id = due.thing
LEFT JOIN invoice i ON due.kind = 'invoice' AND i.tenant_id = %(tenant)s AND i.id = due.thing
LEFT JOIN party p ON p.tenant_id = %(tenant)s AND p.id =
  coalesce(s.party_id, c.party_id, i.party_id, CASE WHEN due.kind = 'party' THEN due.thing END)
ORDER BY due.due_at, due.id
"""


def calendar_lines(ctx: Context, most: int) -> list[CalendarLine]:
    """The next planned things of the tenant, in order."""
    rows = ctx.db.execute(_CALENDAR, {"tenant": ctx.tenant, "most": most}).fetchall()
    cited = clauses_by_id(ctx, (ref for row in rows for ref in row["clauses"]), ctx.today) if rows else {}
    return [CalendarLine(**{**row, "clauses": [cited[ref] for ref in row["clauses"] if ref in cited]}) for row in rows]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One call; `position` is its place in the chain, `None` while it waits for its seal."""

    id: UUID
    at: datetime
    actor: str
    operation: str
    outcome: str
    items: int
    digest: str
    position: int | None


_AUDIT: Final = """
SELECT a.id, a.at, a.actor, a.operation, a.outcome, a.items, encode(a.digest, 'hex') AS digest, s.position
FROM audit a LEFT JOIN audit_seal s ON s.tenant_id = a.tenant_id AND s.audit_id = a.id
WHERE a.tenant_id = %(tenant)s AND (%(actor)s = '' OR a.actor = %(actor)s)
  AND (%(operation)s = '' OR a.operation = %(operation)s)
  AND (%(before)s::timestamptz IS NULL OR a.at < %(before)s)
ORDER BY a.at DESC, a.id DESC LIMIT %(most)s
"""


def audit_lines(ctx: Context, actor: str, operation: str, before: datetime | None, most: int) -> list[AuditLine]:
    """Calls, newest first; an empty actor or operation fits all."""
    given = {"tenant": ctx.tenant, "actor": actor, "operation": operation, "before": before, "most": most}
    return [AuditLine(**row) for row in ctx.db.execute(_AUDIT, given).fetchall()]
