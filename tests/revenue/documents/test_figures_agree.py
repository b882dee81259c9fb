"""One set of figures: the value, what is printed, ISDOC and UBL agree on every line, rate and total, to the haler."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from spojka.revenue.documents import isdoc, ubl
from spojka.revenue.documents.invoice import PaidAhead
from spojka.revenue.documents.pdf import Printer
from spojka.revenue.documents.printed import printed
from spojka.revenue.documents.qr import payment_of

ISDOC = "{http://isdoc.cz/namespace/2013}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


def micros(text: str) -> int:
    """An amount as any of the formats writes it."""
    bare = re.sub(r"[\s\xa0Kč]|CZK", "", text).replace("−", "-")
    bare = bare.replace(",", "") if "." in bare else bare.replace(",", ".")
    return int(Decimal(bare) * 1_000_000)


def of_value(document) -> dict[str, object]:
    total = document.total
    return {
        "lines": sorted((line.base_micros, line.gross_micros) for line in document.lines),
        "rates": sorted((row.base_micros, row.tax_micros) for row in document.vat),
        "total": (total.base_micros, total.tax_micros, total.gross_micros),
        "to_pay": document.to_pay_micros,
    }


def of_print(document) -> dict[str, object]:
    data = printed(document)
    lines = [line for service in data["services"] for line in service["lines"]]
    owed = micros(data["key"]["amount"])
    return {
        "lines": sorted((micros(line["base"]), micros(line["gross"])) for line in lines),
        "rates": sorted((micros(row[1]), micros(row[2])) for row in data["vat"]["rows"]),
        "total": tuple(micros(data["vat"][part]) for part in ("base", "tax", "gross")),
        "to_pay": -owed if document.to_pay_micros < 0 else owed,
    }


def of_isdoc(root) -> dict[str, object]:
    def amounts(element, *names):
        return tuple(micros(element.findtext(f"{ISDOC}{name}")) for name in names)

    totals = root.find(f"{ISDOC}LegalMonetaryTotal")
    net, gross = amounts(totals, "TaxExclusiveAmount", "TaxInclusiveAmount")
    [tax] = amounts(root.find(f"{ISDOC}TaxTotal"), "TaxAmount")
    lines = [
        amounts(line, "LineExtensionAmount", "LineExtensionAmountTaxInclusive", "LineExtensionTaxAmount")
        for line in root.iter(f"{ISDOC}InvoiceLine")
    ]
    assert all(base + line_tax == total for base, total, line_tax in lines)
    return {
        "lines": sorted((base, total) for base, total, _ in lines),
        "rates": sorted(amounts(row, "TaxableAmount", "TaxAmount") for row in root.iter(f"{ISDOC}TaxSubTotal")),
        "total": (net, tax, gross),
        "to_pay": amounts(totals, "PayableAmount")[0],
    }


def of_ubl(root) -> dict[str, object]:
    def amounts(element, *names):
        return tuple(micros(element.findtext(f"{CBC}{name}")) for name in names)

    totals = root.find(f"{CAC}LegalMonetaryTotal")
    net, gross, to_pay = amounts(totals, "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount")
    [tax] = amounts(root.find(f"{CAC}TaxTotal"), "TaxAmount")
    lines = [amounts(line, "LineExtensionAmount")[0] for line in root.iter(f"{CAC}InvoiceLine", f"{CAC}CreditNoteLine")]
    assert amounts(totals, "LineExtensionAmount") == (sum(lines),)
    return {
        "lines": sorted(lines),
        "rates": sorted(amounts(row, "TaxableAmount", "TaxAmount") for row in root.iter(f"{CAC}TaxSubtotal")),
        "total": (net, tax, gross),
        "to_pay": to_pay,
    }


def assert_agreement(document, read_xml) -> None:
    value, told = of_value(document), of_ubl(read_xml(ubl.write(document)))

    assert of_print(document) == value
    assert of_isdoc(read_xml(isdoc.write(document))) == value
    # EN 16931 has no gross amount of a line: the base is all there is to compare.
    assert told == value | {"lines": sorted(base for base, _ in value["lines"])}


def test_every_kind_of_document_tells_one_set_of_figures(every_document, read_xml):
    for document in every_document:
        assert_agreement(document, read_xml)


LINES = st.lists(st.tuples(st.integers(-99_999, 999_999), st.sampled_from(["21", "12", "0"])), min_size=1, max_size=25)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(case=st.tuples(LINES, st.booleans(), st.integers(0, 500_000)))
def test_any_lines_tell_one_set_of_figures(make_document, draft, read_xml, case):
    amounts, prices_with_vat, paid = case
    lines = [
        draft("fees", f"Řádek {at}", f"{Decimal(steps) / 100:.2f}", rate=rate)
        for at, (steps, rate) in enumerate(amounts)
    ]
    advances = (PaidAhead("Z-1", "1", paid * 10_000),) if paid else ()

    assert_agreement(make_document(lines, prices_with_vat=prices_with_vat, paid=advances), read_xml)


@pytest.mark.clause("simplecell/5.6")
def test_every_format_is_in_czech_crowns(mobile, read_xml):
    european, czech = read_xml(ubl.write(mobile)), read_xml(isdoc.write(mobile))

    assert european.findtext(f"{CBC}DocumentCurrencyCode") == "CZK"
    assert {found.get("currencyID") for found in european.iter() if found.get("currencyID")} == {"CZK"}
    assert czech.findtext(f"{ISDOC}LocalCurrencyCode") == "CZK"
    assert "*CC:CZK*" in payment_of(mobile)
    assert printed(mobile)["currency"] == "Kč"


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_the_pages_of_the_pdf_hold_every_figure_of_the_value(every_document, which):
    document = every_document[which]
    data = printed(document)

    pages = PdfReader(io.BytesIO(Printer().draw(document))).pages

    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    figures = [
        *(line[name] for service in data["services"] for line in service["lines"] for name in ("base", "gross")),
        *(cell for row in data["vat"]["rows"] for cell in row),
        data["vat"]["base"],
        data["vat"]["tax"],
        data["vat"]["gross_money"],
        data["key"]["amount"],
    ]
    assert [figure for figure in figures if figure.replace("\xa0", " ") not in text] == []
