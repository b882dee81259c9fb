"""One finished invoice or credit note as a frozen value: all that is printed, nothing that is still to be decided."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Final, Literal
from uuid import UUID

from spojka.kernel.time import Period
from spojka.revenue.documents.vat import HALER_MICROS, NOTHING, Amounts, VatRow
from spojka.terms.clauses import Language

Kind = Literal["invoice", "credit_note"]
Group = Literal[
    "fees",
    "calls",
    "sms",
    "mms",
    "data",
    "roaming",
    "messaging",
    "devices",
    "payments",
    "one_off",
    "penalty",
    "credit",
    "other",
]
"""What a line is for; lines of one service are printed in this order."""

UseKind = Literal["voice", "sms", "mms", "data", "payment", "device"]

CURRENCY: Final = "CZK"
"""The one currency documents are issued in (simplecell/5.6)."""


_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_NOT_WRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters outside XML 1.0 (its production 2)."""


class InvoiceNotConsistent(ValueError):
    """Figures or facts of a document contradict each other; it must not be issued. The text names both."""


@dataclass(frozen=True, slots=True)
class DocumentParty:
    """
    Seller or buyer as printed.

    Args:
        name: the firm or the person.
        street: street with building number, like `Dlouhá 12/3`.
        city: the town.
        zip_code: the postal code as written, like `110 00`.
        country: ISO 3166 alpha-2.
        ico: company number; empty for consumers.
        dic: VAT number with its country prefix; empty for those who are not registered.
        register_entry: the entry in the commercial register, in the document's language.

    """

    name: str
    street: str
    city: str
    zip_code: str
    country: str = "CZ"
    ico: str = ""
    dic: str = ""
    register_entry: str = ""
    email: str = ""
    phone: str = ""
    web: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """
    How the provider looks on paper.

    Args:
        name: what stands in the header; empty takes the seller's name.
        color: the leading colour, `#rrggbb`; text is set in it as dark as reading needs.

    """

    name: str = ""
    color: str = "#1b4d5c"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """
    Where to pay.

    Args:
        iban: without spaces.
        bic: ISO 9362, may be empty.
        bank_name: the bank's name, may be empty.

    """

    iban: str
    bic: str = ""
    bank_name: str = ""

    @property
    def adds_up(self) -> bool:
        """
        Whether the IBAN's check digits fit it (ISO 13616).

        >>> BankAccount("CZ6508000000192000145399").adds_up, BankAccount("CZ6508000000192000145398").adds_up
        (True, False)
        """
        if not _IBAN.fullmatch(self.iban):
            return False
        return int("".join(str(int(sign, 36)) for sign in self.iban[4:] + self.iban[:4])) % 97 == 1

    @property
    def bank_code(self) -> str:
        """The four digits of a Czech bank; empty for an account abroad."""
        return self.iban[4:8] if self.iban.startswith("CZ") else ""

    @property
    def domestic(self) -> str:
        """
        The number Czech payers write, without the bank's code; the IBAN itself for an account abroad.

        >>> BankAccount("CZ6508000000192000145399").domestic
        '19-2000145399'
        """
        if not self.bank_code:
            return self.iban
        prefix, number = self.iban[8:14].lstrip("0"), self.iban[14:24].lstrip("0")
        return f"{prefix}-{number}" if prefix else number


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """
    One line: a quantity of something at a rate of VAT, and why.

    Args:
        id: unique in the document, at most 36 characters; what a dispute names.
        text: in the document's language.
        quantity: exact; zero only when nothing is charged. Its sign is that of the amounts or positive.
        unit: `min`, `sms`, `mms`, `MB`, `GB`, `month`, `day`, `h`, `message`, `device`, `item`.
        unit_text: the unit in the document's language.
        base_micros, tax_micros, gross_micros: multiples of 0.01; in a credit note positive gives money back.
        clauses: ids of the clauses the amount rests on, like `nej/2.11`.
        service: number or name of the service, like `+420601000001`; empty for what belongs to the whole contract.
        vat_note: the law's reason for an exemption; empty at a rate of zero means outside the scope of VAT.
        period: the days this line is for, when not the document's.

    """

    id: str
    group: Group
    text: str
    quantity: Decimal
    unit: str
    unit_text: str
    vat_rate_pct: Decimal
    base_micros: int
    tax_micros: int
    gross_micros: int
    clauses: tuple[str, ...] = ()
    service: str = ""
    vat_note: str = ""
    period: Period | None = None

    @property
    def amounts(self) -> Amounts:
        """Base, tax and gross."""
        return Amounts(self.base_micros, self.tax_micros, self.gross_micros)


@dataclass(frozen=True, slots=True)
class PaidAhead:
    """
    Money already received and set against this document (no tax document of its own was due for it).

    Args:
        document: number of the advance invoice, deposit or payment.
        variable_symbol: what it was paid under.
        amount_micros: positive, a multiple of 0.01.

    """

    document: str
    variable_symbol: str
    amount_micros: int


@dataclass(frozen=True, slots=True)
class DayUse:
    """What was used on one Prague day, all services together."""

    on: date
    voice_s: int = 0
    sms: int = 0
    data_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ClassUse:
    """
    What was used of one class in the whole period.

    Args:
        text: the class in the document's language, like `Volání do mobilních sítí`.
        units: how much, in `unit_text`.
        amount_micros: what it cost on this document, in the leading price (gross for consumers, net for business).

    """

    text: str
    units: Decimal
    unit_text: str
    amount_micros: int


@dataclass(frozen=True, slots=True)
class ItemisedRow:
    """
    One record of the itemised list (nej/3.8, nej/2.11).

    Args:
        kind: decides the unit: seconds for voice, bytes for data, pieces for the rest.
        other: the other number, the merchant or the access point.
        class_text: the class in the document's language.
        real, billed, free, paid: whole units: measured, after rounding, taken from free units, charged.
        price_micros: in the leading price, exact to 4 decimals.

    """

    at: datetime
    kind: UseKind
    other: str
    class_text: str
    real: int
    billed: int
    free: int
    paid: int
    price_micros: int
    service: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """
    A finished document. Making one checks it: `InvoiceNotConsistent` says what disagrees.

    Args:
        id: the invoice's own id, the same in every copy and format.
        number: as printed, unique for the seller.
        kind: `invoice`, or `credit_note` whose positive amounts lower what the buyer owes.
        language: of all printed words.
        issued_on: day of issue.
        taxable_supply_on: day of taxable supply (DUZP).
        due_on: already rolled to a working day; printed as it is.
        period: the days billed.
        variable_symbol: at most 10 digits.
        lines: at least one.
        vat: one row a rate (see `vat.split_vat`).
        prices_with_vat: true when gross prices lead (consumers), false when net prices do (business).
        corrects: a credit note's original number; then also `corrects_issued_on` and `correction_reason`.
        paid: what was received ahead.
        contract, customer: their numbers as the customer knows them.
        contract_signed_on: lets structured formats refer to the contract.
        agreed_electronic: the document by which the buyer agreed to electronic invoices (mandatory in ISDOC).
        note: a short free text to the buyer.
        itemised: printed on pages of its own when not empty.

    """

    id: UUID
    number: str
    kind: Kind
    language: Language
    issued_on: date
    taxable_supply_on: date
    due_on: date
    period: Period
    seller: DocumentParty
    buyer: DocumentParty
    account: BankAccount
    variable_symbol: str
    lines: tuple[DocumentLine, ...]
    vat: tuple[VatRow, ...]
    prices_with_vat: bool
    corrects: str = ""
    corrects_issued_on: date | None = None
    correction_reason: str = ""
    paid: tuple[PaidAhead, ...] = ()
    contract: str = ""
    contract_signed_on: date | None = None
    customer: str = ""
    agreed_electronic: str = ""
    note: str = ""
    brand: Brand = Brand()
    usage_by_day: tuple[DayUse, ...] = ()
    usage_by_class: tuple[ClassUse, ...] = ()
    itemised: tuple[ItemisedRow, ...] = ()

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_facts(self)
        _check_taxes(self)
        _check_amounts(self)

    @property
    def total(self) -> Amounts:
        """Base, tax and gross of the whole document."""
        return sum((row.amounts for row in self.vat), NOTHING)

    @property
    def paid_micros(self) -> int:
        """What was received ahead, together."""
        return sum(paid.amount_micros for paid in self.paid)

    @property
    def to_pay_micros(self) -> int:
        """Gross less what was received ahead; below zero it is an overpayment. In a credit note what is returned."""
        return self.total.gross_micros - self.paid_micros

    @property
    def services(self) -> tuple[str, ...]:
        """The services the lines name, in the order they first appear."""
        return tuple(dict.fromkeys(line.service for line in self.lines))


_TEXTS: Final[dict[type, attrgetter[tuple[str, ...]]]] = {
    part: attrgetter(*(field.name for field in fields(part) if field.type == "str"))
    for part in (DocumentParty, DocumentLine, PaidAhead, InvoiceDocument)
}


def _check_texts(document: InvoiceDocument) -> None:
    parts = (document, document.seller, document.buyer, *document.lines, *document.paid)
    found = _NOT_WRITABLE.search("".join(text for part in parts for text in _TEXTS[type(part)](part)))
    if found:
        raise InvoiceNotConsistent(f"{document.number}: {found[0]!r} is a character that no e-invoice can hold")


def _check_facts(document: InvoiceDocument) -> None:
    if not document.lines:
        raise InvoiceNotConsistent(f"{document.number} has no line")
    ids = [line.id for line in document.lines]
    if len(set(ids)) != len(ids):
        raise InvoiceNotConsistent(f"{document.number} has two lines with one id")
    if (document.kind == "credit_note") != bool(document.corrects):
        original = document.corrects or "nothing"
        raise InvoiceNotConsistent(f"{document.number}: kind {document.kind} cannot correct {original}")
    if document.corrects and (document.paid or document.total.gross_micros < 0):
        raise InvoiceNotConsistent(f"{document.number}: a credit note gives money back and has nothing paid ahead")
    if not document.account.adds_up:
        raise InvoiceNotConsistent(f"{document.number}: {document.account.iban!r} is no IBAN")
    symbol = document.variable_symbol
    if not (symbol.isascii() and symbol.isdigit() and len(symbol) <= 10):
        raise InvoiceNotConsistent(f"{document.number}: variable symbol {symbol!r} is not 1 to 10 digits")
    for line in document.lines:
        if not 0 < len(line.id) <= 36:
            raise InvoiceNotConsistent(f"{document.number}: line id {line.id!r} is not 1 to 36 characters long")
        if not line.quantity and (line.base_micros or line.gross_micros):
            raise InvoiceNotConsistent(f"{document.number}: line {line.id} charges for a quantity of zero")


def _check_taxes(document: InvoiceDocument) -> None:
    for line in document.lines:
        if line.vat_rate_pct < 0:
            raise InvoiceNotConsistent(f"{document.number}: line {line.id} has a negative rate of VAT")
        if line.vat_rate_pct and not document.seller.dic:
            raise InvoiceNotConsistent(
                f"{document.number}: line {line.id} charges VAT but the seller has no VAT number"
            )
        if line.vat_rate_pct and line.vat_note:
            raise InvoiceNotConsistent(f"{document.number}: line {line.id} is both taxed and exempt")


def _check_amounts(document: InvoiceDocument) -> None:
    rates = [row.vat_rate_pct for row in document.vat]
    if len(set(rates)) != len(rates) or set(rates) != {line.vat_rate_pct for line in document.lines}:
        raise InvoiceNotConsistent(f"{document.number}: rows of VAT {rates} are not the rates of its lines")
    for amounts in (*(line.amounts for line in document.lines), *(row.amounts for row in document.vat)):
        if amounts.base_micros + amounts.tax_micros != amounts.gross_micros:
            raise InvoiceNotConsistent(f"{document.number}: base and tax are not the gross of {amounts}")
        if amounts.base_micros % HALER_MICROS or amounts.tax_micros % HALER_MICROS:
            raise InvoiceNotConsistent(f"{document.number}: {amounts} is not in whole 0.01")
    for row in document.vat:
        rate = row.vat_rate_pct
        lines = sum((line.amounts for line in document.lines if line.vat_rate_pct == rate), NOTHING)
        if lines != row.amounts:
            raise InvoiceNotConsistent(f"{document.number}: lines at {rate} % are {lines}, the row is {row}")
    for paid in document.paid:
        if paid.amount_micros <= 0 or paid.amount_micros % HALER_MICROS:
            raise InvoiceNotConsistent(f"{document.number}: {paid} is not a positive amount in whole 0.01")
