"""Who the contact person is and was, and whom that was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.contacts.store import contact_history, contacts_at, disclosures_of
from spojka.network.messaging.applications.contacts.terms import ContactTerms
from spojka.terms.findings import refuse
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import service_row


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact person in the half-open time `[valid_from, valid_to)`."""

    name: str
    phone: str
    login: str
    valid_from: datetime
    valid_to: datetime | None
    named_by: str


@dataclass(frozen=True, slots=True)
class DisclosureView:
    """To whom a contact person was disclosed, in which case, when, and which values."""

    id: UUID
    complainant: str
    phone: str
    case: str
    told: Mapping[str, str]
    told_at: datetime
    told_by: str


def refuse_without_contact(ctx: Context, application: ServiceId) -> Refusal | None:
    """Why an application cannot be activated now: nobody is its contact person (o2/8.2), or `None`."""
    if application in contacts_at(ctx, [application], ctx.now):
        return None
    terms = shelf_of(ctx).sheet(ContactTerms, ctx.today)
    return refuse("CONTACT_PERSON_MISSING", terms.contact_person_required, figures={"application": application})


@query("connector.contacts", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def contacts(ctx: Context, *, application: ServiceId) -> list[ContactView] | Refusal:
    """Every contact person of an application with its time, the present one last."""
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return [ContactView(**row) for row in contact_history(ctx, application)]


@query("connector.disclosures", permission="connector.disclose", refusals=("SERVICE_UNKNOWN",))
def disclosures(ctx: Context, *, application: ServiceId) -> list[DisclosureView] | Refusal:
    """Every disclosure of an application's contact persons, newest first."""
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return [DisclosureView(case=row.pop("case_number"), **row) for row in disclosures_of(ctx, application)]
