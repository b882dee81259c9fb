"""When use is above the largest foreseeable behaviour of one person, and the penalty for it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from spojka.kernel.money import RECORD_HALF_UP, Money
from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Term
from spojka.terms.findings import rule
from spojka.terms.refusals import define_refusal

define_refusal("CASE_UNKNOWN", cs="Případ {case} není otevřený.", en="There is no open case {case}.")
define_refusal(
    "MISUSE_CASE_REQUIRED",
    cs="Omezit službu pro zneužití lze jen v otevřeném případu.",
    en="A service is restricted for misuse only within an open case.",
)


@rule(
    cs="Sankce {result}: {excess_s} s nad {threshold} min po {price} za minutu",
    en="Penalty {result}: {excess_s} s above {threshold} min at {price} a minute",
)
def minutes_penalty(*, excess_s: int, threshold: Term[int], price: Term[Money]) -> Money:
    """The penalty for seconds above the monthly threshold, rounded half up to 4 decimals (nej/2.20-h)."""
    assert threshold.value > 0, threshold
    return price.value.times(Fraction(excess_s, 60), RECORD_HALF_UP)


@rule(
    cs="Sankce {result}: {excess} SMS nad {threshold} po {price}",
    en="Penalty {result}: {excess} SMS above {threshold} at {price}",
)
def messages_penalty(*, excess: int, threshold: Term[int], price: Term[Money]) -> Money:
    """The penalty for messages above the monthly threshold (nej/2.20-h)."""
    assert threshold.value > 0, threshold
    return price.value.times(excess)


@rule(
    cs="Dobropis {result}: běžná cena jednotek, které nahradila sankce",
    en="Credit {result}: the ordinary price of the units that the penalty replaces",
)
def replaced_price(*, charged: Money, threshold: Term[int]) -> Money:
    """What the excess units cost by the price list is given back: the penalty stands instead of it (nej/2.20-h)."""
    assert threshold.value > 0, threshold
    return -charged


def forwarding_prevails(*, forwarded_s: int, incoming_s: int, share_pct: Term[int], least_min: Term[int]) -> bool:
    """
    Whether a month's calls were mostly forwarded: strictly above the share, and for at least the minutes (nej/3.6).

    Args:
        forwarded_s: seconds of forwarded legs.
        incoming_s: answered seconds of all incoming calls, those forwarded included.
        share_pct: the share that is still ordinary.
        least_min: minutes below which nobody asks.

    """
    return forwarded_s >= least_min.value * 60 and forwarded_s * 100 > share_pct.value * incoming_s


def unknown_case(case: object, clauses: Sequence[str]) -> Refusal:
    """The refusal for a case that is not open; its clauses are those of the measures against misuse, if any bind."""
    return Refusal("CASE_UNKNOWN", tuple(clauses), {"case": case})
