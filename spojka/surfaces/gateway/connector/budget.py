"""How many bytes of bodies a server holds at once: of each program, and of all; what is beyond is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from spojka.kernel.refusals import Refusal

FREE_BYTES: Final = 16 * 1024
"""A body so short is counted nowhere: it is one record of TLS, and mostly comes whole with its head."""
AGAIN: Final = timedelta(seconds=1)
"""Whoever is refused for want of room may ask again after so long: a request is mostly answered by then."""


@dataclass(slots=True)
class Budget:
    """
    Bytes of bodies that arrive or are being answered.

    Args:
        of_certificate_bytes: of one certificate, or of one address of those who have none.
        whole_bytes: of all.

    """

    of_certificate_bytes: int
    whole_bytes: int
    held_bytes: int = 0
    _by_peer: dict[bytes | str, int] = field(default_factory=dict)

    def take(self, peer: bytes | str, size_bytes: int, *, now: datetime) -> Refusal | None:
        """
        Count a body, or say why there is no room: `TOO_MUCH_AT_ONCE` of its certificate's, `TRY_AGAIN` of all.

        >>> from datetime import UTC
        >>> budget, at = Budget(10, 15), datetime(2026, 2, 1, tzinfo=UTC)
        >>> [found and found.code for found in (budget.take(b"a", size, now=at) for size in (10, 1))]
        [None, 'TOO_MUCH_AT_ONCE']
        >>> [found and found.code for found in (budget.take(b"b", size, now=at) for size in (6, 5))]
        ['TRY_AGAIN', None]
        """
        held = self._by_peer.get(peer, 0)
        if held + size_bytes > self.of_certificate_bytes:
            figures = {"held": held, "most": self.of_certificate_bytes, "retry_at": now + AGAIN}
            return Refusal("TOO_MUCH_AT_ONCE", (), figures)
        if self.held_bytes + size_bytes > self.whole_bytes:
            return Refusal("TRY_AGAIN", (), {"retry_at": now + AGAIN})
        self._by_peer[peer] = held + size_bytes
        self.held_bytes += size_bytes
        return None

    def give_back(self, peer: bytes | str, size_bytes: int) -> None:
        """What was counted is held no more."""
        left = self._by_peer[peer] - size_bytes
        self.held_bytes -= size_bytes
        if left:
            self._by_peer[peer] = left
        else:
            del self._by_peer[peer]
