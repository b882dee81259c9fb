"""The European e-invoice EN 16931 in UBL 2.1: bytes that hold the document's own figures."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from facturx import generate_ubl_xml

from spojka.kernel.money import MICROS
from spojka.kernel.time import Period
from spojka.revenue.documents.invoice import CURRENCY, DocumentLine, DocumentParty, InvoiceDocument
from spojka.revenue.documents.wording import cited, day, label, words

INVOICE_TYPE: Final = "380"
CREDIT_NOTE_TYPE: Final = "381"
CREDIT_TRANSFER: Final = "30"
CZECH_REGISTER: Final = "0154"
"""ISO 6523 code of the Czech register of economic subjects (IČO)."""

_UNITS: Final = {
    "s": "SEC",
    "min": "MIN",
    "h": "HUR",
    "day": "DAY",
    "month": "MON",
    "B": "AD",
    "kB": "2P",
    "MB": "4L",
    "GB": "E34",
}
_PIECE: Final = "C62"

Fields = dict[str, object]
"""Business terms of EN 16931 by their number (`BT-1`), groups as lists (`BG-25`)."""


def _amount(micros: int) -> str:
    return f"{Decimal(micros) / MICROS:.2f}"


def _category(document: InvoiceDocument, rate_pct: Decimal) -> str:
    """Standard, exempt, or outside VAT; a seller under VAT tells both of the latter as exempt, as the norm asks."""
    if rate_pct:
        return "S"
    return "E" if document.seller.dic else "O"


def _rate(document: InvoiceDocument, rate_pct: Decimal, term: str) -> Fields:
    return {} if _category(document, rate_pct) == "O" else {term: f"{rate_pct:f}"}


def _reason(document: InvoiceDocument, rate_pct: Decimal) -> Fields:
    if rate_pct:
        return {}
    notes = dict.fromkeys(line.vat_note for line in document.lines if line.vat_rate_pct == rate_pct and line.vat_note)
    return {"BT-120": "; ".join(notes) or label("outside_vat", document.language)}


def _party(who: DocumentParty) -> Fields:
    contact = {"name": who.name, "phone": who.phone, "email": who.email}
    return {
        "name": who.name,
        "legal_identifier": who.ico,
        "legal_identifier_schemeid": CZECH_REGISTER if who.ico and who.country == "CZ" else "",
        "vat_identifier": who.dic,
        "legal_info": who.register_entry,
        "addr_l1": who.street,
        "city": who.city,
        "postcode": who.zip_code,
        "country_code": who.country,
        "contacts": [contact] if who.phone or who.email else [],
    }


def _both_ends(period: Period, first: str, last: str) -> Fields:
    return {first: period.starts_on, last: period.ends_on - timedelta(days=1)}


def _line(document: InvoiceDocument, line: DocumentLine) -> Fields:
    quantity = abs(line.quantity)
    told = [("group", line.group), ("service", line.service), *(("clause", clause) for clause in line.clauses)]
    fields: Fields = {
        "BT-126": line.id,
        "BT-127-00": [{"BT-127": cited(line.clauses, document.language)}] if line.clauses else [],
        # A price is never negative here: the sign of the amount goes into the quantity, and the price is that of the
        # whole quantity, so that price times quantity is the line's amount exactly.
        "BT-129": f"{-quantity if line.base_micros < 0 else quantity:f}",
        "BT-130": _UNITS.get(line.unit, _PIECE),
        "BT-131": _amount(line.base_micros),
        "BT-146": _amount(abs(line.base_micros)),
        "BT-151": _category(document, line.vat_rate_pct),
        "BT-153": line.text,
        "BG-32": [{"BT-160": name, "BT-161": value} for name, value in told if value],
    }
    if quantity:
        fields["BT-149"] = f"{quantity:f}"
    if line.period:
        fields |= _both_ends(line.period, "BT-134", "BT-135")
    return fields | _rate(document, line.vat_rate_pct, "BT-152")


def _payment(document: InvoiceDocument) -> Fields:
    due = day(document.due_on, document.language)
    if document.kind == "credit_note":
        return {"BT-20": f"{label('settled_by', document.language)} {due}"}
    if document.to_pay_micros <= 0:
        return {"BT-20": label("settled", document.language)}
    return {
        "BT-9": document.due_on,
        "BT-81": CREDIT_TRANSFER,
        "BT-83": document.variable_symbol,
        "BT-84": document.account.iban,
        "BT-86": document.account.bic,
    }


def _totals(document: InvoiceDocument) -> Fields:
    total = document.total
    return {
        "BG-23": [
            {
                "BT-116": _amount(row.base_micros),
                "BT-117": _amount(row.tax_micros),
                "BT-118": _category(document, row.vat_rate_pct),
                **_rate(document, row.vat_rate_pct, "BT-119"),
                **_reason(document, row.vat_rate_pct),
            }
            for row in document.vat
        ],
        "BT-106": _amount(total.base_micros),
        "BT-109": _amount(total.base_micros),
        "BT-110": _amount(total.tax_micros),
        "BT-112": _amount(total.gross_micros),
        "BT-113": _amount(document.paid_micros),
        "BT-115": _amount(document.to_pay_micros),
    }


def terms_of(document: InvoiceDocument) -> Fields:
    """The document as business terms of EN 16931."""
    fields: Fields = {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": CREDIT_NOTE_TYPE if document.corrects else INVOICE_TYPE,
        "BT-5": CURRENCY,
        "BT-10": document.customer,
        "BT-12": document.contract,
        "BG-1": [{"BT-22": note} for note in words(document).notes],
        "BG-4": _party(document.seller),
        "BG-7": _party(document.buyer),
        "BG-25": [_line(document, line) for line in document.lines],
    }
    if document.corrects:
        original: Fields = {"BT-25": document.corrects}
        if document.corrects_issued_on:
            original["BT-26"] = document.corrects_issued_on
        fields["BG-3"] = [original]
    else:
        fields["BT-7"] = document.taxable_supply_on
    return fields | _both_ends(document.period, "BT-73", "BT-74") | _payment(document) | _totals(document)


def write(document: InvoiceDocument) -> bytes:
    """
    One document as UBL 2.1: `Invoice` (type 380), or `CreditNote` (381) that names the invoice it corrects.

    A rate of zero is told as exempt with its reason, or as outside VAT where the seller has no VAT number at all.
    """
    written = generate_ubl_xml(terms_of(document), level="en16931", check_xsd=False, check_schematron=None)
    return bytes(written)
