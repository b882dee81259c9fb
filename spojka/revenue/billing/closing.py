"""
Who else has something to do when a period is closed or an invoice is issued.

A room that stands above or beside billing registers a callable here when it is imported; billing calls them by turns,
in the transaction of the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from spojka.access.operations.context import Context
from spojka.charging.balances.carrying import carry_over
from spojka.charging.rating.runs import close_rating
from spojka.kernel.ids import ContractId, InvoiceId, PartyId
from spojka.kernel.time import Period
from spojka.network.messaging.billing.closing import close_messages
from spojka.network.messaging.outages.sla.crediting import close_slas
from spojka.revenue.documents.invoice import PaidAhead

Closer = Callable[[Context, Period], None]
"""Finishes what a period still needs before its items are pulled; repeating it changes nothing."""


@dataclass(frozen=True, slots=True)
class Owing:
    """
    An invoice or a credit note at the moment of issue.

    Args:
        gross_micros: what it asks for; below zero it gives money back.
        corrects: the invoice that a credit note corrects.

    """

    invoice: InvoiceId
    contract: ContractId
    party: PartyId
    variable_symbol: str
    gross_micros: int
    corrects: InvoiceId | None = None


Settler = Callable[[Context, Sequence[Owing]], Mapping[InvoiceId, Sequence[PaidAhead]]]
"""Sets money received ahead against invoices; those whose gross is below zero it keeps as the customer's money."""

_closers: Final[dict[str, Closer]] = {}
_settlers: Final[dict[str, Settler]] = {}


def register_closer(name: str, closer: Closer) -> None:
    """Have a callable run when a period is closed, after those registered before it."""
    _closers[name] = closer


def register_settler(name: str, settler: Settler) -> None:
    """Have a callable run when invoices are issued."""
    _settlers[name] = settler


def close_rooms(ctx: Context, period: Period) -> None:
    """Rate the period finally, carry bought volumes, count messages, measure SLAs, then call each closer in order."""
    close_rating(ctx, period)
    carry_over(ctx, period)
    close_messages(ctx, period)
    close_slas(ctx, period)
    for closer in _closers.values():
        closer(ctx, period)


def settle(ctx: Context, owing: Sequence[Owing]) -> dict[InvoiceId, list[PaidAhead]]:
    """Call every settler; what was received ahead, by invoice."""
    paid: dict[InvoiceId, list[PaidAhead]] = {}
    for settler in _settlers.values():
        for invoice, amounts in settler(ctx, owing).items():
            paid.setdefault(invoice, []).extend(amounts)
    return paid
