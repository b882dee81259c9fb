"""
Spending limits in a period: what counts as spent, and what customers are told, online and after a rating run alike.

An advance on the period lowers what counts as spent by its amount (nej/4.18); see `advances`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.balances.rules import Limit
from spojka.charging.balances.store import limit_rows, spent_before
from spojka.charging.balances.terms import LimitTerms
from spojka.charging.rating.kernel import SPENT
from spojka.charging.rating.running import RatedPeriod
from spojka.charging.rating.runs import hears_of_walks
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.clauses import Language, Term
from spojka.terms.wording import money_in_words
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Moved:
    """What a service had spent in a period before and after something, and its limits then."""

    service: UUID
    period: Period
    limits: Sequence[Limit]
    before_micros: int
    after_micros: int


def shares_reached(limit: Limit, *, before_micros: int, after_micros: int, shares_pct: Sequence[int]) -> list[int]:
    """
    Shares of a limit that what counts as spent has come to, and had not before.

    >>> bare, eased = Limit(10_000_000, "restrict", "provider"), Limit(10_000_000, "restrict", "provider", 2_000_000)
    >>> [shares_reached(one, before_micros=0, after_micros=10_000_000, shares_pct=[80, 100]) for one in (bare, eased)]
    [[80, 100], [80]]
    """
    before, after = (spent - limit.advance_micros for spent in (before_micros, after_micros))
    return [pct for pct in shares_pct if before * 100 < pct * limit.value_micros <= after * 100]


def tell_shares(ctx: Context, moved: Sequence[Moved], notice: Term[list[int]]) -> None:
    """Tell customers that shares of their spending limits are reached (nej/4.18)."""
    tell(ctx, [told for one in moved for limit in one.limits for told in _notices(one, limit, notice)])


def _notices(moved: Moved, limit: Limit, notice: Term[list[int]]) -> Iterator[NewNotice]:
    shares = shares_reached(
        limit, before_micros=moved.before_micros, after_micros=moved.after_micros, shares_pct=notice.value
    )
    for pct in shares:
        eased = f":{limit.advance_micros}" if limit.advance_micros else ""  # after an advance it is told once more
        yield NewNotice(
            kind=f"spending_{pct}",
            channels=("sms", "portal"),
            subject={"cs": f"Limit útraty: {pct} %", "en": f"Spending limit: {pct} %"},
            body={"cs": _czech(moved, limit), "en": _english(moved, limit)},
            clauses=(notice.ref.id,),
            key=f"spending:{moved.service}:{moved.period}:{limit.set_by}:{limit.value_micros}{eased}:{pct}",
            service=moved.service,
        )


def _czech(moved: Moved, limit: Limit) -> str:
    said = f"Z limitu {_said(limit.value_micros, 'cs')} na období je utraceno {_said(moved.after_micros, 'cs')}"
    return f"{said}, předem zaplaceno {_said(limit.advance_micros, 'cs')}." if limit.advance_micros else f"{said}."


def _english(moved: Moved, limit: Limit) -> str:
    value, spent = _said(limit.value_micros, "en"), _said(moved.after_micros, "en")
    said = f"Of the limit of {value} for the period {spent} is spent"
    return f"{said}, {_said(limit.advance_micros, 'en')} was paid in advance." if limit.advance_micros else f"{said}."


def _said(micros: int, language: Language) -> str:
    return money_in_words(Money(micros), language)


def limits_of(ctx: Context, services: Sequence[UUID], period: Period) -> dict[UUID, list[Limit]]:
    """Spending limits of services with their advances on a period; services without one are absent."""
    found: dict[UUID, list[Limit]] = {}
    for row in limit_rows(ctx, services, period):
        limit = Limit(row["value"], row["action"], row["set_by"], row["advance"])
        found.setdefault(row["service_id"], []).append(limit)
    return found


@hears_of_walks
def tell_walked(ctx: Context, period: Period, rated: RatedPeriod) -> None:
    """What a rating run comes to is told like what is used online, while the period runs."""
    if ctx.today not in period:
        return
    numbers = {UUID(service): number for number, service in enumerate(rated.roster.services)}
    limits = limits_of(ctx, list(numbers), period)
    if not limits:
        return
    before = spent_before(ctx, list(limits), period)
    moved = [
        Moved(service, period, own, before.get(service, 0), int(rated.state.ledger[numbers[service], SPENT]))
        for service, own in limits.items()
    ]
    tell_shares(ctx, moved, shelf_of(ctx).sheet(LimitTerms, ctx.today).default_limit_notice_pct)
