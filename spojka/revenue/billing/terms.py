"""The terms that bills are made by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.terms.clauses import Term

Rolling = Literal["moves_to_next_working_day"]
HalfUp = Literal["half_up"]


@dataclass(frozen=True, slots=True)
class BillingTerms:
    """
    When a bill is due and how its lines are rounded (nej/1.10; the general terms on price and payment).

    Args:
        invoice_due_days: days from issue to the due date.
        invoice_due_counted_from: what they are counted from.
        deadline_on_nonworking_day: what happens to a due date on a day of rest.
        invoice_line_decimals: decimals of a line's amount.
        rounding: how it is rounded.

    """

    invoice_due_days: Term[int]
    invoice_due_counted_from: Term[Literal["issue"]]
    deadline_on_nonworking_day: Term[Rolling]
    invoice_line_decimals: Term[int]
    rounding: Term[HalfUp]


@dataclass(frozen=True, slots=True)
class DeliveryTerms:
    """By which ways a bill reaches its customer (the general terms on price and payment)."""

    invoice_delivery: Term[list[Literal["email", "portal"]]]


@dataclass(frozen=True, slots=True)
class ItemisedTerms:
    """For how many periods the itemised list is there (nej/3.8)."""

    default_itemised_periods_available: Term[int]


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """By when what was paid for a faulty service is returned (nej/2.27)."""

    refund_deadline_months: Term[int]
