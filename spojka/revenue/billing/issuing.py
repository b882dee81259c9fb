"""
Drafts become invoices: numbers without a gap, due dates, postings, all in one statement a batch.

What is particular to each invoice is handed over as an object keyed by its id and looked up row by row: a join with a
list is at the mercy of the planner's guess of how many rows a tenant has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.ledger.accounts import RECEIVABLE
from spojka.kernel.ids import InvoiceId, RunId
from spojka.revenue.billing.closing import Owing, settle
from spojka.revenue.billing.drafting import look_up_by_index
from spojka.revenue.billing.rules import SERIAL_DIGITS, Series, due_on
from spojka.revenue.billing.terms import BillingTerms
from spojka.revenue.documents.invoice import PaidAhead
from spojka.trade.publications.shelf import shelf_of

INVOICES_A_BATCH: Final = 5_000
"""How many invoices one transaction numbers."""

_PAID: Final = TypeAdapter(list[PaidAhead])

_PICK: Final = (
    "SELECT id, contract_id, party_id, variable_symbol, gross_micros FROM invoice"
    " WHERE tenant_id = %s AND run_id = %s AND state = 'draft' ORDER BY id LIMIT %s FOR UPDATE"
)
_SIGNED: Final = "SELECT id, signed_on FROM contract WHERE tenant_id = %s AND id = ANY(%s)"

_NUMBERED: Final = """
WITH series AS (
    INSERT INTO number_series (tenant_id, series, next_value) VALUES (%(tenant)s, %(series)s, 1 + %(count)s)
    ON CONFLICT (tenant_id, series) DO UPDATE SET next_value = number_series.next_value + %(count)s
    RETURNING next_value - %(count)s AS first
), issued AS (
    UPDATE invoice SET state = 'issued', issued_on = %(issued_on)s, due_on = (%(due)s::jsonb ->> id::text)::date,
        number = %(prefix)s || lpad((series.first + (%(places)s::jsonb -> id::text)::bigint)::text, %(digits)s, '0'),
        body = CASE WHEN %(paid)s::jsonb ? id::text
            THEN body || jsonb_build_object('paid', %(paid)s::jsonb -> id::text) ELSE body END
    FROM series WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) AND state = 'draft'
    RETURNING invoice.id, invoice.number, invoice.kind, invoice.party_id, invoice.gross_micros, invoice.body -> 'books'
        AS books
), entries AS (
    INSERT INTO ledger_entry (tenant_id, id, booked_on, made_at, kind, reference)
    SELECT %(tenant)s, id, %(issued_on)s, %(now)s, kind, number FROM issued WHERE books <> '{}'
    RETURNING id
), owed AS (
    INSERT INTO ledger_posting (tenant_id, entry_id, position, account, party_id, amount_micros)
    SELECT %(tenant)s, id, 0, %(receivable)s, party_id, %(sign)s * gross_micros FROM issued WHERE gross_micros <> 0
    UNION ALL
    SELECT %(tenant)s, id, row_number() OVER (PARTITION BY id ORDER BY key), key, NULL, -%(sign)s * value::bigint
    FROM issued, jsonb_each_text(books)
)
SELECT count(*) AS issued, coalesce(sum(gross_micros), 0)::bigint AS gross, min(number) AS first, max(number) AS last
FROM issued
"""


class NumbersLost(RuntimeError):
    """Numbers were taken for invoices that were not drafts any more; the transaction must not commit."""


@dataclass(frozen=True, slots=True)
class IssuedPage:
    """What one transaction issued: how many, their gross sum, their first and last number (empty for none)."""

    issued: int
    gross_micros: int
    first: str
    last: str


def number_and_post(
    ctx: Context,
    *,
    series: Series,
    invoices: Sequence[tuple[InvoiceId, date]],
    paid: Mapping[InvoiceId, Sequence[PaidAhead]],
    sign: int = 1,
) -> IssuedPage:
    """
    Give drafts their numbers, in the order given, and post them.

    Args:
        ctx: the call; its day is the day of issue.
        series: whose numbers.
        invoices: ids with their due dates.
        paid: what was received ahead.
        sign: 1 raises what the customer owes, -1 (a credit note) lowers it.

    """
    code, prefix = series.of_year(ctx.today.year)
    ids = [str(invoice) for invoice, _ in invoices]
    row = ctx.db.execute(
        _NUMBERED,
        {
            "tenant": ctx.tenant,
            "now": ctx.now,
            "series": code,
            "prefix": prefix,
            "digits": SERIAL_DIGITS,
            "count": len(invoices),
            "issued_on": ctx.today,
            "ids": ids,
            "places": Jsonb({invoice: place for place, invoice in enumerate(ids)}),
            "due": Jsonb({str(invoice): due.isoformat() for invoice, due in invoices}),
            "paid": Jsonb({str(invoice): _PAID.dump_python(list(sums), mode="json") for invoice, sums in paid.items()}),
            "receivable": RECEIVABLE,
            "sign": sign,
        },
    ).fetchone()
    assert row is not None
    if row["issued"] != len(invoices):
        raise NumbersLost(f"{len(invoices)} numbers of {code} were taken for {row['issued']} invoices")
    return IssuedPage(row["issued"], row["gross"], row["first"], row["last"])


def _owing(rows: Sequence[Row]) -> list[Owing]:
    return [
        Owing(row["id"], row["contract_id"], row["party_id"], row["variable_symbol"], row["gross_micros"])
        for row in rows
    ]


def issue_page(ctx: Context, *, run: RunId, series: Series, limit: int = INVOICES_A_BATCH) -> IssuedPage:
    """Issue the next drafts of a run; nothing is left when none is."""
    look_up_by_index(ctx)
    rows = ctx.db.execute(_PICK, [ctx.tenant, run, limit]).fetchall()
    if not rows:
        return IssuedPage(0, 0, "", "")
    shelf = shelf_of(ctx)
    contracts = [row["contract_id"] for row in rows]
    signed = {row["id"]: row["signed_on"] for row in ctx.db.execute(_SIGNED, [ctx.tenant, contracts])}
    days = {
        signed_on: due_on(shelf.sheet(BillingTerms, ctx.today, signed_on), ctx.today)
        for signed_on in set(signed.values())
    }
    invoices = [(InvoiceId(row["id"]), days[signed[row["contract_id"]]]) for row in rows]
    return number_and_post(ctx, series=series, invoices=invoices, paid=settle(ctx, _owing(rows)))
