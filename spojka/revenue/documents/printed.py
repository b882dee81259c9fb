"""What is printed, before anybody decides where: finished texts, and whole numbers where a bar has a length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final, get_args

from spojka.kernel.time import day_of
from spojka.revenue.documents.invoice import (
    ClassUse,
    DayUse,
    DocumentLine,
    DocumentParty,
    Group,
    InvoiceDocument,
    ItemisedRow,
)
from spojka.revenue.documents.palette import ink
from spojka.revenue.documents.qr import payment_of, svg
from spojka.revenue.documents.vat import NOTHING, VatRow
from spojka.revenue.documents.wording import (
    NBSP,
    amount,
    clock,
    country_name,
    currency,
    day,
    days,
    label,
    labels,
    money,
    number,
    percent,
    service_name,
    spoken_time,
    units,
    volume,
    words,
)
from spojka.terms.clauses import Language

Printed = dict[str, object]
"""A part of what the template reads."""

GROUPS: Final[tuple[Group, ...]] = get_args(Group)
BAR_PARTS: Final = 1000
"""A bar's full length in whole parts."""

TICK_DAYS: Final = 7
TICKS: Final = 5
NOT_ANY: Final = "–"

BLOCK_ROWS: Final = 5
OTHER_FITS: Final = 20
CLASS_FITS: Final = 26
"""Letters that fit one line of the itemised list."""


def _party(who: DocumentParty, language: Language, *, sells: bool) -> Printed:
    town = f"{who.zip_code} {who.city}".strip()
    ids = [f"{label(key, language)} {value}" for key, value in (("ico", who.ico), ("dic", who.dic)) if value]
    if sells and not who.dic:
        ids.append(label("not_vat_payer", language))
    abroad = "" if who.country == "CZ" else country_name(who.country, language)
    return {
        "name": who.name,
        "address": [line for line in (who.street, town, abroad) if line],
        "ids": ids,
        "contacts": [contact for contact in (who.phone, who.email, who.web) if contact],
        "register": who.register_entry,
    }


def _key_figures(document: InvoiceDocument) -> Printed:
    language, micros, account = document.language, document.to_pay_micros, document.account
    credit = document.kind == "credit_note"
    if credit:
        name, due = "to_return", "settled_by"
    else:
        name, due = ("to_pay" if micros >= 0 else "overpaid"), "due_on"
    code = payment_of(document)
    return {
        "label": label(name, language),
        "amount": money(abs(micros), language),
        "due_label": label(due, language),
        "due": day(document.due_on, language) if credit or micros > 0 else "",
        "settled": "" if credit or micros > 0 else label("settled", language),
        "variable_symbol": document.variable_symbol,
        "account": "/".join(part for part in (account.domestic, account.bank_code) if part),
        "iban": NBSP.join(account.iban[at : at + 4] for at in range(0, len(account.iban), 4)),
        "bic": account.bic,
        "pays": not credit and micros > 0,
        "qr": svg(code).decode() if code else "",
    }


def _facts(document: InvoiceDocument) -> list[tuple[str, str]]:
    language = document.language
    facts = (
        ("issued_on", day(document.issued_on, language)),
        ("taxable_supply_on", "" if document.corrects else day(document.taxable_supply_on, language)),
        ("period", days(document.period, language)),
        ("contract", document.contract),
        ("customer", document.customer),
    )
    return [(label(key, language), value) for key, value in facts if value]


def _unit_price(line: DocumentLine, language: Language, *, prices_with_vat: bool) -> str:
    """The price of one unit, to 4 decimals where 2 would not give the line's amount back."""
    micros = line.gross_micros if prices_with_vat else line.base_micros
    if line.quantity in {0, 1}:
        return ""
    exact = Decimal(micros) / line.quantity
    haler = Decimal(10_000)
    fits = ((exact / haler).quantize(Decimal(1)) * line.quantity).quantize(Decimal(1)) * haler == micros
    return amount(int(exact.to_integral_value()), language, 2 if fits else 4)


def _line(line: DocumentLine, document: InvoiceDocument) -> Printed:
    language = document.language
    untaxed = label("exempt" if line.vat_note else "no_vat", language)
    return {
        "text": line.text,
        "days": days(line.period, language) if line.period else "",
        "note": line.vat_note,
        "quantity": f"{number(line.quantity, language)}{NBSP}{line.unit_text}",
        "unit_price": _unit_price(line, language, prices_with_vat=document.prices_with_vat),
        "base": amount(line.base_micros, language),
        "rate": percent(line.vat_rate_pct, language) if line.vat_rate_pct else untaxed,
        "gross": amount(line.gross_micros, language),
        "why": list(line.clauses),
    }


def _services(document: InvoiceDocument) -> list[Printed]:
    blocks: list[Printed] = []
    for service in document.services:
        mine = sorted(
            (line for line in document.lines if line.service == service), key=lambda line: GROUPS.index(line.group)
        )
        total = sum((line.amounts for line in mine), NOTHING)
        leading = total.gross_micros if document.prices_with_vat else total.base_micros
        blocks.append(
            {
                "name": service_name(service, document.language),
                "total": amount(leading, document.language),
                "lines": [_line(line, document) for line in mine],
            }
        )
    return blocks


def _vat_row(row: VatRow, language: Language) -> list[str]:
    rate = percent(row.vat_rate_pct, language)
    return [rate, *(amount(micros, language) for micros in (row.base_micros, row.tax_micros, row.gross_micros))]


def _vat(document: InvoiceDocument) -> Printed:
    language, total = document.language, document.total
    return {
        "rows": [_vat_row(row, language) for row in document.vat],
        "base": amount(total.base_micros, language),
        "tax": amount(total.tax_micros, language),
        "gross": amount(total.gross_micros, language),
        "gross_money": money(total.gross_micros, language),
        "paid": [
            [f"{label('paid', language)} ({paid.document})", money(-paid.amount_micros, language)]
            for paid in document.paid
        ],
    }


def _every_day(document: InvoiceDocument) -> list[DayUse]:
    """One entry a day, without gaps, over the period and any day outside it that was used."""
    by_day = {use.on: use for use in document.usage_by_day}
    first = min(document.period.starts_on, *by_day)
    last = max(document.period.ends_on - timedelta(days=1), *by_day)
    axis = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return [by_day.get(on, DayUse(on)) for on in axis]


def _tick(on: date, language: Language) -> str:
    return day(on, language).rpartition(NBSP)[0]


def _charts(document: InvoiceDocument) -> list[Printed]:
    language, use = document.language, _every_day(document)
    apart = -(-len(use) // (TICK_DAYS * TICKS)) * TICK_DAYS
    ticks = [[place, _tick(use[place].on, language)] for place in range(0, len(use), apart)]
    kinds: tuple[tuple[str, list[int], Callable[[int], str]], ...] = (
        ("voice", [on.voice_s for on in use], spoken_time),
        ("sms", [on.sms for on in use], lambda count: number(Decimal(count), language)),
        ("data", [on.data_bytes for on in use], lambda count: volume(count, language)),
    )
    return [
        {
            "title": label(kind, language),
            "total": say(sum(values)),
            "peak": f"{label('peak', language)} {say(max(values))}",
            "bars": [value * BAR_PARTS // max(values) for value in values],
            "ticks": ticks,
        }
        for kind, values, say in kinds
        if any(values)
    ]


def _classes(uses: Sequence[ClassUse], language: Language) -> list[Printed]:
    widest = max((use.amount_micros for use in uses), default=0)
    return [
        {
            "text": use.text,
            "units": f"{number(use.units, language)}{NBSP}{use.unit_text}",
            "amount": money(use.amount_micros, language),
            "bar": max(0, use.amount_micros * BAR_PARTS // widest) if widest > 0 else 0,
        }
        for use in uses
    ]


def _usage(document: InvoiceDocument) -> Printed | None:
    """The pictures of use; `None` when the document tells nothing about it."""
    if not document.usage_by_day and not document.usage_by_class:
        return None
    charts = _charts(document) if document.usage_by_day else []
    classes = _classes(document.usage_by_class, document.language)
    return {"charts": charts, "classes": classes, "none": not charts and not classes}


def _row(row: ItemisedRow, language: Language) -> tuple[str, ...]:
    counts = (row.real, row.billed, row.free, row.paid)
    measured = (units(count, row.kind, language) if count else NOT_ANY for count in counts)
    price = amount(row.price_micros, language, 4) if row.price_micros else amount(0, language)
    other = service_name(row.other, language) if row.other else NOT_ANY
    on = day(day_of(row.at), language)
    return (on, clock(row.at), label(f"kind_{row.kind}", language), other, row.class_text, *measured, price)


def _blocks(rows: Iterable[ItemisedRow]) -> Iterator[list[ItemisedRow]]:
    """Rows in fives, as ledgers are ruled; one whose texts need a second line stands alone."""
    block: list[ItemisedRow] = []
    for row in rows:
        wraps = len(row.other) > OTHER_FITS or len(row.class_text) > CLASS_FITS
        if block and (wraps or len(block) == BLOCK_ROWS):
            yield block
            block = []
        block.append(row)
        if wraps:
            yield block
            block = []
    if block:
        yield block


def _block(rows: Sequence[ItemisedRow], language: Language) -> list[str]:
    """
    A block as ten columns of lines, so that the page lays out ten texts and not ten a row.

    Spaces do not break where lines of several rows must stay side by side.
    """
    columns = zip(*(_row(row, language) for row in rows), strict=True)
    told = ["\n".join(column) for column in columns]
    return [column.replace(" ", NBSP) for column in told] if len(rows) > 1 else told


def _itemised(document: InvoiceDocument) -> list[Printed]:
    ordered = sorted(document.itemised, key=lambda row: (row.service, row.at))
    return [
        {
            "name": service_name(service, document.language),
            "blocks": [_block(block, document.language) for block in _blocks(rows)],
        }
        for service, rows in groupby(ordered, key=lambda row: row.service)
    ]


def printed(document: InvoiceDocument) -> Printed:
    """Everything the template prints, in the document's language."""
    language, said = document.language, words(document)
    issued = document.issued_on
    return {
        "language": language,
        "issued": [issued.year, issued.month, issued.day],
        "labels": labels(language),
        "currency": currency(language),
        "title": said.title,
        "subtitle": said.subtitle,
        "number": document.number,
        "corrects": list(said.corrects),
        "note": document.note,
        "credit": document.kind == "credit_note",
        "gross_leads": document.prices_with_vat,
        "taxed": bool(document.seller.dic),
        "brand": {
            "name": document.brand.name or document.seller.name,
            "fill": document.brand.color,
            "ink": ink(document.brand.color),
        },
        "seller": _party(document.seller, language, sells=True),
        "buyer": _party(document.buyer, language, sells=False),
        "key": _key_figures(document),
        "facts": _facts(document),
        "services": _services(document),
        "vat": _vat(document),
        "usage": _usage(document),
        "itemised": _itemised(document),
    }
