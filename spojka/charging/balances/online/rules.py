"""Pure decisions of online charging: what may be granted, what keeps it from more, and whether a record is in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spojka.charging.balances.online.sessions import Kind, Session
from spojka.charging.balances.online.terms import OnlineTerms
from spojka.charging.balances.rules import Limit
from spojka.charging.rating.grants import LONGEST, NO_UNITS, ROAMING_LIMIT, Bound, Grant, grant
from spojka.charging.rating.rules import Rating, rate
from spojka.charging.rating.terms import Account, RateBook, RateRow, Use
from spojka.charging.rating.terms import Kind as KindCode
from spojka.kernel.money import Money, spread
from spojka.kernel.refusals import Refusal
from spojka.terms.findings import refuse

MAX_CALL: Final = "MAX_CALL_DURATION"
PERIOD_LIMIT: Final = "PERIOD_LIMIT_EXCEEDED"

GROUPS: Final[dict[Kind, int]] = {"voice": 0, "video": 0, "sms": 1, "mms": 2, "data": 3}
"""
Kinds whose records change nothing that another group's records look at, but sums: their order does not matter.

Calls take pools of seconds and count seconds, SMS take pools of messages, MMS take none, data take the volume.
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """
    How much is granted at once when the network does not say, and the most when it does; units by kind.

    Args:
        call_s: steps of a call after its first block.
        data_bytes: steps of data.
        most_data_bytes: the most data granted at once.
        valid_s: how long a grant of data holds.

    """

    call_s: int = 300
    data_bytes: int = 10 * 1024 * 1024
    most_data_bytes: int = 1024 * 1024 * 1024
    valid_s: int = 3600

    def asked(self, row: RateRow, *, used: int, asked: int | None) -> int:
        """Units to ask for: of a call first its first block, which is charged whole, then steps (nej/2.11)."""
        if asked == 0:
            return 0
        if row.kind is KindCode.DATA:
            return min(self.data_bytes if asked is None else asked, self.most_data_bytes)
        if row.kind in {KindCode.VOICE, KindCode.VIDEO}:
            if used == 0:
                return row.first_block if asked is None else max(row.first_block, asked)
            return self.call_s if asked is None else asked
        return 1 if asked is None else asked


def tightest(limits: Iterable[Limit]) -> Limit | None:
    """The lowest limit that stops anything; those that are only told stop nothing."""
    return min((limit for limit in limits if limit.action != "notify"), key=lambda one: one.value_micros, default=None)


def refuse_spent(limits: Sequence[Limit], *, spent_micros: int, incoming: bool, terms: OnlineTerms) -> Refusal | None:
    """Why nothing may be used, free units included: a limit was exceeded, that is, strictly (nej/4.18)."""
    for limit in limits:
        stops = limit.action == "interrupt" or (limit.action == "restrict" and not incoming)
        if stops and spent_micros > limit.most_micros:
            return refuse(PERIOD_LIMIT, terms.default_limit_notice_pct, figures=_figures(limit, spent_micros))
    return None


def _figures(limit: Limit, spent_micros: int) -> dict[str, Money]:
    return {
        "limit": Money(limit.value_micros),
        "spent": Money(spent_micros),
        "advance": Money(limit.advance_micros),
    }


def granted(
    row: int, account: Account, book: RateBook, *, used: int, asked: int, limits: Sequence[Limit] = ()
) -> Grant:
    """What may be granted on top of what a session used, within pools, prices and limits; see `grants.grant`."""
    limit = tightest(limits)
    bounds = () if limit is None else (Bound(PERIOD_LIMIT, limit.most_micros - account.spent_micros),)
    return grant(row, account, book, used=used, asked=asked, bounds=bounds)


def rated(row: int, units: int, account: Account, book: RateBook) -> tuple[Rating, Account]:
    """What a session's units come to as one record, and the account after it."""
    return rate(Use(book.rows[row].kind, 0, 0, 0, units), row, account, book)


def stopped(code: str, account: Account, limits: Sequence[Limit], terms: OnlineTerms) -> Refusal:
    """What keeps a grant below what was asked, in the words of its clause."""
    if code == LONGEST:
        return refuse(MAX_CALL, terms.max_call_duration_s, figures={"longest_s": terms.max_call_duration_s.value})
    if code == ROAMING_LIMIT:
        limit = terms.roaming_data_limit_czk_incl_vat
        counted = Money(account.limit_counted_micros)
        return refuse(ROAMING_LIMIT, limit, figures={"limit": limit.value, "counted": counted})
    if code == NO_UNITS:
        return refuse(NO_UNITS, terms.bucket_order, terms.domestic_after_limit)
    limiting = tightest(limits)
    assert limiting is not None, code
    return refuse(code, terms.default_limit_notice_pct, figures=_figures(limiting, account.spent_micros))


def in_order(at_micros: int, kind: Kind, *, walked_until: int, latest: Sequence[int]) -> bool:
    """
    Whether a record may be added to a balance: nothing it depends on was added from a later time.

    Args:
        at_micros: the record's start.
        kind: what was used.
        walked_until: everything up to this instant may have been rated; microseconds.
        latest: the latest record added since, by group of kinds.

    """
    return at_micros > walked_until and at_micros > latest[GROUPS[kind]]


def split_at(end: datetime, *, touched_at: datetime, at: datetime, used: int) -> tuple[int, int]:
    """
    Units reported over a period's end, divided by time: before it, and from it on (nej/1.10).

    >>> from datetime import UTC
    >>> noon = datetime(2026, 2, 28, 12, tzinfo=UTC)
    >>> split_at(noon + timedelta(seconds=10), touched_at=noon, at=noon + timedelta(seconds=30), used=10)
    (3, 7)
    """
    one = timedelta(microseconds=1)
    before, after = max(0, (end - touched_at) // one), max(0, (at - end) // one)
    shares = spread(used, [before, after], 1)
    return shares[0], shares[1]


def holders(sessions: Iterable[Session], *, but: Session | None) -> list[Session]:
    """Other open sessions in the order of their start."""
    others = [one for one in sessions if one.is_open and (but is None or one.id != but.id)]
    others.sort(key=lambda one: one.started_at)
    return others
