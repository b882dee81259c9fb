"""`spojka bench messaging`: measurements by name, ratios to Kannel and to the disk, what misses its limit."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from spojka.access.operations.progress import report
from spojka.surfaces.bench.disk import fdatasync_per_s
from spojka.surfaces.bench.messaging import inside
from spojka.surfaces.bench.messaging.carrying import (
    MOST_IN_FLIGHT,
    carry,
    carry_by_jasmin,
    carry_by_kannel,
    carry_by_queue,
)
from spojka.surfaces.bench.messaging.filling import fill_up
from spojka.surfaces.bench.messaging.jumping import jump
from spojka.surfaces.bench.messaging.originating import pick_up, told, told_by_kannel
from spojka.surfaces.bench.messaging.processes import NotStarted
from spojka.surfaces.bench.messaging.spacing import space
from spojka.surfaces.bench.messaging.submitting import (
    STEADY_PER_S,
    WINDOW,
    speak,
    submit,
    submit_to_jasmin,
    submit_to_kannel,
)
from spojka.surfaces.jobs.install import install
from spojka.surfaces.registered import register_all

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What a run is like.

    Args:
        seconds: how long each measurement takes.
        store: how many messages lie in the store of the last one.
        processes: of the gateway, where programs submit over HTTP.

    """

    seconds: int
    store: int
    processes: int


Measurement = Callable[[Path, Settings], Figures]

MEASUREMENTS: Final[Mapping[str, Measurement]] = {
    "submit-32": lambda folder, asked: submit(folder, asked.processes, seconds=asked.seconds, connections=32),
    "kannel-submit-32": lambda folder, asked: submit_to_kannel(folder, seconds=asked.seconds, connections=32),
    "jasmin-submit-32": lambda folder, asked: submit_to_jasmin(folder, seconds=asked.seconds, connections=32),
    "submit-128": lambda folder, asked: submit(folder, asked.processes, seconds=asked.seconds, connections=128),
    "kannel-submit-128": lambda folder, asked: submit_to_kannel(folder, seconds=asked.seconds, connections=128),
    "jasmin-submit-128": lambda folder, asked: submit_to_jasmin(folder, seconds=asked.seconds, connections=128),
    "batches": lambda folder, asked: submit(folder, asked.processes, seconds=asked.seconds, connections=8, batch=100),
    "steady": lambda folder, asked: submit(
        folder, asked.processes, seconds=asked.seconds, connections=64, rate_per_s=STEADY_PER_S
    ),
    "smpp": lambda folder, asked: speak(folder, seconds=asked.seconds),
    "carry": lambda folder, asked: carry(folder, seconds=asked.seconds, connections=8, batch=100),
    "carry-one": lambda folder, asked: carry(folder, seconds=asked.seconds, connections=128),
    "queue": lambda folder, asked: carry_by_queue(folder, seconds=asked.seconds, connections=8, batch=100),
    "kannel-carry": lambda folder, asked: carry_by_kannel(folder, seconds=asked.seconds, connections=32),
    "jasmin-carry": lambda folder, asked: carry_by_jasmin(folder, seconds=asked.seconds, connections=32),
    "pick-up": lambda folder, asked: pick_up(folder, seconds=asked.seconds),
    "webhooks": lambda folder, asked: told(folder, seconds=asked.seconds),
    "kannel-mobile": lambda folder, asked: told_by_kannel(folder, seconds=asked.seconds),
    "priority": lambda folder, asked: jump(folder, seconds=asked.seconds),
    "spacing-1000": lambda folder, asked: space(folder, seconds=asked.seconds, applications=1000),
    "spacing-10": lambda folder, asked: space(folder, seconds=asked.seconds, applications=10),
    "store": lambda folder, asked: fill_up(folder, seconds=asked.seconds, messages=asked.store),
    "inside": lambda _, asked: inside.measure(seconds=asked.seconds),
}
"""What can be measured alone by its name, in the order of the whole run."""


@dataclass(frozen=True, slots=True)
class Limit:
    """
    What a figure has to reach, or must not exceed where `most`.

    Args:
        measured: the measurement and its figure.
        bound: a number, or the figure of another measurement.
        times: what the bound is multiplied by.
        most: whether the figure must not exceed it.

    """

    measured: tuple[str, str]
    bound: int | tuple[str, str]
    times: float = 1  # float: a ratio of speeds
    most: bool = False

    @property
    def name(self) -> str:
        """The limit in words."""
        bound = self.bound if isinstance(self.bound, int) else ".".join(self.bound)
        times = "" if self.times == 1 else f"{self.times} × "
        return f"{'.'.join(self.measured)} {'≤' if self.most else '≥'} {times}{bound}"

    def judge(self, figures: Mapping[str, Figures]) -> dict[str, Any] | None:
        """The figure beside its bound and whether it is met; `None` where one of them was not measured."""
        found = _figure(figures, self.measured)
        bound = self.bound if isinstance(self.bound, int) else _figure(figures, self.bound)
        if found is None or bound is None:
            return None
        needed = bound * self.times
        judged = {
            "limit": self.name,
            "measured": found,
            "needed": round(needed, 2),
            "met": found <= needed if self.most else found >= needed,
        }
        return judged if self.most or not bound else {**judged, "ratio": round(found / bound, 2)}


def _figure(figures: Mapping[str, Figures], name: tuple[str, str]) -> Any:
    return figures.get(name[0], {}).get(name[1])


LIMITS: Final = (
    Limit(("submit-32", "accepted_per_s"), ("kannel-submit-32", "accepted_per_s"), 0.5),
    Limit(("submit-128", "accepted_per_s"), ("kannel-submit-128", "accepted_per_s"), 0.5),
    Limit(("batches", "accepted_per_s"), ("kannel-submit-32", "accepted_per_s")),
    Limit(("steady", "p99_ms"), 20, most=True),
    Limit(("smpp", "accepted_per_s"), 3_000),
    Limit(("carry", "end_to_end_per_s"), ("kannel-carry", "end_to_end_per_s")),
    Limit(("carry-one", "end_to_end_per_s"), ("kannel-carry", "end_to_end_per_s")),
    Limit(("carry", "receipts_unmatched"), 0, most=True),
    Limit(("carry-one", "receipts_unmatched"), 0, most=True),
    Limit(("queue", "receipts_unmatched"), 0, most=True),
    Limit(("carry", "in_flight_second_half"), 2 * MOST_IN_FLIGHT, most=True),
    Limit(("pick-up", "picked_up_per_s"), 4_000),
    Limit(("webhooks", "told_per_s"), 4_000),
    Limit(("priority", "sent_before_it_p50"), WINDOW, most=True),
    Limit(("priority", "standard_sent"), 1),
    Limit(("spacing-1000", "error_p99_ms"), 5, most=True),
    Limit(("spacing-1000", "sender_micros_a_message"), ("spacing-10", "sender_micros_a_message"), 1.5, most=True),
    Limit(("store", "accepted_per_s_after"), ("store", "accepted_per_s_before"), 0.8),
    Limit(("store", "slowest_ms_after"), 100, most=True),
)
"""What is promised of a machine like the one that the figures in the documents are of, with no other work on it."""


def run(*, only: Sequence[str] = (), seconds: int = 5, store: int = 100_000, processes: int = 1) -> dict[str, Any]:
    """
    Measure in fresh tenants, one thing after the other.

    Args:
        only: names of measurements; all unless some are named. A ratio to Kannel needs its measurement named too.
        seconds: how long each measures, after it is warm.
        store: messages in the store of the measurement of a full one.
        processes: of the gateway, where programs submit over HTTP.

    Returns:
        The figures of every measurement by its name, the disk's fdatasync a second, limits with ratios, and what was
        missed: limits, and measurements that came to nothing.

    """
    assert set(only) <= set(MEASUREMENTS), only
    install()
    register_all()
    figures: dict[str, Figures] = {}
    faults: list[str] = []
    disk = fdatasync_per_s()
    chosen = [name for name in MEASUREMENTS if not only or name in only]
    for done, name in enumerate(chosen):
        report(done, len(chosen), "measurements")
        with tempfile.TemporaryDirectory(prefix="spojka-bench-") as folder:
            try:
                found = MEASUREMENTS[name](Path(folder), Settings(seconds, store, processes))
            except NotStarted as fault:  # the others are measured all the same
                faults.append(f"{name}: {fault}")
                continue
        if found:
            figures[name] = found
            sys.stderr.write(json.dumps({name: found}) + "\n")  # a long run is not lost with its end
    limits = [judged for one in LIMITS if (judged := one.judge(figures)) is not None]
    return {
        **figures,
        "fdatasync_per_s": disk,
        "accepted_per_fdatasync": {
            name: round(one["accepted_per_s"] / disk, 2) for name, one in figures.items() if "accepted_per_s" in one
        },
        "limits": limits,
        "missed": [one["limit"] for one in limits if not one["met"]] + faults,
    }
