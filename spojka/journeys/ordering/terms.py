"""The terms that ordering reads."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.kernel.money import Money
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What binds an order and what it may ask of the customer first (nej/1.9, 2.4, 3.5, 4.5-i, 4.6)."""

    order_channels: Term[list[str]]
    optional_services: Term[list[str]]
    default_profile_off: Term[list[str]]
    first_unlock_fee_czk: Term[Money]
    unlock_channels: Term[list[str]]
    default_deposit_policy: Term[str]
    default_paid_invoices_without_deposit: Term[int]
    deposit_min_multiple_of_monthly_fee: Term[int]
