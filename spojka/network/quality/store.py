"""Days of attempted calls over a given connection."""

from __future__ import annotations

from datetime import date

from spojka.access.operations.context import Context
from spojka.kernel.time import Period


def put_day(ctx: Context, *, on: date, attempts: int, successful: int, excluded: int) -> None:
    """Keep a day's figures; earlier ones of that day are replaced."""
    ctx.db.execute(
        "INSERT INTO call_attempt_day (tenant_id, attempted_on, attempts, successful, excluded)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (tenant_id, attempted_on) DO UPDATE"
        " SET attempts = excluded.attempts, successful = excluded.successful, excluded = excluded.excluded",
        [ctx.tenant, on, attempts, successful, excluded],
    )


def totals(ctx: Context, period: Period) -> tuple[int, int, int]:
    """Attempts, successful and excluded ones of a period's days together."""
    row = ctx.db.execute(
        "SELECT coalesce(sum(attempts), 0)::bigint AS attempts, coalesce(sum(successful), 0)::bigint AS successful,"
        " coalesce(sum(excluded), 0)::bigint AS excluded FROM call_attempt_day"
        " WHERE tenant_id = %s AND attempted_on >= %s AND attempted_on < %s",
        [ctx.tenant, period.starts_on, period.ends_on],
    ).fetchone()
    assert row is not None
    return row["attempts"], row["successful"], row["excluded"]
