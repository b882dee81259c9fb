"""The guaranteed share of calls set up."""

from __future__ import annotations

from decimal import Decimal

from spojka.terms.clauses import Term
from spojka.terms.findings import rule
from spojka.terms.refusals import define_refusal

define_refusal(
    "ATTEMPTS_INVALID",
    cs="Z {attempts} pokusů nemůže být {successful} úspěšných a {excluded} vyňatých.",
    en="Of {attempts} attempts {successful} cannot be successful and {excluded} excluded.",
)
define_refusal(
    "PERIOD_NOT_CALENDAR_MONTH",
    cs="Úspěšnost se vyhodnocuje za kalendářní měsíc; {period} jím není.",
    en="The rate is evaluated for a calendar month; {period} is none.",
)


@rule(
    cs="Zaručená úspěšnost {least_pct} % dodržena: {result} ({successful} z {eligible} hovorů)",
    en="Guaranteed rate of {least_pct} % met: {result} ({successful} of {eligible} calls)",
)
def call_setup_met(*, successful: int, eligible: int, least_pct: Term[Decimal]) -> bool:
    """Whether the share of calls set up is at least the guaranteed one, compared exactly (nej/2.6)."""
    assert eligible > 0, eligible
    return successful * 100 >= least_pct.value * eligible


def rate_shown(*, successful: int, eligible: int) -> Decimal:
    """
    The rate in percent, cut to 3 decimals: what is shown never reaches a rate that was missed.

    >>> str(rate_shown(successful=48999, eligible=50000)), str(rate_shown(successful=49, eligible=50))
    ('97.998', '98.000')
    """
    return Decimal(successful * 100_000 // eligible).scaleb(-3)
