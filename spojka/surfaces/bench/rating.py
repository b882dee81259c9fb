"""
Bench of the bulk rating: records a second from Parquet to Parquet, beside a bare copy of the same columns.

The copy reads the six input columns and writes the eight output columns, prepared in memory, with the same library and
compression; it is done both whole and streamed, and the faster one counts. Both sides are medians of alternating
rounds, so that whatever else the machine does falls on both. Every figure comes from a process of its own.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl

from spojka.access.database.server import home
from spojka.charging.rating.batches import rate_file
from spojka.charging.rating.kernel import SPENT
from spojka.charging.rating.roster import plain_roster
from spojka.charging.rating.states import State, fresh_state
from spojka.charging.rating.tables import compile_book
from spojka.charging.rating.terms import Counter, Kind, RateBook, RateRow, Slot
from spojka.charging.rating.walks import COLUMNS

SHARD = 10_000_000
"""Records of one file; a larger size is that many files, each with its own services."""
PERIOD_FROM = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000
PERIOD_LENGTH = 30 * 86_400 * 1_000_000
CLASSES, ZONES = ("own", "mobile", "fixed", "special"), ("cz", "eu", "world")


ALLOWANCE_S = 1500
"""Seconds in each of the two allowances of every service."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What something took: time on the wall, and processor time of all threads."""

    wall_s: float
    cpu_s: float


def run(
    *,
    records: int = 10_000_000,
    services: int = 100_000,
    out: Path | None = None,
    rounds: int = 5,
    sizes: Sequence[int] = (),
) -> dict[str, Any]:
    """
    Measure and return figures: seconds, records a second, the ratio to a copy, peak memory in bytes.

    `out` is a folder for the files, about 60 B a record (default: below Spojka's home). `sizes` adds the rate at other
    numbers of records, file by file, to show that it is linear. Raises `RuntimeError` when the order of the input
    changes a result.
    """
    out = out or home() / "bench"
    out.mkdir(parents=True, exist_ok=True)
    ordered, shuffled = out / "usage.parquet", out / "usage-shuffled.parquet"
    _write_usage(ordered, records=records, services=services, seed=1)
    _write_usage(shuffled, records=records, services=services, seed=1, shuffled=True)
    compared = _child("compare", ordered, services, rounds)
    streamed, unsorted = _child("rate", ordered, services, rounds), _child("rate", shuffled, services, rounds)
    if streamed["digest"] != unsorted["digest"]:
        raise RuntimeError(f"rated {streamed['digest']} in order and {unsorted['digest']} shuffled")
    figures = {
        "records": records,
        "services": services,
        "rate_s": compared["rate_s"],
        "copy_s": compared["copy_s"],
        "records_per_s": round(records / compared["rate_s"]),
        "ratio_to_copy": round(compared["rate_s"] / compared["copy_s"], 3),
        "rate_cpu_s": compared["rate_cpu_s"],
        "copy_cpu_s": compared["copy_cpu_s"],
        "cpu_ratio_to_copy": round(compared["rate_cpu_s"] / compared["copy_cpu_s"], 3),
        "peak_memory_bytes": streamed["peak_memory_bytes"],
        "unsorted_rate_s": unsorted["rate_s"],
        "unsorted_rate_cpu_s": unsorted["rate_cpu_s"],
        "unsorted_records_per_s": round(records / unsorted["rate_s"]),
        "unsorted_peak_memory_bytes": unsorted["peak_memory_bytes"],
        "charged_micros": streamed["digest"]["charged_micros"],
        "sizes": [_size(size, services, out) for size in sizes],
    }
    for file in (ordered, shuffled):
        file.unlink()
    return figures


def _size(records: int, services: int, out: Path) -> dict[str, Any]:
    """The rate over a number of records, shard by shard."""
    wall_s, cpu_s, peak, shard = 0.0, 0.0, 0, out / "shard.parquet"
    for number, start in enumerate(range(0, records, SHARD)):
        _write_usage(shard, records=min(SHARD, records - start), services=services, seed=number)
        rated = _child("rate", shard, services, 1)
        wall_s, cpu_s = wall_s + rated["rate_s"], cpu_s + rated["rate_cpu_s"]
        peak = max(peak, rated["peak_memory_bytes"])
        shard.unlink()
    return {
        "records": records,
        "rate_s": round(wall_s, 4),
        "rate_cpu_s": round(cpu_s, 4),
        "records_per_s": round(records / wall_s),
        "peak_memory_bytes": peak,
    }


def _child(what: str, source: Path, services: int, rounds: int) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "spojka.surfaces.bench.rating", what, str(source), str(services), str(rounds)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"{what} of {source} failed:\n{ran.stderr}")
    measured: dict[str, Any] = json.loads(ran.stdout)
    return measured


def service_ids(services: int) -> list[str]:
    """Ids as a provider has them, the same in every process."""
    random = Random(1)  # noqa: S311 - ids of a bench
    return [str(UUID(int=random.getrandbits(128), version=4)) for _ in range(services)]


def _write_usage(path: Path, *, records: int, services: int, seed: int, shuffled: bool = False) -> None:
    """Half calls, a quarter messages, a quarter data sessions, by a month's services at random."""
    random = np.random.default_rng(seed)
    kind = random.choice(np.array([Kind.VOICE, Kind.VOICE, Kind.SMS, Kind.DATA], np.uint8), records)
    quantity = np.where(kind == Kind.VOICE, random.geometric(1 / 90, records), random.geometric(1 / 2e6, records))
    frame = pl.DataFrame(
        {
            "service": pl.Series(service_ids(services)).gather(random.integers(0, services, records)),
            "kind": kind,
            "class": random.integers(0, len(CLASSES), records).astype(np.uint8),
            "zone": np.where(random.random(records) < 0.9, 0, random.integers(1, len(ZONES), records)).astype(np.uint8),
            "at": PERIOD_FROM + np.sort(random.integers(0, PERIOD_LENGTH, records)),
            "quantity": np.where(kind == Kind.SMS, 1, quantity),
        }
    )
    if shuffled:
        frame = frame.sample(fraction=1, shuffle=True, seed=seed)
    frame.write_parquet(path, compression="zstd")


def _book() -> RateBook:
    """A tariff with two allowances of seconds, the second after the first, and prices for everything else."""
    rows = []
    for zone in ZONES:
        for dest_class in CLASSES:
            covered = zone != "world" and dest_class != "special"
            call = RateRow("tariff", Kind.VOICE, dest_class, zone, 2_500_000, unit_size=60, first_block=60)
            message = RateRow("tariff", Kind.SMS, dest_class, zone, 1_500_000)
            data = RateRow("tariff", Kind.DATA, dest_class, zone, 2_000_000, unit_size=1024 * 1024, price_step=1024)
            if covered:
                call = replace(call, slots=("other_networks", "all_networks"), counter="seconds")
                message = replace(message, counter="parts")
            rows += [call, message, replace(data, limited=zone != "cz")]
    return RateBook(
        tuple(rows),
        dest_classes=CLASSES,
        zones=ZONES,
        slots=(Slot("other_networks"), Slot("all_networks")),
        counters=(Counter("seconds", 600_000), Counter("parts", 10_000)),
        limit_micros=1_600_000_000,
    )


def _rate(source: Path, services: int, rounds: int) -> dict[str, Any]:
    """Rate a file several times, each from a fresh state; the peak is this process's."""
    setting = _Setting(source, services)
    spent = [setting.rate() for _ in range(rounds)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    charged = pl.scan_parquet(setting.target).select(pl.col("charge_micros").sum()).collect().item()
    left, spent_micros = int(setting.state.left.sum()), int(setting.state.ledger[:, SPENT].sum())
    setting.target.unlink()
    return {
        "rate_s": _median(one.wall_s for one in spent),
        "rate_cpu_s": _median(one.cpu_s for one in spent),
        "peak_memory_bytes": peak,
        "digest": {"charged_micros": charged, "left": left, "spent_micros": spent_micros},
    }


def _compare(source: Path, services: int, rounds: int) -> dict[str, Any]:
    """Rate and copy in turn; medians."""
    setting = _Setting(source, services)
    setting.rate()
    prepared, copied = pl.read_parquet(setting.target), source.with_suffix(".copied")
    rated, whole, streamed = [], [], []
    for _ in range(rounds):
        rated.append(setting.rate())
        whole.append(_spent(partial(_copy_whole, source, prepared, copied)))
        streamed.append(_spent(partial(_copy_streamed, source, prepared, copied)))
    setting.target.unlink()
    copied.unlink()
    return {
        "rate_s": _median(one.wall_s for one in rated),
        "copy_s": min(_median(one.wall_s for one in copies) for copies in (whole, streamed)),
        "rate_cpu_s": _median(one.cpu_s for one in rated),
        "copy_cpu_s": min(_median(one.cpu_s for one in copies) for copies in (whole, streamed)),
    }


class _Setting:
    """A file to rate, with all that rating it takes, warmed up: nothing is compiled while the clock runs."""

    def __init__(self, source: Path, services: int) -> None:
        self.source, self.target, self.services = source, source.with_suffix(".rated"), services
        self.book = _book()
        self.tables = compile_book(self.book)
        self.roster = plain_roster(service_ids(services), np.zeros(services, np.int64))
        few = source.with_suffix(".few")
        pl.read_parquet(source, n_rows=1000).write_parquet(few)
        self.state = self._fresh()
        rate_file(few, self.target, tables=self.tables, roster=self.roster, state=self.state)
        few.unlink()

    def rate(self) -> Spent:
        """Rate the file once, from a fresh state."""
        self.state = self._fresh()
        return _spent(
            partial(rate_file, self.source, self.target, tables=self.tables, roster=self.roster, state=self.state)
        )

    def _fresh(self) -> State:
        allowance = np.full(self.services, ALLOWANCE_S, np.int64)
        return fresh_state(self.book, {"other_networks": allowance, "all_networks": allowance}, self.services)


def _copy_whole(source: Path, prepared: pl.DataFrame, target: Path) -> None:
    pl.read_parquet(source, columns=list(COLUMNS))
    prepared.write_parquet(target, compression="zstd")


def _copy_streamed(source: Path, prepared: pl.DataFrame, target: Path) -> None:
    for _ in pl.scan_parquet(source).select(COLUMNS).collect_batches(maintain_order=True):
        pass
    prepared.lazy().sink_parquet(target, compression="zstd")


def _spent(act: Callable[[], object]) -> Spent:
    """Do something and say what it took; processor time is that of all threads."""
    started, began = perf_counter(), process_time()
    act()
    return Spent(perf_counter() - started, process_time() - began)


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 4)


if __name__ == "__main__":
    mode, source_file, service_count, round_count = sys.argv[1:]
    measure = {"rate": _rate, "compare": _compare}[mode]
    sys.stdout.write(json.dumps(measure(Path(source_file), int(service_count), int(round_count))))
