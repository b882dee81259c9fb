"""What recipients want of subscribers, as far as is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from spojka.kernel.ids import PartyId

Scope = Literal["all", "commercial"]
"""Every message, or commercial ones alone."""

Pair = tuple[PartyId, str]
"""A subscriber and a recipient's number."""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What recipients want of subscribers.

    Args:
        withdrawn: since when no commercial messages are wanted.
        withdrawn_all: since when no messages at all are wanted.
        consents: the widest scope that was agreed to and not taken back.
        own_numbers: recipients that are the subscriber's own numbers, which need no consent.

    """

    withdrawn: dict[Pair, datetime] = field(default_factory=dict)
    withdrawn_all: dict[Pair, datetime] = field(default_factory=dict)
    consents: dict[Pair, Scope] = field(default_factory=dict)
    own_numbers: frozenset[Pair] = frozenset()
