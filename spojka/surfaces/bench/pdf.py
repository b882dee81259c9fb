"""How many invoices a core prints in a second: eight lines, pictures of use, forty itemised records, QR Platba."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from spojka.kernel.time import PRAGUE, Period
from spojka.revenue.documents.invoice import (
    BankAccount,
    ClassUse,
    DayUse,
    DocumentLine,
    DocumentParty,
    Group,
    InvoiceDocument,
    ItemisedRow,
)
from spojka.revenue.documents.pdf import Printer
from spojka.revenue.documents.vat import PricedLine, VatRow, split_vat

RECORDS: Final = 40
VAT_PCT: Final = Decimal(21)
FEBRUARY: Final = Period.month(2026, 2)
SERVICE: Final = "+420601000001"

LINES: Final[tuple[tuple[Group, str, str, str, int, str], ...]] = (
    ("fees", "Tarif Základ, 10. až 28. února", "1", "month", 202_890_000, "nej/1.8"),
    ("calls", "Volání do mobilních sítí", "30.5", "min", 106_750_000, "nej/2.11"),
    ("calls", "Volání na pevné linky", "12", "min", 30_000_000, "nej/2.11"),
    ("sms", "SMS v České republice", "12", "sms", 18_000_000, "nej/2.10"),
    ("data", "Data nad balíček", "500", "MB", 49_000_000, "nej/2.17"),
    ("roaming", "Volání ze Švýcarska", "3", "min", 36_300_000, "nej/2.25"),
    ("payments", "Platební transakce", "1", "item", 40_000_000, "nej/6.2"),
    ("credit", "Sleva za výpadek služby", "1", "item", -10_680_000, "nej/4.5"),
)


def _lines() -> tuple[tuple[DocumentLine, ...], tuple[VatRow, ...]]:
    split = split_vat([PricedLine(VAT_PCT, line[4]) for line in LINES], prices_with_vat=True)
    lines = tuple(
        DocumentLine(
            id=str(at),
            group=group,
            text=text,
            quantity=Decimal(quantity),
            unit=unit,
            unit_text=unit,
            vat_rate_pct=VAT_PCT,
            base_micros=amounts.base_micros,
            tax_micros=amounts.tax_micros,
            gross_micros=amounts.gross_micros,
            clauses=(clause,),
            service=SERVICE,
        )
        for at, ((group, text, quantity, unit, _, clause), amounts) in enumerate(zip(LINES, split.lines, strict=True))
    )
    return lines, split.rows


def _records() -> tuple[ItemisedRow, ...]:
    first_at = datetime(2026, 2, 1, 8, tzinfo=PRAGUE)
    return tuple(
        ItemisedRow(
            at=first_at + timedelta(hours=16 * number),
            kind="voice",
            other=f"+420602{number:06d}",
            class_text="Mobilní sítě",
            real=61 + number,
            billed=61 + number,
            free=0,
            paid=61 + number,
            price_micros=3_558_300,
            service=SERVICE,
        )
        for number in range(RECORDS)
    )


def sample() -> InvoiceDocument:
    """A consumer's invoice of a usual size."""
    lines, rows = _lines()
    seller = DocumentParty(
        name="Příkladný operátor s.r.o.",
        street="Žerotínovo náměstí 12/3",
        city="Brno",
        zip_code="602 00",
        ico="00000019",
        dic="CZ00000019",
        register_entry="Zapsáno v obchodním rejstříku u Krajského soudu v Brně, oddíl C, vložka 12345",
        email="faktury@operator.example",
    )
    return InvoiceDocument(
        id=UUID("0198c0de-0000-7000-8000-000000000001"),
        number="2026000000",
        kind="invoice",
        language="cs",
        issued_on=date(2026, 3, 2),
        taxable_supply_on=date(2026, 2, 28),
        due_on=date(2026, 3, 16),
        period=FEBRUARY,
        seller=seller,
        buyer=DocumentParty(name="Eva Malá", street="Dlouhá 7", city="Praha 1", zip_code="110 00"),
        account=BankAccount("CZ6508000000192000145399", "GIBACZPX"),
        variable_symbol="2026000000",
        lines=lines,
        vat=rows,
        prices_with_vat=True,
        usage_by_day=tuple(
            DayUse(FEBRUARY.starts_on + timedelta(days=at), at * 379 % 1400, at * 7 % 5, at * 211 % 900 * 1024**2)
            for at in range(FEBRUARY.days)
        ),
        usage_by_class=tuple(
            ClassUse(line.text, line.quantity, line.unit_text, line.gross_micros) for line in lines[1:6]
        ),
        itemised=_records(),
    )


def _print(documents: Sequence[InvoiceDocument], printer: Printer) -> int:
    return sum(len(printer.draw(document)) for document in documents)


def run(*, invoices: int = 100) -> dict[str, float | int]:
    """
    Print that many different invoices one after another, after one that warms up.

    Returns:
        invoices; bytes_each (mean); wall_s; cpu_s (all threads); pdfs_per_s_per_core (invoices / cpu_s).

    """
    first = sample()
    documents = [
        replace(
            first,
            number=f"{2_026_000_001 + at}",
            variable_symbol=f"{2_026_000_001 + at}",
            buyer=replace(first.buyer, name=f"Zákazník číslo {at}"),
        )
        for at in range(invoices)
    ]
    printer = Printer()
    printer.draw(first)
    wall_began, cpu_began = time.perf_counter(), time.process_time()
    size = _print(documents, printer)
    cpu_s, wall_s = time.process_time() - cpu_began, time.perf_counter() - wall_began
    return {
        "invoices": invoices,
        "bytes_each": size // invoices,
        "wall_s": round(wall_s, 3),
        "cpu_s": round(cpu_s, 3),
        "pdfs_per_s_per_core": round(invoices / cpu_s, 1),
    }
