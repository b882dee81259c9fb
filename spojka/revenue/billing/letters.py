"""Letters that take invoices to their customers: one e-mail and one portal notice each, told once."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.wording import fill
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Sent:
    """How many invoices of the period have their letters queued or sent."""

    invoices: int


def queue_letters(ctx: Context, period: Period) -> int:
    """Put a letter for every issued invoice of a period into the outbox; one that is there is not put twice."""
    rows = ctx.db.execute(
        "SELECT id, party_id, number, kind, due_on, gross_micros FROM invoice"
        " WHERE tenant_id = %s AND period_on = %s AND state = 'issued' ORDER BY number",
        [ctx.tenant, period.starts_on],
    ).fetchall()
    name = shelf_of(ctx).pack.raw["provider"]["display_name"]
    letters = []
    for row in rows:
        said = {"number": row["number"], "due": row["due_on"], "amount": Money(row["gross_micros"]), "name": name}
        letters.append(
            NewNotice(
                kind=row["kind"],
                channels=("email", "portal"),
                subject={
                    "cs": fill("{name}: doklad {number} na {amount}", said, "cs"),
                    "en": fill("{name}: document {number} for {amount}", said, "en"),
                },
                body={
                    "cs": fill("V příloze je doklad {number} na {amount}, splatný {due}.", said, "cs"),
                    "en": fill("Attached is the document {number} for {amount}, due on {due}.", said, "en"),
                },
                clauses=(),
                key=f"document:{row['id']}",
                party=row["party_id"],
                invoice=row["id"],
            ),
        )
    tell(ctx, letters)
    return len(letters)
