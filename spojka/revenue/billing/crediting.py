"""A correction of an issued invoice: another document that points back and lowers what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import InvoiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.revenue.billing.frozen import DRAFT_NUMBER, to_body, to_document
from spojka.revenue.billing.issuing import number_and_post
from spojka.revenue.billing.lines import books_of
from spojka.revenue.billing.rules import CREDIT_NOTES
from spojka.revenue.documents.invoice import DocumentLine, InvoiceDocument
from spojka.revenue.documents.vat import PricedLine, split_vat
from spojka.terms.refusals import define_refusal

define_refusal(
    "LINE_CREDITED",
    cs="Řádek {line} už byl opraven dokladem {number}.",
    en="The line {line} was already corrected by {number}.",
)
define_refusal(
    "NOTHING_TO_CREDIT",
    cs="Opravovat lze jen řádky s kladnou částkou; takový řádek ve výběru není.",
    en="Only lines with an amount above zero are corrected; none of those chosen has one.",
)
define_refusal(
    "CREDIT_NOTE_FINAL",
    cs="Doklad {number} je opravný; opravuje se jen původní vyúčtování.",
    en="{number} is a credit note; only an original invoice is corrected.",
)

_CREDITED: Final = """
SELECT number, jsonb_array_elements_text(body -> 'credits') AS line FROM invoice
WHERE tenant_id = %s AND corrects_id = %s AND state = 'issued'
"""


def credit(ctx: Context, row: Row, *, reason: str, lines: Sequence[str]) -> InvoiceId | Refusal:
    """
    Issue a credit note for lines of an invoice (default: all with an amount above zero), each credited once.

    The original does not change; the note has its own number series, points back, and reverses the postings.
    """
    if row["kind"] == "credit_note":
        return Refusal("CREDIT_NOTE_FINAL", (), {"number": row["number"]})
    original = to_document(row)
    before = {one["line"]: one["number"] for one in ctx.db.execute(_CREDITED, [ctx.tenant, row["id"]]).fetchall()}
    for line in lines:
        if line in before:
            return Refusal("LINE_CREDITED", (), {"line": line, "number": before[line]})
    chosen = [
        line
        for line in original.lines
        if line.gross_micros > 0 and line.id not in before and (not lines or line.id in lines)
    ]
    if not chosen:
        return Refusal("NOTHING_TO_CREDIT")
    note = _document(ctx, original, chosen, reason)
    _keep(ctx, row, note, [line.id for line in chosen])
    number_and_post(ctx, series=CREDIT_NOTES, invoices=[(InvoiceId(note.id), note.due_on)], paid={}, sign=-1)
    return InvoiceId(note.id)


def _document(
    ctx: Context,
    original: InvoiceDocument,
    chosen: Sequence[DocumentLine],
    reason: str,
) -> InvoiceDocument:
    with_vat = original.prices_with_vat
    priced = [PricedLine(line.vat_rate_pct, line.gross_micros if with_vat else line.base_micros) for line in chosen]
    split = split_vat(priced, prices_with_vat=with_vat)
    mirrored = tuple(
        replace(
            line,
            base_micros=parts.base_micros,
            tax_micros=parts.tax_micros,
            gross_micros=parts.gross_micros,
        )
        for line, parts in zip(chosen, split.lines, strict=True)
    )
    return replace(
        original,
        id=uuid7(),
        number=DRAFT_NUMBER,
        kind="credit_note",
        issued_on=ctx.today,
        taxable_supply_on=ctx.today,
        due_on=ctx.today,
        lines=mirrored,
        vat=split.rows,
        corrects=original.number,
        corrects_issued_on=original.issued_on,
        correction_reason=reason,
        paid=(),
        usage_by_day=(),
        usage_by_class=(),
        itemised=(),
    )


def _keep(ctx: Context, row: Row, note: InvoiceDocument, lines: Sequence[str]) -> None:
    total = note.total
    ctx.db.execute(
        "INSERT INTO invoice (tenant_id, id, kind, state, contract_id, party_id, period_on, gross_micros, tax_micros,"
        " variable_symbol, corrects_id, body)"
        " VALUES (%s, %s, 'credit_note', 'draft', %s, %s, %s, %s, %s, %s, %s, %s::jsonb || %s)",
        [
            ctx.tenant,
            note.id,
            row["contract_id"],
            row["party_id"],
            row["period_on"],
            total.gross_micros,
            total.tax_micros,
            row["variable_symbol"],
            row["id"],
            to_body(note, {}, books_of(note.lines)),
            Jsonb({"credits": list(lines)}),
        ],
    )
