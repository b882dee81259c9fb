"""ISDOC files: valid against the official schema where it is at hand, and true to the format's own arithmetic."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from spojka.revenue.documents.invoice import DocumentParty
from spojka.revenue.documents.isdoc import amount, unit_price, write

COMPANY = DocumentParty("Družstvo Včela", "Dlouhá 8", "Brno", "602 00", ico="00000027", dic="CZ00000027")
NS = {"i": "http://isdoc.cz/namespace/2013"}
TOTALS = {
    "TaxExclusiveAmount": "TaxableAmount",
    "TaxInclusiveAmount": "TaxInclusiveAmount",
    "AlreadyClaimedTaxExclusiveAmount": "AlreadyClaimedTaxableAmount",
    "AlreadyClaimedTaxInclusiveAmount": "AlreadyClaimedTaxInclusiveAmount",
    "DifferenceTaxExclusiveAmount": "DifferenceTaxableAmount",
    "DifferenceTaxInclusiveAmount": "DifferenceTaxInclusiveAmount",
}


def figures(root: etree._Element, path: str) -> list[Decimal]:
    return [Decimal(found.text) for found in root.iterfind(path, NS)]


def text(root: etree._Element, path: str) -> str | None:
    return root.findtext(path, None, NS)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    shared = Path(os.environ.get("SPOJKA_SHARED", Path(__file__).parents[3].parent / "shared"))
    path = shared / "facts" / "isdoc" / "isdoc-invoice-6.0.2.xsd"
    if not path.exists():
        pytest.skip(
            f"the official ISDOC schema is not at {path}; set SPOJKA_SHARED to the folder that holds facts/isdoc"
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(path, parser))


def test_every_kind_of_document_is_valid_against_the_official_schema(schema, every_document, read_xml):
    for document in every_document:
        schema.assertValid(read_xml(write(document)))


def test_the_schema_itself_refuses_a_file_with_a_missing_part(schema, single, read_xml):
    root = read_xml(write(single))
    root.remove(root.find("i:VATApplicable", NS))

    assert not schema.validate(root)


def test_figures_follow_the_formats_rules_of_arithmetic(every_document, read_xml):
    for document in every_document:
        root = read_xml(write(document))

        for prefix in ("", "AlreadyClaimed", "Difference"):
            for row in root.iterfind("i:TaxTotal/i:TaxSubTotal", NS):
                base, tax, gross = (
                    figures(row, f"i:{prefix}{name}")[0]
                    for name in ("TaxableAmount", "TaxAmount", "TaxInclusiveAmount")
                )
                assert base + tax == gross
        assert figures(root, "i:TaxTotal/i:TaxAmount") == [sum(figures(root, "i:TaxTotal/i:TaxSubTotal/i:TaxAmount"))]
        for total, part in TOTALS.items():
            parts = figures(root, f"i:TaxTotal/i:TaxSubTotal/i:{part}")
            assert figures(root, f"i:LegalMonetaryTotal/i:{total}") == [sum(parts)]
        [gross], [rounding], [paid], [payable] = (
            figures(root, f"i:LegalMonetaryTotal/i:{name}")
            for name in ("DifferenceTaxInclusiveAmount", "PayableRoundingAmount", "PaidDepositsAmount", "PayableAmount")
        )
        assert gross + rounding - paid == payable
        assert sum(figures(root, "i:NonTaxedDeposits/i:NonTaxedDeposit/i:DepositAmount")) == paid


def test_a_home_currency_document_holds_no_foreign_amount_and_a_rate_of_one(every_document, read_xml):
    for document in every_document:
        root = read_xml(write(document))

        assert (text(root, "i:CurrRate"), text(root, "i:RefCurrRate")) == ("1", "1")
        assert not [element for element in root.iter() if element.tag.endswith("Curr")]
        assert root.find("i:ForeignCurrencyCode", NS) is None


def test_a_credit_note_names_its_original_stays_positive_and_asks_for_no_money(credit_note, read_xml):
    root = read_xml(write(credit_note))

    assert text(root, "i:DocumentType") == "2"
    assert text(root, "i:OriginalDocumentReferences/i:OriginalDocumentReference/i:ID") == "2026000123"
    assert root.find("i:InvoiceLines/i:InvoiceLine/i:OriginalDocumentReference", NS).get("ref") == "original"
    assert text(root, "i:LegalMonetaryTotal/i:PayableAmount") == "106.75"
    assert root.find("i:PaymentMeans", NS) is None
    assert root.find("i:TaxPointDate", NS) is None
    assert "R-2026-0031" in text(root, "i:Note")


@pytest.mark.clause("matrigo/5.3.1")
def test_an_invoice_carries_all_that_a_tax_document_must(mobile, read_xml):
    root = read_xml(write(replace(mobile, buyer=COMPANY)))

    told = {name: text(root, f"i:{name}") for name in ("DocumentType", "ID", "IssueDate", "TaxPointDate")}
    assert told == {"DocumentType": "1", "ID": "2026000123", "IssueDate": "2026-03-02", "TaxPointDate": "2026-02-28"}
    for side, ico in (("Supplier", "00000019"), ("Customer", "00000027")):
        party = root.find(f"i:Accounting{side}Party/i:Party", NS)
        assert text(party, "i:PartyIdentification/i:ID") == ico
        assert text(party, "i:PartyTaxScheme/i:CompanyID") == f"CZ{ico}"
    rows = root.findall("i:TaxTotal/i:TaxSubTotal", NS)
    names = ("TaxCategory/i:Percent", "TaxableAmount", "TaxAmount")
    assert [[text(row, f"i:{name}") for name in names] for row in rows] == [
        ["21", "337.91", "70.96"],
        ["0", "40.00", "0.00"],
    ]
    assert text(root, "i:LegalMonetaryTotal/i:TaxInclusiveAmount") == "448.87"


def test_an_invoice_carries_addresses_the_account_and_what_is_left_to_pay(mobile, read_xml):
    root = read_xml(write(mobile))

    seller = root.find("i:AccountingSupplierParty/i:Party", NS)
    assert text(seller, "i:PostalAddress/i:StreetName") == "Žerotínovo náměstí"
    assert text(seller, "i:PostalAddress/i:BuildingNumber") == "12/3"
    assert text(seller, "i:PostalAddress/i:Country/i:IdentificationCode") == "CZ"
    details = root.find("i:PaymentMeans/i:Payment/i:Details", NS)
    assert [text(details, f"i:{name}") for name in ("ID", "BankCode", "VariableSymbol", "PaymentDueDate")] == [
        "19-2000145399",
        "0800",
        "2026000123",
        "2026-03-16",
    ]
    assert text(root, "i:PaymentMeans/i:Payment/i:PaidAmount") == "348.87"
    assert text(root, "i:UUID") == "0198C0DE-0000-7000-8000-000000000123"


def test_a_line_says_its_clauses_its_service_and_how_its_tax_was_computed(mobile, business, read_xml):
    line = read_xml(write(mobile)).findall("i:InvoiceLines/i:InvoiceLine", NS)[1]
    net_line = read_xml(write(business)).find("i:InvoiceLines/i:InvoiceLine", NS)

    assert text(line, "i:Note") == "Podle: nej/2.11, nej/1.10"
    assert text(line, "i:ContractReference/i:ParagraphID") == "nej/2.11, nej/1.10"
    assert text(line, "i:Item/i:SecondarySellersItemIdentification/i:ID") == "+420601000001"
    assert text(line, "i:UnitPriceTaxInclusive") == "3.500000"
    assert text(line, "i:ClassifiedTaxCategory/i:VATCalculationMethod") == "1"
    assert text(net_line, "i:ClassifiedTaxCategory/i:VATCalculationMethod") == "0"


def test_an_exempt_line_names_its_paragraph_and_one_outside_vat_says_so(make_document, draft, read_xml):
    exempt = draft("payments", "Parkovné", "40.00", rate="0", vat_note="§ 54 zákona o DPH")
    outside = draft("penalty", "Smluvní pokuta", "40.00", rate="0")

    lines = read_xml(write(make_document([exempt, outside]))).findall("i:InvoiceLines/i:InvoiceLine", NS)

    assert [text(line, "i:VATNote") for line in lines] == ["§ 54 zákona o DPH", None]
    assert [text(line, "i:ClassifiedTaxCategory/i:VATApplicable") for line in lines] == ["true", "false"]


def test_a_seller_outside_vat_issues_a_document_with_no_line_under_it(make_document, draft, read_xml, single):
    document = make_document([draft("fees", "Poplatek", "40.00", rate="0")])

    root = read_xml(write(replace(document, seller=replace(single.seller, dic=""))))

    applicable = {found.text for found in root.iter("{http://isdoc.cz/namespace/2013}VATApplicable")}
    assert applicable == {"false"}


@pytest.mark.parametrize(
    ("street", "name", "building"),
    [
        ("Dlouhá 7", "Dlouhá", "7"),
        ("Nábřeží 28. října 12/34a", "Nábřeží 28. října", "12/34a"),
        ("Horní Lhota", "Horní Lhota", ""),
        ("17. listopadu", "17. listopadu", ""),
    ],
)
def test_a_street_gives_up_its_building_number_only_where_there_is_one(single, read_xml, street, name, building):
    buyer = DocumentParty(name="Jan", street=street, city="Brno", zip_code="602 00")

    root = read_xml(write(replace(single, buyer=buyer)))

    address = root.find("i:AccountingCustomerParty/i:Party/i:PostalAddress", NS)
    assert (text(address, "i:StreetName"), text(address, "i:BuildingNumber") or "") == (name, building)


def test_names_with_markup_stay_text(single, read_xml):
    buyer = replace(single.buyer, name="<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]> & synové")

    root = read_xml(write(replace(single, buyer=buyer)))

    assert text(root, "i:AccountingCustomerParty/i:Party/i:PartyName/i:Name") == buyer.name


def test_amounts_keep_two_decimals_and_unit_prices_six():
    assert [amount(micros) for micros in (0, 10_000, -12_340_000, 9_999_999_990_000)] == [
        "0.00",
        "0.01",
        "-12.34",
        "9999999.99",
    ]
    assert unit_price(10_000_000, Decimal(3)) == "3.333333"
    assert unit_price(20_000_000, Decimal(3)) == "6.666667"
    assert unit_price(0, Decimal(0)) == "0"
