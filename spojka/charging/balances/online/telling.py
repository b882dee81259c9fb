"""What customers are told while they use the network: shares of the volume, the roaming limit, spending limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from spojka.access.operations.context import Context
from spojka.charging.balances.online.cards import Card, KeyedBook
from spojka.charging.balances.online.terms import OnlineTerms
from spojka.charging.balances.rules import Limit
from spojka.charging.rating.notes import raise_notes
from spojka.charging.rating.roster import plain_roster
from spojka.charging.rating.rules import Mark
from spojka.charging.rating.running import RatedPeriod
from spojka.charging.rating.states import fresh_state
from spojka.charging.usage.records import INSTANT
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.wording import money_in_words
from spojka.trade.notices.store import NewNotice, tell


@dataclass(frozen=True, slots=True)
class Told:
    """A mark that a session's use made."""

    card: Card
    book: KeyedBook
    period: Period
    at: datetime
    mark: Mark


def tell_marks(ctx: Context, told: Sequence[Told]) -> None:
    """Put notices about marks into the outbox, as a walk over the whole period would; each is told once."""
    for period in {one.period for one in told}:
        own = [one for one in told if one.period == period]
        book = own[0].book.priced
        holdings = {str(one.card.service): one.card.holding for one in own if one.card.holding is not None}
        frame = pl.DataFrame(
            {"service_id": [str(one.card.service) for one in own], "at": [one.at for one in own]},
            schema={"service_id": pl.String(), "at": INSTANT},
        )
        marks = np.array(
            [(row, one.mark.code, one.mark.a, one.mark.b, one.mark.c) for row, one in enumerate(own)], np.int64
        )
        roster, state = plain_roster((), np.empty(0, np.int64)), fresh_state(book.book, {}, 0)
        raise_notes(ctx, period, RatedPeriod(book, holdings, roster, state, frame, marks))


@dataclass(frozen=True, slots=True)
class Spent:
    """What a service had spent in a period before and after a batch."""

    card: Card
    period: Period
    before_micros: int
    after_micros: int


def tell_spent(ctx: Context, spent: Sequence[Spent], terms: OnlineTerms) -> None:
    """Tell customers that shares of their spending limits are reached (nej/4.18)."""
    tell(ctx, [notice for one in spent for limit in one.card.limits for notice in _crossed(one, limit, terms)])


def _crossed(spent: Spent, limit: Limit, terms: OnlineTerms) -> Iterator[NewNotice]:
    value = limit.value_micros
    for pct in terms.default_limit_notice_pct.value:
        if spent.before_micros * 100 < pct * value <= spent.after_micros * 100:
            yield _notice(spent, limit, pct, terms)


def _notice(spent: Spent, limit: Limit, pct: int, terms: OnlineTerms) -> NewNotice:
    said = {
        language: (
            money_in_words(Money(spent.after_micros), language),
            money_in_words(Money(limit.value_micros), language),
        )
        for language in ("cs", "en")
    }
    return NewNotice(
        kind=f"spending_{pct}",
        channels=("sms", "portal"),
        subject={"cs": f"Limit útraty: {pct} %", "en": f"Spending limit: {pct} %"},
        body={
            "cs": f"Z limitu {said['cs'][1]} na období je utraceno {said['cs'][0]}.",
            "en": f"Of the limit of {said['en'][1]} for the period {said['en'][0]} is spent.",
        },
        clauses=(terms.default_limit_notice_pct.ref.id,),
        key=f"spending:{spent.card.service}:{spent.period}:{limit.set_by}:{limit.value_micros}:{pct}",
        service=spent.card.service,
    )
