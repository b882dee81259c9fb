"""The terms that pools of numbers read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.terms.clauses import Term

PoolKind = Literal["app_number", "msisdn"]


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """
    One pool (o2/3.1-a to 3.1-d).

    Args:
        kind: what its numbers are.
        products: the products that share it.
        pattern: what every number of it matches, in its kept form.
        size: how many numbers it has.
        digits: lengths of its numbers, where they are not told by the numbering plan.

    """

    kind: Term[PoolKind]
    products: Term[list[str]]
    pattern: Term[str]
    size: Term[int]
    digits: Term[list[int]] | None


@dataclass(frozen=True, slots=True)
class NumberPoolTerms:
    """
    All pools, and what holds for each (o2/3.1-a).

    Args:
        number_pool: by code.
        default_number_quarantine_days: how long a released number rests.
        default_msisdn_paired_by: how the MSISDN that goes with an application's number is chosen.

    """

    number_pool: dict[str, PoolTerms]
    default_number_quarantine_days: Term[int]
    default_msisdn_paired_by: Term[Literal["tail"]]
