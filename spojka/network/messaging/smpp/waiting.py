"""Ways to bind, and how long a session waits (SMPP 3.4, 2.2 and 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from time import monotonic_ns
from typing import Final

from spojka.network.messaging.smpp.pdus import Bind, BindReceiver, BindTransceiver, BindTransmitter

_NS_IN_MS: Final = 1_000_000
_SHORTEST_TICK_MS: Final = 5


def now_ms() -> int:
    """Milliseconds of a clock that only goes forward; it measures waiting and says no time of day."""
    return monotonic_ns() // _NS_IN_MS


@dataclass(frozen=True, slots=True)
class Timers:
    """How long a link waits, in milliseconds; 0 switches `enquire_link_ms` or `inactivity_ms` off (7.2)."""

    bind_ms: int = 10_000
    response_ms: int = 30_000
    enquire_link_ms: int = 30_000
    inactivity_ms: int = 180_000

    @property
    def tick_ms(self) -> int:
        """How often a link looks at its clock."""
        shortest = min(one for one in (self.bind_ms, self.response_ms, self.enquire_link_ms, self.inactivity_ms) if one)
        return min(1000, max(_SHORTEST_TICK_MS, shortest // 4))


class Way(StrEnum):
    """What a session was bound for, as the ESME sees it."""

    TRANSMITTER = "transmitter"
    RECEIVER = "receiver"
    TRANSCEIVER = "transceiver"


BINDS: Final[dict[Way, type[Bind]]] = {
    Way.TRANSMITTER: BindTransmitter,
    Way.RECEIVER: BindReceiver,
    Way.TRANSCEIVER: BindTransceiver,
}
"""The request that binds each way."""
