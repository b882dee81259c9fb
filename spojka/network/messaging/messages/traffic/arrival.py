"""How many messages arrived, by the class of the network they went to, found by the ids of the messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId, ServiceId
from spojka.kernel.time import Period
from spojka.network.messaging.messages.partitions import first_id_at
from spojka.network.messaging.messages.records import Destination

ARRIVED: Final = """
SELECT m.destination, count(*) AS accepted,
  count(*) FILTER (WHERE NOT f.failed AND NOT f.cancelled AND f.delivered >= m.parts) AS delivered,
  count(*) FILTER (WHERE f.failed AND NOT f.cancelled) AS undelivered,
  count(*) FILTER (WHERE f.failed AND NOT f.cancelled AND f.abroad) AS roaming,
  count(*) FILTER (WHERE f.cancelled) AS cancelled
FROM message m CROSS JOIN LATERAL (
    SELECT count(DISTINCT e.part) FILTER (WHERE e.kind = 'delivered') AS delivered,
      coalesce(bool_or(e.kind IN ('undelivered', 'failed', 'expired')), false) AS failed,
      coalesce(bool_or(e.kind = 'undelivered' AND e.detail->>'roaming' = 'true'), false) AS abroad,
      coalesce(bool_or(e.kind = 'cancelled'), false) AS cancelled
    FROM message_event e WHERE e.tenant_id = %(tenant)s AND e.message_id = m.id
      AND e.kind IN ('delivered', 'undelivered', 'failed', 'expired', 'cancelled')) f
WHERE m.tenant_id = %(tenant)s AND m.application_id = ANY(%(applications)s)
  AND m.id >= %(first)s AND m.id < %(beyond)s
GROUP BY m.destination
"""
"""Of messages accepted in a period: those whose every part was delivered, those that did not arrive or did not go."""

_OF_PARTY: Final = (
    "SELECT id FROM service WHERE tenant_id = %(tenant)s AND party_id = %(party)s"
    " AND (%(application)s::uuid IS NULL OR id = %(application)s)"
)
_TENTH: Final = Decimal("0.1")
CLASSES: Final[tuple[Destination, ...]] = ("own", "other_cz", "foreign")


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    Messages to one class of networks that were accepted in a period, and what became of them since.

    Args:
        destination: `own`, `other_cz` or `foreign`.
        cancelled: taken back before they left; they lower no rate.
        roaming: of the undelivered, those whose recipient was abroad as the report says; they lower no rate either.
        delivered_pct: delivered of the others whose end is known, to a tenth; `None` while none is.
        is_guaranteed: whether a message that did not arrive may be the provider's fault (o2/4.4).

    """

    destination: Destination
    accepted: int
    delivered: int
    undelivered: int
    cancelled: int
    roaming: int
    delivered_pct: Decimal | None
    is_guaranteed: bool

    @property
    def open(self) -> int:
        """Messages that wait, are on their way, or whose report never came."""
        return self.accepted - self.delivered - self.undelivered - self.cancelled


def delivered_share(delivered: int, undelivered: int) -> Decimal | None:
    """
    Delivered messages of those whose end is known, in per cent.

    >>> delivered_share(88, 12), delivered_share(2, 1), delivered_share(0, 0)
    (Decimal('88.0'), Decimal('66.7'), None)
    """
    ended = delivered + undelivered
    return (Decimal(100 * delivered) / ended).quantize(_TENTH, ROUND_HALF_UP) if ended else None


def arrivals(
    ctx: Context, party: PartyId, application: ServiceId | None, period: Period, *, not_guaranteed: list[str]
) -> list[Arrival]:
    """What a subscriber, or one application of it, sent in a period, by class of network: all three, in their order."""
    given: Mapping[str, object] = {"tenant": ctx.tenant, "party": party, "application": application}
    applications = [row["id"] for row in ctx.db.execute(_OF_PARTY, given).fetchall()]
    given = {
        "tenant": ctx.tenant,
        "applications": applications,
        "first": first_id_at(period.starts_at),
        "beyond": first_id_at(period.ends_at),
    }
    rows = {row["destination"]: row for row in ctx.db.execute(ARRIVED, given).fetchall()}
    found = []
    for destination in CLASSES:
        row = rows.get(destination)
        counts = (0, 0, 0, 0, 0)
        if row is not None:
            counts = (row["accepted"], row["delivered"], row["undelivered"], row["cancelled"], row["roaming"])
        share = delivered_share(counts[1], counts[2] - counts[4])
        found.append(Arrival(destination, *counts, share, destination not in not_guaranteed))
    return found
