"""Contact persons named, changed, and disclosed to whoever complains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.contacts.rules import (
    Company,
    Contact,
    disclosed,
    refuse_contact,
    refuse_disclosure,
    speaks,
)
from spojka.network.messaging.applications.contacts.store import add_disclosure, contacts_at, put_contact
from spojka.network.messaging.applications.contacts.terms import ContactTerms
from spojka.network.messaging.recipients import RecipientTerms, normalise_recipient
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.trade.notices.store import Channel, NewNotice, tell
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import lock_service, service_row

ACTS_FOR_SUBSCRIBER: Final = "connector.activate"
"""The permission to conclude contracts: a customer's login that holds it acts for the subscriber (o2/2.1)."""


@dataclass(frozen=True, slots=True)
class ContactNamed:
    """The contact person of an application from an instant on, and the clause it rests on."""

    application: ServiceId
    name: str
    phone: str
    login: str
    valid_from: datetime
    required: Term[bool]


@dataclass(frozen=True, slots=True)
class ContactDisclosed:
    """What a complainant was told, and the id of the record of it."""

    disclosure: UUID
    told: Mapping[str, str]
    allowed: Term[list[str]]


@operation(
    "connector.name_contact",
    permission="connector.use",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "CONTACT_PERSON_MISSING", "CONTACT_PHONE_INVALID", "NOT_CONTACT_PERSON"),
)
def name_contact(
    ctx: Context, *, application: ServiceId, name: str, phone: str, login: str = ""
) -> ContactNamed | Refusal:
    """
    Name an application's contact person from now on; the one before, the new one and the subscriber are told.

    Of a customer's logins only those that act for the subscriber may, and the present contact person's (o2/8.2).
    """
    lock_service(ctx, application)
    row = service_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    terms = shelf_of(ctx).sheet(ContactTerms, ctx.today)
    written = phone.replace(" ", "")
    number = normalise_recipient(written, shelf_of(ctx).sheet(RecipientTerms, ctx.today)) or written
    refusal = refuse_contact(application=application, name=name, phone=number, terms=terms)
    if refusal is not None:
        return refusal
    before = contacts_at(ctx, [application], ctx.now).get(application)
    if not may_name_contact(ctx, before):
        return refuse("NOT_CONTACT_PERSON", terms.contact_person_required, figures={"asked": ctx.actor.name})
    put_contact(ctx, application=application, name=name.strip(), phone=number, login=login)
    named = Contact(name.strip(), number, login, ctx.now, None)
    people = (before, named) if before is not None else (named,)
    _tell_change(ctx, row, people, terms)
    publish(ctx, kind="contact_named", key=f"service:{application}", body={"application": application})
    return ContactNamed(
        application, named.name, named.phone, named.login, named.valid_from, terms.contact_person_required
    )


def may_name_contact(ctx: Context, present: Contact | None) -> bool:
    """Whether who acts may change the contact person: staff, the subscriber itself, or the present one (o2/8.2)."""
    if ctx.actor.party is None or ctx.actor.may(ACTS_FOR_SUBSCRIBER):
        return True
    return speaks(present, login=ctx.actor.name, for_customer=True, asked_by=None)


def _tell_change(ctx: Context, service: Row, people: Sequence[Contact], terms: ContactTerms) -> None:
    """Tell the subscriber, the contact person there was, and the one there is: the last of `people`."""
    named, application = people[-1], service["id"]
    own: list[tuple[tuple[Channel, ...], str]] = [(("email", "portal"), "")]
    own += [(("sms",), phone) for phone in dict.fromkeys(one.phone for one in people)]
    tell(
        ctx,
        [
            NewNotice(
                kind="contact_named",
                channels=channels,
                subject={"cs": "Kontaktní osoba vaší aplikace", "en": "The contact person of your application"},
                body={
                    "cs": f"Kontaktní osobou aplikace {application} je od této chvíle {named.name}, {named.phone}.",
                    "en": f"From now on {named.name}, {named.phone}, is the contact person of the application"
                    f" {application}.",
                },
                clauses=(terms.contact_person_required.ref.id,),
                key=f"contact-named:{ctx.call_id}:{recipient}",
                party=PartyId(service["party_id"]),
                recipient=recipient,
            )
            for channels, recipient in own
        ],
    )


@operation(
    "connector.disclose_contact",
    permission="connector.disclose",
    refusals=("SERVICE_UNKNOWN", "CONTACT_PERSON_MISSING", "DISCLOSURE_NOT_PERMITTED"),
)
def disclose_contact(
    ctx: Context, *, application: ServiceId, complainant: str, phone: str = "", case: str = ""
) -> ContactDisclosed | Refusal:
    """
    Tell a complainant who an application's subscriber and contact person are today, and keep a record of it (o2/8.2).

    Only a user of a mobile number (E.164) who complains of a message in a case is told.
    """
    row = service_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    terms = shelf_of(ctx).sheet(ContactTerms, ctx.today)
    refusal = refuse_disclosure(phone=phone.replace(" ", ""), case=case, terms=terms)
    if refusal is not None:
        return refusal
    contact = contacts_at(ctx, [application], ctx.now).get(application)
    if contact is None:
        return refuse("CONTACT_PERSON_MISSING", terms.contact_person_required, figures={"application": application})
    told = disclosed(_company(ctx, PartyId(row["party_id"])), contact, terms.disclosed_fields.value)
    kept = add_disclosure(
        ctx, application=application, complainant=complainant, phone=phone.replace(" ", ""), case=case, told=told
    )
    return ContactDisclosed(kept, told, terms.disclosed_fields)


def _company(ctx: Context, party: PartyId) -> Company:
    row = party_row(ctx, party)
    assert row is not None
    place = " ".join(part for part in (row["zip_code"], row["city"]) if part)
    return Company(row["name"], row["ico"] or "", ", ".join(part for part in (row["street"], place) if part))
