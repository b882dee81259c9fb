"""What is charged after the fact: units that lost their cover, and the penalty for use above a counter's threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spojka.charging.rating.rules import Rating, price_of
from spojka.charging.rating.terms import Account, After, RateBook, RateRow


@dataclass(frozen=True, slots=True)
class Uncovered:
    """
    One record that lost cover: its place among the ratings, how many of its units, and what they cost.

    `charge_micros` is what the record costs more: its price with the lost units paid, less what it was charged.
    """

    record: int
    units: int
    charge_micros: int


@dataclass(frozen=True, slots=True)
class Penalty:
    """The penalty for a counter's excess, and the ordinary price of the same units, which it replaces; micros."""

    units: int
    penalty_micros: int
    credited_micros: int


def uncovered(ratings: Sequence[Rating], entitled: Mapping[str, int], book: RateBook) -> tuple[Uncovered, ...]:
    """
    The latest units that pools covered above an entitlement, priced by the rows they were rated by (nej/2.13).

    For a tariff whose use ended inside the period. `ratings` are the service's, in the order of time; `entitled` gives
    units by slot name, and slots left out keep what they covered. No other pool covers the lost units, a new tariff's
    least of all. Returned in the order of time. The state of such a service is lowered by `Control.CAP`.
    """
    over = {}
    for name, units in entitled.items():
        consumed = sum(taken for rating in ratings for slot, taken in _covered(rating, book) if slot == name)
        over[name] = max(0, consumed - units)
    found = []
    for record in reversed(range(len(ratings))):
        rating, lost = ratings[record], 0
        for slot, taken in reversed(_covered(rating, book)):
            part = min(taken, over.get(slot, 0))
            if part:
                over[slot] -= part
                lost += part
        if lost:
            row = book.rows[rating.rate_row]
            paid = row.remainder is After.PRICE
            price_micros = price_of(rating.paid + lost, row, book.quantum_micros) if paid else rating.charge_micros
            found.append(Uncovered(record, lost, price_micros - rating.charge_micros))
    return tuple(reversed(found))


def misuse_penalty(account: Account, counter: str, price: RateRow, book: RateBook) -> Penalty:
    """
    The penalty for the units above a counter's threshold, by the penalty's own price row (nej/2.20-h).

    It replaces what these units cost otherwise: that sum was counted as they were rated, and is to be credited.
    """
    place = book.counter(counter)
    return Penalty(
        units=account.excess[place],
        penalty_micros=price_of(account.excess[place], price, book.quantum_micros),
        credited_micros=account.excess_charge_micros[place],
    )


def _covered(rating: Rating, book: RateBook) -> list[tuple[str, int]]:
    """The slots that covered some of the record, and how many units."""
    if rating.rate_row < 0:
        return []
    return [pair for pair in zip(book.rows[rating.rate_row].slots, rating.taken, strict=True) if pair[1]]
