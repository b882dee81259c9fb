"""Running what is due: each deadline with its operation in one transaction, in order of time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from spojka.access.database.connections import Row, transaction
from spojka.access.database.server import files
from spojka.access.deadlines.store import finish, next_due, postpone
from spojka.access.operations.calling import convert, run
from spojka.access.operations.context import DEADLINE, Context
from spojka.access.operations.registry import find
from spojka.kernel.ids import DeadlineId, TenantId, uuid7

BACKOFF: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
"""How long a deadline rests after each failure; after the last one it is tried every day, until somebody acts."""

_log = structlog.get_logger(__name__)


def run_next(
    tenant: TenantId, until: datetime, now: datetime | None = None, *, patient: bool = False
) -> datetime | None:
    """
    Run the earliest deadline due by `until`.

    Args:
        tenant: whose.
        until: nothing due later runs.
        now: the instant of the call (default: the deadline's own time, as in virtual time).
        patient: a deadline whose operation fails is put off and holds up none behind it; else the failure is raised.

    Returns:
        The deadline's due time, or `None` when nothing was due.

    """
    due: Row | None = None
    try:
        with transaction(tenant) as db:
            looking = Context(db, tenant, DEADLINE, now or until, uuid7(), files() / str(tenant))
            due = next_due(looking, until)
            if due is None:
                return None
            _run(Context(db, tenant, DEADLINE, now or due["run_at"], uuid7(), looking.files), due)
    except Exception as failure:
        if due is None or not patient:
            raise
        _put_off(tenant, due, failure, max(now or due["run_at"], until))
    due_at: datetime = due["due_at"]
    return due_at


def _run(ctx: Context, due: Row) -> None:
    called = find(due["operation"])
    outcome = run(called, convert(called, due["arguments"]), ctx)
    finish(
        ctx,
        DeadlineId(due["id"]),
        state="done" if outcome.refusal is None else "refused",
        outcome="" if outcome.refusal is None else outcome.refusal.code,
    )


def _put_off(tenant: TenantId, due: Row, failure: Exception, at: datetime) -> None:
    """Note the failure of what was rolled back, in a transaction of its own, counting the rest from an instant."""
    kind, attempts = type(failure).__name__, int(due["attempts"])
    again_at = at + BACKOFF[min(attempts, len(BACKOFF) - 1)]
    with transaction(tenant) as db:
        ctx = Context(db, tenant, DEADLINE, at, uuid7(), files() / str(tenant))
        postpone(ctx, DeadlineId(due["id"]), attempts=attempts, outcome=f"error: {kind}", again_at=again_at)
    _log.error(
        "deadline_failed",
        tenant=str(tenant),
        deadline=str(due["id"]),
        operation=due["operation"],
        again_at=again_at.isoformat(),
        exc_info=failure,
    )


def run_due(tenant: TenantId, until: datetime, now: datetime | None = None, *, patient: bool = False) -> int:
    """Run everything due by `until`, including what is caused on the way; returns how many were tried."""
    ran = 0
    while run_next(tenant, until, now, patient=patient) is not None:
        ran += 1
    return ran
