"""
How much may be used before it is used: what online charging grants to a session, from the same account and rows.

A session is rated as one record when it ends, so a grant looks at the session's total: the account stands as it was
before the session, without what other open sessions hold (`with_held`). What is granted this way is always covered:
rated afterwards, nothing stays unbilled and no bound is overdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spojka.charging.rating.rules import Rating, affordable_units, rate
from spojka.charging.rating.terms import UNLIMITED, Account, After, RateBook, RateRow, Use

LONGEST = "MAX_QUANTITY_REACHED"
"""Nothing more is granted because the record may not be larger: 4200 s of a call (nej/2.7)."""
ROAMING_LIMIT = "ROAMING_LIMIT_EXCEEDED"
"""Nothing more is granted because the next step does not fit in the roaming limit (nej/2.19)."""
NO_UNITS = "UNITS_EXHAUSTED"
"""Nothing more is granted because every pool is empty and the row has no price (nej/2.17, nej/4.20)."""


@dataclass(frozen=True, slots=True)
class Bound:
    """
    Money that the session may still cost, and the code of what is said when it does not suffice.

    Credit: the balance less what other sessions hold and less the cut-off below which nothing is granted. A spending
    limit: its value less what was spent (nej/4.18); exactly reaching it is allowed.
    """

    code: str
    rest_micros: int


@dataclass(frozen=True, slots=True)
class Grant:
    """
    `units` new ones on top of those used, `total` for the session, and what the total would come to.

    `stopped_by` is the code of what kept the grant below what was asked, or `None`. `final`: there is nothing more to
    grant after this, so the network ends the session when it is used up.
    """

    units: int
    total: int
    rating: Rating
    stopped_by: str | None
    final: bool


def asked_units(row: RateRow, used: int, step: int) -> int:
    """
    What to ask for next: first the whole first block, then steps (nej/2.11: 60 s, then steps).

    >>> from spojka.charging.rating.terms import Kind
    >>> call = RateRow("t", Kind.VOICE, "mobile", "cz", 3_000_000, unit_size=60, first_block=60)
    >>> [asked_units(call, used, 30) for used in (0, 60, 90)]
    [60, 30, 30]
    """
    return max(row.first_block, step) if used == 0 else step


def grant(
    row_code: int, account: Account, book: RateBook, *, used: int, asked: int, bounds: Sequence[Bound] = ()
) -> Grant:
    """
    The largest quantity up to what is asked that pools cover or every bound can pay, on top of `used` units.

    The first block is indivisible: when it is not covered, nothing is granted. A free row is always granted. Units are
    the row's (seconds, parts, bytes); `used` counts from the session's start.
    """
    most, code = _most(row_code, account, book, bounds)
    total = max(used, min(used + asked, most))
    use = Use(book.rows[row_code].kind, 0, 0, 0, total)
    rating, _ = rate(use, row_code, account, book)
    return Grant(
        units=total - used,
        total=total,
        rating=rating,
        stopped_by=code if total < used + asked else None,
        final=total >= most,
    )


def with_held(held: Iterable[tuple[int, int]], account: Account, book: RateBook) -> Account:
    """The account as if other open sessions ended with all that was granted to them: (rate row, total units) each."""
    for row_code, total in held:
        _, account = rate(Use(book.rows[row_code].kind, 0, 0, 0, total), row_code, account, book)
    return account


def _most(row_code: int, account: Account, book: RateBook, bounds: Sequence[Bound]) -> tuple[int, str]:
    """The largest quantity of one record that is covered, and the code of what bounds it."""
    row = book.rows[row_code]
    pools = _pooled(row, account, book)
    paid, code = _payable(row, account, book, bounds)
    if pools is None or paid is None or _whole_blocks(pools + paid, row) >= row.largest:
        return row.largest, LONGEST
    return _whole_blocks(pools + paid, row), code


def _pooled(row: RateRow, account: Account, book: RateBook) -> int | None:
    """Units that the row's pools still cover; `None` when there is no end of them."""
    left = [account.left[book.slot(name)] for name in row.slots]
    cap = UNLIMITED if row.cap is None else account.left[book.slot(row.cap)]
    if UNLIMITED in left:
        return None if cap == UNLIMITED else cap
    return sum(left) if cap == UNLIMITED else min(cap, sum(left))


def _payable(row: RateRow, account: Account, book: RateBook, bounds: Sequence[Bound]) -> tuple[int | None, str]:
    """Units that the bounds can pay after the pools, and the code of the tightest; `None` when they cost nothing."""
    if row.remainder is After.INTERRUPT:
        return 0, NO_UNITS
    if row.remainder is After.THROTTLE or not row.price_micros:
        return None, LONGEST
    limits = list(bounds)
    if row.limited and account.limit_active:
        rest = 0 if account.limit_reached else book.limit_micros - account.limit_counted_micros
        limits.append(Bound(ROAMING_LIMIT, rest))
    if not limits:
        return None, LONGEST
    tightest = min(limits, key=lambda bound: bound.rest_micros)
    whole = tightest.rest_micros // book.quantum_micros * book.quantum_micros
    return affordable_units(whole, row), tightest.code


def _whole_blocks(units: int, row: RateRow) -> int:
    """The largest quantity that is billed no more than so many units."""
    if units < row.first_block:
        return 0
    return row.first_block + (units - row.first_block) // row.next_block * row.next_block
