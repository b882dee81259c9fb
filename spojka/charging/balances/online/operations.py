"""Sessions stepped one at a time by name: what a story, a test or the command line calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta

from spojka.access.deadlines.store import set_deadline
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.balances import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.charging.balances.online.batches import Batch
from spojka.charging.balances.online.desk import SILENT_S
from spojka.charging.balances.online.memory import Memory
from spojka.charging.balances.online.rules import Sizes
from spojka.charging.balances.online.sessions import Access, Answer, Direction, Kind, Result, Step, Wanted
from spojka.charging.balances.online.store import sessions_by_id, silent_sessions
from spojka.kernel.ids import ServiceId, SessionId, uuid7
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal

EXPIRE = "charging.expire"
"""The operation that ends silent sessions."""
MOST_ENDED = 10_000
"""Sessions that one call ends."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """
    A session after a step.

    Args:
        session: its id; its usage record has the same, from the source `online`.
        result: `granted`, `stopped` (nothing more is granted) or `released`.
        granted: units that may be used from now on: seconds, messages or bytes.
        final: nothing more follows this grant.
        valid_s: after so many seconds data are reported again.
        used: units used so far.
        free: on release, units that pools and buckets covered.
        charge: on release, what they cost.
        why: what keeps the grant below what was asked.
        slowed_kbps: the speed where data go on slowly.

    """

    session: SessionId
    result: Result
    granted: int
    final: bool
    valid_s: int | None
    used: int
    free: int
    charge: Money
    why: Refusal | None
    slowed_kbps: int | None


def _carried_out(ctx: Context, step: Step) -> Answer:
    answer = Batch(ctx, Memory(), now_ns=0, sizes=Sizes()).run([step])[0]
    assert answer is not None, step
    if answer.result in {"granted", "stopped"} and not answer.unkept:
        _promise_end(ctx)
    return answer


def _view(answer: Answer) -> SessionView | Refusal:
    if answer.result == "refused":
        assert answer.why is not None, answer
        return answer.why
    return SessionView(
        SessionId(answer.session),
        answer.result,
        answer.granted,
        answer.final,
        answer.valid_s,
        answer.used,
        answer.free,
        Money(answer.charge_micros),
        answer.why,
        answer.slowed_kbps,
    )


_USE_REFUSALS = (
    "SERVICE_UNKNOWN",
    "SERVICE_NOT_SUBSCRIBED",
    "SERVICE_NOT_ENABLED",
    "PREMIUM_BARRED",
    "ROAMING_NOT_INCLUDED",
    "NOT_SUPPORTED_OVER_WIFI",
    "VOWIFI_OUTSIDE_CZ",
    "SERVICE_RESTRICTED",
    "SERVICE_INTERRUPTED",
    "INVALID_NUMBER",
    "UNKNOWN_DESTINATION",
    "UNKNOWN_COUNTRY",
    "NOT_PRICED",
    "UNITS_EXHAUSTED",
    "ROAMING_LIMIT_EXCEEDED",
    "PERIOD_LIMIT_EXCEEDED",
    "MAX_CALL_DURATION",
    "SESSION_EXISTS",
    "SEQUENCE_PASSED",
)


@operation("charging.reserve", permission="balances.write", refusals=_USE_REFUSALS)
def reserve(
    ctx: Context,
    *,
    service: ServiceId,
    kind: Kind,
    to: str = "",
    direction: Direction = "mo",
    visited: str = "CZ",
    access: Access = "cellular",
    rating_group: int | None = None,
    asked: int | None = None,
    session: SessionId | None = None,
) -> SessionView | Refusal:
    """Begin a session of online charging: the first units of a call, a message or data are reserved (nej/2.11)."""
    wanted = Wanted(kind, to, direction, visited, access, rating_group)
    begun = session or SessionId(uuid7())
    answer = _carried_out(ctx, Step(begun, 1, "reserve", ctx.now, service, wanted, asked=asked))
    return _view(answer)


@operation(
    "charging.commit",
    permission="balances.write",
    refusals=("SESSION_UNKNOWN", "SESSION_ENDED", "SEQUENCE_PASSED"),
)
def commit(
    ctx: Context, *, session: SessionId, used: int, asked: int | None = None, sequence: int | None = None
) -> SessionView | Refusal:
    """Report units used since the last step, and reserve more; near the end less and less is granted, then nothing."""
    return _view(
        _carried_out(ctx, Step(session, _sequence(ctx, session, sequence), "commit", ctx.now, used=used, asked=asked))
    )


@operation(
    "charging.release",
    permission="balances.write",
    refusals=("SESSION_UNKNOWN", "SESSION_ENDED", "SEQUENCE_PASSED"),
)
def release(ctx: Context, *, session: SessionId, used: int, sequence: int | None = None) -> SessionView | Refusal:
    """End a session with the units used since the last step: it becomes one usage record, its rest is free again."""
    return _view(_carried_out(ctx, Step(session, _sequence(ctx, session, sequence), "release", ctx.now, used=used)))


def _sequence(ctx: Context, session: SessionId, given: int | None) -> int:
    """The step's number: the given one, or the one after the session's last."""
    if given is not None:
        return given
    known = sessions_by_id(ctx, [session]).get(session)
    return 1 if known is None else known.sequence + 1


def _promise_end(ctx: Context) -> None:
    """Have what falls silent now ended when its time has come, at a whole ten minutes that many sessions share."""
    silent_at = (ctx.now + timedelta(seconds=SILENT_S)).astimezone(UTC)
    due_at = silent_at.replace(minute=silent_at.minute // 10 * 10, second=0, microsecond=0) + timedelta(minutes=10)
    set_deadline(
        ctx,
        due_at=due_at,
        operation=EXPIRE,
        arguments={},
        subject="charging",
        key=f"charging:expire:{due_at.isoformat()}",
        unless=("relace skončí nebo se ozve", "the session ends or is heard of"),
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """So many silent sessions were ended."""

    sessions: int


@operation(EXPIRE, permission="balances.write")
def expire(ctx: Context) -> Ended:
    """End sessions that were not heard of for 75 minutes: what they reported counts, what they held is free again."""
    before = ctx.now - timedelta(seconds=SILENT_S)
    rows = silent_sessions(ctx, before=before, limit=MOST_ENDED)
    steps = [Step(row["id"], row["sequence"], "expire", before) for row in rows]
    if steps:
        Batch(ctx, Memory(), now_ns=0, sizes=Sizes()).run(steps)
    return Ended(len(steps))
