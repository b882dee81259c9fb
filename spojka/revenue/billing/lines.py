"""From billable items to the lines of one invoice: grouped, rounded once, split into base and tax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from spojka.charging.charges.store import Group as ItemGroup
from spojka.charging.ledger.accounts import PENALTIES, REVENUE, THIRD_PARTY, VAT
from spojka.kernel.ids import ChargeId, ServiceId
from spojka.kernel.money import Rounding
from spojka.kernel.time import Period
from spojka.revenue.documents.invoice import DocumentLine, Group
from spojka.revenue.documents.vat import PricedLine, VatRow, split_vat
from spojka.terms.clauses import Language
from spojka.terms.wording import in_words

_ORDER: Final[tuple[Group, ...]] = (
    "fees",
    "calls",
    "sms",
    "mms",
    "data",
    "roaming",
    "messaging",
    "devices",
    "payments",
    "one_off",
    "penalty",
    "credit",
    "other",
)
_PLACE: Final = {group: place for place, group in enumerate(_ORDER)}
_USE: Final[dict[str, Group]] = {
    "s": "calls",
    "min": "calls",
    "SMS": "sms",
    "MMS": "mms",
    "B": "data",
    "kB": "data",
    "MB": "data",
    "message": "messaging",
}
_GROUPS: Final[dict[ItemGroup, Group]] = {
    "fees": "fees",
    "topups": "data",
    "roaming": "roaming",
    "penalty": "penalty",
    "credit": "credit",
    "payments": "payments",
    "other": "one_off",
}
_UNITS: Final = {
    "s": (60, "min", "min", "min"),
    "min": (1, "min", "min", "min"),
    "SMS": (1, "sms", "SMS", "SMS"),
    "MMS": (1, "mms", "MMS", "MMS"),
    "B": (1024 * 1024, "MB", "MB", "MB"),
    "kB": (1024, "MB", "MB", "MB"),
    "MB": (1, "MB", "MB", "MB"),
    "day": (1, "day", "dní", "days"),
    "month": (1, "month", "měs.", "months"),
    "message": (1, "message", "zpráv", "messages"),
    "device": (1, "device", "zařízení", "devices"),
}
"""Items' units: how many make one of the document's, its code, and its name in Czech and English."""
_PIECE: Final = (1, "item", "ks", "pcs")
_QUANTITY: Final = Decimal("0.0001")
_ACCOUNTS: Final[dict[Group, str]] = {"payments": THIRD_PARTY, "penalty": PENALTIES}


@dataclass(frozen=True, slots=True)
class Item:
    """
    One billable item as an invoice takes it.

    Args:
        id: the item's own id.
        service: what it is for, if one service.
        number: that service's number or name, as printed.
        group, line: what it is and which line it belongs to.
        period_on: first day of the period it belongs to.
        quantity, unit: how much.
        amount_micros: exact.
        vat_rate_pct: the rate.
        text: the line's words in the customer's language.
        clauses: what the amount rests on.

    """

    id: ChargeId
    service: ServiceId | None
    number: str
    group: ItemGroup
    line: str
    period_on: date
    quantity: int
    unit: str
    amount_micros: int
    vat_rate_pct: Decimal
    text: str
    clauses: Sequence[str]


@dataclass(frozen=True, slots=True)
class InvoiceLines:
    """
    All lines of one invoice.

    Args:
        lines: as printed, in order.
        vat: one row a rate.
        charges: the items under each line, by the line's id.
        books: what is credited to which account, in micro-units; together the gross total.

    """

    lines: tuple[DocumentLine, ...]
    vat: tuple[VatRow, ...]
    charges: dict[str, list[ChargeId]]
    books: dict[str, int]

    @property
    def gross_micros(self) -> int:
        """The total with VAT."""
        return sum(row.gross_micros for row in self.vat)

    @property
    def tax_micros(self) -> int:
        """The VAT in it."""
        return sum(row.tax_micros for row in self.vat)


def document_group(group: ItemGroup, unit: str) -> Group:
    """Under which heading an item stands."""
    return _USE.get(unit, "other") if group == "usage" else _GROUPS[group]


def _quantity(items: Sequence[Item], amount_micros: int, language: Language) -> tuple[Decimal, str, str]:
    per_unit, unit, cs, en = _UNITS.get(items[0].unit, _PIECE)
    whole, rest = divmod(sum(item.quantity for item in items), per_unit)
    quantity = Decimal(whole)
    if rest:
        quantity += (Decimal(rest) / per_unit).quantize(_QUANTITY).normalize()
    if not quantity and amount_micros:
        quantity, (_, unit, cs, en) = Decimal(1), _PIECE
    return quantity, unit, cs if language == "cs" else en


def books_of(lines: Sequence[DocumentLine]) -> dict[str, int]:
    """What each account of income and VAT gets of some lines, in micro-units."""
    books: dict[str, int] = {}
    for line in lines:
        account = _ACCOUNTS.get(line.group, REVENUE)
        books[account] = books.get(account, 0) + line.base_micros
        books[VAT] = books.get(VAT, 0) + line.tax_micros
    return {account: amount for account, amount in books.items() if amount}


def make_lines(
    items: Sequence[Item], *, period: Period, rounding: Rounding, language: Language, prices_with_vat: bool
) -> InvoiceLines:
    """
    Group items into lines and split the VAT.

    Items of one service, period, line, unit and rate become one line whose amount is their exact sum, rounded once.
    Services come in order of their numbers, the contract as a whole last; within one the headings' order; items of
    an earlier period after those of this one, marked with theirs (nej/4.7).
    """
    grouped: dict[tuple[object, ...], list[Item]] = {}
    for item in items:
        heading = _PLACE[document_group(item.group, item.unit)]
        late = item.period_on < period.starts_on
        key = (not item.number, item.number, heading, late, item.period_on, item.line, item.unit, item.vat_rate_pct)
        grouped.setdefault(key, []).append(item)
    ordered = [grouped[key] for key in sorted(grouped)]
    amounts = [rounding.micros(sum(item.amount_micros for item in group)) for group in ordered]
    priced = [PricedLine(group[0].vat_rate_pct, amount) for group, amount in zip(ordered, amounts, strict=True)]
    split = split_vat(priced, prices_with_vat=prices_with_vat)
    lines = []
    for number, (group, amount, parts) in enumerate(zip(ordered, amounts, split.lines, strict=True), start=1):
        first = group[0]
        late_period = Period.containing(first.period_on) if first.period_on < period.starts_on else None
        quantity, unit, unit_text = _quantity(group, amount, language)
        text = first.text if late_period is None else f"{first.text} ({in_words(late_period, language)})"
        lines.append(
            DocumentLine(
                id=str(number),
                group=document_group(first.group, first.unit),
                text=text,
                quantity=quantity,
                unit=unit,
                unit_text=unit_text,
                vat_rate_pct=first.vat_rate_pct,
                base_micros=parts.base_micros,
                tax_micros=parts.tax_micros,
                gross_micros=parts.gross_micros,
                clauses=tuple(dict.fromkeys(clause for item in group for clause in item.clauses)),
                service=first.number,
                period=late_period,
            )
        )
    charges = {line.id: [item.id for item in group] for line, group in zip(lines, ordered, strict=True)}
    return InvoiceLines(tuple(lines), split.rows, charges, books_of(lines))
