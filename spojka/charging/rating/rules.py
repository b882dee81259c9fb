"""
The rule of rating, record by record, in whole numbers and fractions.

The kernel decides the same over arrays; read this to know what it does. Every function is pure: an account goes in,
a rating and the account after it come out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from spojka.charging.rating.terms import (
    MOST_GRANTED,
    MOST_METER,
    UNLIMITED,
    Account,
    After,
    Control,
    MarkCode,
    RateBook,
    RateRow,
    Unrated,
    Use,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that others must hear of: a threshold, a limit, a record left unrated. See `MarkCode` for figures."""

    code: MarkCode
    a: int = 0
    b: int = 0
    c: int = 0


@dataclass(frozen=True, slots=True)
class Rating:
    """
    What one record came to: `billed` = sum of `taken` + `paid` + `unbilled`, in the record's units.

    `rate_row` is the row's place in the book, or -1 for a control event and an unrated record. `taken` and `left` go by
    the row's slots: units taken, and what the pool held after the record.
    """

    rate_row: int = -1
    billed: int = 0
    paid: int = 0
    charge_micros: int = 0
    taken: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def unbilled(self) -> int:
        """Units that were carried and cost nothing because no terms let them be charged: the provider's loss."""
        return self.billed - sum(self.taken) - self.paid


def billed_units(quantity: int, first_block: int, next_block: int) -> int:
    """
    Round a quantity up to what is billed: nothing, or the first block and then started next blocks (nej/2.11).

    >>> [billed_units(s, 60, 1) for s in (0, 1, 60, 61)]
    [0, 60, 60, 61]
    """
    if quantity <= 0:
        return 0
    return first_block + -(-max(0, quantity - first_block) // next_block) * next_block


def price_of(units: int, row: RateRow, quantum_micros: int) -> int:
    """
    The price of paid units in micro-crowns, exact and then rounded half up to the quantum (nej/1.10, nej/2.10).

    >>> from spojka.charging.rating.terms import Kind
    >>> price_of(61, RateRow("t", Kind.VOICE, "mobile", "cz", 2_500_000, unit_size=60), 100)
    2541700
    """
    steps = -(-units // row.price_step)
    dividend, divisor = steps * row.price_step * (row.price_micros or 0), row.unit_size * quantum_micros
    return (2 * dividend + divisor) // (2 * divisor) * quantum_micros


def affordable_units(money_micros: int, row: RateRow) -> int | None:
    """
    The largest number of units, in whole price steps, whose exact price fits in the money; `None` when they are free.

    >>> from spojka.charging.rating.terms import Kind
    >>> kilobytes = RateRow("t", Kind.DATA, "net", "world", 121_000_000, unit_size=1024 * 1024, price_step=1024)
    >>> affordable_units(1_600_000_000, kilobytes) // 1024
    13540
    """
    if not row.price_micros:
        return None
    return max(0, money_micros) * row.unit_size // (row.price_micros * row.price_step) * row.price_step


def take(units: int, slots: Iterable[int], left: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """
    Take units from pools in order, one by one, until there are no more of either (nej/2.13, nej/2.15, nej/2.17).

    Returns the units taken from each of `slots`, and `left` after it. An unlimited pool takes whatever reaches it.
    """
    after, taken = list(left), []
    for slot in slots:
        part = units if after[slot] == UNLIMITED else min(units, after[slot])
        after[slot] -= 0 if after[slot] == UNLIMITED else part
        taken.append(part)
        units -= part
    return tuple(taken), tuple(after)


def decide(use: Use, tariff: str | None, account: Account, book: RateBook) -> tuple[Rating, Account]:
    """
    What one event comes to under the service's tariff at its instant (`None`: it had none): a walk's single step.

    A control event changes the account, a record of use is rated, and one that cannot be rated is marked.
    """
    if use.kind >= Control.GRANT:
        return control(use, account, book)
    if tariff is None:
        return unrated(Unrated.TARIFF), account
    row_code = book.row(tariff, use)
    if row_code is None:
        return unrated(Unrated.ROW, book.tariff(tariff)), account
    return rate(use, row_code, account, book)


def rate(use: Use, row_code: int, account: Account, book: RateBook) -> tuple[Rating, Account]:
    """
    Rate one record by one row: what is billed, what pools take, what is paid, and what others must hear.

    A quantity out of the row's range, or an account whose meters are full, leaves the account as it was.
    """
    row = book.rows[row_code]
    if not 0 <= use.quantity <= row.largest:
        return unrated(Unrated.QUANTITY, use.quantity), account
    fullest = max(account.spent_micros, account.volume_used, *account.counted, 0)
    if fullest > MOST_METER:
        return unrated(Unrated.METER, fullest), account
    billed = billed_units(use.quantity, row.first_block, row.next_block)
    slots = tuple(book.slot(name) for name in row.slots)
    room = billed if row.cap is None else _within(billed, account.left[book.slot(row.cap)])
    taken, left = take(room, slots, account.left)
    if row.cap is not None:
        _, left = take(sum(taken), (book.slot(row.cap),), left)
    account = replace(account, left=left)
    paid, charge_micros, account, stopped = _pay(billed - sum(taken), row_code, account, book)
    account, crossed = _count(sum(taken) + paid, paid, row, account, book)
    account, told = _tell(sum(taken), billed - sum(taken), row, account, book)
    rating = Rating(
        row_code,
        billed,
        paid,
        charge_micros,
        taken,
        tuple(left[slot] for slot in slots),
        (*stopped, *crossed, *told),
    )
    return rating, account


def unrated(reason: Unrated, figure: int = 0) -> Rating:
    """A record that cannot be rated: no figures, and the reason as a mark for suspense."""
    return Rating(marks=(Mark(MarkCode.UNRATED, reason, figure),))


def control(use: Use, account: Account, book: RateBook) -> tuple[Rating, Account]:
    """
    Carry out a control event: a grant, an expiry, a cap, or the switch of the roaming limit (nej/2.17, nej/2.19).

    One that makes no sense (an unknown code or slot, an impossible quantity) changes nothing and is marked.
    """
    if use.kind == Control.LIMIT_OFF:
        return Rating(), replace(account, limit_active=False, limit_reached=False)
    if use.kind == Control.LIMIT_ON:
        if account.limit_active:
            return Rating(), account
        return Rating(), replace(account, limit_active=True, limit_reached=False, limit_counted_micros=0)
    refused = Rating(marks=(Mark(MarkCode.CONTROL_REFUSED, use.kind, use.dest_class, use.quantity),))
    if use.dest_class >= len(book.slots):
        return refused, account
    changed = changed_slot(use, account.granted[use.dest_class], account.left[use.dest_class])
    if changed is None:
        return refused, account
    account = replace(
        account,
        granted=_put(account.granted, use.dest_class, changed[0]),
        left=_put(account.left, use.dest_class, changed[1]),
    )
    if book.slots[use.dest_class].volume:
        account = _rearm(account, book)
    return Rating(), account


def changed_slot(use: Use, granted: int, left: int) -> tuple[int, int] | None:
    """What is granted and left in a slot after a control event; `None` when the event makes no sense."""
    within = 0 <= use.quantity <= MOST_GRANTED
    if use.kind == Control.GRANT and use.quantity == UNLIMITED:
        return UNLIMITED, UNLIMITED
    if use.kind == Control.GRANT and within:
        if granted == UNLIMITED:
            return granted, left
        return (granted + use.quantity, left + use.quantity) if granted + use.quantity <= MOST_GRANTED else None
    if use.kind == Control.EXPIRE:
        return (0 if granted == UNLIMITED else granted - left), 0
    if use.kind == Control.CAP and within:
        if granted == UNLIMITED or use.quantity >= granted:
            return granted, left
        return use.quantity, max(0, use.quantity - (granted - left))
    return None


def volume_total(granted: tuple[int, ...], book: RateBook) -> int:
    """All data pools of the period together, the base of the 80 and 100 % notices (nej/2.17); or `UNLIMITED`."""
    pools = [units for units, slot in zip(granted, book.slots, strict=True) if slot.volume]
    return UNLIMITED if UNLIMITED in pools else sum(pools)


def open_account(book: RateBook, granted: dict[str, int], *, limit_active: bool = True) -> Account:
    """A period's fresh account: full pools, counters at zero; `granted` is units by slot name, others hold none."""
    units = tuple(granted.get(slot.name, 0) for slot in book.slots)
    unknown = set(granted) - {slot.name for slot in book.slots}
    if unknown or any(not UNLIMITED <= amount <= MOST_GRANTED for amount in units):
        raise ValueError(f"unknown slots {sorted(unknown)}, or units out of range in {granted}")
    none = (0,) * len(book.counters)
    return Account(
        left=units,
        granted=units,
        volume_told=(False,) * len(book.thresholds_pct),
        limit_active=limit_active,
        counted=none,
        excess=none,
        excess_charge_micros=none,
    )


def _pay(rest: int, row_code: int, account: Account, book: RateBook) -> tuple[int, int, Account, tuple[Mark, ...]]:
    """Pay for the units that no pool covered, within the roaming limit where the row is under it."""
    row = book.rows[row_code]
    if rest == 0 or row.remainder is After.INTERRUPT:
        return 0, 0, account, ()
    if row.remainder is After.THROTTLE:
        return rest, 0, account, ()
    limit = row.limited and account.limit_active and bool(row.price_micros)
    if limit:
        money = 0 if account.limit_reached else book.limit_micros - account.limit_counted_micros
        rest = _within(rest, affordable_units(money, row))
    charge_micros = price_of(rest, row, book.quantum_micros)
    account = replace(account, spent_micros=account.spent_micros + charge_micros)
    if not limit:
        return rest, charge_micros, account, ()
    counted = account.limit_counted_micros + charge_micros
    reached = affordable_units(book.limit_micros - counted, row) == 0
    marks = () if account.limit_reached or not reached else (_limit_mark(row_code, counted, book),)
    reached = reached or account.limit_reached
    return rest, charge_micros, replace(account, limit_counted_micros=counted, limit_reached=reached), marks


def _limit_mark(row_code: int, counted: int, book: RateBook) -> Mark:
    return Mark(MarkCode.LIMIT_REACHED, row_code, counted, book.limit_micros)


def _count(units: int, paid: int, row: RateRow, account: Account, book: RateBook) -> tuple[Account, tuple[Mark, ...]]:
    """Count units towards the row's counter; the part above the threshold, its last units, and what it cost."""
    if row.counter is None:
        return account, ()
    counter = book.counter(row.counter)
    threshold, before = book.counters[counter].threshold, account.counted[counter]
    excess = max(0, before + units - threshold) - max(0, before - threshold)
    dear = min(paid, excess)
    cost = price_of(paid, row, book.quantum_micros) - price_of(paid - dear, row, book.quantum_micros)
    cost = 0 if row.remainder is After.THROTTLE else cost
    account = replace(
        account,
        counted=_put(account.counted, counter, before + units),
        excess=_put(account.excess, counter, account.excess[counter] + excess),
        excess_charge_micros=_put(account.excess_charge_micros, counter, account.excess_charge_micros[counter] + cost),
    )
    crossed = before <= threshold < before + units
    return account, (Mark(MarkCode.COUNTER_CROSSED, counter, before + units, threshold),) if crossed else ()


def _tell(taken: int, rest: int, row: RateRow, account: Account, book: RateBook) -> tuple[Account, tuple[Mark, ...]]:
    """Count data towards the volume's thresholds, lowest first, and say once when every pool of the row is empty."""
    if not any(book.slots[book.slot(name)].volume for name in row.slots):
        return account, ()
    used, total, marks = account.volume_used + taken, volume_total(account.granted, book), []
    told = list(account.volume_told)
    for place, pct in enumerate(book.thresholds_pct):
        if total > 0 and not told[place] and used * 100 >= pct * total:
            told[place] = True
            marks.append(Mark(MarkCode.VOLUME_THRESHOLD, pct, used, total))
    empty = (taken or rest) and not any(account.left[book.slot(name)] for name in row.slots)
    exhausted = row.remainder is not After.PRICE and bool(empty)
    if exhausted and not account.volume_exhausted:
        marks.append(Mark(MarkCode.VOLUME_EXHAUSTED, row.remainder, used, total))
    exhausted = exhausted or account.volume_exhausted
    return replace(account, volume_used=used, volume_told=tuple(told), volume_exhausted=exhausted), tuple(marks)


def _rearm(account: Account, book: RateBook) -> Account:
    """After a change of the data pools, only thresholds above the current use are told again (nej/2.17)."""
    total = volume_total(account.granted, book)
    told = tuple(
        was and total > 0 and account.volume_used * 100 >= pct * total
        for was, pct in zip(account.volume_told, book.thresholds_pct, strict=True)
    )
    volumes = (units for units, slot in zip(account.left, book.slots, strict=True) if slot.volume)
    return replace(account, volume_told=told, volume_exhausted=account.volume_exhausted and not any(volumes))


def _within(units: int, most: int | None) -> int:
    return units if most is None or most == UNLIMITED else min(units, most)


def _put(values: tuple[int, ...], place: int, value: int) -> tuple[int, ...]:
    return (*values[:place], value, *values[place + 1 :])
