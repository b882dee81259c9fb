"""Letters that take invoices to their customers, one by each way that the terms name, told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.revenue.billing.terms import DeliveryTerms
from spojka.terms.wording import fill
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Sent:
    """How many invoices of the period have their letters queued or sent."""

    invoices: int


def queue_letters(ctx: Context, period: Period, *, numbers: Sequence[str] | None = None) -> int:
    """
    Put a letter for every issued invoice of a period into the outbox; one that is there is not put twice.

    `numbers` narrow it to some documents; returns how many there were.
    """
    rows = ctx.db.execute(
        "SELECT id, party_id, number, kind, due_on, gross_micros FROM invoice"
        " WHERE tenant_id = %(t)s AND period_on = %(p)s AND state = 'issued'"
        " AND (%(n)s::text[] IS NULL OR number = ANY(%(n)s)) ORDER BY number",
        {"t": ctx.tenant, "p": period.starts_on, "n": None if numbers is None else list(numbers)},
    ).fetchall()
    name = shelf_of(ctx).pack.raw["provider"]["display_name"]
    ways = shelf_of(ctx).sheet(DeliveryTerms, ctx.today).invoice_delivery
    letters = []
    for row in rows:
        said = {"number": row["number"], "due": row["due_on"], "amount": Money(row["gross_micros"]), "name": name}
        letters.append(
            NewNotice(
                kind=row["kind"],
                channels=tuple(ways.value),
                subject={
                    "cs": fill("{name}: doklad {number} na {amount}", said, "cs"),
                    "en": fill("{name}: document {number} for {amount}", said, "en"),
                },
                body={
                    "cs": fill("V příloze je doklad {number} na {amount}, splatný {due}.", said, "cs"),
                    "en": fill("Attached is the document {number} for {amount}, due on {due}.", said, "en"),
                },
                clauses=(ways.ref.id,),
                key=f"document:{row['id']}",
                party=row["party_id"],
                invoice=row["id"],
            ),
        )
    tell(ctx, letters)
    return len(letters)
