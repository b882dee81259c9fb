"""The pools that bind on a day: the pack's blocks with the terms that set them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from spojka.trade.numbering.pools.rules import Block, NumberPool
from spojka.trade.numbering.pools.terms import NumberPoolTerms, PoolKind
from spojka.trade.publications.shelf import Shelf


class PoolMissing(LookupError):
    """A product needs a number of a kind of which the pack has no pool, or a pool of the pack has no terms."""


def pools_on(shelf: Shelf, on: date) -> Mapping[str, NumberPool]:
    """Every pool of the pack by its code, in the pack's order; none for a pack without pools."""
    listed = shelf.pack.raw.get("number_pool", [])
    if not listed:
        return {}
    terms = shelf.sheet(NumberPoolTerms, on).number_pool
    found = {}
    for each in listed:
        if each["code"] not in terms:
            raise PoolMissing(f"the pack {shelf.pack.code} lists the pool {each['code']}, no clause in force sets it")
        blocks = tuple(Block(one["from"], one["to"], one.get("pairs")) for one in each["blocks"])
        found[each["code"]] = NumberPool(each["code"], blocks, terms[each["code"]])
    return found


def pool_for(pools: Mapping[str, NumberPool], *, product: str, kind: PoolKind) -> NumberPool:
    """The pool that gives a product numbers of a kind; raises `PoolMissing`."""
    for pool in pools.values():
        if pool.terms.kind.value == kind and product in pool.terms.products.value:
            return pool
    raise PoolMissing(f"no pool gives {product} a number of the kind {kind}; there are {', '.join(pools) or 'none'}")
