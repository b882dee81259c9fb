"""What can be ordered today, for pages and programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.money import Money
from spojka.terms.clauses import Term
from spojka.trade.catalogue import units as _units  # noqa: F401  # a price list's units are checked before publication
from spojka.trade.catalogue.terms import Catalogue, CoverageTerms
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to order; `units` are the free units as the price list writes them."""

    kind: str
    code: str
    title_cs: str
    title_en: str
    price: Term[Money]
    units: dict[str, str]
    data_mb: int | None


@query("catalogue.offers", permission="catalogue.read", customers=True)
def offers(ctx: Context, *, on: date | None = None) -> list[Offer]:
    """Tariffs, add-ons and top-ups of the price list valid on a day (default today)."""
    catalogue = shelf_of(ctx).sheet(Catalogue, on or ctx.today)
    found = [
        Offer(
            "tariff",
            code,
            each.title_cs.value,
            each.title_en.value,
            each.monthly_fee,
            {name: str(pool.amount.value) for name, pool in each.pool.items()},
            each.data_basic_mb.value,
        )
        for code, each in catalogue.tariff.items()
    ]
    found += [
        Offer(
            "addon",
            code,
            addon.title_cs.value,
            addon.title_en.value,
            addon.monthly_fee,
            {name: str(pool.amount.value) for name, pool in addon.pool.items()},
            addon.data_mb.value if addon.data_mb else None,
        )
        for code, addon in catalogue.addon.items()
    ]
    return found + [
        Offer("topup", code, topup.title_cs.value, topup.title_en.value, topup.price, {}, topup.data_mb.value)
        for code, topup in catalogue.topup.items()
    ]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where to see whether there is a signal at a place; no order asks for an address (nej/2.9)."""

    map: Term[str]


@query("catalogue.coverage", permission="catalogue.read", customers=True)
def coverage(ctx: Context) -> Coverage:
    """The map of coverage that an order and the portal link (nej/2.9)."""
    return Coverage(shelf_of(ctx).sheet(CoverageTerms, ctx.today).coverage_map_url)
