"""Registering people and companies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from psycopg.types.json import Jsonb

from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import PartyId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.terms.refusals import define_refusal
from spojka.trade.parties.rules import czech_sort_key, folded, refuse_party
from spojka.trade.parties.store import change_email_word, party_row, put_words

define_refusal(
    "PARTY_UNKNOWN",
    cs="Zákazník {party} není v evidenci.",
    en="There is no customer {party}.",
)

Role = Literal["customer", "reseller", "operator"]


@dataclass(frozen=True, slots=True)
class Party:
    """A registered person or company."""

    id: PartyId
    kind: str
    name: str
    email: str
    phone: str
    language: str


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in Czechia unless `country` says otherwise."""

    street: str = ""
    city: str = ""
    zip_code: str = ""
    country: str = "CZ"


@operation(
    "parties.register",
    permission="parties.write",
    refusals=("NAME_MISSING", "ICO_MISSING", "ICO_INVALID", "DIC_INVALID"),
)
def register(
    ctx: Context,
    *,
    kind: Literal["consumer", "business"],
    name: str,
    born_on: date | None = None,
    ico: str | None = None,
    dic: str | None = None,
    email: str = "",
    phone: str = "",
    language: Literal["cs", "en"] = "cs",
    address: Address = Address(),  # frozen
    roles: list[Role] = ["customer"],  # noqa: B006  # never changed
) -> Party | Refusal:
    """Register a consumer, or a business whose IČO and DIČ are checked."""
    refusal = refuse_party(kind=kind, name=name, ico=ico, dic=dic)
    if refusal is not None:
        return refusal
    party = PartyId(uuid7())
    ctx.db.execute(
        "INSERT INTO party (tenant_id, id, kind, name, sort_key, folded, born_on, ico, dic, email, phone, language,"
        " street, city, zip_code, country, roles, registered_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            ctx.tenant,
            party,
            kind,
            name.strip(),
            czech_sort_key(name.strip()),
            folded(name),
            born_on,
            ico,
            dic.upper() if dic else None,
            email,
            phone,
            language,
            address.street,
            address.city,
            address.zip_code,
            address.country,
            Jsonb(roles),
            ctx.now,
        ],
    )
    put_words(ctx, party, name=name, email=email)
    publish(ctx, kind="party_registered", key=f"party:{party}", body={"party": party})
    return Party(party, kind, name.strip(), email, phone, language)


@operation("parties.change_contact", permission="parties.write", customers=True, refusals=("PARTY_UNKNOWN",))
def change_contact(
    ctx: Context,
    *,
    party: PartyId,
    email: str | None = None,
    phone: str | None = None,
    language: Literal["cs", "en"] | None = None,
    address: Address | None = None,
) -> Party | Refusal:
    """Change how a party is reached; what is not given stays."""
    row = party_row(ctx, party)
    if row is None:
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    new = address or Address(row["street"], row["city"], row["zip_code"], row["country"])
    email, phone = row["email"] if email is None else email, row["phone"] if phone is None else phone
    ctx.db.execute(
        "UPDATE party SET email = %s, phone = %s, language = %s, street = %s, city = %s, zip_code = %s, country = %s"
        " WHERE tenant_id = %s AND id = %s",
        [
            email,
            phone,
            language or row["language"],
            new.street,
            new.city,
            new.zip_code,
            new.country,
            ctx.tenant,
            party,
        ],
    )
    if email != row["email"]:
        change_email_word(ctx, party, email)
    return Party(party, row["kind"], row["name"], email, phone, language or row["language"])
