"""QR Platba: the Czech payment code, as text and as a picture (qr-platba.cz, format specification 1.0)."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

import segno

from spojka.kernel.money import Money
from spojka.revenue.documents.invoice import CURRENCY, BankAccount, InvoiceDocument
from spojka.revenue.documents.vat import HALER_MICROS

ALPHABET: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
"""What a QR code stores compactly; the whole text stays inside it."""

MESSAGE_LENGTH: Final = 60
RECIPIENT_LENGTH: Final = 35
AMOUNT_LENGTH: Final = 10
SYMBOL_LENGTH: Final = 10

_ESCAPED: Final = {"*": "%2A", "%": "%25"}
_SPOKEN: Final = {",": ".", ";": ".", "&": "+", "_": "-", "–": "-", "—": "-", "Ł": "L", "Ø": "O", "Đ": "D"}


class PaymentCodeNotPossible(ValueError):
    """A payment that QR Platba cannot carry: the text says which value and why."""


def _plain(text: str, length: int) -> str:
    """A value in the compact alphabet, at most `length` characters with its escapes; an escape is never cut in half."""
    shown = ""
    for letter in unicodedata.normalize("NFKD", text).upper():
        if unicodedata.combining(letter):
            continue
        spoken = _SPOKEN.get(letter, letter)
        piece = _ESCAPED.get(spoken, spoken if spoken in ALPHABET else " ")
        if piece == " " and (not shown or shown.endswith(" ")):
            continue
        if len(shown) + len(piece) > length:
            break
        shown += piece
    return shown.rstrip()


@dataclass(frozen=True, slots=True)
class Payment:
    """
    What a code asks for.

    Args:
        account: who is paid.
        amount_micros: in CZK; positive and in whole 0.01.
        due_on: the day money should arrive.
        variable_symbol: at most 10 digits.
        message, recipient: any text; what the code cannot carry is left out.

    """

    account: BankAccount
    amount_micros: int
    due_on: date | None = None
    variable_symbol: str = ""
    message: str = ""
    recipient: str = ""


def spayd(payment: Payment) -> str:
    """
    A payment as `SPD*1.0*…`; texts lose their diacritics, an asterisk inside one becomes `%2A`.

    Raises:
        PaymentCodeNotPossible: an amount that is not positive, not in whole 0.01 or longer than 10 characters, or a
            variable symbol that is not at most 10 digits.

    >>> spayd(Payment(BankAccount("CZ6508000000192000145399"), 450_000_000, message="Účet č. 7*8"))
    'SPD*1.0*ACC:CZ6508000000192000145399*AM:450.00*CC:CZK*MSG:UCET C. 7%2A8'

    """
    account, symbol, micros = payment.account, payment.variable_symbol, payment.amount_micros
    amount = f"{Money(micros).amount:f}"
    if micros <= 0 or micros % HALER_MICROS or len(amount) > AMOUNT_LENGTH:
        raise PaymentCodeNotPossible(f"amount {amount} is not between 0.01 and 9999999.99 in whole 0.01")
    if symbol and not (symbol.isascii() and symbol.isdigit() and len(symbol) <= SYMBOL_LENGTH):
        raise PaymentCodeNotPossible(f"variable symbol {symbol!r} is not at most {SYMBOL_LENGTH} digits")
    fields = {
        "ACC": f"{account.iban}+{account.bic}" if account.bic else account.iban,
        "AM": amount,
        "CC": CURRENCY,
        "DT": f"{payment.due_on:%Y%m%d}" if payment.due_on else "",
        "MSG": _plain(payment.message, MESSAGE_LENGTH),
        "RN": _plain(payment.recipient, RECIPIENT_LENGTH),
        "X-VS": symbol,
    }
    return "*".join(("SPD*1.0", *(f"{key}:{value}" for key, value in fields.items() if value)))


def payment_of(document: InvoiceDocument) -> str | None:
    """The payment a document asks for; `None` when it asks for none, or for more than a code can carry."""
    if document.kind != "invoice" or not 0 < document.to_pay_micros < 10**13:
        return None
    word = "Faktura" if document.language == "cs" else "Invoice"
    return spayd(
        Payment(
            account=document.account,
            amount_micros=document.to_pay_micros,
            due_on=document.due_on,
            variable_symbol=document.variable_symbol,
            message=f"{word} {document.number}",
            recipient=document.seller.name,
        )
    )


def svg(text: str, *, color: str = "#000000") -> bytes:
    """The code as an SVG picture, error level M, without its quiet zone (the page leaves four modules around it)."""
    drawn = io.BytesIO()
    segno.make(text, error="m", boost_error=False, micro=False).save(
        drawn, kind="svg", border=0, dark=color, xmldecl=False, omitsize=True, nl=False
    )
    return drawn.getvalue()
