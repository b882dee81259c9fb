"""What is printed on documents, in Czech and English: labels, days, amounts and quantities with their typography."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from babel import Locale

from spojka.kernel.time import PRAGUE, Period
from spojka.revenue.documents.invoice import InvoiceDocument, UseKind
from spojka.terms.clauses import Language

NBSP: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"

_PLACE: Final = {"cs": 0, "en": 1}
_THOUSANDS: Final = {"cs": NBSP, "en": ","}
_DECIMAL: Final = {"cs": ",", "en": "."}
_CURRENCY: Final = {"cs": "Kč", "en": "CZK"}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CZECH_NUMBER: Final = re.compile(r"^\+420(\d{3})(\d{3})(\d{3})$")
_BYTES: Final = (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024))

_LABELS: Final[dict[str, tuple[str, str]]] = {
    "invoice": ("Faktura", "Invoice"),
    "credit_note": ("Opravný doklad", "Credit note"),
    "tax_document": ("daňový doklad č.", "tax document no."),
    "corrective_tax_document": ("opravný daňový doklad č.", "corrective tax document no."),
    "plain_document": ("doklad č.", "document no."),
    "seller": ("Dodavatel", "Supplier"),
    "buyer": ("Odběratel", "Customer"),
    "ico": ("IČO", "Company ID"),
    "dic": ("DIČ", "VAT ID"),
    "not_vat_payer": ("Nejsme plátci DPH.", "Not registered for VAT."),
    "to_pay": ("K úhradě", "To pay"),
    "to_return": ("Vracíme vám", "We return to you"),
    "overpaid": ("Přeplatek", "Overpaid"),
    "settled": ("Není třeba nic platit.", "Nothing to pay."),
    "due_on": ("Splatnost", "Due on"),
    "settled_by": ("Vyrovnáme do", "Settled by"),
    "variable_symbol": ("Variabilní symbol", "Variable symbol"),
    "account": ("Číslo účtu", "Account"),
    "iban": ("IBAN", "IBAN"),
    "bic": ("BIC", "BIC"),
    "qr": ("QR Platba", "QR payment"),
    "qr_alt": ("Platební kód QR Platba", "QR payment code"),
    "issued_on": ("Datum vystavení", "Date of issue"),
    "taxable_supply_on": ("Datum zdanit. plnění", "Tax point"),
    "period": ("Zúčtovací období", "Billing period"),
    "contract": ("Smlouva", "Contract"),
    "customer": ("Zákaznické číslo", "Customer no."),
    "corrects": ("Opravuje doklad", "Corrects document"),
    "issued_at": ("ze dne", "of"),
    "reason": ("Důvod opravy", "Reason"),
    "services": ("Vyúčtování služeb", "Charges"),
    "credited_services": ("Opravované položky", "Corrected items"),
    "item": ("Položka", "Item"),
    "quantity": ("Množství", "Quantity"),
    "unit_price": ("Za jednotku", "Per unit"),
    "gross_unit": ("s DPH", "gross"),
    "net_unit": ("bez DPH", "net"),
    "net": ("Bez DPH", "Net"),
    "rate": ("DPH", "VAT"),
    "gross": ("S DPH", "Gross"),
    "why": ("Proč?", "Why?"),
    "why_note": (
        "Sloupec Proč? uvádí články podmínek, o které se částka opírá; jejich znění najdete v zákaznickém portálu.",
        "The column Why? names the clauses of the terms an amount rests on; read them in the customer portal.",
    ),
    "whole_contract": ("Celá smlouva", "Whole contract"),
    "vat_summary": ("Rekapitulace DPH", "VAT summary"),
    "vat_rate": ("Sazba", "Rate"),
    "base": ("Základ", "Base"),
    "tax": ("Daň", "VAT"),
    "total": ("Celkem", "Total"),
    "total_with_vat": ("Celkem s DPH", "Total incl. VAT"),
    "paid": ("Zaplaceno předem", "Paid in advance"),
    "no_vat": ("mimo DPH", "no VAT"),
    "exempt": ("osvobozeno", "exempt"),
    "outside_vat": ("Není předmětem DPH", "Outside the scope of VAT"),
    "usage": ("Vaše spotřeba", "Your usage"),
    "usage_none": ("V tomto období jste služby nevyužili.", "You did not use the services in this period."),
    "voice": ("Volání", "Calls"),
    "sms": ("SMS", "SMS"),
    "data": ("Data", "Data"),
    "by_class": ("Podle druhu provozu", "By kind of traffic"),
    "peak": ("nejvíc za den:", "most in a day:"),
    "itemised": ("Podrobný výpis", "Itemised list"),
    "when": ("Den", "Day"),
    "at": ("Čas", "Time"),
    "kind": ("Druh", "Kind"),
    "other": ("Číslo nebo cíl", "Number or target"),
    "class": ("Druh provozu", "Class"),
    "real": ("Skutečně", "Real"),
    "billed": ("Účtováno", "Billed"),
    "free": ("Z volných", "Free"),
    "charged": ("Placeno", "Charged"),
    "price": ("Cena", "Price"),
    "kind_voice": ("hovor", "call"),
    "kind_sms": ("SMS", "SMS"),
    "kind_mms": ("MMS", "MMS"),
    "kind_data": ("data", "data"),
    "kind_payment": ("platba", "payment"),
    "kind_device": ("zpráva", "message"),
    "page": ("Strana", "Page"),
    "of": ("z", "of"),
    "under": ("Podle", "Under"),
}


def label(key: str, language: Language) -> str:
    """One label."""
    return _LABELS[key][_PLACE[language]]


def labels(language: Language) -> dict[str, str]:
    """Every label by its key."""
    return {key: both[_PLACE[language]] for key, both in _LABELS.items()}


def _grouped(whole: int, language: Language) -> str:
    return f"{whole:,}".replace(",", _THOUSANDS[language])


def number(value: Decimal, language: Language) -> str:
    """
    A quantity with at most 4 decimals and none that say nothing.

    >>> number(Decimal("1030.50"), "cs").replace(NBSP, "_"), number(Decimal("-0.25"), "en")
    ('1_030,5', '−0.25')
    """
    rounded = abs(value).quantize(Decimal("0.0001"))
    whole, _, rest = f"{rounded:f}".partition(".")
    rest = rest.rstrip("0")
    sign = MINUS if value < 0 and rounded else ""
    return sign + _grouped(int(whole), language) + (f"{_DECIMAL[language]}{rest}" if rest else "")


def amount(micros: int, language: Language, decimals: int = 2) -> str:
    """
    An amount without its currency; what lies beyond `decimals` is rounded half up (a document's amounts end before).

    >>> amount(1_234_560_000, "cs").replace(NBSP, "_"), amount(-3_558_300, "en", 4)
    ('1_234,56', '−3.5583')
    """
    step: int = 10 ** (6 - decimals)
    steps = (abs(micros) + step // 2) // step
    whole, rest = divmod(steps, 10**decimals)
    sign = MINUS if micros < 0 and steps else ""
    return f"{sign}{_grouped(whole, language)}{_DECIMAL[language]}{rest:0{decimals}d}"


def money(micros: int, language: Language) -> str:
    """
    An amount with its currency, never broken over lines.

    >>> money(1_234_560_000, "cs").replace(NBSP, "_"), money(1_234_560_000, "en").replace(NBSP, "_")
    ('1_234,56_Kč', '1,234.56_CZK')
    """
    return f"{amount(micros, language)}{NBSP}{_CURRENCY[language]}"


def currency(language: Language) -> str:
    """The currency's sign."""
    return _CURRENCY[language]


def percent(rate_pct: Decimal, language: Language) -> str:
    """
    A rate, with the space the language asks for.

    >>> percent(Decimal(21), "cs").replace(NBSP, "_"), percent(Decimal("5.5"), "en")
    ('21_%', '5.5%')
    """
    return number(rate_pct, language) + (f"{NBSP}%" if language == "cs" else "%")


def day(on: date, language: Language) -> str:
    """
    A day as it is written, never broken over lines.

    >>> day(date(2026, 2, 1), "cs").replace(NBSP, "_"), day(date(2026, 2, 1), "en").replace(NBSP, "_")
    ('1._2._2026', '1_Feb_2026')
    """
    if language == "cs":
        return f"{on.day}.{NBSP}{on.month}.{NBSP}{on.year}"
    return f"{on.day}{NBSP}{_MONTHS[on.month - 1]}{NBSP}{on.year}"


def days(period: Period, language: Language) -> str:
    """First and last day of a period, both counted in."""
    last = date.fromordinal(period.ends_on.toordinal() - 1)
    return f"{day(period.starts_on, language)} – {day(last, language)}"


def clock(at: datetime) -> str:
    """The local time of an instant, to the second."""
    return f"{at.astimezone(PRAGUE):%H:%M:%S}"


def service_name(service: str, language: Language) -> str:
    """
    A Czech number in threes; any other name as it is; what belongs to no service by its own label.

    >>> service_name("+420601000001", "cs").replace(NBSP, "_")
    '+420_601_000_001'
    """
    if not service:
        return label("whole_contract", language)
    found = _CZECH_NUMBER.match(service)
    return NBSP.join(("+420", *found.groups())) if found else service


def country_name(code: str, language: Language) -> str:
    """
    A country's name by its ISO 3166 code; an unknown code stays as it is.

    >>> country_name("DE", "cs"), country_name("ZZ9", "en")
    ('Německo', 'ZZ9')
    """
    return str(Locale.parse(language).territories.get(code, code))


def duration(seconds: int) -> str:
    """
    Seconds as minutes and seconds, with hours only where there are any.

    >>> duration(61), duration(3_661)
    ('1:01', '1:01:01')
    """
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def spoken_time(seconds: int) -> str:
    """
    Seconds in hours and whole minutes, half up.

    >>> spoken_time(3_690).replace(NBSP, "_"), spoken_time(29).replace(NBSP, "_")
    ('1_h_2_min', '0_min')
    """
    hours, minutes = divmod((seconds + 30) // 60, 60)
    return f"{hours}{NBSP}h{NBSP}{minutes}{NBSP}min" if hours else f"{minutes}{NBSP}min"


def volume(count: int, language: Language) -> str:
    """
    Bytes in the largest unit they fill, to one decimal (1 kB is 1024 B, nej/1.10).

    >>> volume(5_242_880, "cs").replace(NBSP, "_"), volume(1_023, "en").replace(NBSP, "_")
    ('5_MB', '1,023_B')
    """
    for unit, size in _BYTES:
        if count >= size:
            tenths = int(Fraction(count * 10, size) + Fraction(1, 2))
            return f"{number(Decimal(tenths) / 10, language)}{NBSP}{unit}"
    return f"{_grouped(count, language)}{NBSP}B"


def units(count: int, kind: UseKind, language: Language) -> str:
    """Units of one record: minutes and seconds, a volume, or pieces."""
    if kind == "voice":
        return duration(count)
    return volume(count, language) if kind == "data" else _grouped(count, language)


def cited(clauses: Sequence[str], language: Language) -> str:
    """The clauses an amount rests on, in words; empty when none is known."""
    return f"{label('under', language)}: {', '.join(clauses)}" if clauses else ""


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """
    What a document is called and what it says besides its figures.

    Args:
        title: `Faktura`.
        subtitle: `daňový doklad č. 2026000123`.
        corrects: which document is corrected and why; empty for invoices.
        notes: everything that has no field of its own in a structured format.

    """

    title: str
    subtitle: str
    corrects: tuple[str, ...]
    notes: tuple[str, ...]


def words(document: InvoiceDocument) -> DocumentWords:
    """Title, what is corrected, and notes of a document in its own language."""
    language = document.language
    kind = "corrective_tax_document" if document.corrects else "tax_document"
    corrects: tuple[str, ...] = ()
    if document.corrects:
        original = f"{label('corrects', language)} {document.corrects}"
        if document.corrects_issued_on:
            original += f" {label('issued_at', language)} {day(document.corrects_issued_on, language)}"
        reason = f"{label('reason', language)}: {document.correction_reason}"
        corrects = (original, reason) if document.correction_reason else (original,)
    facts = (
        f"{label('period', language)}: {days(document.period, language)}",
        f"{label('contract', language)}: {document.contract}" if document.contract else "",
        f"{label('customer', language)}: {document.customer}" if document.customer else "",
    )
    return DocumentWords(
        title=label(document.kind, language),
        subtitle=f"{label(kind if document.seller.dic else 'plain_document', language)} {document.number}",
        corrects=corrects,
        notes=(*corrects, *(fact for fact in facts if fact), *((document.note,) if document.note else ())),
    )
