"""
The rule of rating over arrays: one walk in the order of time, plain Python compiled by Numba.

The same decisions as `rules`, on whole numbers. Codes stand here as literals, since Numba caches by this file alone;
a test holds them equal to `terms` and `states`. Within the bounds of `terms` no step leaves int64: billed units stay
below 2^43, a price's remainder times its price below 2^60, a limit times its steps below 2^62, a volume times 100
below 2^63, and a service whose meter passed 2^56 is not rated further while one record adds at most 2^50.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from spojka.charging.rating.roster import Segments
from spojka.charging.rating.states import State
from spojka.charging.rating.tables import Tables

UNLIMITED = -1
MOST_GRANTED = 2**48
MOST_METER = 2**56
AFTER_PRICE, AFTER_THROTTLE = 0, 2
CONTROLS, GRANT, EXPIRE, CAP, LIMIT_ON, LIMIT_OFF = 128, 128, 129, 130, 131, 132
THRESHOLD_MARK, EXHAUSTED_MARK, LIMIT_MARK, COUNTER_MARK, UNRATED_MARK, REFUSED_MARK = 1, 2, 3, 4, 5, 6
NO_SERVICE, NO_TARIFF, NO_ROW, BAD_QUANTITY, FULL_METER = 1, 2, 3, 4, 5
SPENT, LIMIT_COUNTED, VOLUME_USED, VOLUME_TOTAL, FLAGS, COUNTERS = 0, 1, 2, 3, 4, 5
LIMIT_ACTIVE, LIMIT_REACHED, EXHAUSTED, TOLD = 1, 2, 4, 8
MARK_COLUMNS = 5
"""Columns of a mark: event, code, a, b, c."""

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T", bound=np.generic)


class Events(NamedTuple):
    """
    Records of use and control events, in the order of time: arrays [events], read-only.

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


class Rated(NamedTuple):
    """
    What every event came to: `rate_row` int32 (-1: control or unrated), `billed`, `paid`, `charge_micros` int64
    [events]; `taken` and `left` int64 [CHAIN, events], by position in the row's chain of pools.
    """

    rate_row: NDArray[np.int32]
    billed: NDArray[np.int64]
    paid: NDArray[np.int64]
    charge_micros: NDArray[np.int64]
    taken: NDArray[np.int64]
    left: NDArray[np.int64]


class Ledger(NamedTuple):
    """The arrays of `State`, as the kernel takes them."""

    left: NDArray[np.int64]
    granted: NDArray[np.int64]
    meters: NDArray[np.int64]


class Marks(NamedTuple):
    """`rows` int64 [places, MARK_COLUMNS], of which the first `found[0]` are filled; `found` int64 [1]."""

    rows: NDArray[np.int64]
    found: NDArray[np.int64]


class Desk(NamedTuple):
    """All that a walk reads and writes."""

    events: Events
    tables: Tables
    segments: Segments
    ledger: Ledger
    out: Rated
    marks: Marks


def _compiled(function: F) -> F:
    return cast("F", njit(cache=True, nogil=True, error_model="numpy")(function))


@_compiled
def price_of(tables: Tables, row: int, units: int) -> int:
    """The price of paid units in micros, rounded half up to the quantum; see `rules.price_of`."""
    step, unit_steps, price, quantum = tables.price_step[row], tables.unit_steps[row], tables.price[row], tables.quantum
    steps = (units + step - 1) // step
    part = steps % unit_steps * price
    whole = steps // unit_steps * price + part // unit_steps
    half = 2 * (whole % quantum * unit_steps + part % unit_steps) >= quantum * unit_steps
    return int(whole // quantum * quantum + (quantum if half else 0))


@_compiled
def affordable_units(tables: Tables, row: int, money: int) -> int:
    """The largest number of units in whole price steps whose exact price fits; the price is not zero."""
    return int(money * tables.unit_steps[row] // tables.price[row] * tables.price_step[row])


@_compiled
def _mark(marks: Marks, event: int, code: int, figures: tuple[int, int, int]) -> None:
    place = marks.found[0]
    marks.rows[place, 0], marks.rows[place, 1] = event, code
    marks.rows[place, 2], marks.rows[place, 3], marks.rows[place, 4] = figures
    marks.found[0] = place + 1


@_compiled
def _take(desk: Desk, i: int, s: int, row: int, units: int) -> int:
    """Take units from the row's pools in order; returns how many no pool covered."""
    chain, left, out = desk.tables.chain, desk.ledger.left, desk.out
    cap = desk.tables.cap[row]
    kept = 0
    if cap >= 0 and left[s, cap] != UNLIMITED and left[s, cap] < units:
        kept = units - left[s, cap]
        units = left[s, cap]
    rest = units
    for k in range(chain.shape[1]):
        slot = chain[row, k]
        if slot < 0:
            break
        have = left[s, slot]
        if have == UNLIMITED:
            out.taken[k, i] = rest
            out.left[k, i] = UNLIMITED
            rest = 0
        else:
            part = min(rest, have)
            out.taken[k, i] = part
            out.left[k, i] = have - part
            left[s, slot] = have - part
            rest -= part
    if cap >= 0 and left[s, cap] != UNLIMITED:
        left[s, cap] -= units - rest
    return rest + kept


@_compiled
def _pay_limited(desk: Desk, i: int, s: int, row: int, rest: int) -> None:
    """Pay within the roaming limit: whole steps whose price fits, and nothing more once it was reached."""
    tables, meters, out = desk.tables, desk.ledger.meters, desk.out
    reached = meters[s, FLAGS] & LIMIT_REACHED
    money = 0 if reached else tables.limit - meters[s, LIMIT_COUNTED]
    paid = min(rest, affordable_units(tables, row, money))
    charge = price_of(tables, row, paid)
    counted = meters[s, LIMIT_COUNTED] + charge
    meters[s, LIMIT_COUNTED] = counted
    meters[s, SPENT] += charge
    out.paid[i] = paid
    out.charge_micros[i] = charge
    if not reached and affordable_units(tables, row, tables.limit - counted) == 0:
        meters[s, FLAGS] |= LIMIT_REACHED
        _mark(desk.marks, i, LIMIT_MARK, (row, counted, tables.limit))


@_compiled
def _pay(desk: Desk, i: int, s: int, row: int, rest: int) -> None:
    """Pay for the units that no pool covered, as the row's `after` says."""
    tables, meters = desk.tables, desk.ledger.meters
    if tables.after[row] == AFTER_PRICE:
        if tables.limited[row] and tables.price[row] > 0 and meters[s, FLAGS] & LIMIT_ACTIVE:
            _pay_limited(desk, i, s, row, rest)
        else:
            charge = price_of(tables, row, rest)
            desk.out.paid[i] = rest
            desk.out.charge_micros[i] = charge
            meters[s, SPENT] += charge
    elif tables.after[row] == AFTER_THROTTLE:
        desk.out.paid[i] = rest


@_compiled
def _count(desk: Desk, i: int, s: int, row: int, units: int) -> None:
    """Count units towards the row's counter, and what the part above its threshold cost."""
    tables, meters, out = desk.tables, desk.ledger.meters, desk.out
    counter = tables.counter[row]
    place = COUNTERS + 3 * counter
    threshold = tables.counter_threshold[counter]
    before = meters[s, place]
    after = before + units
    meters[s, place] = after
    if after > threshold:
        excess = after - max(before, threshold)
        meters[s, place + 1] += excess
        if tables.after[row] == AFTER_PRICE:
            cheap = out.paid[i] - min(out.paid[i], excess)
            meters[s, place + 2] += out.charge_micros[i] - price_of(tables, row, cheap)
        if before <= threshold:
            _mark(desk.marks, i, COUNTER_MARK, (counter, after, threshold))


@_compiled
def _tell(desk: Desk, i: int, s: int, row: int, taken: int) -> None:
    """Count data towards the volume's thresholds, and mark once that every pool of the row is empty."""
    tables, meters = desk.tables, desk.ledger.meters
    total = meters[s, VOLUME_TOTAL]
    used = meters[s, VOLUME_USED] + taken
    meters[s, VOLUME_USED] = used
    flags = meters[s, FLAGS]
    if total > 0:
        for place in range(tables.thresholds_pct.shape[0]):
            pct = tables.thresholds_pct[place]
            if not flags & (TOLD << place) and used * 100 >= pct * total:
                flags |= TOLD << place
                _mark(desk.marks, i, THRESHOLD_MARK, (pct, used, total))
    if tables.after[row] != AFTER_PRICE and desk.out.billed[i] > 0 and not flags & EXHAUSTED:
        empty = True
        for k in range(tables.chain.shape[1]):
            slot = tables.chain[row, k]
            if slot >= 0 and desk.ledger.left[s, slot] != 0:
                empty = False
        if empty:
            flags |= EXHAUSTED
            _mark(desk.marks, i, EXHAUSTED_MARK, (tables.after[row], used, total))
    meters[s, FLAGS] = flags


@_compiled
def _rate(desk: Desk, i: int, s: int, row: int) -> None:
    """Rate one record by one row."""
    tables, meters, quantity = desk.tables, desk.ledger.meters, desk.events.quantity[i]
    if quantity < 0 or quantity > tables.max_quantity[row]:
        _mark(desk.marks, i, UNRATED_MARK, (BAD_QUANTITY, quantity, 0))
        return
    fullest = max(meters[s, SPENT], meters[s, VOLUME_USED])
    for counter in range(tables.counter_threshold.shape[0]):
        fullest = max(fullest, meters[s, COUNTERS + 3 * counter])
    if fullest > MOST_METER:
        _mark(desk.marks, i, UNRATED_MARK, (FULL_METER, fullest, 0))
        return
    desk.out.rate_row[i] = row
    billed = quantity
    if quantity > 0:
        first, following = tables.first_block[row], tables.next_block[row]
        billed = first + (max(0, quantity - first) + following - 1) // following * following
    desk.out.billed[i] = billed
    rest = _take(desk, i, s, row, billed)
    if rest > 0:
        _pay(desk, i, s, row, rest)
    if tables.counter[row] >= 0:
        _count(desk, i, s, row, billed - rest + desk.out.paid[i])
    if tables.volume[row]:
        _tell(desk, i, s, row, billed - rest)


@_compiled
def _change_slot(ledger: Ledger, s: int, code: int, slot: int, quantity: int) -> bool:
    """Grant to a slot, expire or cap it; false when the event makes no sense and nothing changed."""
    granted, left = ledger.granted[s, slot], ledger.left[s, slot]
    if code == GRANT and quantity == UNLIMITED:
        granted, left = UNLIMITED, UNLIMITED
    elif code == GRANT and 0 <= quantity <= MOST_GRANTED:
        if granted != UNLIMITED:
            granted, left = granted + quantity, left + quantity
        if granted > MOST_GRANTED:
            return False
    elif code == EXPIRE:
        granted, left = (0 if granted == UNLIMITED else granted - left), 0
    elif code == CAP and 0 <= quantity <= MOST_GRANTED:
        if granted != UNLIMITED and quantity < granted:
            granted, left = quantity, max(0, quantity - (granted - left))
    else:
        return False
    ledger.granted[s, slot], ledger.left[s, slot] = granted, left
    return True


@_compiled
def _rearm(tables: Tables, ledger: Ledger, s: int) -> None:
    """After a change of the data pools: their new total, and the marks that may be made again."""
    total, empty = 0, True
    for slot in range(tables.slot_volume.shape[0]):
        if tables.slot_volume[slot]:
            granted = ledger.granted[s, slot]
            total = UNLIMITED if UNLIMITED in (granted, total) else total + granted
            empty = empty and ledger.left[s, slot] == 0
    flags = ledger.meters[s, FLAGS]
    if not empty:
        flags &= ~EXHAUSTED
    for place in range(tables.thresholds_pct.shape[0]):
        if total <= 0 or ledger.meters[s, VOLUME_USED] * 100 < tables.thresholds_pct[place] * total:
            flags &= ~(TOLD << place)
    ledger.meters[s, VOLUME_TOTAL], ledger.meters[s, FLAGS] = total, flags


@_compiled
def _control(desk: Desk, i: int, s: int) -> None:
    """Carry out a control event."""
    tables, meters = desk.tables, desk.ledger.meters
    code, slot, quantity = desk.events.kind[i], desk.events.dest_class[i], desk.events.quantity[i]
    flags = meters[s, FLAGS]
    if code == LIMIT_OFF:
        meters[s, FLAGS] = flags & ~(LIMIT_ACTIVE | LIMIT_REACHED)
    elif code == LIMIT_ON:
        if not flags & LIMIT_ACTIVE:
            meters[s, FLAGS] = (flags | LIMIT_ACTIVE) & ~LIMIT_REACHED
            meters[s, LIMIT_COUNTED] = 0
    elif slot < tables.slot_volume.shape[0] and _change_slot(desk.ledger, s, code, slot, quantity):
        if tables.slot_volume[slot]:
            _rearm(tables, desk.ledger, s)
    else:
        _mark(desk.marks, i, REFUSED_MARK, (code, slot, quantity))


@_compiled
def _tariff_at(segments: Segments, s: int, at: int) -> int:
    """The service's tariff at an instant, or -1."""
    for j in range(segments.first[s], segments.first[s + 1]):
        if segments.spans[j, 0] <= at < segments.spans[j, 1]:
            return int(segments.spans[j, 2])
    return -1


@_compiled
def walk(desk: Desk, start: int) -> int:
    """
    Walk events from position `start` on: change the ledger, fill `out` (from zeros, `rate_row` -1) and the marks.

    Stops before an event that might need more than the free rows of the marks, so that none is lost; returns the next
    position, for the caller to take the marks and go on.
    """
    events, row_of = desk.events, desk.tables.row_of
    count, services, most = events.service.shape[0], desk.ledger.left.shape[0], desk.tables.thresholds_pct.shape[0] + 4
    for position in range(start, count):
        if desk.marks.found[0] + most > desk.marks.rows.shape[0]:
            return position
        i = events.order[position] if events.order.shape[0] else position
        s = events.service[i]
        kind, dest_class, zone = events.kind[i], events.dest_class[i], events.zone[i]
        if s < 0 or s >= services:
            _mark(desk.marks, i, UNRATED_MARK, (NO_SERVICE, s, 0))
        elif kind >= CONTROLS:
            _control(desk, i, s)
        else:
            tariff, row = _tariff_at(desk.segments, s, events.at[i]), -1
            if tariff < 0:
                _mark(desk.marks, i, UNRATED_MARK, (NO_TARIFF, 0, 0))
                continue
            if kind < row_of.shape[1] and dest_class < row_of.shape[2] and zone < row_of.shape[3]:
                row = row_of[tariff, kind, dest_class, zone]
            if row >= 0:
                _rate(desk, i, s, row)
            else:
                _mark(desk.marks, i, UNRATED_MARK, (NO_ROW, tariff, 0))
    return count


def no_outcome(events: int, chain: int) -> Rated:
    """Outputs for a number of events, with nothing rated yet."""
    return Rated(
        np.full(events, -1, np.int32),
        np.zeros(events, np.int64),
        np.zeros(events, np.int64),
        np.zeros(events, np.int64),
        np.zeros((chain, events), np.int64),
        np.zeros((chain, events), np.int64),
    )


def rate_events(
    events: Events, tables: Tables, segments: Segments, state: State, *, marks_at_once: int = 4096
) -> tuple[Rated, NDArray[np.int64]]:
    """
    Rate events against a state, which it changes; releases the GIL.

    Returns the outputs, in the events' own order, and the marks as int64 [marks, MARK_COLUMNS] in the order of time:
    event, `MarkCode`, and the figures a, b, c.
    """
    out = no_outcome(len(events.service), tables.chain.shape[1])
    rows = np.empty((max(marks_at_once, len(tables.thresholds_pct) + 4), MARK_COLUMNS), np.int64)
    marks = Marks(rows, np.zeros(1, np.int64))
    desk = Desk(events, tables, segments, Ledger(state.left, state.granted, state.meters), out, marks)
    found, position = [], 0
    while position < len(events.service):
        position = walk(desk, position)
        found.append(rows[: marks.found[0]].copy())
        marks.found[0] = 0
    return out, np.concatenate([np.empty((0, MARK_COLUMNS), np.int64), *found])


def events_of(columns: Mapping[str, NDArray[np.generic]], order: NDArray[np.int64] | None = None) -> Events:
    """
    The kernel's events from columns by name (`service`, `kind`, `class`, `zone`, `at`, `quantity`), cast as needed.

    Arrays become contiguous and read-only, so that one compiled version serves all callers.
    """
    return Events(
        service=_column(columns["service"], np.int32),
        kind=_column(columns["kind"], np.uint8),
        dest_class=_column(columns["class"], np.uint8),
        zone=_column(columns["zone"], np.uint8),
        at=_column(columns["at"], np.int64),
        quantity=_column(columns["quantity"], np.int64),
        order=_column(np.empty(0, np.int64) if order is None else order, np.int64),
    )


def _column(values: NDArray[np.generic], dtype: type[T]) -> NDArray[T]:
    view = np.ascontiguousarray(values, dtype).view()
    view.setflags(write=False)
    return view
