"""What a line of an invoice comes to, when an invoice is due, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from spojka.kernel.money import HALER_HALF_UP, Money, Rounding
from spojka.kernel.time import deadline_after_days, deadline_after_months
from spojka.revenue.billing.terms import BillingTerms, HalfUp, Rolling
from spojka.terms.clauses import Term
from spojka.terms.findings import rule


@rule(
    cs="Řádek vyúčtování {result}: součet položek {exact} zaokrouhlený na {decimals} desetinná místa",
    en="Line of the bill {result}: items come to {exact}, rounded to {decimals} decimals",
)
def line_amount(*, exact: Money, decimals: Term[int], rounding: Term[HalfUp]) -> Money:
    """A line is the sum of its items, rounded once (nej/1.10)."""
    return exact.rounded(line_rounding(decimals, rounding))


def line_rounding(decimals: Term[int], rounding: Term[HalfUp]) -> Rounding:
    """The rounding of a line as the terms set it."""
    return Rounding(f"{decimals.value}_decimals_{rounding.value}", int(10 ** (6 - decimals.value)))


@rule(
    cs="Splatnost {result}: {days} dní od vystavení {issued_on}, ve dni klidu nejbližší pracovní den",
    en="Due on {result}: {days} days from issue on {issued_on}, on a day of rest the next working day",
)
def invoice_due_on(*, issued_on: date, days: Term[int], rolling: Term[Rolling]) -> date:
    """The day an invoice is due: rolled to a working day and printed so (spec conventions, time)."""
    assert rolling.value == "moves_to_next_working_day", rolling
    return deadline_after_days(issued_on, days.value)


def due_on(terms: BillingTerms, issued_on: date) -> date:
    """The day an invoice issued on a day is due."""
    found = invoice_due_on(issued_on=issued_on, days=terms.invoice_due_days, rolling=terms.deadline_on_nonworking_day)
    return found.value


@rule(
    cs="Vrátit nejpozději {result}: {months} měs. od vyřízení {settled_on}, v den klidu nejbližší pracovní den",
    en="To be returned by {result}: {months} months from the settlement on {settled_on}, rolled to a working day",
)
def refund_by(*, settled_on: date, months: Term[int]) -> date:
    """The last day to return what was paid for a faulty service (nej/2.27)."""
    return deadline_after_months(settled_on, months.value)


@rule(
    cs="Vrací se {result}: zaplaceno {paid}, vada trvala {days} z {days_in_month} dní; nejpozději {due_on}",
    en="To be returned {result}: {paid} was paid, the fault touched {days} of {days_in_month} days; by {due_on}",
)
def refund_for_days(*, paid: Money, days: int, days_in_month: int, due_on: date) -> Money:
    """
    What is returned for the days a fault touched: the paid price x days / days in the month, half up to 0.01.

    It rests on the finding of its last day, which is given as `due_on` (nej/2.27).
    """
    assert due_on is not None
    return paid.times(Fraction(days, days_in_month), HALER_HALF_UP)


@dataclass(frozen=True, slots=True)
class Series:
    """
    A series of document numbers without gaps, one a year of issue.

    Args:
        code: its name.
        prefix: what its numbers begin with, before the year.

    """

    code: str
    prefix: str

    def of_year(self, year: int) -> tuple[str, str]:
        """The series' key in the database and the beginning of its numbers in a year."""
        return f"{self.code}-{year}", f"{self.prefix}{year}"


INVOICES: Final = Series("invoice", "")
CREDIT_NOTES: Final = Series("credit_note", "D")
SERIAL_DIGITS: Final = 7
"""Digits after the year: `20260000001`."""
