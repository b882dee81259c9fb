"""What came in, and what waits in suspense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.charging.usage.reasons import BARRED_REASONS, LATE_REASONS


@dataclass(frozen=True, slots=True)
class SuspenseView:
    """
    One suspended record with its reason and its fields as they came.

    Args:
        id: its id.
        source: the sender.
        record_id: the sender's id of it.
        line: its place in the file it came in.
        reason: code of why it waits.
        detail: the field that is wrong and its value, `field=value`.
        clauses: what it waits by, where a clause says so.
        since: since when what closed the use had stood, for uses that were barred.
        approvable: whether `usage.approve` can bill it all the same.
        state: `open`, `repaired` or `dropped`.
        suspended_at: since when it waits.
        record: its fields as they came.

    """

    id: str
    source: str
    record_id: str
    line: int | None
    reason: str
    detail: str
    clauses: list[str]
    since: datetime | None
    approvable: bool
    state: str
    suspended_at: datetime
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileView:
    """One file that is wholly in."""

    id: str
    source: str
    name: str
    layout: str
    taken_at: datetime
    records: int
    accepted: int
    duplicates: int
    suspended: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many records wait for one reason."""

    reason: str
    records: int


_APPROVABLE = [*BARRED_REASONS, *LATE_REASONS]


@query("usage.suspense", permission="usage.read")
def suspense(
    ctx: Context,
    *,
    state: Literal["open", "repaired", "dropped"] = "open",
    reason: str = "",
    limit: int = 200,
) -> list[SuspenseView]:
    """Suspended records, oldest first."""
    rows = ctx.db.execute(
        "SELECT id::text, source, record_id, line, reason, detail, clauses, since, reason = ANY(%s) AS approvable,"
        " state, suspended_at, record FROM suspense"
        " WHERE tenant_id = %s AND state = %s AND (%s = '' OR reason = %s) ORDER BY suspended_at, id LIMIT %s",
        [_APPROVABLE, ctx.tenant, state, reason, reason, limit],
    ).fetchall()
    return [SuspenseView(**row) for row in rows]


@query("usage.suspense_counts", permission="usage.read")
def suspense_counts(ctx: Context) -> list[ReasonCount]:
    """How many records wait, by reason, most first."""
    rows = ctx.db.execute(
        "SELECT reason, count(*) AS records FROM suspense WHERE tenant_id = %s AND state = 'open'"
        " GROUP BY reason ORDER BY records DESC, reason",
        [ctx.tenant],
    ).fetchall()
    return [ReasonCount(row["reason"], row["records"]) for row in rows]


@query("usage.files", permission="usage.read")
def files(ctx: Context, *, limit: int = 200) -> list[FileView]:
    """Files that are in, newest first."""
    rows = ctx.db.execute(
        "SELECT id::text, source, name, layout, taken_at, records, accepted, duplicates, suspended FROM usage_file"
        " WHERE tenant_id = %s ORDER BY taken_at DESC, id DESC LIMIT %s",
        [ctx.tenant, limit],
    ).fetchall()
    return [FileView(**row) for row in rows]
