"""Partitions by the month that ids carry, made before their month begins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

import psycopg
from psycopg import sql

from spojka.access.tenants.isolation import raise_walls
from spojka.kernel.time import Period, micros_of

TABLES: Final = ("message", "message_event")
AHEAD: Final = 3
"""Months that stand ready, the running one among them."""
LAST: Final = UUID(int=(1 << 128) - 1)
"""No id is greater."""


def first_id_at(instant: datetime) -> UUID:
    """The smallest UUIDv7 that an instant could have (RFC 9562, 5.7); before 1970 the smallest of all."""
    return UUID(int=max(0, micros_of(instant) // 1000) << 80)


def first_id(period: Period) -> UUID:
    """The smallest UUIDv7 that a month's first instant could have."""
    return first_id_at(period.starts_at)


def make_partitions(owner: psycopg.Connection[tuple[object, ...]], today: date) -> list[str]:
    """
    Make the partitions of the running month and the next ones, each behind its wall; only the tables' owner may.

    Safe to repeat. Returns the names of those that were made. A month that could not be made in time has its rows in
    the rest, which is checked when the month is made and left where rows are in its way.
    """
    made, period = [], Period.containing(today)
    for _ in range(AHEAD):
        for table in TABLES:
            name = f"{table}_{period.starts_on:%Y_%m}"
            if owner.execute("SELECT to_regclass(%s)", [name]).fetchone() == (None,):
                made += _make(owner, table, name, first_id(period), first_id(period.next()))
        period = period.next()
    if made:
        raise_walls(owner)
    return made


def _make(owner: psycopg.Connection[tuple[object, ...]], table: str, name: str, first: UUID, beyond: UUID) -> list[str]:
    """One partition, unless rows of its month lie in the rest."""
    statement = sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})").format(
        sql.Identifier(name), sql.Identifier(table), sql.Literal(str(first)), sql.Literal(str(beyond))
    )
    try:
        with owner.transaction():
            owner.execute(statement)
    except psycopg.errors.CheckViolation:
        return []
    return [name]
