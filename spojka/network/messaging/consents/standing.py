"""What recipients want of subscribers, as far as is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from spojka.kernel.ids import PartyId

Pair = tuple[PartyId, str]
"""A subscriber and a recipient's number."""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What recipients want of subscribers.

    Args:
        withdrawn: since when no commercial messages are wanted.
        consents: the scope that was agreed to and not taken back.
        own_numbers: recipients that are the subscriber's own numbers, which need no consent.

    """

    withdrawn: dict[Pair, datetime] = field(default_factory=dict)
    consents: dict[Pair, str] = field(default_factory=dict)
    own_numbers: frozenset[Pair] = frozenset()
