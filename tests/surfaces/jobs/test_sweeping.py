"""Orphaned files are removed a day later; files that a row names stay."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import files
from spojka.kernel.ids import uuid7
from spojka.surfaces.jobs.sweeping import sweep_files

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)


def put(tenant, name: str, *, age: timedelta):
    file = files() / "usage" / str(tenant) / "2026-04" / "00" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"left behind")
    at = (NOW - age).timestamp()
    os.utime(file, (at, at))
    return file


@pytest.mark.parametrize(("age", "stays"), [(timedelta(days=1), True), (timedelta(days=1, seconds=1), False)])
def test_an_orphan_is_removed_when_it_is_older_than_a_day(tenant, age, stays):
    file = put(tenant, "orphan.parquet", age=age)

    sweep_files(tenant, NOW)

    assert file.exists() is stays


def test_a_file_that_a_row_names_stays(tenant):
    file = put(tenant, "named.parquet", age=timedelta(days=30))
    path = file.relative_to(files() / "usage").as_posix()
    with transaction(tenant) as db:
        db.execute(
            "INSERT INTO usage_segment (tenant_id, id, period_on, shard, generation, path, records)"
            " VALUES (%s, %s, '2026-04-01', 0, 0, %s, 1)",
            [tenant, uuid7(), path],
        )

    removed = sweep_files(tenant, NOW)

    assert (removed, file.exists()) == (0, True)
