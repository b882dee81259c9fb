"""A call's surroundings whose work stays: for tests that look at it from another transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import TenantId, uuid7


@contextlib.contextmanager
def committed(tenant: TenantId, now: datetime) -> Iterator[Context]:
    """A context in a transaction of its own, committed at the end."""
    with transaction(tenant) as db:
        yield Context(db, tenant, OPERATOR, now, uuid7(), Path())


def count(tenant: TenantId, table: str) -> int:
    """How many rows of a table a tenant sees."""
    with transaction(tenant) as db:
        row = db.execute(f"SELECT count(*) AS rows FROM {table}").fetchone()
    assert row is not None
    return int(row["rows"])
