"""A connector tried at its own interface, as a program would: one submission that never leaves, and its pick-up."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import psycopg

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.kernel.ids import TenantId
from spojka.surfaces.cli.printing import out
from spojka_client import Connector, ConnectorError, Message, Refused

LATER: Final = timedelta(days=1)
"""The message would leave so much later; it is taken back long before."""
WORTH: Final = timedelta(microseconds=1)
"""It is worth sending for so long from then on: one that could not be taken back expires then, and never leaves."""
WAIT_S: Final = 10
"""Its report is waited for so long."""
MOST_OWED: Final = 10_000
"""Tries that are remembered while the database is away."""
_MS: Final = 1_000_000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try took, in milliseconds; `fault` says in a few words why it came to nothing."""

    submit_ms: int | None = None
    pickup_ms: int | None = None
    fault: str = ""


def try_once(connector: Connector, recipient: str, *, now: datetime) -> Tried:
    """
    Submit a message that is to leave tomorrow, take it back, and pick up the report that says so (o2/7.3).

    Nothing goes to any network and nothing is charged; it counts into the application's own limits. Other reports of
    the application are left as they are.
    """
    submit_ms = None
    try:
        submit_ms, message = _timed(lambda: _submitted(connector, recipient, now))
        pickup_ms, _ = _timed(lambda: _picked_up(connector, message))
    except (ConnectorError, _NotDone) as wrong:
        return Tried(submit_ms, None, str(wrong)[:200] or type(wrong).__name__)
    return Tried(submit_ms, pickup_ms)


def probe(tenant: TenantId, connector: Connector, recipient: str, *, every_s: int | None) -> bool:
    """Try, keep what it took, and say it; again and again where that is asked for. Whether the last try went well."""
    owed: deque[tuple[datetime, Tried]] = deque(maxlen=MOST_OWED)
    while True:
        at = datetime.now(UTC)
        tried = try_once(connector, recipient, now=at)
        owed.append((at, tried))
        try:
            _keep(tenant, owed)
        except psycopg.OperationalError as away:
            if every_s is None:
                raise
            out().print(f"not kept yet: {type(away).__name__}", highlight=False)
        out().print(tried.fault or f"submit {tried.submit_ms} ms, pick-up {tried.pickup_ms} ms", highlight=False)
        if every_s is None:
            return not tried.fault
        time.sleep(every_s)


def _keep(tenant: TenantId, owed: deque[tuple[datetime, Tried]]) -> None:
    """Keep tries at their own instants; those made while the database was away are kept once it is back."""
    while owed:
        at, tried = owed[0]
        given = {"submit_ms": tried.submit_ms, "pickup_ms": tried.pickup_ms, "fault": tried.fault}
        call("connector.record_probe", given, tenant=tenant, actor=OPERATOR, now=at)
        owed.popleft()


class _NotDone(Exception):
    """The platform answered, and not as it should; says what."""


def _timed(work: Callable[[], Result]) -> tuple[int, Result]:
    began = time.monotonic_ns()
    result = work()
    return (time.monotonic_ns() - began) // _MS, result


def _submitted(connector: Connector, recipient: str, now: datetime) -> str:
    at = now + LATER
    asked = Message(recipient, "Spojka", purpose="service", report=True, send_at=at, expires_at=at + WORTH)
    answer = connector.send(asked)
    if isinstance(answer, Refused):
        raise _NotDone(answer.code)
    taken = connector.cancel(answer.id)
    if isinstance(taken, Refused):
        raise _NotDone(taken.code)
    return answer.id


def _picked_up(connector: Connector, message: str) -> None:
    """Find the message's report among those that wait, page by page; it alone is acknowledged."""
    until, after = time.monotonic() + WAIT_S, None
    while time.monotonic() < until:
        reports = connector.reports(wait_s=1, after=after)
        own = [one.id for one in reports if one.message == message]
        if own:
            connector.acknowledge(own)
            return
        after = reports[-1].id if reports else None  # once all are seen, from the first on: one may have come between
    raise _NotDone("no report in time")
