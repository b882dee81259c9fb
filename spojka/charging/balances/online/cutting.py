"""Open sessions of data cut where what entitles a service changes: what was used before it is rated before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.balances.online.recording import write_records
from spojka.charging.balances.online.sessions import Session
from spojka.charging.balances.online.store import open_sessions, write_sessions


def cut_data(ctx: Context, service: UUID) -> int:
    """
    Let the open data sessions of a service go on as new parts from now; returns how many there were.

    The caller holds the service's balance and rates it anew afterwards. What a session used but has not yet reported
    counts to its new part.
    """
    running = [one for one in open_sessions(ctx, [service]) if one.use.kind == "data" and one.started_at < ctx.now]
    write_records(ctx, [(session, session.touched_at) for session in running if session.used])
    write_sessions(ctx, list(_gone_on(running, ctx)), new=False)
    return len(running)


def _gone_on(sessions: list[Session], ctx: Context) -> Iterator[Session]:
    for session in sessions:
        part = session.part + (1 if session.used else 0)
        yield replace(session, part=part, used=0, started_at=ctx.now, touched_at=max(session.touched_at, ctx.now))
