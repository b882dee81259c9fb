"""Running what is due: each deadline with its operation in one transaction, in order of time."""

from __future__ import annotations

from datetime import datetime

from spojka.access.database.connections import transaction
from spojka.access.database.server import files
from spojka.access.deadlines.store import finish, next_due
from spojka.access.operations.calling import convert, run
from spojka.access.operations.context import DEADLINE, Context
from spojka.access.operations.registry import find
from spojka.kernel.ids import DeadlineId, TenantId, uuid7


def run_next(tenant: TenantId, until: datetime, now: datetime | None = None) -> datetime | None:
    """
    Run the earliest deadline due by `until`.

    Args:
        tenant: whose.
        until: nothing due later runs.
        now: the instant of the call (default: the deadline's own time, as in virtual time).

    Returns:
        The deadline's due time, or `None` when nothing was due.

    """
    with transaction(tenant) as db:
        looking = Context(db, tenant, DEADLINE, now or until, uuid7(), files() / str(tenant))
        due = next_due(looking, until)
        if due is None:
            return None
        due_at: datetime = due["due_at"]
        ctx = Context(db, tenant, DEADLINE, now or due_at, uuid7(), looking.files)
        called = find(due["operation"])
        outcome = run(called, convert(called, due["arguments"]), ctx)
        done = outcome.refusal is None
        finish(
            ctx,
            DeadlineId(due["id"]),
            state="done" if done else "refused",
            outcome="" if outcome.refusal is None else outcome.refusal.code,
        )
        return due_at


def run_due(tenant: TenantId, until: datetime, now: datetime | None = None) -> int:
    """Run everything due by `until`, including what is caused on the way; returns how many ran."""
    ran = 0
    while run_next(tenant, until, now) is not None:
        ran += 1
    return ran
