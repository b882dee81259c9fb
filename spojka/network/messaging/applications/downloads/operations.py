"""The free program taken by a subscriber, and its new version announced (o2/8.8)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import PartyId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.downloads import refusals as _words  # noqa: F401  # NOT_ENTITLED
from spojka.network.messaging.applications.downloads.packing import packed_client
from spojka.network.messaging.applications.downloads.store import add_download, runs_any, subscribers_of
from spojka.network.messaging.terms import ConsultationTerms
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.parties import operations as _parties  # noqa: F401  # PARTY_UNKNOWN
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Download:
    """The program's file, and the clause by which it costs nothing; `sha256` is hexadecimal."""

    filename: str
    version: str
    licence: str
    sha256: str
    price: Term[Money]
    content_base64: str


@dataclass(frozen=True, slots=True)
class Announced:
    """How many subscribers were told of a version now."""

    version: str
    told: int


@operation(
    "connector.download_application",
    permission="connector.use",
    customers=True,
    refusals=("PARTY_UNKNOWN", "NOT_ENTITLED"),
)
def download(ctx: Context, *, party: PartyId) -> Download | Refusal:
    """Take the free program, as who has a running application of MMS Connector may; it is kept on record (o2/8.8)."""
    if party_row(ctx, party) is None or ctx.actor.party not in (None, party):
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    terms, file = shelf_of(ctx).sheet(ConsultationTerms, ctx.today), packed_client()
    products = terms.mms_application_products
    if not runs_any(ctx, party, products.value):
        return refuse("NOT_ENTITLED", products, figures={"products": ", ".join(products.value)})
    add_download(ctx, party, version=file.version, sha256=file.sha256)
    content = b64encode(file.content).decode()
    return Download(file.filename, file.version, file.licence, file.sha256, terms.mms_application_price, content)


@operation("connector.announce_application", permission="connector.decide")
def announce(ctx: Context) -> Announced:
    """Tell every subscriber who may have the free program of its version, each of them once a version (o2/8.8)."""
    products, file = shelf_of(ctx).sheet(ConsultationTerms, ctx.today).mms_application_products, packed_client()
    subject = {"cs": "Nová verze aplikace pro MMS", "en": "A new version of the application for MMS"}
    body = {
        "cs": f"V portálu je ke stažení zdarma verze {file.version}. SHA-256: {file.sha256}.",
        "en": f"Version {file.version} is in the portal, free of charge. SHA-256: {file.sha256}.",
    }
    told = tell(
        ctx,
        [
            NewNotice(
                kind="program_version",
                channels=("portal",),
                subject=subject,
                body=body,
                clauses=(products.ref.id,),
                key=f"program:{file.version}:{party}",
                party=party,
            )
            for party in subscribers_of(ctx, products.value)
        ],
    )
    return Announced(file.version, told)
