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


def excess_cost_of_lost(ratings: Sequence[Rating], lost: Mapping[int, int], book: RateBook) -> dict[int, int]:
    """
    What units that lost their cover add to the ordinary price of the counters' excess, micros (nej/2.13, 2.20-h).

    Args:
        ratings: all the service's of the period, in the order they were walked.
        lost: units that a record lost, by its place among the ratings.
        book: what they were rated by.

    Returns:
        By a counter's code, only where there is something. Of a record that reaches above a threshold the latest units
        are the excess; they are priced as they were when it was counted, with the lost units paid too.

    """
    counted: dict[int, int] = {}
    found: dict[int, int] = {}
    for record, rating in enumerate(ratings):
        row = book.rows[rating.rate_row] if rating.rate_row >= 0 else None
        if row is None or row.counter is None:
            continue
        counter = book.counter(row.counter)
        threshold, before = book.counters[counter].threshold, counted.get(counter, 0)
        after = counted[counter] = before + sum(rating.taken) + rating.paid
        excess = after - max(before, threshold)
        if excess > 0 and record in lost and row.remainder is After.PRICE:
            dear, cheap = (
                price_of(paid, row, book.quantum_micros) - price_of(max(0, paid - excess), row, book.quantum_micros)
                for paid in (rating.paid + lost[record], rating.paid)
            )
            found[counter] = found.get(counter, 0) + dear - cheap
    return {counter: micros for counter, micros in found.items() if micros}


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
