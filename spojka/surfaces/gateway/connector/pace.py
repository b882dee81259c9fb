"""Limits and pace in headers, after the draft of RateLimit fields for HTTP, and as a resource."""

from __future__ import annotations

from datetime import datetime

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.pickup.queries import summary_of
from spojka.surfaces.gateway.connector.exchange import Asked, Header, Reply, as_json, refused
from spojka.surfaces.gateway.connector.gauge import Reading
from spojka.surfaces.gateway.connector.services import Services


def pace_headers(reading: Reading | None) -> tuple[Header, ...]:
    """Quotas and what is left of them: parts of the day, of the month, of the queue; and the pace."""
    if reading is None:
        return ()
    day, month, most = reading.day_limit, reading.month_limit, reading.queue_most
    left = (
        f'"day";r={max(0, day - reading.day_used)};t={reading.day_left_s}, '
        f'"month";r={max(0, month - reading.month_used)};t={reading.month_left_s}, '
        f'"queue";r={max(0, most - reading.queued)};t={reading.drains_s}'
    )
    return (
        (b"ratelimit-policy", f'"day";q={day}, "month";q={month}, "queue";q={most}'.encode()),
        (b"ratelimit", left.encode()),
        (b"pace", reading.pace.encode()),
    )


async def limits(services: Services, asked: Asked) -> Reply:
    """Limits, what is used of them, when they begin anew, the pace, the queue, the inbox (o2/3.2, o2/3.3, o2/4.1)."""
    assert asked.pin is not None
    application = asked.pin.application
    reading = await services.gauge.of(application)
    if reading is None:
        return refused(Refusal("APPLICATION_UNKNOWN", (), {"application": application}), asked)
    stands = await services.reader.do(lambda ctx: summary_of(ctx, application))
    body = {
        "product": reading.product,
        "pace_per_s": reading.pace,
        "day": _quota(reading.day_limit, reading.day_used, reading.day_ends_at),
        "month": _quota(reading.month_limit, reading.month_used, reading.month_ends_at),
        "queue": {"limit": reading.queue_most, "waiting": reading.queued, "drains_in_s": reading.drains_s},
        "inbox": {
            "waiting": stands.waiting,
            "oldest_expires_at": stands.oldest_expires_at,
            "deleted_unread": stands.deleted_unread,
            "since": stands.since,
        },
    }
    return as_json(body, headers=pace_headers(reading))


def _quota(limit: int, used: int, ends_at: datetime) -> dict[str, object]:
    return {"limit": limit, "used": used, "remaining": max(0, limit - used), "resets_at": ends_at}
