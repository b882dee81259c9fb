"""The day's figures as the network counted them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.refusals import Refusal
from spojka.network.quality.store import put_day
from spojka.network.quality.terms import QualityTerms
from spojka.terms.findings import refuse
from spojka.trade.publications.shelf import shelf_of

MOST = 10**15
"""No day has more attempts; sums of days stay within what the database counts in."""


@dataclass(frozen=True, slots=True)
class AttemptsRecorded:
    """A day's figures: all attempts, those set up, and those left out for an announced outage."""

    on: date
    attempts: int
    successful: int
    excluded: int


@operation("quality.record_attempts", permission="quality.write", refusals=("ATTEMPTS_INVALID",))
def record_attempts(
    ctx: Context, *, on: date, attempts: int, successful: int, excluded: int = 0
) -> AttemptsRecorded | Refusal:
    """Record a day's attempted domestic calls within coverage; figures given earlier for the day are replaced."""
    if min(successful, excluded) < 0 or successful + excluded > attempts or attempts > MOST:
        return refuse(
            "ATTEMPTS_INVALID",
            shelf_of(ctx).sheet(QualityTerms, ctx.today).call_setup_success_min_pct,
            figures={"attempts": attempts, "successful": successful, "excluded": excluded},
        )
    put_day(ctx, on=on, attempts=attempts, successful=successful, excluded=excluded)
    return AttemptsRecorded(on, attempts, successful, excluded)
