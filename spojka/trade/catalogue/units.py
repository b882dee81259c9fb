"""The unit that a price list states each price for: a minute of a call, one message (nej/2.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.terms.editions import Edition
from spojka.terms.findings import refuse
from spojka.terms.refusals import define_refusal
from spojka.terms.units import UnitPrice
from spojka.trade.publications.checks import checks_editions
from spojka.trade.publications.shelf import shelf_of

define_refusal(
    "WRONG_PRICE_UNIT",
    cs="Cena {term} je {price}, má být za {unit}. Opravte ji v ceníku a zveřejněte znovu.",
    en="The price {term} is {price} and must be per {unit}. Correct the price list and publish it again.",
)

WRITTEN: Final = {"minute": "min", "message": "SMS"}
"""How a price list writes the units that clauses name."""
CALLS: Final = ("price.voice.", ".voice", ".incoming", ".voice_outside_zone")
MESSAGES: Final = ("price.sms.", ".sms", ".sms_outside_zone")


def _prices(edition: Edition, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    first, *roaming = names
    for name, clause in edition.sets.items():
        if name.startswith(first) or (name.startswith("roaming.") and name.endswith(tuple(roaming))):
            yield name, str(clause.sets[name])


def _unit(price: str) -> str | None:
    try:
        return UnitPrice.parse(price).unit
    except ValueError:
        return None


@checks_editions
def refuse_price_units(ctx: Context, kind: str, edition: Edition) -> Refusal | None:
    """Refuse a price list with a price for another unit than the rules in force on its first day name (nej/2.10)."""
    if kind != "price_list":
        return None
    bound = shelf_of(ctx).bound(edition.effective_from)
    for rule, names in (("voice_price_unit", CALLS), ("sms_price_unit", MESSAGES)):
        if rule not in bound:
            continue
        wanted = bound.term(rule)
        unit = WRITTEN[str(wanted.value)]
        for name, price in _prices(edition, names):
            if _unit(price) != unit:
                return refuse("WRONG_PRICE_UNIT", wanted, figures={"term": name, "price": price, "unit": unit})
    return None
