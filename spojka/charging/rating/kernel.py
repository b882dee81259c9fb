"""
The rule of rating over arrays: one walk in the order of time, plain Python compiled by Numba.

The same decisions as `rules`, on whole numbers. Codes stand here as literals and every compiled function in this file,
since Numba's cache knows this file alone; a test holds the codes equal to those of `terms`.

Within the bounds of `terms` no step leaves int64: billed units stay below 2^43, a price's remainder times its price
below 2^60, a limit times its steps below 2^62, a volume times 100 below 2^63, and a service whose meter passed 2^56 is
not rated further while one record adds at most 2^50.

Helpers are inlined and compiled without reference counts, and the rows of later events are asked for ahead; the page
on the kernel says what each of the three is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from spojka.charging.rating.prefetch import prefetch

UNLIMITED = -1
MOST_GRANTED = 2**48
MOST_METER = 2**56
AFTER_PRICE, AFTER_THROTTLE = 0, 2
CONTROLS, GRANT, EXPIRE, CAP, LIMIT_ON, LIMIT_OFF = 128, 128, 129, 130, 131, 132
THRESHOLD_MARK, EXHAUSTED_MARK, LIMIT_MARK, COUNTER_MARK, UNRATED_MARK, REFUSED_MARK = 1, 2, 3, 4, 5, 6
NO_SERVICE, NO_TARIFF, NO_ROW, BAD_QUANTITY, FULL_METER = 1, 2, 3, 4, 5

FIRST_BLOCK, NEXT_BLOCK, LARGEST, PRICE_STEP, UNIT_STEPS, PRICE, AFTER, LIMITED, VOLUME, COUNTER, ROOM, CHAIN = range(
    12
)
"""Columns of `Tables.rows`; see `tables`. From `CHAIN` on, the pools in order."""
SPENT, LIMIT_COUNTED, VOLUME_USED, VOLUME_TOTAL, FLAGS, COUNTERS = range(6)
"""Columns of the ledger; from `COUNTERS` on three a counter, then what is left by slot, then what was granted."""
LIMIT_ACTIVE, LIMIT_REACHED, EXHAUSTED, TOLD = 1, 2, 4, 8
"""Bits of the ledger's FLAGS; from `TOLD` up, one bit a threshold of the data volume."""
VALID_FROM, VALID_TO, TARIFF, LATER = range(4)
"""Columns of a roster's spans; see `roster`."""
BILLED, PAID, CHARGE, TAKEN = range(4)
"""Rows of `Desk.figures`; from `TAKEN` on, units taken by position in the chain, then what each pool held after."""
MARK_COLUMNS = 5
"""Columns of a mark: event, code, a, b, c. Row 0 of `Desk.marks` holds the number of marks instead."""
FEW_STEPS = 2**21
"""Below so many price steps, twice their price stays below 2^62 and takes one division instead of five."""
AHEAD = 16
"""Events that are rated while memory brings the rows of a later one."""
LINE = 8
"""Cells of a ledger's row that come from memory together."""

F = TypeVar("F", bound=Callable[..., object])


class Events(NamedTuple):
    """
    Records of use and control events, in the order of time: read-only arrays [events].

    `service` int32 is the roster's number (-1: unknown), `kind`, `dest_class` and `zone` uint8, `at` int64
    microseconds, `quantity` int64. `order` int64 is empty, or the events' numbers in the order to walk them.
    """

    service: NDArray[np.int32]
    kind: NDArray[np.uint8]
    dest_class: NDArray[np.uint8]
    zone: NDArray[np.uint8]
    at: NDArray[np.int64]
    quantity: NDArray[np.int64]
    order: NDArray[np.int64]


class Tables(NamedTuple):
    """
    A compiled rate book: read-only arrays, int64 unless said; `tables.compile_book` makes it.

    * `row_of` int32 [tariffs, kinds, classes, zones]: the rate row, or -1
    * `rows` [rows, CHAIN + longest chain]: the figures of each row; pools (ROOM and from CHAIN on) as columns of the
      ledger, -1 for none
    * `thresholds_pct` [thresholds], rising; `counter_threshold` [counters]
    * `slot_volume` [slots]: 1 when the slot belongs to the data volume
    * `money` [2]: the roaming limit and the quantum of a price, micros
    """

    row_of: NDArray[np.int32]
    rows: NDArray[np.int64]
    thresholds_pct: NDArray[np.int64]
    counter_threshold: NDArray[np.int64]
    slot_volume: NDArray[np.int64]
    money: NDArray[np.int64]


class Desk(NamedTuple):
    """
    What the walk's steps read and write, in one flat tuple: the tables but for `row_of`, and

    * `ledger` int64 [services, columns]: the state of every service
    * `rate_row` int32 [events] and `figures` int64 [TAKEN + 2 * chain, events]: the outputs
    * `marks` int64 [1 + places, MARK_COLUMNS]
    """

    rows: NDArray[np.int64]
    thresholds_pct: NDArray[np.int64]
    counter_threshold: NDArray[np.int64]
    slot_volume: NDArray[np.int64]
    money: NDArray[np.int64]
    ledger: NDArray[np.int64]
    rate_row: NDArray[np.int32]
    figures: NDArray[np.int64]
    marks: NDArray[np.int64]


_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def _inlined(function: F) -> F:
    return cast("F", njit(**_OPTIONS, forceinline=True)(function))


def _compiled(function: F) -> F:
    return cast("F", njit(**_OPTIONS)(function))


@_inlined
def _steps(desk: Desk, row: int, units: int) -> int:
    """Started price steps."""
    step = desk.rows[row, PRICE_STEP]
    return int(units if step == 1 else (units + step - 1) // step)


@_inlined
def _price(desk: Desk, row: int, units: int) -> int:
    """The price of paid units in micros, rounded half up to the quantum; see `rules.price_of`."""
    steps, unit_steps, price, quantum = (
        _steps(desk, row, units),
        desk.rows[row, UNIT_STEPS],
        desk.rows[row, PRICE],
        desk.money[1],
    )
    if steps < FEW_STEPS:
        return int((2 * steps * price + unit_steps * quantum) // (2 * unit_steps * quantum) * quantum)
    part = steps % unit_steps * price
    whole = steps // unit_steps * price + part // unit_steps
    half = 2 * (whole % quantum * unit_steps + part % unit_steps) >= quantum * unit_steps
    return int(whole // quantum * quantum + (quantum if half else 0))


@_inlined
def _affordable(desk: Desk, row: int, money: int, units: int) -> int:
    """As many of the units, in whole price steps or all of them, as the money pays exactly; the price is not zero."""
    steps, worth = _steps(desk, row, units), money * desk.rows[row, UNIT_STEPS]
    if steps < FEW_STEPS and steps * desk.rows[row, PRICE] <= worth:
        return units
    return int(min(units, worth // desk.rows[row, PRICE] * desk.rows[row, PRICE_STEP]))


@_inlined
def _mark(desk: Desk, event: int, code: int, figures: tuple[int, int, int]) -> None:
    place = desk.marks[0, 0] + 1
    desk.marks[place, 0], desk.marks[place, 1] = event, code
    desk.marks[place, 2], desk.marks[place, 3], desk.marks[place, 4] = figures
    desk.marks[0, 0] = place


@_inlined
def _take(desk: Desk, i: int, s: int, row: int, units: int) -> int:
    """Take units from the row's pools in order; returns how many no pool covered."""
    chain, room = desk.rows.shape[1] - CHAIN, desk.rows[row, ROOM]
    kept = 0
    if room >= 0 and desk.ledger[s, room] != UNLIMITED:
        kept = max(0, units - desk.ledger[s, room])
    rest = units - kept
    for k in range(chain):
        pool = desk.rows[row, CHAIN + k]
        part, after = 0, 0
        if pool >= 0:
            have = desk.ledger[s, pool]
            part = rest if have == UNLIMITED else min(rest, have)
            after = have if have == UNLIMITED else have - part
            desk.ledger[s, pool] = after
        desk.figures[TAKEN + k, i] = part
        desk.figures[TAKEN + chain + k, i] = after
        rest -= part
    if room >= 0 and desk.ledger[s, room] != UNLIMITED:
        desk.ledger[s, room] -= units - kept - rest
    return rest + kept


@_inlined
def _pay_limited(desk: Desk, i: int, s: int, row: int, rest: int) -> int:
    """Pay within the roaming limit: whole steps whose price fits, and nothing more once it was reached."""
    reached = desk.ledger[s, FLAGS] & LIMIT_REACHED
    counted, limit = desk.ledger[s, LIMIT_COUNTED], desk.money[0]
    paid = 0 if reached else _affordable(desk, row, limit - counted, rest)
    charge = _price(desk, row, paid)
    desk.ledger[s, LIMIT_COUNTED] = counted + charge
    desk.figures[CHARGE, i] = charge
    if not reached and (limit - counted - charge) * desk.rows[row, UNIT_STEPS] < desk.rows[row, PRICE]:
        desk.ledger[s, FLAGS] |= LIMIT_REACHED
        _mark(desk, i, LIMIT_MARK, (row, counted + charge, limit))
    return paid


@_inlined
def _pay(desk: Desk, i: int, s: int, row: int, rest: int) -> int:
    """Pay for the units that no pool covered, as the row's AFTER says; returns how many are paid."""
    paid = 0
    if desk.rows[row, AFTER] == AFTER_PRICE:
        if desk.rows[row, LIMITED] and desk.rows[row, PRICE] > 0 and desk.ledger[s, FLAGS] & LIMIT_ACTIVE:
            paid = _pay_limited(desk, i, s, row, rest)
        else:
            paid = rest
            desk.figures[CHARGE, i] = _price(desk, row, rest)
        desk.ledger[s, SPENT] += desk.figures[CHARGE, i]
    elif desk.rows[row, AFTER] == AFTER_THROTTLE:
        paid = rest
    desk.figures[PAID, i] = paid
    return paid


@_inlined
def _count(desk: Desk, i: int, s: int, row: int, units: int) -> None:
    """Count units towards the row's counter, and what the part above its threshold cost."""
    counter = desk.rows[row, COUNTER]
    place = COUNTERS + 3 * counter
    threshold = desk.counter_threshold[counter]
    before = desk.ledger[s, place]
    after = before + units
    desk.ledger[s, place] = after
    if after > threshold:
        excess = after - max(before, threshold)
        desk.ledger[s, place + 1] += excess
        if desk.rows[row, AFTER] == AFTER_PRICE:
            cheap = max(0, desk.figures[PAID, i] - excess)
            desk.ledger[s, place + 2] += desk.figures[CHARGE, i] - _price(desk, row, cheap)
        if before <= threshold:
            _mark(desk, i, COUNTER_MARK, (counter, after, threshold))


@_inlined
def _tell(desk: Desk, i: int, s: int, row: int, taken: int) -> None:
    """Count data towards the volume's thresholds, and mark once that every pool of the row is empty."""
    total = desk.ledger[s, VOLUME_TOTAL]
    used = desk.ledger[s, VOLUME_USED] + taken
    desk.ledger[s, VOLUME_USED] = used
    if total > 0:
        for place in range(desk.thresholds_pct.shape[0]):
            pct = desk.thresholds_pct[place]
            if used * 100 >= pct * total and not desk.ledger[s, FLAGS] & (TOLD << place):
                desk.ledger[s, FLAGS] |= TOLD << place
                _mark(desk, i, THRESHOLD_MARK, (pct, used, total))
    if desk.rows[row, AFTER] != AFTER_PRICE and desk.figures[BILLED, i] > 0:
        empty = not desk.ledger[s, FLAGS] & EXHAUSTED
        for k in range(CHAIN, desk.rows.shape[1]):
            if desk.rows[row, k] >= 0 and desk.ledger[s, desk.rows[row, k]] != 0:
                empty = False
        if empty:
            desk.ledger[s, FLAGS] |= EXHAUSTED
            _mark(desk, i, EXHAUSTED_MARK, (desk.rows[row, AFTER], used, total))


@_inlined
def _rate(desk: Desk, i: int, s: int, row: int, quantity: int) -> None:
    """Rate one record by one row."""
    fullest = max(desk.ledger[s, SPENT], desk.ledger[s, VOLUME_USED])
    for counter in range(desk.counter_threshold.shape[0]):
        fullest = max(fullest, desk.ledger[s, COUNTERS + 3 * counter])
    if quantity < 0 or quantity > desk.rows[row, LARGEST]:
        _mark(desk, i, UNRATED_MARK, (BAD_QUANTITY, quantity, 0))
    elif fullest > MOST_METER:
        _mark(desk, i, UNRATED_MARK, (FULL_METER, fullest, 0))
    else:
        desk.rate_row[i] = row
        billed = quantity
        if quantity > 0:
            first, following = desk.rows[row, FIRST_BLOCK], desk.rows[row, NEXT_BLOCK]
            over = max(0, quantity - first)
            billed = first + (over if following == 1 else (over + following - 1) // following * following)
        desk.figures[BILLED, i] = billed
        rest = _take(desk, i, s, row, billed)
        paid = 0
        if rest > 0:
            paid = _pay(desk, i, s, row, rest)
        if desk.rows[row, COUNTER] >= 0:
            _count(desk, i, s, row, billed - rest + paid)
        if desk.rows[row, VOLUME]:
            _tell(desk, i, s, row, billed - rest)


@_inlined
def _changed(desk: Desk, s: int, code: int, slot: int, quantity: int) -> bool:
    """Grant to a slot, expire or cap it; false when the event makes no sense and nothing changed."""
    at_left = COUNTERS + 3 * desk.counter_threshold.shape[0] + slot
    at_granted = at_left + desk.slot_volume.shape[0]
    granted, left = desk.ledger[s, at_granted], desk.ledger[s, at_left]
    within = 0 <= quantity <= MOST_GRANTED
    sensible = True
    if code == GRANT and quantity == UNLIMITED:
        granted, left = UNLIMITED, UNLIMITED
    elif code == GRANT and within and granted != UNLIMITED:
        granted, left = granted + quantity, left + quantity
        sensible = granted <= MOST_GRANTED
    elif code == EXPIRE:
        granted, left = (0 if granted == UNLIMITED else granted - left), 0
    elif code == CAP and within and granted != UNLIMITED:
        if quantity < granted:
            granted, left = quantity, max(0, quantity - (granted - left))
    elif code > CAP or not within:
        sensible = False
    if sensible:
        desk.ledger[s, at_granted], desk.ledger[s, at_left] = granted, left
    return sensible


@_inlined
def _rearm(desk: Desk, s: int) -> None:
    """After a change of the data pools: their new total, and the marks that may be made again."""
    left, slots = COUNTERS + 3 * desk.counter_threshold.shape[0], desk.slot_volume.shape[0]
    total, empty = 0, True
    for slot in range(slots):
        if desk.slot_volume[slot]:
            granted = desk.ledger[s, left + slots + slot]
            total = UNLIMITED if UNLIMITED in (granted, total) else total + granted
            empty = empty and desk.ledger[s, left + slot] == 0
    if not empty:
        desk.ledger[s, FLAGS] &= ~EXHAUSTED
    for place in range(desk.thresholds_pct.shape[0]):
        if total <= 0 or desk.ledger[s, VOLUME_USED] * 100 < desk.thresholds_pct[place] * total:
            desk.ledger[s, FLAGS] &= ~(TOLD << place)
    desk.ledger[s, VOLUME_TOTAL] = total


@_inlined
def _control(desk: Desk, i: int, s: int, what: tuple[int, int], quantity: int) -> None:
    """Carry out a control event: its code and slot, and a quantity."""
    code, slot = what
    flags = desk.ledger[s, FLAGS]
    if code == LIMIT_OFF:
        desk.ledger[s, FLAGS] = flags & ~(LIMIT_ACTIVE | LIMIT_REACHED)
    elif code == LIMIT_ON:
        if not flags & LIMIT_ACTIVE:
            desk.ledger[s, FLAGS] = (flags | LIMIT_ACTIVE) & ~LIMIT_REACHED
            desk.ledger[s, LIMIT_COUNTED] = 0
    elif slot < desk.slot_volume.shape[0] and _changed(desk, s, code, slot, quantity):
        if desk.slot_volume[slot]:
            _rearm(desk, s)
    else:
        _mark(desk, i, REFUSED_MARK, (code, slot, quantity))


@_inlined
def _tariff_at(spans: NDArray[np.int64], s: int, at: int) -> int:
    """The service's tariff at an instant, or -1."""
    span, tariff = s, -1
    while span >= 0:
        if spans[span, VALID_FROM] <= at < spans[span, VALID_TO]:
            tariff = spans[span, TARIFF]
        span = spans[span, LATER]
    return tariff


@_inlined
def _look_ahead(events: Events, spans: NDArray[np.int64], desk: Desk, position: int) -> None:
    """Ask for the rows that a later event will need, so that they have come from memory when it is rated."""
    if position < events.service.shape[0]:
        s = events.service[events.order[position] if events.order.shape[0] else position]
        if 0 <= s < desk.ledger.shape[0]:
            prefetch(spans, s, VALID_FROM)
            for column in range(0, desk.ledger.shape[1], LINE):
                prefetch(desk.ledger, s, column)


@_compiled
def walk(events: Events, row_of: NDArray[np.int32], spans: NDArray[np.int64], desk: Desk, start: int) -> int:
    """
    Walk events from position `start` on: change the ledger, fill the outputs (from zeros, `rate_row` -1) and the marks.

    Stops before an event that might need more than the free rows of the marks, so that none is lost; returns the next
    position, for the caller to take the marks and go on.
    """
    count, most = events.service.shape[0], desk.thresholds_pct.shape[0] + 4
    for position in range(start, count):
        _look_ahead(events, spans, desk, position + AHEAD)
        if desk.marks[0, 0] + most >= desk.marks.shape[0]:
            return int(position)
        i = events.order[position] if events.order.shape[0] else position
        s = events.service[i]
        kind, dest_class, zone = events.kind[i], events.dest_class[i], events.zone[i]
        if s < 0 or s >= desk.ledger.shape[0]:
            _mark(desk, i, UNRATED_MARK, (NO_SERVICE, s, 0))
        elif kind >= CONTROLS:
            _control(desk, i, s, (kind, dest_class), events.quantity[i])
        else:
            tariff, row = _tariff_at(spans, s, events.at[i]), -1
            if tariff < 0:
                _mark(desk, i, UNRATED_MARK, (NO_TARIFF, 0, 0))
            elif kind < row_of.shape[1] and dest_class < row_of.shape[2] and zone < row_of.shape[3]:
                row = row_of[tariff, kind, dest_class, zone]
            if row >= 0:
                _rate(desk, i, s, row, events.quantity[i])
            elif tariff >= 0:
                _mark(desk, i, UNRATED_MARK, (NO_ROW, tariff, 0))
    return int(count)
