"""
The pools of units that a service may hold, as slots of one book for all tariffs of the price lists it is made from.

A tariff's pool stands at place 0 of its kind and scope; add-ons follow by time of activation (nej/2.13), as many places
as the price lists have add-ons with that kind and scope. Data has three buckets, used in the order of nej/2.17.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from spojka.charging.rating.terms import Slot
from spojka.trade.catalogue.terms import Catalogue, PoolTerms

SCOPES: Final = ("own_network", "other_networks", "fixed", "all_networks", "all_but_own")
"""Scopes of free units; `all_but_own` is `all_networks` of a product that leaves its own network out."""

BASIC, CARRIED, PURCHASED = "data.basic", "data.carried", "data.purchased"
DATA_SLOTS: Final = (BASIC, CARRIED, PURCHASED)
"""Data buckets in their order of use."""

Places = Mapping[tuple[str, str], int]
"""How many slots a kind and scope have."""


def pool_slot(kind: str, scope: str, place: int) -> str:
    """The name of a pool's slot: `voice.all_networks.0` is the tariff's, further places are add-ons'."""
    return f"{kind}.{scope}.{place}"


def scope_of(pool: PoolTerms) -> str:
    """The scope a pool is filed under."""
    scope = pool.scope.value
    return "all_but_own" if scope == "all_networks" and not pool.includes_own.value else scope


def places_in(catalogues: Iterable[Catalogue]) -> Places:
    """Places needed for every kind and scope that any tariff or add-on has."""
    found: dict[tuple[str, str], int] = {}
    for catalogue in catalogues:
        addons: Counter[tuple[str, str]] = Counter()
        for addon in catalogue.addon.values():
            addons.update((pool.kind.value, scope_of(pool)) for pool in addon.pool.values())
        tariffs = {
            (pool.kind.value, scope_of(pool)) for tariff in catalogue.tariff.values() for pool in tariff.pool.values()
        }
        for key in tariffs | set(addons):
            found[key] = max(found.get(key, 0), 1 + addons[key])
    return found


def slots_for(places: Places) -> tuple[Slot, ...]:
    """Every slot of the book, in the order of their codes."""
    ordered = sorted(places, key=lambda key: (key[0], SCOPES.index(key[1])))
    pools = [Slot(pool_slot(kind, scope, place)) for kind, scope in ordered for place in range(places[kind, scope])]
    return (*pools, *(Slot(name, volume=True) for name in DATA_SLOTS))


def chain_of(places: Places, kind: str, scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Slots in the order they are used: scope by scope, within one the tariff's before the add-ons'."""
    return tuple(pool_slot(kind, scope, place) for scope in scopes for place in range(places.get((kind, scope), 0)))
