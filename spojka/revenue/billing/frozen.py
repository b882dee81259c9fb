"""
The body of an invoice as it is kept: the document as JSON, which items stand under which line, what the books get.

What is decided at issue (number, days of issue and payment, money received ahead) stands beside it in the row and is
put in when the document is read; so the body is written once, as a draft, and hardly ever touched again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from spojka.access.database.connections import Row
from spojka.kernel.ids import ChargeId
from spojka.revenue.documents.invoice import BankAccount, Brand, DocumentParty, InvoiceDocument
from spojka.terms.clauses import Language
from spojka.trade.publications.packs import Pack

DRAFT_NUMBER: Final = "draft"
"""Stands for the number until there is one."""

_AT_ISSUE: Final = {"number", "issued_on", "due_on", "paid"}
_DOCUMENT: Final = TypeAdapter(InvoiceDocument)
_OFTEN_EMPTY: Final = ("usage_by_day", "usage_by_class", "itemised")


def to_body(document: InvoiceDocument, charges: Mapping[str, Sequence[ChargeId]], books: Mapping[str, int]) -> str:
    """The JSON kept for a drafted document."""
    left_out = {name for name in _OFTEN_EMPTY if not getattr(document, name)} | _AT_ISSUE
    kept = _DOCUMENT.dump_json(document, exclude=left_out)
    items = {line: [str(charge) for charge in ids] for line, ids in charges.items()}
    beside = json.dumps({"charges": items, "books": books}, separators=(",", ":"))
    return f'{{"document":{kept.decode()},{beside[1:]}'


def to_document(row: Row) -> InvoiceDocument:
    """
    The document of an invoice's row, drafted or issued; it is checked again when it is made.

    Args:
        row: with id, number, issued_on, due_on and body.

    """
    body = row["body"]
    at_issue = {
        "number": row["number"] or DRAFT_NUMBER,
        "issued_on": row["issued_on"] or body["document"]["taxable_supply_on"],
        "due_on": row["due_on"] or body["document"]["taxable_supply_on"],
        "paid": body.get("paid", []),
    }
    return _DOCUMENT.validate_python({**body["document"], **at_issue})


def charges_of(row: Row) -> dict[str, list[ChargeId]]:
    """The items under each line of an invoice's row, by the line's id."""
    body: dict[str, Any] = row["body"]
    return {line: [ChargeId(UUID(charge)) for charge in ids] for line, ids in body["charges"].items()}


Seller = tuple[DocumentParty, BankAccount, Brand]


@lru_cache(maxsize=32)
def _seller(provider: str, language: Language) -> Seller:
    facts = json.loads(provider)
    seat, account = facts["seat"], facts["bank_account"]
    seller = DocumentParty(
        name=facts["legal_name"],
        street=seat["street"],
        city=seat["city"],
        zip_code=seat["postal_code"],
        country=seat["country"],
        ico=facts["company_id"],
        dic=facts.get("vat", {}).get("vat_id", ""),
        register_entry=facts[f"register_{language}"],
        email=facts.get("email", ""),
        phone=facts.get("support_phone", ""),
        web=facts.get("web", ""),
    )
    iban = BankAccount(account["iban"], account.get("bic", ""), account.get("bank_name", ""))
    return seller, iban, Brand(facts["display_name"], facts["brand_colour"])


def seller_of(pack: Pack, language: Language) -> Seller:
    """Who issues, where to pay and how it looks, as the pack says (nej/1.4)."""
    return _seller(json.dumps(pack.raw["provider"], sort_keys=True), language)


def buyer_of(row: Row) -> DocumentParty:
    """The customer as printed, from its row."""
    return DocumentParty(
        name=row["name"],
        street=row["street"],
        city=row["city"],
        zip_code=row["zip_code"],
        country=row["country"],
        ico=row["ico"] or "",
        dic=row["dic"] or "",
        email=row["email"],
    )
