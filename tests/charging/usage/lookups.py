"""Two services, a small plan and a ported number, as screening is told them."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from spojka.charging.usage.classes import Zones
from spojka.charging.usage.records import UsageRecord
from spojka.charging.usage.screening import SERVICE_SCHEMA, Lookups
from spojka.trade.numbering.ported import PortedNumbers, Stay
from tests.trade.numbering.plans import PLAN

BEGUN_AT = datetime(2026, 1, 1, tzinfo=UTC)
SWAPPED_AT = datetime(2026, 2, 10, tzinfo=UTC)
ENDED_AT = datetime(2026, 3, 1, tzinfo=UTC)
PORTED_AT = datetime(2026, 2, 4, 2, 0, tzinfo=UTC)
NOON = datetime(2026, 2, 3, 11, tzinfo=UTC)

OWN = "+420601234567"
FIRST_CARD, SECOND_CARD, OTHER_CARD = "230990000000001", "230990000000002", "230990000000003"

LOOKUPS = Lookups(
    services=pl.DataFrame(
        [
            ("a", OWN, FIRST_CARD, BEGUN_AT, SWAPPED_AT),
            ("a", OWN, SECOND_CARD, SWAPPED_AT, ENDED_AT),
            ("b", "+420602000000", OTHER_CARD, BEGUN_AT, None),
        ],
        schema=SERVICE_SCHEMA,
        orient="row",
    ),
    plan=PLAN,
    ported=PortedNumbers.of([Stay("+420777111222", "nej", PORTED_AT)], version="2026-02-04"),
    zones=Zones({"eu": ["DE"], "world1": ["US"]}),
    own_network="nej",
    max_call_duration_s=4200,
)


def call(
    at: datetime = NOON, *, record_id: str = "a-1", other: str | None = "+420777111222", **changes: object
) -> UsageRecord:
    """A call of service `a`, with what is different about it."""
    fields: dict[str, object] = {"kind": "voice", "direction": "mo", "duration_s": 61, "service_key": OWN} | changes
    return UsageRecord(source="o2", record_id=record_id, other=other, at=at, **fields)  # type: ignore[arg-type]
