"""A price list and the operating rules made into a rate book: one row for each tariff, kind, class and zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from spojka.charging.rating.rows import MESSAGES, SECONDS, SPECIALISED, PricedRow, Source, plan_rows
from spojka.charging.rating.sheet import RatingTerms
from spojka.charging.rating.slots import Places, places_in, slots_for
from spojka.charging.rating.terms import Counter, Kind, RateBook
from spojka.charging.usage.classes import DATA, HOME_ZONE, INCOMING
from spojka.terms.precedence import BoundTerms
from spojka.trade.catalogue.terms import Catalogue
from spojka.trade.publications.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Plan:
    """A tariff under one set of binding terms: what the book calls a tariff."""

    name: str
    tariff: str
    bound: BoundTerms
    catalogue: Catalogue
    terms: RatingTerms


@dataclass(frozen=True)
class PricedBook:
    """
    A rate book with the terms behind its rows.

    Args:
        book: for the rule and, compiled, for the kernel.
        plans: by name.
        places: how many slots every kind and scope has.
        sources: by row key, what a finding about a record of that row rests on.

    """

    book: RateBook
    plans: Mapping[str, Plan]
    places: Places
    sources: Mapping[tuple[str, Kind, str, str], Source]


def plan_for(shelf: Shelf, tariff: str, on: date, signed_on: date) -> Plan:
    """The plan of a tariff for a contract made on a day, as it binds on another."""
    bound = shelf.bound(on, signed_on)
    edition = next(one for one in bound.editions if f"tariff.{tariff}.monthly_fee" in one.sets)
    rules = next(one for one in bound.editions if "call_increment" in one.sets)
    return Plan(
        f"{tariff}@{edition.edition}+{rules.edition}",
        tariff,
        bound,
        shelf.sheet(Catalogue, on, signed_on),
        shelf.sheet(RatingTerms, on, signed_on),
    )


def build_book(plans: Iterable[Plan], classes: Sequence[str]) -> PricedBook:
    """
    The book of some plans, at least one.

    Args:
        plans: tariffs under binding terms.
        classes: destination classes of the number plan, and `premium_class` names for the prices that occur.

    """
    by_name = {plan.name: plan for plan in plans}
    places = places_in(plan.catalogue for plan in by_name.values())
    made: list[PricedRow] = []
    for plan in by_name.values():
        made += plan_rows(
            plan.name,
            tariff=plan.catalogue.tariff[plan.tariff],
            catalogue=plan.catalogue,
            terms=plan.terms,
            places=places,
            classes=classes,
        )
    first = next(iter(by_name.values()))
    zones = dict.fromkeys(zone for plan in by_name.values() for zone in plan.catalogue.zone)
    book = RateBook(
        rows=tuple(priced.row for priced in made),
        dest_classes=(*classes, INCOMING, DATA, SPECIALISED),
        zones=(HOME_ZONE, *zones),
        slots=slots_for(places),
        counters=(
            Counter(SECONDS, first.terms.abuse_threshold_seconds_per_month.value),
            Counter(MESSAGES, first.terms.abuse_threshold_sms_per_month.value),
        ),
        limit_micros=first.terms.roaming_data_limit_czk_incl_vat.value.micros,
        thresholds_pct=tuple(first.terms.data_notice_thresholds_pct.value),
        quantum_micros=10 ** (6 - first.terms.record_amount_decimals.value),
    )
    return PricedBook(book, by_name, places, {priced.row.key: priced.source for priced in made})
