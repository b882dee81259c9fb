"""What counted messages come to, by line of the bill: priced, at the provider's risk, or without a price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.kernel.money import Money
from spojka.network.messaging.billing.counting import Counted
from spojka.network.messaging.billing.pieces import Pieces
from spojka.network.messaging.billing.rules import PRIORITY, line_of, line_words
from spojka.network.messaging.prices.rules import Sort, cost_of, exact_price, price_of, surcharge_of
from spojka.network.messaging.prices.terms import MessageBillTerms
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding
from spojka.terms.units import UnitPrice

Reason = Literal["", "OPERATOR_RISK", "PRICE_MISSING"]
"""Why messages are not billed; empty for those that are."""


@dataclass(frozen=True, slots=True)
class Key:
    """
    One total of an application's month.

    Args:
        line: what it is, with its unit price behind `@`.
        edition: the document and edition that set the price; empty without one.
        reason: empty where it is billed.

    """

    service: UUID
    line: str
    edition: str
    reason: Reason


@dataclass(slots=True)
class Total:
    """
    Dispatched messages and parts of one line.

    Args:
        terms, price, special: by what they are priced; `None` without a price.

    """

    messages: int
    parts: int
    terms: MessageBillTerms | None
    price: Term[UnitPrice] | None
    special: bool

    def cost(self, line: str) -> Finding[Money] | None:
        """What it comes to, or `None` without a price."""
        if self.terms is None or self.price is None:
            return None
        if line.startswith(PRIORITY):
            return surcharge_of(self.terms, self.price, parts=self.parts)
        return cost_of(self.terms, self.price, special=self.special, parts=self.parts)


def priced_line(line: str, terms: MessageBillTerms, price: Term[UnitPrice]) -> str:
    """A line's name with its unit price: what costs another price is another line of the bill."""
    return f"{line}@{exact_price(price.value, terms.unit_price_max_decimals.value).amount:f}"


def edition_of(price: Term[UnitPrice]) -> str:
    """The document and edition that set a price."""
    return f"{price.ref.document}@{price.ref.edition}"


def words_of(line: str) -> dict[str, str]:
    """What a total's line says, by language."""
    name, _, price = line.partition("@")
    return line_words(name, Money.czk(price) if price else None)


def lines_of(terms: MessageBillTerms | None, sort: Sort) -> list[tuple[str, Term[UnitPrice] | None, bool]]:
    """The lines that a message of a sort stands on: its own price, and the surcharge for priority beside it."""
    if terms is None:
        return [(line_of(sort, special=False), None, False)]
    price, special = price_of(terms, sort)
    lines: list[tuple[str, Term[UnitPrice] | None, bool]] = [(line_of(sort, special=special), price, special)]
    if sort.priority and sort.kind == "sms":
        lines.append((PRIORITY, terms.price.priority_surcharge, False))
    return lines


def totals_of(
    pieces: Pieces, counted: Iterable[Counted], risky: Iterable[Counted], contracts: Mapping[UUID, Row]
) -> dict[Key, Total]:
    """
    The totals of every application.

    Args:
        pieces: which terms hold when.
        counted: dispatched messages, those at the provider's risk among them.
        risky: those at the provider's risk.
        contracts: of each application, with the day they were signed.

    """
    left = {(one.application, one.piece, one.sort): (one.messages, one.parts) for one in counted}
    found: dict[Key, Total] = {}
    for one in risky:
        place = (one.application, one.piece, one.sort)
        messages, parts = left[place]
        left[place] = (messages - one.messages, parts - one.parts)
        _add(found, pieces, one, contracts[one.application], at_risk=True)
    for (application, piece, sort), (messages, parts) in left.items():
        if parts:
            one = Counted(application, piece, sort, messages, parts)
            _add(found, pieces, one, contracts[application], at_risk=False)
    return found


def _add(found: dict[Key, Total], pieces: Pieces, one: Counted, contract: Row, *, at_risk: bool) -> None:
    terms = pieces.terms(one.piece, contract["signed_on"])
    for line, price, special in lines_of(terms, one.sort):
        reason: Reason = "OPERATOR_RISK" if at_risk else "" if price is not None else "PRICE_MISSING"
        if terms is None or price is None:
            key = Key(one.application, line, "", reason)
        else:
            key = Key(one.application, priced_line(line, terms, price), edition_of(price), reason)
        total = found.setdefault(key, Total(0, 0, terms, price, special))
        total.messages += one.messages
        total.parts += one.parts
