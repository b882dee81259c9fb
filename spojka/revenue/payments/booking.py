"""What payments mean in the books: money on the bank account, a customer's advance, a receivable settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from spojka.charging.ledger.accounts import ADVANCE, BANK, RECEIVABLE, UNMATCHED
from spojka.charging.ledger.store import Entry, Posting
from spojka.kernel.ids import PartyId
from spojka.revenue.payments.rules import Part


def received(*, payment: UUID, party: UUID | None, micros: int, on: date) -> Entry:
    """Money on the account: the customer's advance, or unmatched while nobody knows whose."""
    owed = Posting(UNMATCHED, -micros) if party is None else Posting(ADVANCE, -micros, PartyId(party))
    return Entry("payment", str(payment), on, (Posting(BANK, micros), owed))


def matched(*, payment: UUID, party: UUID, micros: int, on: date) -> Entry:
    """An unmatched payment has found its customer."""
    postings = (Posting(UNMATCHED, micros), Posting(ADVANCE, -micros, PartyId(party)))
    return Entry("payment_matched", str(payment), on, postings)


def settled(*, payment: UUID, party: UUID, parts: Sequence[Part], on: date) -> list[Entry]:
    """A customer's advance settles invoices."""
    owner = PartyId(party)
    return [
        Entry(
            "allocation",
            f"{payment}:{part.invoice}:{part.micros}:{on}",
            on,
            (Posting(ADVANCE, part.micros, owner), Posting(RECEIVABLE, -part.micros, owner)),
        )
        for part in parts
    ]


def given_back(*, document: UUID, party: UUID, micros: int, on: date) -> Entry:
    """A document gave back more than the customer owed: the rest is the customer's advance."""
    owner = PartyId(party)
    return Entry(
        "given_back", str(document), on, (Posting(RECEIVABLE, micros, owner), Posting(ADVANCE, -micros, owner))
    )
