"""An application made of a drafted contract, a service that waits, and its two numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.kernel.ids import OrderId, PartyId, ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.contacts.operations import name_contact
from spojka.network.messaging.applications.store import add_application
from spojka.terms.editions import Edition
from spojka.trade.contracts.drafting import Line, draft_with_service
from spojka.trade.numbering.pools.allocating import NumberPair, allocate_pair
from spojka.trade.publications.shelf import Shelf, shelf_of

CONDITIONS = "operating_rules"
"""The type of the document whose acceptance switching on means (o2/10.3)."""


@dataclass(frozen=True, slots=True)
class ContactGiven:
    """The contact person named with an order; one without a phone is nobody yet. `login` is the person's sign-in."""

    name: str
    phone: str = ""
    login: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What an order asks for.

    Args:
        product: its code.
        name: what the subscriber calls the application.
        on_behalf_of: the company it serves when that is another than the subscriber.
        contact: who will be asked about complaints.
        app_number, msisdn: numbers asked for by hand.

    """

    party: PartyId
    product: str
    name: str
    on_behalf_of: str = ""
    contact: ContactGiven | None = None
    app_number: str | None = None
    msisdn: str | None = None


def wanted_of(asked: Mapping[str, object]) -> Wanted:
    """What a stored order asks for."""
    contact = asked.get("contact")
    fields = {name: asked.get(name) for name in ("app_number", "msisdn")}
    given = ContactGiven(**{name: str(value) for name, value in contact.items()}) if isinstance(contact, dict) else None
    return Wanted(
        party=PartyId(UUID(str(asked["party"]))),
        product=str(asked["product"]),
        name=str(asked["name"]),
        on_behalf_of=str(asked.get("on_behalf_of", "")),
        contact=given,
        app_number=None if fields["app_number"] is None else str(fields["app_number"]),
        msisdn=None if fields["msisdn"] is None else str(fields["msisdn"]),
    )


def bundle(shelf: Shelf, product: str, ctx: Context) -> list[Edition]:
    """The editions in force today that a contract for a product consists of, the strongest first (o2/1.1, 1.3)."""
    facts = shelf.pack.product(product)
    assert facts is not None
    kinds = {code: document.kind for code, document in shelf.pack.documents.items()}
    return [one for one in shelf.bound(ctx.today).editions if kinds[one.document] in facts["requires"]]


def named(edition: Edition) -> str:
    """An edition as contracts name it."""
    return f"{edition.document}@{edition.edition}"


def open_application(ctx: Context, wanted: Wanted, order: OrderId) -> tuple[ServiceId, NumberPair] | Refusal:
    """Give out numbers and write the draft, its service and the application; nothing runs until it is activated."""
    shelf = shelf_of(ctx)
    facts = shelf.pack.product(wanted.product)
    assert facts is not None
    service = ServiceId(uuid7())
    pair = allocate_pair(
        ctx, product=wanted.product, service=service, app_number=wanted.app_number, msisdn=wanted.msisdn
    )
    if isinstance(pair, Refusal):
        return pair
    draft_with_service(
        ctx,
        party=wanted.party,
        product=wanted.product,
        editions=[named(one) for one in bundle(shelf, wanted.product, ctx)],
        service=Line(service, pair.msisdn, "", "", facts["default_tariff"]),
        from_on=ctx.today,
        order=order,
    )
    add_application(
        ctx,
        application=service,
        party=wanted.party,
        product=wanted.product,
        name=wanted.name,
        app_number=pair.app_number,
        msisdn=pair.msisdn,
    )
    contact = wanted.contact
    if contact is not None and contact.phone.strip():
        refusal = name_contact(ctx, application=service, name=contact.name, phone=contact.phone, login=contact.login)
        if isinstance(refusal, Refusal):
            return refusal
    return service, pair
