from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import polars as pl
import pytest

from spojka.charging.usage.records import frame_of
from spojka.charging.usage.screening import recognise, screen
from spojka.charging.usage.segments import (
    ORDER,
    orphans,
    read_segments,
    shard_of,
    write_segments,
)
from tests.charging.usage.lookups import ENDED_AT, LOOKUPS, NOON, call

TENANT = UUID(int=1)


@pytest.fixture
def ready():
    records = [call(NOON + timedelta(minutes=-number), record_id=str(number)) for number in range(20)]
    records += [call(record_id="b", service_key="+420602000000")]
    records += [call(ENDED_AT - timedelta(hours=1, seconds=30), record_id="d", kind="data", duration_s=60, bytes_up=8)]
    return screen(recognise(frame_of(records)).fresh, LOOKUPS).ready


def _written(root, ready, name="f1", shards=4):
    return write_segments(root, ready, tenant_id=TENANT, name=name, shards=shards)


def test_a_service_has_the_same_shard_for_ever():
    assert [shard_of(f"service-{number}", 16) for number in range(6)] == [3, 6, 15, 0, 9, 4]


def test_every_period_and_shard_has_a_file(tmp_path, ready):
    written = _written(tmp_path, ready)

    assert {(one.period_on, one.shard) for one in written} == {
        (date(2026, 2, 1), shard_of("a", 4)),
        (date(2026, 2, 1), shard_of("b", 4)),
        (date(2026, 3, 1), shard_of("a", 4)),
    }
    assert sum(one.records for one in written) == 23
    assert all(one.path.startswith(f"{TENANT}/{one.period_on:%Y-%m}/{one.shard:02d}/f1") for one in written)


def test_segments_are_read_as_one_frame_in_time_order(tmp_path, ready):
    _written(tmp_path, ready.filter(pl.col("record_id") < "4"), name="f2")
    _written(tmp_path, ready.filter(pl.col("record_id") >= "4"), name="f1")
    paths = orphans(tmp_path, tenant_id=TENANT, keep=())

    back = read_segments(tmp_path, paths).collect()

    assert back.equals(ready.sort(ORDER))


def test_a_shard_is_read_alone(tmp_path, ready):
    written = _written(tmp_path, ready)
    paths = [one.path for one in written if (one.period_on, one.shard) == (date(2026, 2, 1), shard_of("b", 4))]

    services = set(read_segments(tmp_path, paths).collect()["service_id"])

    assert "b" in services
    assert services <= {service for service in ("a", "b") if shard_of(service, 4) == shard_of("b", 4)}


def test_nothing_unfinished_stays_after_a_write(tmp_path, ready):
    written = _written(tmp_path, ready)

    assert orphans(tmp_path, tenant_id=TENANT, keep=[one.path for one in written]) == []


def test_files_that_no_row_names_are_orphans(tmp_path, ready):
    kept, lost = _written(tmp_path, ready), _written(tmp_path, ready, name="lost")
    unfinished = tmp_path / f"{kept[0].path}.writing"
    unfinished.write_bytes(b"half")

    found = orphans(tmp_path, tenant_id=TENANT, keep=[one.path for one in kept])

    assert found == sorted([*(one.path for one in lost), f"{kept[0].path}.writing"])


def test_another_tenants_files_are_no_orphans(tmp_path, ready):
    write_segments(tmp_path, ready, tenant_id=UUID(int=2), name="f1")

    assert orphans(tmp_path, tenant_id=TENANT, keep=()) == []
