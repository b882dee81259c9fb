"""A correction of an issued invoice: another document that points back and lowers what is owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import InvoiceId, uuid7
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.revenue.billing.closing import Owing, settle
from spojka.revenue.billing.delivering import promise_alone
from spojka.revenue.billing.frozen import DRAFT_NUMBER, to_body, to_document
from spojka.revenue.billing.issuing import number_and_post
from spojka.revenue.billing.lines import books_of
from spojka.revenue.billing.rules import CREDIT_NOTES
from spojka.revenue.documents.invoice import DocumentLine, InvoiceDocument
from spojka.revenue.documents.vat import NOTHING, Amounts, PricedLine, VatRow, split_vat
from spojka.terms.refusals import define_refusal

define_refusal(
    "LINE_CREDITED",
    cs="Řádek {line} už byl celý opraven ({number}).",
    en="The line {line} was already corrected in whole ({number}).",
)
define_refusal(
    "CREDIT_EXCEEDS_LINE",
    cs="Na řádku {line} zbývá {left}; {asked} vrátit nelze.",
    en="The line {line} has {left} left; {asked} cannot be returned.",
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


def _credited(ctx: Context, row: Row) -> tuple[dict[str, Amounts], dict[str, str]]:
    """What earlier credit notes took from each line, and the last note's number."""
    taken: dict[str, Amounts] = {}
    numbers: dict[str, str] = {}
    for note in ctx.db.execute(
        "SELECT number, body FROM invoice WHERE tenant_id = %s AND corrects_id = %s AND state = 'issued'"
        " ORDER BY number",
        [ctx.tenant, row["id"]],
    ).fetchall():
        for line in note["body"]["document"]["lines"]:
            amounts = Amounts(line["base_micros"], line["tax_micros"], line["gross_micros"])
            taken[line["id"]] = taken.get(line["id"], NOTHING) + amounts
            numbers[line["id"]] = note["number"]
    return taken, numbers


def credit(
    ctx: Context, row: Row, *, reason: str, lines: Sequence[str], amounts: Mapping[str, Money]
) -> InvoiceId | Refusal:
    """
    Issue a credit note for lines of an invoice (default: all with an amount above zero), never more than they came to.

    The original does not change; the note has its own number series, points back, reverses the postings, and goes out
    in the morning by itself.

    Args:
        ctx: the call.
        row: the issued invoice.
        reason: why, as the note says it.
        lines: ids of lines returned in whole, as far as they were not returned yet.
        amounts: by line, what is returned of it, with VAT.

    """
    if row["kind"] == "credit_note":
        return Refusal("CREDIT_NOTE_FINAL", (), {"number": row["number"]})
    ctx.db.execute("SELECT 1 FROM invoice WHERE tenant_id = %s AND id = %s FOR UPDATE", [ctx.tenant, row["id"]])
    original = to_document(row)
    by_id = {line.id: line for line in original.lines}
    unknown = [line for line in (*lines, *amounts) if line not in by_id]
    if unknown:
        return Refusal("LINE_UNKNOWN", (), {"line": unknown[0]})
    taken, numbers = _credited(ctx, row)
    whole = set(lines) if lines or amounts else set(by_id)
    chosen: list[DocumentLine] = []
    for line in original.lines:
        left = _left(line, taken.get(line.id, NOTHING))
        asked = amounts.get(line.id)
        if (line.id not in whole and asked is None) or line.gross_micros <= 0:
            continue
        if not left.gross_micros and (line.id in lines or asked is not None):
            return Refusal("LINE_CREDITED", (), {"line": line.id, "number": numbers[line.id]})
        if asked is not None and not 0 < asked.micros <= left.gross_micros:
            figures = {"line": line.id, "left": Money(left.gross_micros), "asked": asked}
            return Refusal("CREDIT_EXCEEDS_LINE", (), figures)
        if left.gross_micros:
            chosen.append(_mirrored(line, left, left.gross_micros if asked is None else asked.micros))
    if not chosen:
        return Refusal("NOTHING_TO_CREDIT")
    note = _document(ctx, original, chosen, reason)
    _keep(ctx, row, note)
    invoices = [(InvoiceId(note.id), note.due_on)]
    issued = number_and_post(ctx, series=CREDIT_NOTES, invoices=invoices, paid={}, sign=-1)
    promise_alone(ctx, original.period, issued.first)
    gross = -note.total.gross_micros
    settle(
        ctx,
        [Owing(InvoiceId(note.id), row["contract_id"], row["party_id"], row["variable_symbol"], gross, row["id"])],
    )
    return InvoiceId(note.id)


def _left(line: DocumentLine, taken: Amounts) -> Amounts:
    return Amounts(
        line.base_micros - taken.base_micros,
        line.tax_micros - taken.tax_micros,
        line.gross_micros - taken.gross_micros,
    )


def _mirrored(line: DocumentLine, left: Amounts, gross_micros: int) -> DocumentLine:
    """The line as the note states it: what is left of it in whole, or a part with the VAT in that part."""
    if gross_micros == left.gross_micros:
        parts = left
    else:
        tax = split_vat([PricedLine(line.vat_rate_pct, gross_micros)], prices_with_vat=True).lines[0].tax_micros
        tax = max(min(tax, left.tax_micros), gross_micros - left.base_micros)
        parts = Amounts(gross_micros - tax, tax, gross_micros)
    same = gross_micros == line.gross_micros
    return replace(
        line,
        quantity=line.quantity if same else Decimal(1),
        unit=line.unit if same else "item",
        unit_text=line.unit_text if same else "ks",
        base_micros=parts.base_micros,
        tax_micros=parts.tax_micros,
        gross_micros=parts.gross_micros,
    )


def _rows(lines: Sequence[DocumentLine]) -> tuple[VatRow, ...]:
    """The VAT summary of lines whose split is known; the highest rate first."""
    by_rate: dict[Decimal, Amounts] = {}
    for line in lines:
        by_rate[line.vat_rate_pct] = by_rate.get(line.vat_rate_pct, NOTHING) + line.amounts
    return tuple(
        VatRow(rate, sums.base_micros, sums.tax_micros, sums.gross_micros)
        for rate, sums in sorted(by_rate.items(), reverse=True)
    )


def _document(ctx: Context, original: InvoiceDocument, lines: Sequence[DocumentLine], reason: str) -> InvoiceDocument:
    return replace(
        original,
        id=uuid7(),
        number=DRAFT_NUMBER,
        kind="credit_note",
        issued_on=ctx.today,
        taxable_supply_on=ctx.today,
        due_on=ctx.today,
        lines=tuple(lines),
        vat=_rows(lines),
        corrects=original.number,
        corrects_issued_on=original.issued_on,
        correction_reason=reason,
        paid=(),
        usage_by_day=(),
        usage_by_class=(),
        itemised=(),
    )


def _keep(ctx: Context, row: Row, note: InvoiceDocument) -> None:
    total = note.total
    ctx.db.execute(
        "INSERT INTO invoice (tenant_id, id, kind, state, contract_id, party_id, period_on, gross_micros, tax_micros,"
        " variable_symbol, corrects_id, body) VALUES (%s, %s, 'credit_note', 'draft', %s, %s, %s, %s, %s, %s, %s, %s)",
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
        ],
    )
