"""Balances rated anew: not there yet, rated with other entitlements, or with records that came out of order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.balances.online.rules import GROUPS
from spojka.charging.balances.online.store import latest_uses, note_walk
from spojka.charging.rating.entitlements import Holding, control_events
from spojka.charging.rating.runs import run_rating
from spojka.charging.usage.segments import shard_of
from spojka.charging.usage.store import segment_rows
from spojka.kernel.time import Period, micros_of


@dataclass(frozen=True, slots=True)
class Entitled:
    """What a service is rated with: the mark of its entitlements, and what they are."""

    mark: str
    holding: Holding | None


def rate_anew(ctx: Context, period: Period, entitled: Mapping[UUID, Entitled]) -> None:
    """
    Rate services of a period from their records, and remember with what, and how far in time.

    How far is known exactly when no record of theirs lies in a file; otherwise it is the instant of the walk, and a
    session that began before it is rated at its place by another walk.
    """
    services = sorted(entitled)
    names = [str(service) for service in services]
    run_rating(ctx, period, names)
    shards = sorted({shard_of(name) for name in names})
    exact = not segment_rows(ctx, period, shards)
    latest = latest_uses(ctx, period, services) if exact else {}
    walked: list[tuple[UUID, str, int | None]] = []
    for service in services:
        until = _controlled_until(ctx, entitled[service].holding, period) if exact else None
        used_at = latest.get(service)
        if until is not None and used_at is not None:
            until = max(until, micros_of(used_at))
        walked.append((service, entitled[service].mark, until))
    note_walk(ctx, period, walked, len(set(GROUPS.values())))


def _controlled_until(ctx: Context, holding: Holding | None, period: Period) -> int | None:
    """The instant of the latest change of a service's pools; none when one is still to come."""
    if holding is None:
        return None
    instants: Sequence[int] = [event.at_micros for event in control_events(holding, period)]
    latest = max(instants, default=micros_of(period.starts_at))
    return latest if latest <= micros_of(ctx.now) else None
