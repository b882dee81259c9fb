"""What one process remembers between batches; every part of it says how it is found to hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.balances.online.basis import Basis, load_basis
from spojka.charging.balances.online.cards import FRESH_NS, Cards
from spojka.charging.balances.online.tabs import Tab

PORTED_NS: Final = 60_000_000_000
"""Ported numbers are counted at most so often; a number's own network is looked up each time."""
MOST_TABS: Final = 50_000
"""Balances remembered at most, three kilobytes each."""

Key = tuple[UUID, date]
"""A service and the first day of a period."""


@dataclass
class Memory:
    """
    Args:
        cards: services; see `cards`.
        tabs: balances with their open sessions; they hold while the row has their version.
        places: the service and period that a session belongs to; a period may be out of date.
        basis: the terms; asked for once a second.
        basis_checked_ns: when.
        ported_counted_ns: when the ported numbers were counted, which names their state in records.

    """

    cards: Cards = field(default_factory=Cards)
    tabs: dict[Key, Tab] = field(default_factory=dict)
    places: dict[UUID, Key] = field(default_factory=dict)
    basis: Basis | None = None
    basis_checked_ns: int = 0
    ported_counted_ns: int = 0

    def terms(self, ctx: Context, now_ns: int) -> Basis:
        """The terms in force, at most a second old."""
        if self.basis is None or self.basis.on != ctx.today or now_ns - self.basis_checked_ns >= FRESH_NS:
            counted = now_ns - self.ported_counted_ns < PORTED_NS
            found = load_basis(ctx, self.basis if counted else None)
            if found is not self.basis:
                self.ported_counted_ns = now_ns
            self.basis, self.basis_checked_ns = found, now_ns
        return self.basis

    def keep(self, tabs: Iterable[Tab], ended: Iterable[UUID]) -> None:
        """Remember balances as a committed batch left them; sessions that ended need no place any more."""
        if len(self.tabs) > MOST_TABS:
            self.tabs.clear()
        for tab in tabs:
            self.tabs[tab.key] = tab
            for session in tab.sessions:
                self.places[session] = tab.key
        for session in ended:
            self.places.pop(session, None)

    def forget(self, keys: Iterable[Key]) -> None:
        """Read balances again next time: the batch that worked on them was not committed."""
        for key in keys:
            self.tabs.pop(key, None)
