"""
The sheet of terms that rating reads: a rate book, in words and whole numbers.

A book is compiled by `tables.compile_book` for the kernel and read directly by `rules`. Every bound that keeps int64
from overflowing is checked here, when the book is made.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

UNLIMITED: Final = -1
"""What is left in a pool, or granted to it, when it never runs out."""

MOST_CHARGE_MICROS: Final = 2**50
"""No record may cost more: 1.1 thousand million crowns."""
MOST_GRANTED: Final = 2**48
"""No pool holds more units (256 TiB in bytes)."""
MOST_BLOCK: Final = 2**20
"""No block, step or unit of a price is larger."""
MOST_PRICE_MICROS: Final = 2**40
"""No price per unit is higher: 1.1 million crowns."""
MOST_LIMIT_MICROS: Final = 2**42
"""No money limit is higher: 4.4 million crowns."""
MOST_METER: Final = 2**56
"""A service whose meter stands above this is not rated further: one more record could near the end of int64."""
MOST_SLOTS: Final = 64
"""Pools of one service."""


class Kind(IntEnum):
    """What was used: the kernel's `kind` column, below `Control`."""

    VOICE = 0
    """Seconds from answer to end."""
    VIDEO = 1
    """Seconds, rated like a call (nej/2.14)."""
    SMS = 2
    """Parts of one message (nej/2.7)."""
    MMS = 3
    """Pieces."""
    DATA = 4
    """Bytes down and up together (nej/2.17)."""


MOST_QUANTITY: Final = {
    Kind.VOICE: 2**20,
    Kind.VIDEO: 2**20,
    Kind.SMS: 2**16,
    Kind.MMS: 2**16,
    Kind.DATA: 2**42,
}
"""No record has a larger quantity, by `Kind`: 12 days of a call, 65,536 messages, 4 TiB of data."""


class Control(IntEnum):
    """What changes the state between records: the same `kind` column, from 128 up; `class` then holds the slot."""

    GRANT = 128
    """Add `quantity` units to the slot, or make it unlimited with `UNLIMITED`; a bought volume opens data again."""
    EXPIRE = 129
    """Take back what the slot still holds: an add-on or a carried volume ended."""
    CAP = 130
    """Lower the slot's entitlement to `quantity`; what was used above it stays used (see `clawbacks`)."""
    LIMIT_ON = 131
    """Switch the roaming limit on: from off it counts from zero, from on nothing changes (nej/2.19)."""
    LIMIT_OFF = 132
    """Switch the roaming limit off: what it stopped goes on, uncounted."""


class After(IntEnum):
    """What happens to units that no pool covers."""

    PRICE = 0
    """They are paid by the row's price."""
    INTERRUPT = 1
    """They are not carried; what was carried nevertheless stays unbilled."""
    THROTTLE = 2
    """They are carried slowly, at no charge."""


class MarkCode(IntEnum):
    """What a walk reports beside the rated columns; `a`, `b` and `c` are the mark's figures."""

    VOLUME_THRESHOLD = 1
    """A share of the data volume was reached: a percent, b used, c total (bytes)."""
    VOLUME_EXHAUSTED = 2
    """Every pool of a data row is empty: a `After`, b used, c total (bytes). Once, until a grant."""
    LIMIT_REACHED = 3
    """The next step no longer fits in the roaming limit: a rate row, b counted, c limit (micros)."""
    COUNTER_CROSSED = 4
    """A counter went above its threshold: a counter, b counted, c threshold."""
    UNRATED = 5
    """The record was not rated: a `Unrated`, b the offending figure, c 0."""
    CONTROL_REFUSED = 6
    """The control event changed nothing: a its code, b its slot, c its quantity."""


class Unrated(IntEnum):
    """Why a record was left unrated, its columns zero and the state untouched."""

    SERVICE = 1
    """No such service in the roster."""
    TARIFF = 2
    """The service had no tariff at that instant."""
    ROW = 3
    """The tariff's book has no row for this kind, class and zone."""
    QUANTITY = 4
    """Negative, or more than the row's `largest`."""
    METER = 5
    """A meter of the service is above `MOST_METER`."""


class RateBookError(ValueError):
    """A rate book that could not be executed exactly; the message lists every fault."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One pool of units that a service may hold. `volume` pools together are its data volume (nej/2.17)."""

    name: str
    volume: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """Units counted over a period, and the number above which use is excessive (nej/2.20-h)."""

    name: str
    threshold: int


@dataclass(frozen=True, slots=True)
class RateRow:
    """
    What one kind of use costs under one tariff, for one class of destination, in one zone.

    `first_block` and `next_block` round a quantity up to what is billed (60 and 1 s: nej/2.11). Billed units are taken
    from `slots` in order, at most what `cap` holds. What is left follows `after`: paid units are charged by started
    `price_step` at `price_micros` per `unit_size` units (3.00 CZK per 60 s; 100 CZK per 1024*1024 B by 1024 B steps).
    No price means interruption. `limited` charges count towards the roaming limit; `counter` counts billed units. A
    record above `max_quantity` is not rated but reported (nej/2.7: 4200 s); left out, it is the kind's own bound.
    """

    tariff: str
    kind: Kind
    dest_class: str
    zone: str
    price_micros: int | None
    unit_size: int = 1
    price_step: int = 1
    first_block: int = 1
    next_block: int = 1
    slots: tuple[str, ...] = ()
    cap: str | None = None
    after: After = After.PRICE
    limited: bool = False
    counter: str | None = None
    max_quantity: int | None = None
    clauses: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.tariff}/{self.kind.name.lower()}/{self.dest_class}/{self.zone}"

    @property
    def key(self) -> tuple[str, Kind, str, str]:
        """What the row is looked up by."""
        return self.tariff, self.kind, self.dest_class, self.zone

    @property
    def remainder(self) -> After:
        """What happens to units that no pool covers: a row without a price interrupts (nej/2.18)."""
        return After.INTERRUPT if self.after is After.PRICE and self.price_micros is None else self.after

    @property
    def largest(self) -> int:
        """The largest quantity of one record that is rated."""
        return MOST_QUANTITY[self.kind] if self.max_quantity is None else self.max_quantity

    def faults(self) -> list[str]:
        """What keeps this row from being executed exactly; empty when nothing does."""
        price = 0 if self.price_micros is None else self.price_micros
        blocks = (self.first_block, self.next_block, self.price_step, self.unit_size)
        found = []
        if not 0 <= price <= MOST_PRICE_MICROS:
            found.append(f"price_micros {price} is not within 0 and {MOST_PRICE_MICROS}")
        if any(not 1 <= block <= MOST_BLOCK for block in blocks):
            found.append(f"a block, step or unit of {blocks} is not within 1 and {MOST_BLOCK}")
        elif self.unit_size % self.price_step:
            found.append(f"unit_size {self.unit_size} is not a multiple of price_step {self.price_step}")
        elif self._dearest(price) > MOST_CHARGE_MICROS:
            found.append(f"a record of {self.largest} units could cost more than {MOST_CHARGE_MICROS} micros")
        if not 1 <= self.largest <= MOST_QUANTITY[self.kind]:
            found.append(f"max_quantity {self.largest} is not within 1 and {MOST_QUANTITY[self.kind]}")
        if len(set(self.slots)) != len(self.slots) or self.cap in self.slots:
            found.append(f"a slot stands twice in {self.slots} with cap {self.cap}")
        return [f"{self}: {fault}" for fault in found]

    def _dearest(self, price: int) -> int:
        """An upper bound of what one record can cost, in micros."""
        most = self.largest + self.first_block + self.next_block + self.price_step
        return (most // self.unit_size + 1) * price + MOST_BLOCK


@dataclass(frozen=True, slots=True)
class Use:
    """One record of use, or a control event: the six columns of the files. `at_micros` counts from 1970 in UTC."""

    kind: int
    dest_class: int
    zone: int
    at_micros: int
    quantity: int


@dataclass(frozen=True, slots=True)
class RateBook:
    """
    All that rating needs to know of the terms in force: rows and their vocabulary, in the order that gives the codes.

    `dest_classes` and `zones` give the codes that stand in the files; left out, they are the rows' own in order.
    `limit_micros` is the roaming limit (nej/2.19), `thresholds_pct` the shares of the data volume that are told to the
    customer (nej/2.17), `quantum_micros` what a record's price is rounded to (100: four decimals of a crown, nej/1.10).
    """

    rows: tuple[RateRow, ...]
    dest_classes: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    counters: tuple[Counter, ...] = ()
    limit_micros: int = 0
    thresholds_pct: tuple[int, ...] = (80, 100)
    quantum_micros: int = 100
    tariffs: tuple[str, ...] = field(init=False)
    _codes: dict[tuple[str, Kind, str, str], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tariffs", tuple(dict.fromkeys(row.tariff for row in self.rows)))
        object.__setattr__(self, "_codes", {row.key: code for code, row in enumerate(self.rows)})
        if not self.dest_classes:
            object.__setattr__(self, "dest_classes", tuple(dict.fromkeys(row.dest_class for row in self.rows)))
        if not self.zones:
            object.__setattr__(self, "zones", tuple(dict.fromkeys(row.zone for row in self.rows)))
        found = self._faults()
        if found:
            raise RateBookError("the rate book cannot be used:\n" + "\n".join(f"- {fault}" for fault in found))

    @property
    def chain(self) -> int:
        """The longest chain of pools of any row, at least 1: the number of taken/left columns."""
        return max([1, *(len(row.slots) for row in self.rows)])

    def row(self, tariff: str, use: Use) -> int | None:
        """The code of the rate row for a record of use under a tariff; `None` when the book has none."""
        if use.kind >= len(Kind) or use.dest_class >= len(self.dest_classes) or use.zone >= len(self.zones):
            return None
        return self._codes.get((tariff, Kind(use.kind), self.dest_classes[use.dest_class], self.zones[use.zone]))

    def slot(self, name: str) -> int:
        """The code of a slot; `KeyError` names the slots there are."""
        return _position(name, tuple(slot.name for slot in self.slots), "slot")

    def counter(self, name: str) -> int:
        """The code of a counter; `KeyError` names the counters there are."""
        return _position(name, tuple(counter.name for counter in self.counters), "counter")

    def tariff(self, name: str) -> int:
        """The code of a tariff; `KeyError` names the tariffs there are."""
        return _position(name, self.tariffs, "tariff")

    def dest_class(self, name: str) -> int:
        """The code of a destination class, for the files' `class` column; `KeyError` names the classes there are."""
        return _position(name, self.dest_classes, "class")

    def zone(self, name: str) -> int:
        """The code of a zone, for the files' `zone` column; `KeyError` names the zones there are."""
        return _position(name, self.zones, "zone")

    def _faults(self) -> list[str]:
        found = [fault for row in self.rows for fault in row.faults()]
        slots, counters = {slot.name for slot in self.slots}, {counter.name for counter in self.counters}
        for row in self.rows:
            if row.dest_class not in self.dest_classes or row.zone not in self.zones:
                found.append(f"{row}: class or zone is not in the book's vocabulary")
            unknown = ({*row.slots, *({row.cap} - {None})} - slots) | ({row.counter} - {None} - counters)
            if unknown:
                found.append(f"{row}: unknown slot or counter {sorted(map(str, unknown))}")
        found += [f"two rows for {name}" for name, count in Tally(map(str, self.rows)).items() if count > 1]
        if len(self.slots) > MOST_SLOTS or len(slots) != len(self.slots) or len(counters) != len(self.counters):
            found.append(f"more than {MOST_SLOTS} slots, or a slot or counter named twice")
        if any(not 0 <= counter.threshold <= MOST_METER for counter in self.counters):
            found.append(f"a counter's threshold is not within 0 and {MOST_METER}")
        if any(len(set(names)) != len(names) or len(names) > 2**8 for names in (self.dest_classes, self.zones)):
            found.append("more than 256 classes or zones, or one named twice")
        if not 1 <= self.quantum_micros <= MOST_BLOCK:
            found.append(f"quantum_micros {self.quantum_micros} is not within 1 and {MOST_BLOCK}")
        elif not 0 <= self.limit_micros <= MOST_LIMIT_MICROS or self.limit_micros % self.quantum_micros:
            found.append(f"limit_micros {self.limit_micros} is not a multiple of the quantum up to {MOST_LIMIT_MICROS}")
        rising = all(low < high for low, high in zip(self.thresholds_pct, self.thresholds_pct[1:], strict=False))
        if not rising or any(not 1 <= pct <= 100 for pct in self.thresholds_pct):
            found.append(f"thresholds_pct {self.thresholds_pct} do not rise within 1 and 100")
        return found


def _position(name: str, names: tuple[str, ...], what: str) -> int:
    try:
        return names.index(name)
    except ValueError:
        raise KeyError(f"no {what} {name!r}; there are {', '.join(names) or 'none'}") from None


@dataclass(frozen=True, slots=True)
class Account:
    """
    All that rating remembers of one service within one period: tuples by slot, threshold and counter.

    `left` and `granted` are units (or `UNLIMITED`), `counted` and `excess` the counters' units, the rest micro-crowns.
    """

    left: tuple[int, ...]
    granted: tuple[int, ...]
    volume_used: int = 0
    volume_told: tuple[bool, ...] = ()
    volume_exhausted: bool = False
    limit_active: bool = True
    limit_reached: bool = False
    limit_counted_micros: int = 0
    spent_micros: int = 0
    counted: tuple[int, ...] = ()
    excess: tuple[int, ...] = ()
    excess_charge_micros: tuple[int, ...] = ()
