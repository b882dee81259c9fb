"""Finished documents to print: one line, sixty lines, a credit note, business and consumer, Czech and English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from lxml import etree

from spojka.kernel.time import PRAGUE, Period
from spojka.revenue.documents.invoice import (
    BankAccount,
    Brand,
    ClassUse,
    DayUse,
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
    ItemisedRow,
    PaidAhead,
)
from spojka.revenue.documents.vat import PricedLine, split_vat

SELLER = DocumentParty(
    name="Příkladný operátor s.r.o.",
    street="Žerotínovo náměstí 12/3",
    city="Brno",
    zip_code="602 00",
    ico="00000019",
    dic="CZ00000019",
    register_entry="Zapsáno v obchodním rejstříku u Krajského soudu v Brně, oddíl C, vložka 12345",
    email="faktury@operator.example",
    phone="+420 800 100 200",
    web="operator.example",
)
CONSUMER = DocumentParty(
    name="Eva Malá", street="Dlouhá 7", city="Praha 1", zip_code="110 00", email="eva@mail.example"
)
COMPANY = DocumentParty(
    name="Svépomocné družstvo včelařů a ovocnářů Třebíč a okolí, v likvidaci, středisko nákupu a prodeje",
    street="Nábřeží Doktora Edvarda Beneše 1234/56a",
    city="Rožnov pod Radhoštěm-Dolní Bečva",
    zip_code="756 61",
    ico="00000027",
    dic="CZ00000027",
    email="ucetni.oddeleni@druzstvo.example",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before its VAT is known."""

    group: str
    text: str
    amount: str
    quantity: str = "1"
    unit: str = "item"
    unit_text: str = "ks"
    rate: str = "21"
    clauses: tuple[str, ...] = ("nej/2.1",)
    service: str = "+420601000001"
    vat_note: str = ""


def lines_of(drafts: list[Draft], *, prices_with_vat: bool):
    split = split_vat(
        [PricedLine(Decimal(draft.rate), int(Decimal(draft.amount) * 1_000_000)) for draft in drafts],
        prices_with_vat=prices_with_vat,
    )
    lines = tuple(
        DocumentLine(
            id=str(number),
            group=draft.group,
            text=draft.text,
            quantity=Decimal(draft.quantity),
            unit=draft.unit,
            unit_text=draft.unit_text,
            vat_rate_pct=Decimal(draft.rate),
            base_micros=amounts.base_micros,
            tax_micros=amounts.tax_micros,
            gross_micros=amounts.gross_micros,
            clauses=draft.clauses,
            service=draft.service,
            vat_note=draft.vat_note,
        )
        for number, (draft, amounts) in enumerate(zip(drafts, split.lines, strict=True), start=1)
    )
    return lines, split.rows


def month_of_use(period: Period) -> tuple[DayUse, ...]:
    return tuple(
        DayUse(
            on=period.starts_on + timedelta(days=day),
            voice_s=(day * 379) % 1400,
            sms=(day * 7) % 5,
            data_bytes=((day * 211) % 900) * 1024 * 1024,
        )
        for day in range(period.days)
    )


def calls(count: int, period: Period) -> tuple[ItemisedRow, ...]:
    first = datetime.combine(period.starts_on, datetime.min.time(), PRAGUE) + timedelta(hours=8)
    return tuple(
        ItemisedRow(
            at=first + timedelta(minutes=97 * number),
            kind=("voice", "sms", "data")[number % 3],
            other=("+420602000002", "+420733111222", "internet")[number % 3],
            class_text=("Mobilní sítě", "SMS v ČR", "Data v ČR")[number % 3],
            real=(61, 1, 5_242_880)[number % 3],
            billed=(61, 1, 5_242_880)[number % 3],
            free=(0, 1, 5_242_880)[number % 3],
            paid=(61, 0, 0)[number % 3],
            price_micros=(3_558_300, 0, 0)[number % 3],
            service="+420601000001",
        )
        for number in range(count)
    )


def document(
    drafts: list[Draft],
    *,
    prices_with_vat: bool = True,
    language: str = "cs",
    buyer: DocumentParty = CONSUMER,
    number: str = "2026000123",
    paid: tuple[PaidAhead, ...] = (),
) -> InvoiceDocument:
    lines, rows = lines_of(drafts, prices_with_vat=prices_with_vat)
    return InvoiceDocument(
        id=UUID("0198c0de-0000-7000-8000-000000000123"),
        number=number,
        kind="invoice",
        language=language,
        issued_on=date(2026, 3, 2),
        taxable_supply_on=date(2026, 2, 28),
        due_on=date(2026, 3, 16),
        period=Period.month(2026, 2),
        seller=SELLER,
        buyer=buyer,
        account=BankAccount("CZ6508000000192000145399", "GIBACZPX", "Příkladná spořitelna"),
        variable_symbol="2026000123",
        lines=lines,
        vat=rows,
        prices_with_vat=prices_with_vat,
        paid=paid,
        contract="NM-2026-00042",
        contract_signed_on=date(2026, 2, 10),
        customer="100042",
        agreed_electronic="Smlouva NM-2026-00042",
        brand=Brand("Operátor", "#c2185b"),
    )


def credit_of(original: InvoiceDocument) -> InvoiceDocument:
    return replace(
        original,
        id=UUID("0198c0de-0000-7000-8000-000000000777"),
        number="2026900007",
        kind="credit_note",
        corrects=original.number,
        corrects_issued_on=original.issued_on,
        correction_reason="Uznaná reklamace vyúčtování R-2026-0031",
        paid=(),
        issued_on=date(2026, 4, 1),
    )


MOBILE = [
    Draft(
        "fees",
        "Tarif Nej MOBIL Základ, 10. až 28. února, 19 z 28 dnů",
        "202.89",
        "19",
        "day",
        "dnů",
        clauses=("nej/1.8",),
    ),
    Draft("calls", "Volání do mobilních sítí", "106.75", "30.5", "min", "min", clauses=("nej/2.11", "nej/1.10")),
    Draft("sms", "SMS v České republice", "18.00", "12", "sms", "SMS", clauses=("nej/2.10",)),
    Draft("data", "Data nad balíček", "49.00", "500", "MB", "MB", clauses=("nej/2.17",)),
    Draft("roaming", "Volání ze Švýcarska", "36.30", "3", "min", "min", clauses=("nej/2.25",)),
    Draft(
        "payments",
        "Platební transakce: parkovné Brno",
        "40.00",
        rate="0",
        vat_note="Platební služba, § 54 zákona o DPH",
    ),
    Draft(
        "penalty", "Nadměrné užívání, 61 s nad 10 000 minut", "6.61", "1.0167", "min", "min", clauses=("nej/2.20-h",)
    ),
    Draft("credit", "Sleva za výpadek služby 12. února", "-10.68", "1", "item", "ks", clauses=("nej/4.5-a",)),
]


@pytest.fixture
def mobile() -> InvoiceDocument:
    period = Period.month(2026, 2)
    return replace(
        document(MOBILE, paid=(PaidAhead("ZAL-2026-0005", "2026800005", 100_000_000),)),
        usage_by_day=month_of_use(period),
        usage_by_class=(
            ClassUse("Volání do mobilních sítí", Decimal("30.5"), "min", 106_750_000),
            ClassUse("Data v České republice", Decimal(10532), "MB", 49_000_000),
            ClassUse("Volání ze Švýcarska", Decimal(3), "min", 36_300_000),
            ClassUse("SMS v České republice", Decimal(12), "SMS", 18_000_000),
        ),
        itemised=calls(40, period),
    )


@pytest.fixture
def business() -> InvoiceDocument:
    drafts = [
        Draft(
            ("fees", "devices", "messaging", "credit")[number % 4],
            f"Řádek služby číslo {number}",
            "-12.34" if number % 4 == 3 else f"{number}.{number:02d}",
            str(number),
            "item",
            "ks",
            rate="12" if number % 5 == 0 else "21",
            clauses=("simplecell/5.7",),
            service=f"+4206010000{number // 6:02d}",
        )
        for number in range(1, 61)
    ]
    return document(drafts, prices_with_vat=False, buyer=COMPANY, number="2026000124")


@pytest.fixture
def single() -> InvoiceDocument:
    return document([Draft("fees", "Monthly fee", "6.50", "1", "month", "month")], language="en", number="2026000125")


@pytest.fixture
def credit_note(mobile: InvoiceDocument) -> InvoiceDocument:
    lines, rows = lines_of(MOBILE[1:2], prices_with_vat=True)
    return replace(credit_of(mobile), lines=lines, vat=rows, usage_by_day=(), usage_by_class=(), itemised=())


@pytest.fixture
def every_document(mobile, business, single, credit_note) -> tuple[InvoiceDocument, ...]:
    return mobile, business, single, credit_note


@pytest.fixture
def make_document() -> Callable[..., InvoiceDocument]:
    return document


@pytest.fixture
def draft() -> type[Draft]:
    return Draft


@pytest.fixture
def read_xml() -> Callable[[bytes], etree._Element]:
    """Reads bytes without entities, network or oversized trees."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return lambda written: etree.fromstring(written, parser)
