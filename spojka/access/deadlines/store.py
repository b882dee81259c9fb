"""Deadlines over a given connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.outcome import plain
from spojka.kernel.ids import DeadlineId, uuid7


def set_deadline(  # a deadline is these facts
    ctx: Context,
    *,
    due_at: datetime,
    operation: str,
    arguments: Mapping[str, Any],
    subject: str,
    key: str,
    clauses: Sequence[str] = (),
    unless: tuple[str, str] = ("", ""),
) -> None:
    """
    Promise an operation for an instant.

    Args:
        ctx: the call that promises it.
        due_at: when.
        operation: its registered name.
        arguments: its arguments.
        subject: whom it concerns, like `service:…`; `deadlines.of` lists by it.
        key: one deadline a key; setting it again moves a pending one.
        clauses: ids of the clauses it rests on.
        unless: what prevents it, in Czech and in English.

    """
    ctx.db.execute(
        "INSERT INTO deadline (tenant_id, id, due_at, operation, arguments, subject, key, clauses, unless_cs,"
        " unless_en, state, outcome) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'pending', '')"
        " ON CONFLICT (tenant_id, key) DO UPDATE SET due_at = excluded.due_at, arguments = excluded.arguments,"
        " clauses = excluded.clauses, unless_cs = excluded.unless_cs, unless_en = excluded.unless_en,"
        " state = 'pending', done_at = NULL, outcome = '', attempts = 0, again_at = NULL",
        [
            ctx.tenant,
            uuid7(),
            due_at,
            operation,
            Jsonb(plain(arguments)),
            subject,
            key,
            Jsonb(list(clauses)),
            *unless,
        ],
    )


def cancel_deadline(ctx: Context, key: str) -> bool:
    """What it was set for has happened otherwise; true when one was pending."""
    row = ctx.db.execute(
        "UPDATE deadline SET state = 'cancelled', done_at = %s WHERE tenant_id = %s AND key = %s"
        " AND state = 'pending' RETURNING id",
        [ctx.now, ctx.tenant, key],
    ).fetchone()
    return row is not None


def next_due(ctx: Context, until: datetime) -> Row | None:
    """The earliest pending deadline due by an instant, or to be tried again by then, locked; others skip it."""
    return ctx.db.execute(
        "SELECT id, due_at, coalesce(again_at, due_at) AS run_at, operation, arguments, attempts FROM deadline"
        " WHERE tenant_id = %s AND state = 'pending' AND coalesce(again_at, due_at) <= %s"
        " ORDER BY coalesce(again_at, due_at), id LIMIT 1 FOR UPDATE SKIP LOCKED",
        [ctx.tenant, until],
    ).fetchone()


def finish(ctx: Context, deadline: DeadlineId, *, state: str, outcome: str) -> None:
    """Mark it run."""
    ctx.db.execute(
        "UPDATE deadline SET state = %s, outcome = %s, done_at = %s WHERE tenant_id = %s AND id = %s",
        [state, outcome, ctx.now, ctx.tenant, deadline],
    )


def postpone(ctx: Context, deadline: DeadlineId, *, attempts: int, outcome: str, again_at: datetime) -> None:
    """Note a failure and when to try again, unless another has tried it since it had failed `attempts` times."""
    ctx.db.execute(
        "UPDATE deadline SET attempts = attempts + 1, outcome = %s, again_at = %s"
        " WHERE tenant_id = %s AND id = %s AND state = 'pending' AND attempts = %s",
        [outcome, again_at, ctx.tenant, deadline, attempts],
    )


def of_subject(ctx: Context, subject: str) -> list[Row]:
    """All deadlines of a subject, in time order; all of the tenant for `*`."""
    return ctx.db.execute(
        "SELECT id, due_at, operation, subject, clauses, unless_cs, unless_en, state, outcome, done_at, attempts,"
        " again_at FROM deadline"
        " WHERE tenant_id = %s AND (%s = '*' OR subject = %s) ORDER BY due_at, id LIMIT 1000",
        [ctx.tenant, subject, subject],
    ).fetchall()
