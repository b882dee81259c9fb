"""When a number that comes from another provider must work: after the notice, and not before the old contract ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from spojka.kernel.refusals import Refusal
from spojka.kernel.time import add_working_days, start_of
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse, rule
from spojka.terms.refusals import define_refusal

define_refusal(
    "DONOR_CONTRACT_NOT_ENDED",
    cs="Smlouva u předchozího poskytovatele trvá do konce dne {ends_on}; číslo lze zapnout nejdřív {earliest}.",
    en="The contract with the former provider runs to the end of {ends_on}; the number can work from {earliest}.",
)


@rule(
    cs="Nejzazší den je {result}: ČVOP doručen {delivered_on}, {days} pracovní dny, dřívější smlouva končí {ends_on}",
    en="The last day is {result}: the code was delivered on {delivered_on}, {days} working days, the former contract"
    " ends on {ends_on}",
)
def port_in_by(*, delivered_on: date, ends_on: date, days: Term[int]) -> date:
    """
    Last day to set up a ported number (nej/2.5).

    Args:
        delivered_on: the day the old provider's termination code was delivered; not counted.
        ends_on: last day of the contract with the old provider.
        days: working days there are.

    """
    return max(add_working_days(delivered_on, days.value), ends_on + timedelta(days=1))


def refuse_early(*, planned_at: datetime, ends_on: date, due: Finding[date]) -> Refusal | None:
    """Refuse an activation before the former contract has ended."""
    earliest = start_of(ends_on + timedelta(days=1))
    if planned_at >= earliest:
        return None
    return refuse("DONOR_CONTRACT_NOT_ENDED", due, figures={"ends_on": ends_on, "earliest": earliest})
