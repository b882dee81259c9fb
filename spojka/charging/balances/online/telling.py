"""What customers are told while they use the network: shares of the volume, the roaming limit, spending limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from spojka.access.operations.context import Context
from spojka.charging.balances.online.cards import Card, KeyedBook
from spojka.charging.balances.online.terms import OnlineTerms
from spojka.charging.balances.spending import Moved, tell_shares
from spojka.charging.rating.notes import raise_notes
from spojka.charging.rating.roster import plain_roster
from spojka.charging.rating.rules import Mark
from spojka.charging.rating.running import RatedPeriod
from spojka.charging.rating.states import fresh_state
from spojka.charging.usage.records import INSTANT
from spojka.kernel.time import Period


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
    moved = [Moved(one.card.service, one.period, one.card.limits, one.before_micros, one.after_micros) for one in spent]
    tell_shares(ctx, moved, terms.default_limit_notice_pct)
