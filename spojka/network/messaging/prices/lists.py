"""The prices in force on a day, found once for each day of signature and each sort of message."""

from __future__ import annotations

from datetime import date

from spojka.kernel.money import Money
from spojka.network.messaging.prices.rules import Destination, Kind, Sort, price_of_parts
from spojka.network.messaging.prices.terms import MessageBillTerms
from spojka.terms.precedence import TermMissing
from spojka.trade.publications.shelf import Shelf


class PriceList:
    """
    What messages accepted on a day cost.

    Args:
        shelf: the published editions.
        on: the day of acceptance.

    """

    def __init__(self, shelf: Shelf, on: date) -> None:
        self._shelf, self._on = shelf, on
        self._per_part: dict[tuple[date, Kind, Destination, bool, bool], Money | None] = {}

    def holds(self, shelf: Shelf, on: date) -> bool:
        """Whether this is the list of these editions and that day."""
        return self._shelf is shelf and self._on == on

    def price(
        self, kind: Kind, destination: Destination, *, nickname: bool, priority: bool, parts: int, signed_on: date
    ) -> Money | None:
        """
        What a message costs once all its parts are dispatched; `None` where the list has no price for it (o2/1.4).

        Args:
            kind: SMS or MMS.
            destination: the class of its network.
            nickname: its sender is a nickname.
            priority: it is sent as priority.
            parts: SMS parts, or 1 for an MMS.
            signed_on: the day of the contract, which decides what editions bind it.

        """
        key = (signed_on, kind, destination, nickname, priority)
        if key not in self._per_part:
            self._per_part[key] = self._find(Sort(kind, destination, nickname, priority), signed_on)
        one = self._per_part[key]
        return one if one is None or parts == 1 else one.times(parts)

    def _find(self, sort: Sort, signed_on: date) -> Money | None:
        try:
            terms = self._shelf.sheet(MessageBillTerms, max(self._on, signed_on), signed_on)
        except TermMissing:
            return None
        return price_of_parts(terms, sort, parts=1)
