"""What is left of a service in the running period: pools of minutes and messages, volumes of data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.rating.terms import UNLIMITED
from spojka.kernel.time import Period

MeterKind = Literal["voice", "sms", "data"]
_UNITS: Final[dict[MeterKind, Literal["s", "SMS", "B"]]] = {"voice": "s", "sms": "SMS", "data": "B"}


@dataclass(frozen=True, slots=True)
class MeterView:
    """
    One pool of a service in the running period.

    Args:
        slot: its place in the rate book, like `voice.all_networks.0`.
        kind: what it holds.
        scope: where it may be used, or the bucket of a data volume.
        unit: `s`, `SMS` or `B`.
        granted: units of the period; `None` when it never runs out.
        left: units left; `None` when it never runs out.

    """

    slot: str
    kind: MeterKind
    scope: str
    unit: Literal["s", "SMS", "B"]
    granted: int | None
    left: int | None

    @property
    def used(self) -> int | None:
        """Units taken in this period; `None` when the pool never runs out."""
        return None if self.granted is None or self.left is None else self.granted - self.left

    @property
    def left_pct(self) -> int:
        """Whole percent left, for the picture."""
        return 100 if not self.granted or self.left is None else max(0, min(100, self.left * 100 // self.granted))


def _meter(slot: str, granted: int, left: int) -> MeterView | None:
    named, scope = slot.split(".")[:2]
    kind = next((each for each in _UNITS if each == named), None)
    if granted == 0 or kind is None:
        return None
    endless = UNLIMITED in (granted, left)
    return MeterView(slot, kind, scope, _UNITS[kind], *((None, None) if endless else (granted, left)))


def meters_of(ctx: Context, services: Sequence[UUID]) -> dict[UUID, list[MeterView]]:
    """The meters of services in the period that runs today, in the rate book's order."""
    rows = ctx.db.execute(
        "SELECT service_id, slots, capacity, remaining FROM balance"
        " WHERE tenant_id = %s AND service_id = ANY(%s) AND period_on = %s",
        [ctx.tenant, list(services), Period.containing(ctx.today).starts_on],
    ).fetchall()
    found = {}
    for row in rows:
        meters = (_meter(*each) for each in zip(row["slots"], row["capacity"], row["remaining"], strict=True))
        found[row["service_id"]] = [meter for meter in meters if meter is not None]
    return found
