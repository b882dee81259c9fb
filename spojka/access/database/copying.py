"""Many rows handed over at once: copied into a table of this transaction alone, to be inserted from there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import sql

from spojka.access.database.connections import Connection


def copy_rows(db: Connection, table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> None:
    """
    Fill a temporary table with rows; row-level security refuses COPY into a table itself.

    Args:
        db: a connection inside a transaction; the table is gone with it.
        table: the temporary table's name; what it held before is dropped.
        columns: names and types.
        rows: as many values as columns each; JSON as text.

    """
    name = sql.Identifier(table)
    fields = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(one), sql.SQL(kind)) for one, kind in columns)
    db.execute(sql.SQL("CREATE TEMPORARY TABLE IF NOT EXISTS {} ({}) ON COMMIT DROP").format(name, fields))
    db.execute(sql.SQL("TRUNCATE {}").format(name))
    with db.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
        for row in rows:
            copy.write_row(row)
