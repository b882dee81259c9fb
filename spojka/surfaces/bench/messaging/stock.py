"""Messages in the store, many at once: a real one is accepted, and the database makes others like it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import psycopg
from psycopg import sql

from spojka.access.database.connections import Connection, transaction
from spojka.access.database.server import owner_url
from spojka.kernel.ids import ServiceId, TenantId
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Accepted, Submission
from spojka.surfaces.bench.messaging.programs import TEXT

PAGE: Final = 500_000
_TABLES: Final = ("message", "message_queue", "message_event", "message_inbox", "message_counter", "message_receipt")
_ID: Final = """(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7'
    || substr(md5({salt} || n.n::text), 1, 3) || '8' || substr(md5(n.n::text || {salt}), 1, 15))::uuid"""
_COPY: Final = """
INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS m,
    (SELECT n, %(first_at)s::timestamptz + n * %(step)s::interval AS at FROM generate_series(%(first)s::bigint,
    %(last)s::bigint) AS n) AS n
WHERE m.tenant_id = %(tenant)s AND m.id = (%(like)s::uuid[])[1 + (n.n %% %(kinds)s::bigint)::int]
"""
_EVENTS: Final = """
INSERT INTO message_event (tenant_id, message_id, id, kind, part, at, link, remote_id)
SELECT m.tenant_id, m.id, gen_random_uuid(), k.kind, 1, m.accepted_at + k.after, 'stock', md5(m.id::text)
FROM message AS m, (VALUES ('sent', interval '1 second'), ('delivered', interval '3 seconds')) AS k(kind, after)
WHERE m.tenant_id = %(tenant)s AND m.id > %(after)s AND m.id < %(before)s
"""


async def _one_of_each(tenant: TenantId, applications: Sequence[ServiceId]) -> list[UUID]:
    desk = SubmissionDesk(tenant, now=lambda: datetime.now(UTC))
    answers = await desk.submit([Submission(one, "+420602000001", TEXT, purpose="service") for one in applications])
    await desk.close()
    assert all(isinstance(one, Accepted) for one in answers), answers
    return [one.id for one in answers if isinstance(one, Accepted)]


def queue_up(tenant: TenantId, applications: Sequence[ServiceId], count: int, *, counted: bool = True) -> None:
    """
    Let many messages of applications wait for their sender, accepted within the last seconds, in turn.

    The planner knows of them where they are `counted`.
    """
    like = asyncio.run(_one_of_each(tenant, applications))
    now = datetime.now(UTC)
    with transaction(tenant) as db:
        for table, instant in (("message", "accepted_at"), ("message_queue", "ready_at")):
            _multiply(db, tenant, table, instant, like, (0, count - 1), now - timedelta(seconds=30), 30 / count)
    if counted:
        analyze()


def fill(tenant: TenantId, applications: Sequence[ServiceId], count: int, *, days: int) -> None:
    """Put many messages of the past days into the store, each sent and delivered long ago; none waits."""
    like = asyncio.run(_one_of_each(tenant, applications))
    began = datetime.now(UTC) - timedelta(days=days)
    step_s = days * 86_400 / count
    for first in range(0, count, PAGE):
        last = min(count, first + PAGE) - 1
        with transaction(tenant) as db:
            _multiply(db, tenant, "message", "accepted_at", like, (first, last), began, step_s)
            edges = {
                "tenant": tenant,
                "after": _edge(began + timedelta(seconds=first * step_s)),
                "before": _edge(began + timedelta(seconds=(last + 1) * step_s)),
            }
            db.execute(_EVENTS, edges)
    analyze()


def _edge(at: datetime) -> UUID:
    return UUID(int=int(at.timestamp() * 1000) << 80)


def _multiply(  # noqa: PLR0917  # what is made of what, and when
    db: Connection,
    tenant: TenantId,
    table: str,
    instant: str,
    like: Sequence[UUID],
    numbers: tuple[int, int],
    first_at: datetime,
    step_s: float,  # float: seconds between two instants
) -> None:
    """Rows of a table like others, each with an id, a recipient and an instant of its own."""
    rows = db.execute(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " ORDER BY ordinal_position",
        [table],
    ).fetchall()
    made = {
        "id": _ID.format(at="n.at", salt="'stock'"),
        "recipient": "'+420602' || lpad((n.n % 1000000)::text, 6, '0')".replace("%", "%%"),
        instant: "n.at",
    }
    names = [row["name"] for row in rows]
    statement = sql.SQL(_COPY).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(sql.SQL(made[one]) if one in made else sql.Identifier("m", one) for one in names),
    )
    given = {
        "tenant": tenant,
        "like": list(like),
        "kinds": len(like),
        "first": numbers[0],
        "last": numbers[1],
        "first_at": first_at,
        "step": timedelta(seconds=step_s),
    }
    db.execute(statement, given)


def analyze() -> None:
    """Give the planner the statistics that a database in daily use has; only the tables' owner may."""
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        for table in _TABLES:
            owner.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
