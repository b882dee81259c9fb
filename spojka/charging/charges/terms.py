"""The terms that monthly fees are counted by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.kernel.money import Money
from spojka.terms.clauses import Term

ProrationBasis = Literal["active_days_over_days_in_month"]
ActiveDay = Literal["any_local_day_on_which_the_tariff_was_usable_for_any_moment"]
ChangeDayOwner = Literal["new_tariff"]


@dataclass(frozen=True, slots=True)
class MonthlyPrice:
    """What a month of a tariff, an add-on or an option costs, whatever else the price list says of it."""

    title_cs: Term[str]
    title_en: Term[str]
    monthly_fee: Term[Money]
    min_monthly_spend: Term[Money] | None


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """
    What a month of a tariff or an add-on costs, and which days of it count (nej/1.8, 1.10, 4.19).

    Args:
        fee_proration_basis: how a part of a month is charged.
        active_day: which day counts as used.
        tariff_change_day_belongs_to: whose the day of a change is.
        default_fee_reduced_for_own_breach: whether days lost by the customer's own breach are left out too.
        addon_fee_prorated: whether an add-on's fee follows its days as a tariff's does.
        min_spend_difference_billed: whether spending below an agreed minimum is topped up to it.

    """

    fee_proration_basis: Term[ProrationBasis]
    active_day: Term[ActiveDay]
    tariff_change_day_belongs_to: Term[ChangeDayOwner]
    default_fee_reduced_for_own_breach: Term[bool]
    addon_fee_prorated: Term[bool]
    min_spend_difference_billed: Term[bool]
    tariff: dict[str, MonthlyPrice]
    addon: dict[str, MonthlyPrice]
