"""Shares of a month that were kept, and what is given back for those that were not. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from spojka.kernel.money import HALER_HALF_UP, Money
from spojka.terms.clauses import Term
from spojka.terms.findings import rule

_STEP = Decimal("0.0001")
"""Shares are cut, never rounded up: what was not reached was not kept."""


def share_pct(part: int, whole: int) -> Decimal:
    """
    A share in per cent, cut to four decimals; all of nothing is everything.

    >>> share_pct(199, 200), share_pct(0, 0)
    (Decimal('99.5000'), Decimal('100.0000'))
    """
    return (Decimal(100) if not whole else Decimal(100 * part) / whole).quantize(_STEP, ROUND_DOWN)


def within(stretches: Iterable[tuple[datetime, datetime]], starts_at: datetime, ends_at: datetime) -> timedelta:
    """How much of a time lies in stretches that do not overlap."""
    inside = (min(ends, ends_at) - max(starts, starts_at) for starts, ends in stretches)
    return sum((one for one in inside if one > timedelta(0)), timedelta(0))


@rule(
    cs="Dostupnost {result} %: z {measured_s} s nebylo rozhraní dostupné {down_s} s",
    en="Availability {result}%: of {measured_s} s the interface was not available for {down_s} s",
)
def availability_pct(*, measured_s: int, down_s: int, window: Term[Literal["calendar_month"]]) -> Decimal:
    """Which share of the measured time the interface was available; whole seconds."""
    assert window.value == "calendar_month", window
    return share_pct(measured_s - down_s, measured_s)


@rule(
    cs="Prioritních SMS odešlo včas {result} %: {timely} ze {sent} do {within_s} s",
    en="Priority SMS that left in time: {result}%, {timely} of {sent} within {within_s} s",
)
def timely_pct(*, sent: int, timely: int, within_s: Term[int]) -> Decimal:
    """Which share of priority SMS left within the guaranteed time of acceptance."""
    assert 0 <= timely <= sent, (timely, sent)
    assert within_s.value > 0, within_s
    return share_pct(timely, sent)


@rule(
    cs="{result}: naměřeno {measured} %, zaručeno {target} %",
    en="{result}: {measured}% was measured, {target}% is guaranteed",
)
def is_kept(*, measured: Decimal, target: Term[Decimal]) -> bool:
    """Whether a guaranteed share was reached; exactly the target is enough."""
    return measured >= target.value


@rule(
    cs="Sleva podle SLA za {month}: {result}; dostupnost {measured} % (zaručeno {target} %), paušály {fee}, sleva"
    " {pct} %, pod {deep_below} % {deep_pct} %; za výpadek už vráceno {reduced}",
    en="SLA credit for {month}: {result}; availability {measured}% (guaranteed {target}%), flat fees {fee}, credit"
    " {pct}%, below {deep_below}% {deep_pct}%; given back for an outage before: {reduced}",
)
def sla_credit(
    *,
    month: str,
    measured: Decimal,
    target: Term[Decimal],
    fee: Money,
    pct: Term[Decimal],
    deep_below: Term[Decimal],
    deep_pct: Term[Decimal],
    reduced: Money,
    together: Term[Literal["higher"]],
    on_request: Term[bool],
) -> Money:
    """
    What a month's availability gives back (the SLA terms 2.1, 2.2).

    Args:
        month: which.
        measured: availability in per cent.
        target: the guaranteed one; reached exactly it gives nothing back.
        fee: the service's monthly flat fees.
        pct: of the fees, when the target was missed.
        deep_below: below so many per cent `deep_pct` counts instead; exactly that many is not below.
        deep_pct: of the fees.
        reduced: what was given back for outages of the month; only what the credit is higher by is added.
        together: how both count.
        on_request: nobody has to ask for it.

    """
    assert month, month
    assert together.value == "higher", together
    assert not on_request.value, on_request
    if measured >= target.value:
        return Money.zero()
    share = deep_pct.value if measured < deep_below.value else pct.value
    credit = fee.times(share / 100, HALER_HALF_UP)
    return credit - reduced if credit > reduced else Money.zero()


@rule(
    cs="{result}: snížení za výpadek {reduction}, podle SLA už připsáno {credited}; uplatní se vyšší z nich",
    en="{result}: reduction for the outage {reduction}, credited by the SLA before {credited}; the higher one counts",
)
def beyond_sla(*, reduction: Money, credited: Money, together: Term[Literal["higher"]]) -> Money:
    """What a reduction for an outage adds to an SLA credit of the same month (the SLA terms 2.2)."""
    assert together.value == "higher", together
    return reduction - credited if reduction > credited else Money.zero()
