"""How much an application sent lately and what became of it, minute by minute, found by the ids of its messages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.time import micros_of
from spojka.network.messaging.messages.partitions import first_id_at

MINUTE: Final = timedelta(minutes=1)

ACCEPTED: Final = """
SELECT ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 60000 AS minute, count(*) AS messages
FROM message WHERE tenant_id = %(tenant)s AND application_id = %(application)s
  AND id >= %(first)s AND id < %(beyond)s GROUP BY minute
"""
"""Accepted messages by the minute that their ids carry (UUIDv7); the index alone answers."""

BECAME: Final = """
SELECT ('x' || left(replace(m.id::text, '-', ''), 12))::bit(48)::bigint / 60000 AS minute,
  count(*) FILTER (WHERE f.failed = 0 AND f.delivered >= m.parts) AS delivered,
  count(*) FILTER (WHERE f.failed > 0) AS failed
FROM message m JOIN (
    SELECT message_id, count(DISTINCT part) FILTER (WHERE kind = 'delivered') AS delivered,
      count(*) FILTER (WHERE kind IN ('undelivered', 'failed', 'cancelled', 'expired')) AS failed
    FROM message_event WHERE tenant_id = %(tenant)s AND message_id >= %(first)s AND message_id < %(beyond)s
      AND kind IN ('delivered', 'undelivered', 'failed', 'cancelled', 'expired')
    GROUP BY message_id) f ON f.message_id = m.id
WHERE m.tenant_id = %(tenant)s AND m.application_id = %(application)s
  AND m.id >= %(first)s AND m.id < %(beyond)s GROUP BY minute
"""
"""Of messages accepted in a minute: those whose every part was delivered, and those that did not arrive."""


@dataclass(frozen=True, slots=True)
class Minute:
    """Messages accepted in the minute from `at`, and how many of them were delivered or did not arrive since."""

    at: datetime
    accepted: int
    delivered: int
    failed: int

    @property
    def open(self) -> int:
        """Messages that wait or are on their way."""
        return max(self.accepted - self.delivered - self.failed, 0)


def minutes_of(ctx: Context, application: ServiceId, *, since: datetime, minutes: int) -> list[Minute]:
    """Whole minutes from an instant, oldest first, those without messages among them."""
    begins = since.replace(second=0, microsecond=0)
    given = {
        "tenant": ctx.tenant,
        "application": application,
        "first": first_id_at(begins),
        "beyond": first_id_at(begins + minutes * MINUTE),
    }
    accepted = Counter({row["minute"]: row["messages"] for row in ctx.db.execute(ACCEPTED, given).fetchall()})
    became = {row["minute"]: row for row in ctx.db.execute(BECAME, given).fetchall()} if accepted else {}
    found = []
    for place in range(minutes):
        at = begins + place * MINUTE
        row = became.get(micros_of(at) // 60_000_000)
        delivered, failed = (row["delivered"], row["failed"]) if row else (0, 0)
        found.append(Minute(at, accepted[micros_of(at) // 60_000_000], delivered, failed))
    return found
