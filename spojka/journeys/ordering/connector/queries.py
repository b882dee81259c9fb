"""Who accepted which conditions by switching an application on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.journeys.ordering.connector.opening import bundle, named
from spojka.journeys.ordering.connector.store import acceptances_of
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.store import application_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN


@dataclass(frozen=True, slots=True)
class AcceptanceView:
    """The proof that an edition was accepted: which text (SHA-256), by whom, when, and by which channel (o2/10.3)."""

    contract: ContractId
    product: str
    document: str
    edition: str
    digest: str
    actor: str
    channel: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentView:
    """An edition in force that a contract consists of; `named` is what switching on takes as presented (o2/10.3)."""

    document: str
    edition: str
    named: str
    title_cs: str
    title_en: str
    effective_from: date


@query("connector.documents", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def documents(ctx: Context, *, application: ServiceId) -> list[DocumentView] | Refusal:
    """What a contract for an application consists of today, the strongest first: it is shown before switching on."""
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    shelf = shelf_of(ctx)
    titles = {code: document.titles for code, document in shelf.pack.documents.items()}
    return [
        DocumentView(
            one.document,
            one.edition,
            named(one),
            titles[one.document]["cs"],
            titles[one.document]["en"],
            one.effective_from,
        )
        for one in bundle(shelf, row["product"], ctx)
    ]


@query("connector.acceptances", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def acceptances(ctx: Context, *, application: ServiceId) -> list[AcceptanceView] | Refusal:
    """The editions accepted by switching an application on; suspending and resuming it adds none (o2/10.3)."""
    if application_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return [
        AcceptanceView(
            row["contract_id"],
            row["product"],
            row["document"],
            row["edition"],
            row["digest"],
            row["actor"],
            row["channel"],
            row["accepted_at"],
        )
        for row in acceptances_of(ctx, [application])
    ]
