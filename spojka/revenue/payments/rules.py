"""How money is spread over what is owed: the oldest due first, never more than either side has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.terms.refusals import define_refusal

HALER_MICROS = 10_000

define_refusal(
    "AMOUNT_INVALID",
    cs="Částka {amount} není platná: musí být kladná a nejvýš na haléře.",
    en="The amount {amount} is not valid: it must be above zero with at most 2 decimals.",
)
define_refusal(
    "CURRENCY_NOT_TAKEN",
    cs="Platba {amount} není v korunách; převeďte ji nejdřív na koruny.",
    en="The payment {amount} is not in crowns; convert it first.",
)
define_refusal(
    "PAYMENT_DIFFERS",
    cs="Platba {source_id} je už zapsaná s částkou {known}, teď přišla s {amount}. Ověřte ji u banky.",
    en="The payment {source_id} is already recorded with {known}, now it came with {amount}. Check it with the bank.",
)
define_refusal("PAYMENT_UNKNOWN", cs="Platba {payment} není v evidenci.", en="There is no payment {payment}.")
define_refusal(
    "PAYMENT_USED",
    cs="Platba {payment} je už celá přiřazená.",
    en="The payment {payment} is already wholly allocated.",
)
define_refusal(
    "INVOICE_NOT_OPEN",
    cs="Faktura {invoice} není vystavená nebo je už zaplacená.",
    en="The invoice {invoice} is not issued or is already paid.",
)


@dataclass(frozen=True, slots=True)
class Open:
    """An invoice with something left to pay, in micro-units."""

    invoice: UUID
    due_on: date
    number: str
    micros: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a payment for an invoice."""

    invoice: UUID
    micros: int


def spread_over(micros: int, owed: Sequence[Open]) -> list[Part]:
    """
    Spread money over open invoices, the oldest due first.

    >>> from uuid import UUID
    >>> a, b = UUID(int=1), UUID(int=2)
    >>> owed = [Open(b, date(2026, 4, 1), "2", 300), Open(a, date(2026, 3, 1), "1", 200)]
    >>> [part.micros for part in spread_over(250, owed)]
    [200, 50]
    """
    parts = []
    for each in sorted(owed, key=lambda one: (one.due_on, one.number)):
        part = min(micros, each.micros)
        if part > 0:
            parts.append(Part(each.invoice, part))
            micros -= part
    return parts


def refuse_amount(amount: Money) -> Refusal | None:
    """Refuse what cannot have been paid: nothing, less, a part of a haléř, or another currency (nej/6.1)."""
    if amount.currency != Money.zero().currency:
        return Refusal("CURRENCY_NOT_TAKEN", (), {"amount": amount})
    if amount.micros <= 0 or amount.micros % HALER_MICROS:
        return Refusal("AMOUNT_INVALID", (), {"amount": amount})
    return None
