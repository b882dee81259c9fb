"""What a period's use hit, for many services at once: counters above the thresholds, calls mostly forwarded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import polars as pl

from spojka.access.operations.context import Context
from spojka.charging.rating.kernel import COUNTERS
from spojka.charging.rating.rated import rated_rows
from spojka.journeys.misuse.rules import forwarding_prevails, messages_penalty, minutes_penalty, replaced_price
from spojka.journeys.misuse.terms import MisuseTerms
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.findings import Finding

EXCESS: Final = "2.20-h"
"""The rule of 10 000 minutes or SMS a month."""

FORWARDING: Final = "forwarding"
"""The rule that forwarded calls must not prevail (nej/3.6)."""

_EXCESS_WORDS: Final = {
    "cs": "Provoz za {period} přesáhl {most} minut nebo SMS. Vysvětlete jej do {by}.",
    "en": "Use in {period} went above {most} minutes or SMS. Explain it by {by}.",
}
_FORWARDING_WORDS: Final = {
    "cs": "Za {period} bylo přesměrováno více než {most} % času příchozích hovorů. Vysvětlete to do {by}.",
    "en": "In {period} more than {most} % of the time of incoming calls was forwarded. Explain it by {by}.",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """
    A rule that a service's use hit.

    Args:
        service: whose use.
        rule: code of the rule.
        evidence: the figures.
        proposal: penalties, and the credits they come with.
        clause: what the rule rests on.
        words: what the customer is told, by language, with places for `said`, `period` and `by`.
        said: figures for those places.

    """

    service: ServiceId
    rule: str
    evidence: Mapping[str, int]
    proposal: Sequence[Finding[Money]]
    clause: str
    words: Mapping[str, str]
    said: Mapping[str, object]


def _proposal(terms: MisuseTerms, counters: list[int]) -> list[Finding[Money]]:
    """Penalties and the credits they come with, from the kernel's counters: (counted, excess, what the excess cost)."""
    (_, seconds, seconds_cost), (_, messages, messages_cost) = (
        counters[COUNTERS : COUNTERS + 3],
        counters[COUNTERS + 3 : COUNTERS + 6],
    )
    found: list[Finding[Money]] = []
    if seconds:
        minutes = terms.abuse_threshold_minutes_per_month
        found.append(minutes_penalty(excess_s=seconds, threshold=minutes, price=terms.penalty_minute_czk_incl_vat))
    if messages:
        limit = terms.abuse_threshold_sms_per_month
        found.append(messages_penalty(excess=messages, threshold=limit, price=terms.penalty_sms_czk_incl_vat))
    cost = seconds_cost + messages_cost
    if cost:
        found.append(replaced_price(charged=Money(cost), threshold=terms.abuse_threshold_minutes_per_month))
    return found


def excess_hits(ctx: Context, period: Period, terms: MisuseTerms, service: UUID | None = None) -> list[Hit]:
    """Services (or one) whose counters went above a threshold in a period, as far as it is rated (nej/2.20-h)."""
    place = COUNTERS + 2
    rows = ctx.db.execute(
        "SELECT service_id, counters FROM balance"
        " WHERE tenant_id = %s AND period_on = %s AND (counters[%s] > 0 OR counters[%s] > 0)"
        " AND (%s::uuid IS NULL OR service_id = %s)",
        [ctx.tenant, period.starts_on, place, place + 3, service, service],
    ).fetchall()
    most = terms.abuse_threshold_minutes_per_month
    return [
        Hit(
            row["service_id"],
            EXCESS,
            {"seconds": row["counters"][COUNTERS], "messages": row["counters"][COUNTERS + 3]},
            _proposal(terms, row["counters"]),
            most.ref.id,
            _EXCESS_WORDS,
            {"most": most},
        )
        for row in rows
    ]


def forwarding_hits(ctx: Context, period: Period, terms: MisuseTerms) -> list[Hit]:
    """Services whose incoming calls of a rated period were mostly forwarded, a share of the whole month (nej/3.6)."""
    rated = rated_rows(ctx, period)
    if rated is None:
        return []
    share, least = terms.default_prevailing_forwarding_share_pct, terms.default_min_forwarded_minutes
    direction, seconds = pl.col("direction").cast(pl.String), pl.col("quantity")
    sums = (
        rated.filter(pl.col("kind").cast(pl.String).is_in(["voice", "video"]))
        .group_by("service_id")
        .agg(
            forwarded_s=seconds.filter(direction == "forwarded").sum(),
            incoming_s=seconds.filter(direction == "mt").sum(),
        )
        .filter(pl.col("forwarded_s") > 0)
        .sort("service_id")
        .collect()
    )
    return [
        Hit(
            ServiceId(UUID(service)),
            FORWARDING,
            {"forwarded_s": forwarded_s, "incoming_s": incoming_s},
            (),
            share.ref.id,
            _FORWARDING_WORDS,
            {"most": share},
        )
        for service, forwarded_s, incoming_s in sums.iter_rows()
        if forwarding_prevails(forwarded_s=forwarded_s, incoming_s=incoming_s, share_pct=share, least_min=least)
    ]
