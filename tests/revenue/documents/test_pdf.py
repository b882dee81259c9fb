"""PDFs that say what the document says, in both languages, whatever the length of names and lists."""

from __future__ import annotations

import io
import re
import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from spojka.revenue.documents.invoice import Brand, ClassUse, DayUse, PaidAhead
from spojka.revenue.documents.pdf import FONTS, TEMPLATES, DocumentNotDrawn, Printer


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer()


@pytest.fixture
def read(printer):
    """The words of each page, with every space alike."""

    def reading(document) -> list[str]:
        pages = PdfReader(io.BytesIO(printer.draw(document))).pages
        return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]

    return reading


def test_key_figures_lines_taxes_and_clauses_stand_on_the_first_page(mobile, read):
    first = read(mobile)[0]

    for expected in (
        "348,87 Kč",
        "16. 3. 2026",
        "2026000123",
        "19-2000145399/0800",
        "CZ65 0800 0000 1920 0014 5399",
        "QR Platba",
        "Příkladný operátor s.r.o.",
        "Zapsáno v obchodním rejstříku u Krajského soudu v Brně, oddíl C, vložka 12345",
        "Eva Malá",
        "+420 601 000 001",
        "202,89",
        "106,75",
        "nej/2.11",
        "nej/1.10",
        "70,96",
        "448,87 Kč",
        "−100,00 Kč",
        "1. 2. 2026 – 28. 2. 2026",
    ):
        assert expected in first


def test_an_english_invoice_is_english_throughout(single, read):
    [page] = read(single)

    assert "6.50 CZK" in page
    assert "16 Mar 2026" in page
    assert "Variable symbol" in page
    assert "Page 1 of 1" in page
    assert "Splatnost" not in page


def test_the_price_of_6_50_is_printed_with_5_37_without_tax(single, read):
    [page] = read(single)

    assert "5.37" in page
    assert "1.13" in page


def test_sixty_lines_go_over_pages_that_are_numbered_and_repeat_their_heads(business, read):
    pages = read(business)

    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"Strana {number} z 3" in page
        assert "Položka" in page
    assert all(f"Řádek služby číslo {number} " in " ".join(pages) for number in range(1, 61))


def test_a_credit_note_says_what_it_corrects_returns_money_and_shows_no_code(credit_note, read):
    [page] = read(credit_note)

    assert "Opravný doklad" in page
    assert "Opravuje doklad 2026000123 ze dne 2. 3. 2026" in page
    assert "Uznaná reklamace" in page
    assert "Vracíme vám" in page
    assert "QR Platba" not in page
    assert "K úhradě" not in page


def test_an_overpaid_invoice_asks_for_nothing(mobile, read):
    overpaid = replace(mobile, paid=(PaidAhead("P-1", "1", 500_000_000),))

    first = read(overpaid)[0]

    assert "Přeplatek" in first
    assert "51,13 Kč" in first
    assert "Není třeba nic platit." in first
    assert "QR Platba" not in first


def test_a_settled_invoice_shows_zero_and_asks_for_nothing(single, read):
    [page] = read(replace(single, paid=(PaidAhead("P-1", "1", 6_500_000),)))

    assert "0.00 CZK" in page
    assert "Nothing to pay." in page


def test_pictures_of_use_are_told_in_words_beside_them(mobile, read):
    pages = read(mobile)

    assert "Vaše spotřeba" in pages[1]
    assert "5 h 11 min" in pages[1]
    assert "30,5 min" in pages[1]


def test_a_month_without_use_says_so_and_one_nobody_counted_says_nothing(single, read):
    unused = replace(single, usage_by_day=tuple(DayUse(date(2026, 2, number)) for number in range(1, 29)))

    assert "You did not use the services in this period." in read(unused)[0]
    assert "usage" not in read(single)[0]


def test_the_itemised_list_has_pages_of_its_own_with_every_record(mobile, read):
    pages = read(mobile)

    assert "Podrobný výpis" not in pages[1]
    assert "Podrobný výpis" in pages[2]
    assert pages[2].count("3,5583") == 14
    assert pages[2].count("+420 602 000 002") == 14


def test_five_hundred_records_repeat_their_head_on_every_page(mobile, read):
    rows = tuple(replace(mobile.itemised[0], at=mobile.itemised[0].at + timedelta(minutes=at)) for at in range(500))

    pages = [page for page in read(replace(mobile, itemised=rows)) if "Účtováno" in page]

    assert len(pages) > 5
    assert sum(page.count("3,5583") for page in pages) == 500


def test_names_of_any_length_and_script_and_large_amounts_are_printed(make_document, draft, read):
    document = make_document(
        [
            draft("fees", "Nejdelší představitelný název " * 6, "9999999.99", clauses=("matrigo/19.7",) * 6),
            draft("devices", "Zařízení", "0.01", "123456", "device", "zařízení", service="Senzory " * 12),
        ]
    )
    document = replace(
        document,
        buyer=replace(document.buyer, name="Nguyễn Thị Phương Thảo – Оксана Шевченко " * 3, country="DE"),
        brand=Brand("Velmi dlouhý název poskytovatele služeb " * 2, "#ffd400"),
        usage_by_class=(ClassUse("Dlouhý název druhu provozu " * 4, Decimal("123456789.5"), "zpráv", 10_000),),
        note="Vážený zákazníku. " * 20,
    )

    first = read(document)[0]

    assert "10 000 000,00 Kč" in first
    assert "Nguyễn Thị Phương Thảo" in first
    assert "Оксана Шевченко" in first
    assert "Německo" in first


def test_text_that_looks_like_markup_is_printed_as_it_is(single, read):
    name = '#panic("x") *bold* $1$ <tag> \\ " @ref'

    [page] = read(replace(single, buyer=replace(single.buyer, name=name), note="#include 'x'"))

    assert name in page
    assert "#include 'x'" in page


def test_equal_documents_give_equal_bytes_and_other_documents_others(mobile):
    first, second = Printer(), Printer()

    drawn = first.draw(mobile)

    assert second.draw(mobile) == drawn
    assert first.draw(mobile) == drawn
    assert first.draw(replace(mobile, note="Jiná poznámka")) != drawn


def test_the_file_names_itself_its_language_its_day_and_is_tagged(mobile, single, printer):
    czech, english = (PdfReader(io.BytesIO(printer.draw(document))) for document in (mobile, single))

    assert czech.metadata.title == "Faktura 2026000123"
    assert czech.metadata.author == "Příkladný operátor s.r.o."
    assert czech.metadata.creation_date.date() == date(2026, 3, 2)
    assert [str(found.root_object["/Lang"]) for found in (czech, english)] == ["cs", "en"]
    assert czech.root_object["/MarkInfo"]["/Marked"].value is True


def test_only_the_house_fonts_are_used_and_they_are_inside_the_file(mobile, printer):
    fonts = set()
    for page in PdfReader(io.BytesIO(printer.draw(mobile))).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile3" in descendant["/FontDescriptor"].get_object()
            fonts.add(str(font.get_object()["/BaseFont"]).split("+")[1].removesuffix("-Identity-H"))

    assert fonts == {"Inter-Regular", "Inter-SemiBold", "Inter-Bold"}


def test_the_licence_of_the_fonts_lies_beside_them_and_the_template_asks_for_no_package():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text()
    assert "@preview" not in (TEMPLATES / "invoice.typ").read_text()


def test_a_printer_shared_by_threads_gives_each_its_own_document(mobile, single, printer):
    alone = {document.number: printer.draw(document) for document in (mobile, single)}
    drawn: dict[str, bytes] = {}
    threads = [
        threading.Thread(target=lambda document=document: drawn.update({document.number: printer.draw(document)}))
        for document in (mobile, single)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert drawn == alone


def test_a_document_the_template_cannot_take_is_named_in_the_error(single, printer, monkeypatch):
    monkeypatch.setattr("spojka.revenue.documents.pdf.printed", lambda _: {"labels": {}})

    with pytest.raises(DocumentNotDrawn, match="2026000125"):
        printer.draw(single)
