"""
Parquet segments of usage: one folder for each tenant, period and shard of the services.

A segment is written under a temporary name, made durable and renamed, so a name that can be seen is whole. Which
segments count is the database's word; files it does not name are orphans of a crash and are removed.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Final
from uuid import UUID

import polars as pl

from spojka.charging.usage.cutting import PART, period_on

SHARDS: Final = 16
"""Shards of a tenant's services; changing it means rewriting the segments."""

ORDER: Final = ("at", "identity", PART)
"""Segments are sorted by time; equal instants by identity and part, so every read gives one order."""

_SUFFIX: Final = ".parquet"
_TEMPORARY: Final = ".writing"


@dataclass(frozen=True, slots=True)
class Segment:
    """
    One file of ready records.

    Args:
        path: below the root, with slashes.
        period_on: first day of its accounting period.
        shard: the shard of the services in it.
        records: how many rows it has.

    """

    path: str
    period_on: date
    shard: int
    records: int


def shard_of(service_id: str, shards: int = SHARDS) -> int:
    """The shard of a service, the same on every machine and in every version."""
    return int.from_bytes(blake2b(service_id.encode(), digest_size=8).digest(), "big") % shards


def write_segments(
    root: Path, ready: pl.DataFrame, *, tenant_id: UUID, name: str, shards: int = SHARDS
) -> list[Segment]:
    """
    Write a frame of ready records, a file for each period and shard in it.

    Args:
        root: the folder of all segments.
        ready: from `screen`, with `identity` and `part`.
        tenant_id: whose they are.
        name: the files' name, unique for this write (the id of the file they came in).
        shards: how many shards the tenant has.

    Returns:
        The files written, durable when this returns.

    """
    services = ready["service_id"].unique()
    numbers = [shard_of(service, shards) for service in services]
    placed = ready.with_columns(
        _period_on=period_on(pl.col("at")),
        _shard=pl.col("service_id").replace_strict(services, numbers, return_dtype=pl.Int32),
    )
    written = []
    for (day, shard), part in placed.group_by(["_period_on", "_shard"]):
        assert isinstance(day, date)
        assert isinstance(shard, int)
        path = PurePosixPath(str(tenant_id), f"{day:%Y-%m}", f"{shard:02d}", f"{name}{_SUFFIX}")
        _write(root / path, part.drop("_period_on", "_shard").sort(ORDER))
        written.append(Segment(str(path), day, shard, part.height))
    return sorted(written, key=lambda segment: segment.path)


def read_segments(root: Path, paths: Iterable[str]) -> pl.LazyFrame:
    """
    The given segments as one frame in the order of `ORDER`, read when collected.

    Args:
        root: the folder of all segments.
        paths: from `Segment.path`, at least one.

    """
    return pl.scan_parquet([root / path for path in paths], missing_columns="insert", extra_columns="ignore").sort(
        ORDER
    )


def orphans(root: Path, *, tenant_id: UUID, keep: Collection[str]) -> list[str]:
    """Files below a tenant's folder that are not among the kept paths, unfinished ones included."""
    kept = frozenset(keep)
    found = (path.relative_to(root).as_posix() for path in (root / str(tenant_id)).rglob("*") if path.is_file())
    return sorted(path for path in found if path not in kept)


def _write(path: Path, frame: pl.DataFrame) -> None:
    _make_folder(path.parent)
    temporary = path.with_name(f"{path.name}{_TEMPORARY}")
    frame.write_parquet(temporary, compression="zstd")
    _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)


def _make_folder(folder: Path) -> None:
    """Make a folder and make it last: each new name is written into its parent durably."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
