"""Sessions, balances and usage records of online charging over a given connection, always many at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.balances.online.sessions import Kind, Session, Use
from spojka.charging.balances.online.tabs import Tab, latest_row, meters_of
from spojka.charging.rating.terms import RateBook
from spojka.kernel.time import Period

_SESSION: Final = (
    "id, service_id, period_on, state, request, reserved, used, part, sequence, answer, started_at, touched_at"
)
_DUMPS: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def session_of(row: Row) -> Session:
    """A session as it is kept."""
    expired, *answer = row["answer"] or [False]
    return Session(
        id=row["id"],
        service=row["service_id"],
        period_on=row["period_on"],
        use=Use.read(row["request"]),
        started_at=row["started_at"],
        touched_at=row["touched_at"],
        part=row["part"],
        sequence=row["sequence"],
        used=row["used"],
        reserved=row["reserved"],
        is_open=row["state"] == "open",
        expired=expired,
        answer=answer,
    )


def places_of(ctx: Context, sessions: Iterable[UUID]) -> dict[UUID, tuple[UUID, date]]:
    """The service and period of sessions."""
    rows = ctx.db.execute(
        "SELECT id, service_id, period_on FROM charging_session WHERE tenant_id = %s AND id = ANY(%s)",
        [ctx.tenant, list(sessions)],
    ).fetchall()
    return {row["id"]: (row["service_id"], row["period_on"]) for row in rows}


def sessions_by_id(ctx: Context, sessions: Iterable[UUID]) -> dict[UUID, Session]:
    """Sessions, ended ones too."""
    rows = ctx.db.execute(
        f"SELECT {_SESSION} FROM charging_session WHERE tenant_id = %s AND id = ANY(%s)",  # noqa: S608
        [ctx.tenant, list(sessions)],
    ).fetchall()
    return {row["id"]: session_of(row) for row in rows}


def kinds_between(ctx: Context, first: UUID, last: UUID) -> dict[UUID, Kind]:
    """What the sessions between two ids are for, ended ones too."""
    rows = ctx.db.execute(
        "SELECT id, request FROM charging_session WHERE tenant_id = %s AND id BETWEEN %s AND %s ORDER BY id",
        [ctx.tenant, first, last],
    ).fetchall()
    return {row["id"]: Use.read(row["request"]).kind for row in rows}


def open_sessions(ctx: Context, services: Sequence[UUID]) -> list[Session]:
    """The open sessions of services."""
    rows = ctx.db.execute(
        f"SELECT {_SESSION} FROM charging_session WHERE tenant_id = %s AND service_id = ANY(%s)"  # noqa: S608
        " AND state = 'open' ORDER BY id",
        [ctx.tenant, list(services)],
    ).fetchall()
    return [session_of(row) for row in rows]


def silent_sessions(ctx: Context, *, before: datetime, limit: int) -> list[Row]:
    """Open sessions that were not heard of since an instant: id and sequence, the longest silent first."""
    return ctx.db.execute(
        "SELECT id, sequence, touched_at FROM charging_session WHERE tenant_id = %s AND state = 'open'"
        " AND touched_at < %s ORDER BY touched_at, id LIMIT %s",
        [ctx.tenant, before, limit],
    ).fetchall()


_LOCK: Final = (
    "SELECT service_id, version, facts FROM balance WHERE tenant_id = %s AND period_on = %s"
    " AND service_id = ANY(%s::uuid[]) ORDER BY service_id FOR UPDATE"
)


def lock_tabs(ctx: Context, period_on: date, services: Sequence[UUID], *, wait: bool) -> list[Row]:
    """
    Hold the balances of services in one period until the transaction ends; always in the same order.

    Without waiting, those that somebody else holds are left out.
    """
    text = _LOCK if wait else f"{_LOCK} SKIP LOCKED"
    return ctx.db.execute(text, [ctx.tenant, period_on, arrays.of_ids(services)]).fetchall()


def lock_services(ctx: Context, services: Sequence[UUID]) -> None:
    """Let nobody else rate services meanwhile; taken before their balances, as rating does."""
    ctx.db.execute(
        "SELECT 1 FROM service WHERE tenant_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [ctx.tenant, list(services)],
    )


def latest_uses(ctx: Context, period: Period, services: Sequence[UUID]) -> dict[UUID, datetime]:
    """The latest record of services in a period that is not in a segment."""
    rows = ctx.db.execute(
        "SELECT service_id, max(at) AS at FROM usage_buffer WHERE tenant_id = %s AND period_on = %s"
        " AND service_id = ANY(%s) GROUP BY service_id",
        [ctx.tenant, period.starts_on, list(services)],
    ).fetchall()
    return {row["service_id"]: row["at"] for row in rows}


def forget_sessions(ctx: Context, *, before: date) -> int:
    """Delete sessions that ended in periods begun before a day, for nobody repeats a step so late; returns how many."""
    return ctx.db.execute(
        "DELETE FROM charging_session WHERE tenant_id = %s AND state = 'released' AND period_on < %s",
        [ctx.tenant, before],
    ).rowcount


class SessionsExist(RuntimeError):
    """Sessions that were to begin are there already: the batch is to look for them first."""


@dataclass(frozen=True, slots=True)
class Written:
    """A statement that was sent, and how many rows it should have written."""

    cursor: Cursor[Row] | None
    rows: int

    def check(self) -> None:
        """Raise `SessionsExist` when it wrote fewer; its result must have come."""
        if self.cursor is not None and self.cursor.rowcount != self.rows:
            raise SessionsExist(f"{self.cursor.rowcount} of {self.rows} sessions could be written")


def write_sessions(ctx: Context, sessions: Sequence[Session], *, new: bool) -> Written:
    """Write sessions as they are now; whoever calls asks afterwards whether all of them could be written."""
    if not sessions:
        return Written(None, 0)
    columns: list[str] = [
        arrays.of_ids([one.id for one in sessions]),
        arrays.of_days([one.period_on for one in sessions]),
        "{" + ",".join(["open" if one.is_open else "released" for one in sessions]) + "}",
        arrays.of_numbers([one.reserved for one in sessions]),
        arrays.of_numbers([one.used for one in sessions]),
        arrays.of_numbers([one.part for one in sessions]),
        arrays.of_numbers([one.sequence for one in sessions]),
        arrays.of_instants([one.started_at for one in sessions]),
        arrays.of_instants([one.touched_at for one in sessions]),
    ]
    if new:
        columns.append(arrays.of_ids([one.service for one in sessions]))
    columns.append(_DUMPS([[one.expired, *one.answer] for one in sessions]))
    if new:
        columns.append(_DUMPS([one.use.stored() for one in sessions]))
    return Written(ctx.db.execute(_INSERT_SESSIONS if new else _UPDATE_SESSIONS, [ctx.tenant, *columns]), len(sessions))


_ARRAYS: Final = (
    "%s::uuid[], %s::date[], %s::text[], %s::bigint[], %s::bigint[], %s::int[], %s::int[],"
    " %s::timestamptz[], %s::timestamptz[]"
)
_NAMES: Final = "id, period_on, state, reserved, used, part, sequence, started_at, touched_at"
_INSERT_SESSIONS: Final = (
    "INSERT INTO charging_session (tenant_id, id, period_on, state, reserved, used, part, sequence, answer, started_at,"  # noqa: S608
    " touched_at, service_id, request) SELECT %s, n.id, n.period_on, n.state, n.reserved, n.used, n.part, n.sequence,"
    " n.answer, n.started_at, n.touched_at, n.service_id, n.request"
    f" FROM ROWS FROM (unnest({_ARRAYS}, %s::uuid[]), jsonb_array_elements(%s::jsonb), jsonb_array_elements(%s::jsonb))"
    f" AS n({_NAMES}, service_id, answer, request) ON CONFLICT (tenant_id, id) DO NOTHING"
)
_UPDATE_SESSIONS: Final = (
    "WITH t AS (SELECT %s::uuid AS tenant) UPDATE charging_session c SET period_on = n.period_on, state = n.state,"  # noqa: S608
    " reserved = n.reserved, used = n.used, part = n.part, sequence = n.sequence, answer = n.answer,"
    " started_at = n.started_at, touched_at = n.touched_at"
    f" FROM t, ROWS FROM (unnest({_ARRAYS}), jsonb_array_elements(%s::jsonb)) AS n({_NAMES}, answer)"
    " WHERE c.tenant_id = t.tenant AND c.id = n.id"
)


def write_tabs(ctx: Context, tabs: Sequence[tuple[Tab, RateBook]]) -> None:
    """Write balances that took records; their versions count up."""
    if not tabs:
        return
    ctx.db.execute(
        "UPDATE balance b SET version = n.version, remaining = n.remaining::bigint[], counters = n.counters::bigint[],"
        " latest_at = n.latest::bigint[]"
        " FROM unnest(%s::uuid[], %s::date[], %s::bigint[], %b::text[], %b::text[], %b::text[])"
        " AS n(service, period_on, version, remaining, counters, latest)"
        " WHERE b.tenant_id = %s AND b.service_id = n.service AND b.period_on = n.period_on",
        [
            arrays.of_ids([tab.service for tab, _ in tabs]),
            arrays.of_days([tab.period_on for tab, _ in tabs]),
            arrays.of_numbers([tab.version for tab, _ in tabs]),
            [arrays.of_numbers(tab.account.left) for tab, _ in tabs],
            [arrays.of_numbers(meters_of(tab.account, book)) for tab, book in tabs],
            [arrays.of_numbers(latest_row(tab)) for tab, _ in tabs],
            ctx.tenant,
        ],
    )


def count_tabs(ctx: Context, tabs: Sequence[Tab]) -> None:
    """Count up the versions of balances whose sessions changed, so that others read them again."""
    if not tabs:
        return
    ctx.db.execute(
        "UPDATE balance b SET version = n.version, latest_at = n.latest::bigint[]"
        " FROM unnest(%s::uuid[], %s::date[], %s::bigint[], %b::text[]) AS n(service, period_on, version, latest)"
        " WHERE b.tenant_id = %s AND b.service_id = n.service AND b.period_on = n.period_on",
        [
            arrays.of_ids([tab.service for tab in tabs]),
            arrays.of_days([tab.period_on for tab in tabs]),
            arrays.of_numbers([tab.version for tab in tabs]),
            [arrays.of_numbers(latest_row(tab)) for tab in tabs],
            ctx.tenant,
        ],
    )


def note_walk(ctx: Context, period: Period, walked: Sequence[tuple[UUID, str, int | None]], groups: int) -> None:
    """
    Remember what balances were just rated with, and how far.

    Args:
        ctx: the call.
        period: which.
        walked: service, mark of its entitlements, and the instant of the latest thing in it in microseconds, or none
            where only the instant of the walk is known.
        groups: how many groups of kinds there are.

    """
    known = [one for one in walked if one[2] is not None]
    ctx.db.execute(
        "UPDATE balance b SET facts = n.facts FROM unnest(%s::uuid[], %s::text[]) AS n(service, facts)"
        " WHERE b.tenant_id = %s AND b.service_id = n.service AND b.period_on = %s",
        [[one[0] for one in walked], [one[1] for one in walked], ctx.tenant, period.starts_on],
    )
    ctx.db.execute(
        "UPDATE balance b SET latest_at = ARRAY[b.version, n.until] || array_fill(%s::bigint, ARRAY[%s::int])"
        " FROM unnest(%s::uuid[], %s::bigint[]) AS n(service, until)"
        " WHERE b.tenant_id = %s AND b.service_id = n.service AND b.period_on = %s",
        [
            -(2**62),
            groups,
            [one[0] for one in known],
            [one[2] for one in known],
            ctx.tenant,
            period.starts_on,
        ],
    )


def rename_slots(ctx: Context, tabs: Sequence[tuple[Tab, Sequence[str]]]) -> None:
    """Write the pools of balances in another order of slots, that of the book they are charged by from now on."""
    if not tabs:
        return
    ctx.db.execute(
        "UPDATE balance b SET slots = string_to_array(n.slots, ','), capacity = n.capacity::bigint[],"
        " remaining = n.remaining::bigint[]"
        " FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::text[], %s::text[])"
        " AS n(service, period_on, slots, capacity, remaining)"
        " WHERE b.tenant_id = %s AND b.service_id = n.service AND b.period_on = n.period_on",
        [
            [tab.service for tab, _ in tabs],
            [tab.period_on for tab, _ in tabs],
            [",".join(slots) for _, slots in tabs],
            [arrays.of_numbers(tab.account.granted) for tab, _ in tabs],
            [arrays.of_numbers(tab.account.left) for tab, _ in tabs],
            ctx.tenant,
        ],
    )
