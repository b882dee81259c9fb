"""Limits and pace in headers, after the draft of RateLimit fields for HTTP, and as a resource."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from spojka.kernel.refusals import Refusal
from spojka.surfaces.gateway.connector.exchange import Asked, Header, Reply, as_json, refused
from spojka.surfaces.gateway.connector.gauge import Reading
from spojka.surfaces.gateway.connector.services import Services

DAY_S: Final = 86_400


def pace_headers(reading: Reading | None, now: datetime) -> tuple[Header, ...]:
    """Quotas and what is left of them: parts of the day, of the month, of the queue; and the pace."""
    if reading is None:
        return ()
    quotas = (
        ("day", reading.day_limit, reading.day_used, _left_s(reading.day_ends_at, now)),
        ("month", reading.month_limit, reading.month_used, _left_s(reading.month_ends_at, now)),
        ("queue", reading.queue_most, reading.queued, _drains_s(reading)),
    )
    policy = ", ".join([f'"{name}";q={quota}' for name, quota, _, _ in quotas])
    left = ", ".join([f'"{name}";r={max(0, quota - used)};t={ends}' for name, quota, used, ends in quotas])
    return (
        (b"ratelimit-policy", policy.encode()),
        (b"ratelimit", left.encode()),
        (b"pace", pace_of(reading).encode()),
    )


def pace_of(reading: Reading) -> str:
    """
    Parts a second as a decimal number.

    A pace is one of the terms' decimal figures, so it has few places.
    """
    rate = reading.rate_per_s
    whole, rest = divmod(rate.numerator * 1000 // rate.denominator, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def _left_s(ends_at: datetime, now: datetime) -> int:
    return max(0, -int((now - ends_at).total_seconds() // 1))


def _drains_s(reading: Reading) -> int:
    return -(-reading.queued * reading.rate_per_s.denominator // reading.rate_per_s.numerator)


async def limits(services: Services, asked: Asked) -> Reply:
    """Limits, what is used of them, when they begin anew, the pace and the queue (o2/3.3, o2/4.1)."""
    assert asked.pin is not None
    reading = await services.gauge.of(asked.pin.application)
    if reading is None:
        return refused(Refusal("APPLICATION_UNKNOWN", (), {"application": asked.pin.application}), asked)
    body = {
        "product": reading.product,
        "pace_per_s": pace_of(reading),
        "day": _quota(reading.day_limit, reading.day_used, reading.day_ends_at),
        "month": _quota(reading.month_limit, reading.month_used, reading.month_ends_at),
        "queue": {"limit": reading.queue_most, "waiting": reading.queued, "drains_in_s": _drains_s(reading)},
    }
    return as_json(body, headers=pace_headers(reading, asked.now))


def _quota(limit: int, used: int, ends_at: datetime) -> dict[str, object]:
    return {"limit": limit, "used": used, "remaining": max(0, limit - used), "resets_at": ends_at}
