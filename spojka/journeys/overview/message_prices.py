"""What one message stands for on the bill: each line with its price, the reason, and the invoice once there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.journeys.overview.clauses import ClauseWords, clauses_by_ref
from spojka.kernel.money import Money
from spojka.kernel.time import Period, day_of
from spojka.network.messaging.billing.closing import KEY
from spojka.network.messaging.billing.rules import PRIORITY
from spojka.network.messaging.billing.totals import edition_of, lines_of, priced_line, words_of
from spojka.network.messaging.messages.lives import Life
from spojka.network.messaging.messages.records import CONFIRMS
from spojka.network.messaging.prices.rules import Sort, cost_of, surcharge_of
from spojka.network.messaging.prices.terms import MessageBillTerms
from spojka.terms.precedence import TermMissing
from spojka.trade.publications.shelf import Shelf, shelf_of


@dataclass(frozen=True, slots=True)
class PricedLine:
    """
    A line of the bill that a message stands on.

    Args:
        cs, en: what the line says.
        amount: what the message's dispatched parts come to, exactly; `None` where the price list has no price.
        because_cs, because_en: why.
        clauses: what that rests on.
        invoice: on which invoice it is; `None` before the period is billed.

    """

    cs: str
    en: str
    amount: Money | None
    because_cs: str
    because_en: str
    clauses: list[ClauseWords]
    invoice: UUID | None


def priced_lines(ctx: Context, found: Life, signed_on: date) -> list[PricedLine]:
    """The lines of a message of which something was handed over; nothing for others and for answers to withdrawals."""
    row, shelf = found.row, shelf_of(ctx)
    parts = len({one["part"] for one in found.events if one["kind"] in {"sent", "delivered"}})
    if parts == 0 or CONFIRMS in row["options"]:
        return []
    on = day_of(row["accepted_at"])
    try:
        terms = shelf.sheet(MessageBillTerms, max(on, signed_on), signed_on)
    except TermMissing:
        return []
    sort = Sort(row["kind"], row["destination"], row["sender_kind"] == "nickname", row["class"] == "priority")
    invoices = _invoices(ctx, row)
    return [_line(ctx, shelf, terms, one, parts, invoices) for one in lines_of(terms, sort)]


def _line(  # noqa: PLR0917  # what a line is made of
    ctx: Context,
    shelf: Shelf,
    terms: MessageBillTerms,
    line: tuple[str, Any, bool],
    parts: int,
    invoices: Mapping[tuple[str, str], UUID],
) -> PricedLine:
    name, price, special = line
    if price is None:
        words = words_of(name)
        return PricedLine(words["cs"], words["en"], None, "", "", [], None)
    whole = priced_line(name, terms, price)
    words = words_of(whole)
    if name == PRIORITY:
        cost = surcharge_of(terms, price, parts=parts)
    else:
        cost = cost_of(terms, price, special=special, parts=parts)
    return PricedLine(
        words["cs"],
        words["en"],
        cost.value,
        cost.explain("cs", shelf.title),
        cost.explain("en", shelf.title),
        clauses_by_ref(ctx, cost.refs, shelf),
        invoices.get((whole, edition_of(price))),
    )


def _invoices(ctx: Context, message: Mapping[str, Any]) -> dict[tuple[str, str], UUID]:
    """Invoices of the message's month by line and edition of the price."""
    rows = ctx.db.execute(
        "SELECT key, invoice_id FROM charge WHERE tenant_id = %s AND service_id = %s AND period_on = %s"
        " AND invoice_id IS NOT NULL AND starts_with(key, %s) ORDER BY made_at",
        [
            ctx.tenant,
            message["application_id"],
            Period.containing(day_of(message["accepted_at"])).starts_on,
            f"{KEY}:",
        ],
    ).fetchall()
    found: dict[tuple[str, str], UUID] = {}
    for row in rows:
        line, edition = row["key"].split(":")[3:5]
        found.setdefault((line, edition), row["invoice_id"])
    return found
