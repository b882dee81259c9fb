"""The free program as it is offered to a subscriber."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import PartyId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.downloads.packing import packed_client
from spojka.network.messaging.applications.downloads.store import downloads_of, runs_any
from spojka.network.messaging.terms import ConsultationTerms
from spojka.terms.clauses import Term
from spojka.trade.parties import operations as _parties  # noqa: F401  # PARTY_UNKNOWN
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class TakenView:
    """One download: which version, when, by whom."""

    version: str
    sha256: str
    downloaded_at: datetime
    downloaded_by: str


@dataclass(frozen=True, slots=True)
class ProgramView:
    """
    The program: what the file is, what it costs, whether this subscriber may have it.

    Args:
        sha256: of the file, hexadecimal.
        products: whose subscribers may have it; for anybody else this is the note.
        entitled: whether the subscriber has a running application of one of them.
        downloads: the subscriber's own, the latest first.

    """

    filename: str
    version: str
    licence: str
    sha256: str
    size_bytes: int
    price: Term[Money]
    products: Term[list[str]]
    entitled: bool
    downloads: list[TakenView]


@query("connector.mms_application", permission="connector.read", customers=True, refusals=("PARTY_UNKNOWN",))
def mms_application(ctx: Context, *, party: PartyId) -> ProgramView | Refusal:
    """The free program for MMS: its file, version, checksum and licence, and to whom it belongs (o2/8.8)."""
    if party_row(ctx, party) is None or ctx.actor.party not in (None, party):
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    terms, file = shelf_of(ctx).sheet(ConsultationTerms, ctx.today), packed_client()
    return ProgramView(
        file.filename,
        file.version,
        file.licence,
        file.sha256,
        len(file.content),
        terms.mms_application_price,
        terms.mms_application_products,
        runs_any(ctx, party, terms.mms_application_products.value),
        [TakenView(**row) for row in downloads_of(ctx, party, MOST_LISTED)],
    )
