"""What goes on by itself: every second all tenants' due deadlines run, in order of time, and the audit is sealed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from spojka.access.audit.store import seal
from spojka.access.database.connections import close_pool, transaction
from spojka.access.deadlines.running import run_due
from spojka.access.tenants.store import all_tenants
from spojka.kernel.ids import TenantId
from spojka.surfaces.jobs.messages import erase_messages, make_months
from spojka.surfaces.jobs.sweeping import sweep_files
from spojka.surfaces.jobs.warning import warn_subscribers

PAUSE_S: Final = 1
"""Seconds between two rounds: what is due waits no longer than this and the round itself."""

REST: Final = timedelta(minutes=1)
"""How long a tenant rests whose job failed: the cause is logged and somebody must act, the others go on."""

log = structlog.get_logger("spojka.jobs")

Job = Callable[[TenantId, datetime], int]


def run_deadlines(tenant: TenantId, now: datetime) -> int:
    """Run everything that is due; notices are sent by deadlines too, and one that fails holds up none behind it."""
    return run_due(tenant, now, now, patient=True)


def seal_audit(tenant: TenantId, _now: datetime) -> int:
    """Chain what was committed since the last round."""
    with transaction(tenant) as db:
        return seal(db, tenant)


JOBS: Final[tuple[Job, ...]] = (run_deadlines, seal_audit, sweep_files, make_months, erase_messages, warn_subscribers)
"""What every round does for every tenant, in this order."""


@dataclass
class Rounds:
    """
    Rounds over all tenants; a tenant whose job fails rests, so that it holds nobody up.

    Args:
        jobs: what to do for a tenant at an instant; each says how much it did.
        resting: until when, by tenant and job.

    """

    jobs: tuple[Job, ...] = JOBS
    resting: dict[tuple[TenantId, str], datetime] = field(default_factory=dict)

    def go(self, now: datetime) -> int:
        """One round; returns how much was done."""
        return sum(self._try(job, TenantId(row["id"]), now) for row in all_tenants() for job in self.jobs)

    def _try(self, job: Job, tenant: TenantId, now: datetime) -> int:
        key = (tenant, getattr(job, "__name__", repr(job)))
        if key in self.resting and now < self.resting[key]:
            return 0
        self.resting.pop(key, None)
        try:
            return job(tenant, now)
        except Exception:
            self.resting[key] = now + REST
            log.exception("job_failed", tenant=str(tenant), job=key[1], again_at=self.resting[key].isoformat())
            return 0


def run_until(stop: threading.Event, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
    """Go round every second until told to stop."""
    rounds = Rounds()
    while not stop.is_set():
        rounds.go(clock())
        stop.wait(PAUSE_S)


def main() -> None:
    """A process of its own: go round until it is asked to end."""
    from spojka.surfaces.jobs.channels import register_channels  # noqa: PLC0415  # the parent needs none of these
    from spojka.surfaces.registered import register_all  # noqa: PLC0415  # see above

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: stop.set())
    register_all()
    register_channels()
    try:
        run_until(stop)
    finally:
        close_pool()
