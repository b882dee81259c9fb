"""The Czech e-invoice ISDOC 6.0.2: bytes that hold the document's own figures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from lxml import etree

from spojka.kernel.money import MICROS
from spojka.revenue.documents.invoice import CURRENCY, DocumentLine, DocumentParty, InvoiceDocument
from spojka.revenue.documents.vat import Amounts, VatRow
from spojka.revenue.documents.wording import cited, country_name, words

NAMESPACE: Final = "http://isdoc.cz/namespace/2013"
VERSION: Final = "6.0.2"
ISSUING_SYSTEM: Final = "Spojka"
BANK_TRANSFER: Final = "42"

_DOCUMENT_TYPES: Final = {"invoice": "1", "credit_note": "2"}
_STREET: Final = re.compile(r"^(?P<street>.*\S)\s+(?P<building>\d+\w?(?:/\d+\w?)?)$")
_UNIT_PRICE_STEP: Final = Decimal("0.000001")
_NAMESPACES: Final[dict[Any, str]] = {None: NAMESPACE}
_ORIGINAL: Final = "original"
_CONTRACT: Final = "contract"


def amount(micros: int) -> str:
    """
    An amount with two decimals, exactly.

    >>> amount(-1_234_560_000)
    '-1234.56'
    """
    return f"{Decimal(micros) / MICROS:.2f}"


def unit_price(micros: int, quantity: Decimal) -> str:
    """The price of one unit to 6 decimals, nothing for a quantity of zero; the line's amount leads, not this."""
    if not quantity:
        return "0"
    return f"{(Decimal(micros) / MICROS / quantity).quantize(_UNIT_PRICE_STEP, ROUND_HALF_UP):f}"


def _child(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    element.text = text
    return element


def _texts(parent: etree._Element, fields: Iterable[tuple[str, str | None]]) -> None:
    for tag, text in fields:
        if text is not None:
            _child(parent, tag, text)


def _boolean(value: object) -> str:
    return "true" if value else "false"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _party(parent: etree._Element, tag: str, who: DocumentParty) -> None:
    party = _child(_child(parent, tag), "Party")
    _child(_child(party, "PartyIdentification"), "ID", who.ico)
    _child(_child(party, "PartyName"), "Name", who.name)
    address = _child(party, "PostalAddress")
    found = _STREET.match(who.street)
    _texts(
        address,
        (
            ("StreetName", found["street"] if found else who.street),
            ("BuildingNumber", found["building"] if found else ""),
            ("CityName", who.city),
            ("PostalZone", who.zip_code),
        ),
    )
    country = _child(address, "Country")
    _texts(country, (("IdentificationCode", who.country), ("Name", country_name(who.country, "cs"))))
    if who.dic:
        _texts(_child(party, "PartyTaxScheme"), (("CompanyID", who.dic), ("TaxScheme", "VAT")))
    if who.register_entry:
        _child(_child(party, "RegisterIdentification"), "Preformatted", who.register_entry)
    if who.phone or who.email:
        _texts(_child(party, "Contact"), (("Telephone", who.phone or None), ("ElectronicMail", who.email or None)))


def _header(root: etree._Element, document: InvoiceDocument) -> None:
    credit = document.kind == "credit_note"
    _texts(
        root,
        (
            ("DocumentType", _DOCUMENT_TYPES[document.kind]),
            ("ID", document.number),
            ("UUID", str(document.id).upper()),
            ("IssuingSystem", ISSUING_SYSTEM),
            ("IssueDate", _day(document.issued_on)),
            # The tax day of a correction is the day it reaches the buyer, so the issued paper leaves it out.
            ("TaxPointDate", None if credit else _day(document.taxable_supply_on)),
            ("VATApplicable", _boolean(document.seller.dic)),
            ("ElectronicPossibilityAgreementReference", document.agreed_electronic),
        ),
    )
    _child(root, "Note", "\n".join(words(document).notes)).set("languageID", document.language)
    _texts(root, (("LocalCurrencyCode", CURRENCY), ("CurrRate", "1"), ("RefCurrRate", "1")))


def _references(root: etree._Element, document: InvoiceDocument) -> None:
    if document.corrects:
        original = _child(_child(root, "OriginalDocumentReferences"), "OriginalDocumentReference")
        original.set("id", _ORIGINAL)
        _texts(original, (("ID", document.corrects), ("IssueDate", _day(document.corrects_issued_on))))
    if document.contract and document.contract_signed_on:
        contract = _child(_child(root, "ContractReferences"), "ContractReference")
        contract.set("id", _CONTRACT)
        _texts(contract, (("ID", document.contract), ("IssueDate", _day(document.contract_signed_on))))


def _line(parent: etree._Element, document: InvoiceDocument, line: DocumentLine) -> None:
    element = _child(parent, "InvoiceLine")
    _child(element, "ID", line.id)
    if document.corrects:
        _child(element, "OriginalDocumentReference").set("ref", _ORIGINAL)
    if document.contract and document.contract_signed_on:
        contract = _child(element, "ContractReference")
        contract.set("ref", _CONTRACT)
        if line.clauses:
            _child(contract, "ParagraphID", ", ".join(line.clauses))
    _child(element, "InvoicedQuantity", f"{line.quantity:f}").set("unitCode", line.unit_text)
    _texts(
        element,
        (
            ("LineExtensionAmount", amount(line.base_micros)),
            ("LineExtensionAmountTaxInclusive", amount(line.gross_micros)),
            ("LineExtensionTaxAmount", amount(line.tax_micros)),
            ("UnitPrice", unit_price(line.base_micros, line.quantity)),
            ("UnitPriceTaxInclusive", unit_price(line.gross_micros, line.quantity)),
        ),
    )
    _texts(
        _child(element, "ClassifiedTaxCategory"),
        (
            ("Percent", f"{line.vat_rate_pct:f}"),
            ("VATCalculationMethod", "1" if document.prices_with_vat else "0"),
            ("VATApplicable", _boolean(document.seller.dic and (line.vat_rate_pct or line.vat_note))),
        ),
    )
    _texts(element, (("Note", cited(line.clauses, document.language) or None), ("VATNote", line.vat_note or None)))
    item = _child(element, "Item")
    _child(item, "Description", line.text)
    _child(_child(item, "SellersItemIdentification"), "ID", line.group)
    if line.service:
        _child(_child(item, "SecondarySellersItemIdentification"), "ID", line.service)


def _deposits(root: etree._Element, document: InvoiceDocument) -> None:
    if not document.paid:
        return
    deposits = _child(root, "NonTaxedDeposits")
    for paid in document.paid:
        _texts(
            _child(deposits, "NonTaxedDeposit"),
            (
                ("ID", paid.document),
                ("VariableSymbol", paid.variable_symbol),
                ("DepositAmount", amount(paid.amount_micros)),
            ),
        )


def _tax_total(root: etree._Element, rows: Iterable[VatRow], total: Amounts, *, taxed: bool) -> None:
    element = _child(root, "TaxTotal")
    for row in rows:
        figures = tuple(amount(micros) for micros in (row.base_micros, row.tax_micros, row.gross_micros))
        names = ("TaxableAmount", "TaxAmount", "TaxInclusiveAmount")
        subtotal = _child(element, "TaxSubTotal")
        _texts(subtotal, zip(names, figures, strict=True))
        _texts(subtotal, ((f"AlreadyClaimed{name}", "0.00") for name in names))
        _texts(subtotal, zip((f"Difference{name}" for name in names), figures, strict=True))
        _texts(
            _child(subtotal, "TaxCategory"),
            (
                ("Percent", f"{row.vat_rate_pct:f}"),
                ("TaxScheme", "VAT"),
                ("VATApplicable", _boolean(taxed)),
            ),
        )
    _child(element, "TaxAmount", amount(total.tax_micros))


def _monetary_total(root: etree._Element, document: InvoiceDocument) -> None:
    net, gross = amount(document.total.base_micros), amount(document.total.gross_micros)
    _texts(
        _child(root, "LegalMonetaryTotal"),
        (
            ("TaxExclusiveAmount", net),
            ("TaxInclusiveAmount", gross),
            ("AlreadyClaimedTaxExclusiveAmount", "0.00"),
            ("AlreadyClaimedTaxInclusiveAmount", "0.00"),
            ("DifferenceTaxExclusiveAmount", net),
            ("DifferenceTaxInclusiveAmount", gross),
            ("PayableRoundingAmount", "0.00"),
            ("PaidDepositsAmount", amount(document.paid_micros)),
            ("PayableAmount", amount(document.to_pay_micros)),
        ),
    )


def _payment(root: etree._Element, document: InvoiceDocument) -> None:
    # A document without PaymentMeans tells its reader to pay nothing.
    if document.kind != "invoice" or document.to_pay_micros <= 0:
        return
    payment = _child(_child(root, "PaymentMeans"), "Payment")
    _texts(payment, (("PaidAmount", amount(document.to_pay_micros)), ("PaymentMeansCode", BANK_TRANSFER)))
    account = document.account
    _texts(
        _child(payment, "Details"),
        (
            ("PaymentDueDate", _day(document.due_on)),
            ("ID", account.domestic),
            ("BankCode", account.bank_code),
            ("Name", account.bank_name),
            ("IBAN", account.iban),
            ("BIC", account.bic),
            ("VariableSymbol", document.variable_symbol),
        ),
    )


def write(document: InvoiceDocument) -> bytes:
    """
    One document as an ISDOC file: type 1 for an invoice, type 2 with its original for a credit note.

    Amounts of a credit note stay positive, as the format's rules ask. Clauses stand in each line's note and, when the
    contract's day is known, as its paragraph.
    """
    root = etree.Element(f"{{{NAMESPACE}}}Invoice", nsmap=_NAMESPACES)
    root.set("version", VERSION)
    _header(root, document)
    _party(root, "AccountingSupplierParty", document.seller)
    _party(root, "AccountingCustomerParty", document.buyer)
    _references(root, document)
    lines = _child(root, "InvoiceLines")
    for line in document.lines:
        _line(lines, document, line)
    _deposits(root, document)
    _tax_total(root, document.vat, document.total, taxed=bool(document.seller.dic))
    _monetary_total(root, document)
    _payment(root, document)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
