"""Why an application's requests were refused, and whether the platform worked at its own interface then (o2/7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.diagnosis.store import (
    NOBODY,
    Door,
    probes_between,
    refused_between,
    refused_by_minute,
)
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import service_row

LATELY: Final = timedelta(hours=24)
MOST_MINUTES: Final = 1000


@dataclass(frozen=True, slots=True)
class RefusedReason:
    """Requests refused for one reason: where they came (`https`, `smpp`), the code, and the first and last minute."""

    door: Door
    code: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedMinute:
    """Requests refused for one reason in the minute that begins then."""

    at: datetime
    door: Door
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Probed:
    """
    The platform as measured at its own interface.

    Args:
        tries: synthetic submissions, each with its pick-up.
        failed: those that came to nothing.
        slowest_ms: the longest that one took, submission and pick-up together; `None` where none went well.
        last_at: when it was last measured, `None` where it was not.
        failed_at, fault: when one failed last, and why.

    """

    tries: int
    failed: int
    slowest_ms: int | None
    last_at: datetime | None
    failed_at: datetime | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """
    What shows on whose side a fault lies, in a time (half-open).

    Args:
        application: whose; `None` for requests that came with no certificate of one application.
        refused: how many requests were refused.
        reasons: by reason, the most frequent first.
        minutes: the same by minute, the oldest first, the first thousand.
        interface: whether the platform worked.

    """

    application: ServiceId | None
    from_at: datetime
    to_at: datetime
    refused: int
    reasons: list[RefusedReason]
    minutes: list[RefusedMinute]
    interface: Probed


@query("connector.diagnosis", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def diagnosis(
    ctx: Context,
    *,
    application: ServiceId | None = None,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
) -> Diagnosis | Refusal:
    """
    Why requests were refused, the last 24 hours unless said otherwise, beside measurements of the platform (o2/7.3).

    Without an application: requests of nobody, which are for staff.
    """
    if (application is None and ctx.actor.party is not None) or (
        application is not None and service_row(ctx, application) is None
    ):
        return Refusal("SERVICE_UNKNOWN", (), {"service": application or NOBODY})
    ends = to_at or ctx.now
    return diagnosis_of(ctx, application, from_at or ends - LATELY, ends)


def diagnosis_of(ctx: Context, application: ServiceId | None, from_at: datetime, to_at: datetime) -> Diagnosis:
    """The diagnosis of an application, or of nobody, in a time."""
    whose = application or NOBODY
    reasons = [RefusedReason(**row) for row in refused_between(ctx, whose, from_at, to_at)]
    minutes = refused_by_minute(ctx, whose, from_at, to_at, most=MOST_MINUTES)
    return Diagnosis(
        application,
        from_at,
        to_at,
        sum(one.count for one in reasons),
        reasons,
        [RefusedMinute(**row) for row in minutes],
        Probed(**probes_between(ctx, from_at, to_at)),
    )
