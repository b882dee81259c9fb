"""How full the pools of numbers are."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.trade.numbering.pools.reading import pools_on
from spojka.trade.numbering.pools.store import counts
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class PoolView:
    """
    One pool.

    Args:
        clause: the clause that sets it.
        size: how many numbers it has.
        held: how many services hold.
        resting: how many were released and rest.
        free: how many can be given out now.

    """

    code: str
    clause: str
    kind: str
    products: list[str]
    size: int
    held: int
    resting: int
    free: int


@query("numbering.pools", permission="numbering.read")
def pools(ctx: Context) -> list[PoolView]:
    """How many numbers of each pool are held, rest and are free; nothing for a pack without pools (o2/3.1-a)."""
    known, used = pools_on(shelf_of(ctx), ctx.today), counts(ctx)
    views = []
    for code, pool in known.items():
        held, resting = used.get(code, (0, 0))
        size, terms = len(pool), pool.terms
        clause = terms.pattern.ref.id
        views.append(
            PoolView(code, clause, terms.kind.value, terms.products.value, size, held, resting, size - held - resting)
        )
    return views
