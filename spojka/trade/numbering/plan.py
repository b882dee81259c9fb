"""
The number plan as data: ranges of Czech numbers with their classes, and zones of foreign calling codes.

    range.premium_906 = { prefixes = ["906"], digits = 9, class = "premium", price_in_number = {…} }
    dial.eu.prefixes  = ["+43", "+49"]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from spojka.kernel.money import MICROS
from spojka.kernel.refusals import Refusal
from spojka.trade.numbering.numbers import HOME_DIGITS, is_home, national_part
from spojka.trade.numbering.refusals import INVALID_NUMBER, UNKNOWN_DESTINATION

MOBILE: Final = "mobile"
"""Class of numbers whose network is looked up; in the own network they become `OWN_NETWORK` (nej/2.12)."""

OWN_NETWORK: Final = "own_network"
"""Class of mobile numbers that are in the provider's own network at the instant of the call."""

INTERNATIONAL: Final = "international"
"""Class of foreign numbers, followed by a dot and the dial zone: `international.eu`."""

ORDINARY_PRECEDENCE: Final = (
    "emergency",
    "harmonised_116",
    "premium_90x",
    "special_81",
    "special_83",
    "special_84",
    "special_855",
    "fixed_like",
    MOBILE,
    "fixed",
    "freephone",
)
"""Order in which classes are asked when a document sets none (nej/2.12, destination_class_precedence)."""


@dataclass(frozen=True, slots=True)
class PriceInNumber:
    """
    A price written into digits 4 and 5 of the number, with VAT (number plan, ranges 90x and 976).

    Args:
        czk_per_step: crowns for each unit of the two digits: 1, or 10 for range 905.
        per: what the price is for: a started minute, or the whole call.

    """

    czk_per_step: int
    per: Literal["minute", "call"]

    def micros(self, number: str) -> int:
        """
        The price a normalised number carries, in micro-crowns.

        >>> PriceInNumber(1, "minute").micros("+420906500123")
        50000000
        """
        return int(national_part(number)[3:5]) * self.czk_per_step * MICROS


@dataclass(frozen=True, slots=True)
class NumberRange:
    """
    Numbers that share a class.

    Args:
        name: the range's name in the plan.
        prefixes: how the national number begins.
        digits: lengths of the national number, prefix included.
        dest_class: the class prices and allowances name.
        price: the price in the number, for ranges that have one.

    """

    name: str
    prefixes: tuple[str, ...]
    digits: tuple[int, ...]
    dest_class: str
    price: PriceInNumber | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """
    What a number is: its class for prices and allowances.

    Args:
        number: normalised.
        dest_class: a class of the plan, `own_network`, or `international.<zone>`.
        range_name: the range that holds it; none for a foreign number.
        network: the network it was in at the instant, as far as known.

    """

    number: str
    dest_class: str
    range_name: str | None = None
    network: str | None = None


@dataclass(frozen=True)
class NumberPlan:
    """
    Ranges, their precedence, and dial zones.

    Where several ranges hold a number, the class that stands first in `precedence` decides, then the longest prefix;
    classes not named there come last. Foreign numbers go to the zone with the longest matching calling code.

    Args:
        ranges: in any order.
        precedence: classes, the strongest first.
        dial_zones: calling codes by zone name, with their plus; a bare `+` is all the rest.
        clauses: ids of the clauses that set the plan; refusals rest on them.

    """

    ranges: tuple[NumberRange, ...]
    precedence: tuple[str, ...] = ORDINARY_PRECEDENCE
    dial_zones: Mapping[str, Sequence[str]] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()

    @cached_property
    def ordered(self) -> tuple[tuple[str, int, NumberRange], ...]:
        """Every (prefix, digits, range), the deciding one first."""
        rank = {name: place for place, name in enumerate(self.precedence)}
        rows = [(prefix, digits, one) for one in self.ranges for prefix in one.prefixes for digits in one.digits]
        rows.sort(key=lambda row: (rank.get(row[2].dest_class, len(rank)), -len(row[0]), row[0], row[1]))
        return tuple(rows)

    @cached_property
    def _by_prefix(self) -> dict[tuple[str, int], int]:
        found: dict[tuple[str, int], int] = {}
        for place, (prefix, digits, _) in enumerate(self.ordered):
            found.setdefault((prefix, digits), place)
        return found

    @cached_property
    def zone_of_prefix(self) -> dict[str, str]:
        """Dial zone by calling code, with its plus."""
        return {code: zone for zone, codes in self.dial_zones.items() for code in codes}

    @cached_property
    def dest_classes(self) -> tuple[str, ...]:
        """Every class a number can have under this plan, sorted."""
        known = {one.dest_class for one in self.ranges} | {f"{INTERNATIONAL}.{zone}" for zone in self.dial_zones}
        return tuple(sorted(known | ({OWN_NETWORK} if MOBILE in known else set())))

    def range_of(self, number: str) -> NumberRange | None:
        """The range that holds a normalised Czech number."""
        national = national_part(number)
        places = (self._by_prefix.get((national[:length], len(national))) for length in range(1, len(national) + 1))
        found = min((place for place in places if place is not None), default=None)
        return None if found is None else self.ordered[found][2]

    def zone_of(self, number: str) -> str | None:
        """The dial zone of a normalised foreign number, by longest calling code."""
        codes = (number[:length] for length in range(len(number), 0, -1))
        return next((self.zone_of_prefix[code] for code in codes if code in self.zone_of_prefix), None)

    def classify(self, number: str, *, network: str | None = None, own_network: str = "") -> Destination | Refusal:
        """
        The destination a normalised number is, at an instant.

        Args:
            number: as `normalise` gives it.
            network: the network the number is in at the start of the call or message, none when not known.
            own_network: the provider's own network; a mobile number in it is `own_network` (nej/2.12).

        Returns:
            The destination; `INVALID_NUMBER` for a number of a wrong length (nej/3.7), `UNKNOWN_DESTINATION` for a
            Czech number of no range or a foreign one of no zone (nej/2.12).

        """
        if not is_home(number):
            zone = self.zone_of(number)
            if zone is None:
                return Refusal(UNKNOWN_DESTINATION, self.clauses, {"number": number})
            return Destination(number, f"{INTERNATIONAL}.{zone}")
        holder = self.range_of(number)
        if holder is None:
            if len(national_part(number)) == HOME_DIGITS:
                return Refusal(UNKNOWN_DESTINATION, self.clauses, {"number": number})
            return Refusal(INVALID_NUMBER, self.clauses, {"number": number})
        own = holder.dest_class == MOBILE and network is not None and network == own_network
        return Destination(number, OWN_NETWORK if own else holder.dest_class, holder.name, network)
