"""Misuse cases as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import CaseId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.findings import Finding, read_finding


@dataclass(frozen=True, slots=True)
class Case:
    """
    One misuse case.

    Args:
        id: its id.
        service: whose use it is about.
        rule: code of the rule that was hit.
        state: `under_review`, `explained`, `restricted`, `interrupted`, `closed` or `terminated`.
        answer_by_on: last day for the customer's explanation.
        evidence: the figures.
        penalties: what would be billed when the case is decided as not explained.

    """

    id: CaseId
    service: ServiceId
    rule: str
    period: str
    state: str
    opened_at: datetime
    answer_by_on: date
    evidence: dict[str, Any]
    penalties: list[Finding[Money]]


def shown(row: Row) -> Case:
    """A case's row as people read it."""
    return Case(
        row["id"],
        row["service_id"],
        row["rule"],
        str(Period.containing(row["period_on"])),
        row["state"],
        row["opened_at"],
        row["answer_by_on"],
        row["evidence"],
        [read_finding(stored) for stored in row["proposal"]],
    )


@query("misuse.cases", permission="misuse.read")
def cases(ctx: Context, *, period: Period | None = None, service: ServiceId | None = None) -> list[Case]:
    """Cases, newest first, of a period or a service."""
    rows = ctx.db.execute(
        "SELECT * FROM misuse_case WHERE tenant_id = %s AND (%s::date IS NULL OR period_on = %s)"
        " AND (%s::uuid IS NULL OR service_id = %s) ORDER BY opened_at DESC, id LIMIT 500",
        [
            ctx.tenant,
            period.starts_on if period else None,
            period.starts_on if period else None,
            service,
            service,
        ],
    ).fetchall()
    return [shown(row) for row in rows]
