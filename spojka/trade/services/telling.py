"""What customers are told about their services."""

from __future__ import annotations

from typing import Final

from spojka.access.operations.context import Context
from spojka.terms.clauses import Language
from spojka.terms.wording import fill
from spojka.trade.catalogue.terms import Catalogue
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.terms import ServiceTerms
from spojka.trade.services.views import ServiceView

_SUBJECT: Final[dict[Language, str]] = {
    "cs": "Služba na čísle {msisdn} je zřízena",
    "en": "The service on {msisdn} is set up",
}
_BODY: Final[dict[Language, str]] = {
    "cs": "Služba na čísle {msisdn} je od {at} zřízena a lze ji užívat. Karta: {iccid}. Tarif: {tariff}.",
    "en": "The service on {msisdn} is set up since {at} and can be used. Card: {iccid}. Tariff: {tariff}.",
}


def tell_activated(ctx: Context, view: ServiceView) -> None:
    """Tell the customer, once, that the service runs: its number, card and tariff, and since when (nej/2.5)."""
    shelf = shelf_of(ctx)
    found = shelf.sheet(Catalogue, ctx.today).tariff.get(view.tariff)
    titles: dict[Language, str] = {
        "cs": found.title_cs.value if found else view.tariff,
        "en": found.title_en.value if found else view.tariff,
    }

    def said(template: dict[Language, str]) -> dict[str, str]:
        values = {"msisdn": view.msisdn, "at": view.activated_at, "iccid": view.iccid}
        return {
            language: fill(words, values | {"tariff": titles[language]}, language)
            for language, words in template.items()
        }

    party = party_row(ctx, view.party)
    notice = NewNotice(
        kind="service_activated",
        channels=("email", "sms", "portal") if party and party["email"] else ("sms", "portal"),
        subject=said(_SUBJECT),
        body=said(_BODY),
        clauses=(shelf.sheet(ServiceTerms, ctx.today).setup_deadline_working_days.ref.id,),
        key=f"activated:{view.id}",
        party=view.party,
        service=view.id,
    )
    tell(ctx, [notice])
