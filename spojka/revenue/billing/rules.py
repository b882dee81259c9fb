"""What a line of an invoice comes to, when an invoice is due, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from spojka.kernel.money import Money, Rounding
from spojka.kernel.time import deadline_after_days
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
