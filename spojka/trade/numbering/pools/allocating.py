"""The pair of numbers that an application gets: the ones asked for or the lowest free, or why not (o2/3.1)."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.terms.findings import refuse
from spojka.trade.numbering.pools.reading import pool_for, pools_on
from spojka.trade.numbering.pools.refusals import NUMBER_TAKEN
from spojka.trade.numbering.pools.rules import (
    NumberPool,
    exhausted,
    lowest_free,
    paired_msisdn,
    rests_until,
    written,
)
from spojka.trade.numbering.pools.store import held_numbers, lock_pool, rest_numbers, take_number
from spojka.trade.numbering.pools.terms import NumberPoolTerms
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class NumberPair:
    """An application's two numbers: digits without `+`, and E.164."""

    app_number: str
    msisdn: str


def _choose(
    ctx: Context, pool: NumberPool, *, product: str, asked: str | None, preferred: str | None = None
) -> str | Refusal:
    """A free number of a pool, which is locked until the transaction ends."""
    number = None if asked is None else written(pool, asked, product=product)
    if isinstance(number, Refusal):
        return number
    lock_pool(ctx, pool.code)
    held = held_numbers(ctx, pool.code)
    if number is not None:
        taken = number in held
        return refuse(NUMBER_TAKEN, pool.terms.products, figures={"number": number}) if taken else number
    if preferred is not None and preferred not in held:
        return preferred
    return lowest_free(pool, held) or exhausted(pool)


def allocate_pair(
    ctx: Context, *, product: str, service: ServiceId, app_number: str | None = None, msisdn: str | None = None
) -> NumberPair | Refusal:
    """
    Give a service an application number and an MSISDN of its product's pools (o2/3.1, 3.1-a to 3.1-d).

    Two that ask at once get different numbers: the pools are locked until the caller's transaction ends, and nothing is
    taken when either number is refused. Refuses with `NUMBER_FORMAT_INVALID`, `NUMBER_TAKEN`, `POOL_EXHAUSTED`.

    Args:
        ctx: the call.
        product: whose pools; raises `PoolMissing` when the pack has none for it.
        service: who gets them.
        app_number: a number asked for by hand, in any written form (default: the lowest free one).
        msisdn: likewise (default: the one with the same tail, or the lowest free one where that is taken).

    """
    pools = pools_on(shelf_of(ctx), ctx.today)
    short, full = (pool_for(pools, product=product, kind=kind) for kind in ("app_number", "msisdn"))
    number = _choose(ctx, short, product=product, asked=app_number)
    if isinstance(number, Refusal):
        return number
    preferred = paired_msisdn(short, number)
    line = _choose(ctx, full, product=product, asked=msisdn, preferred=preferred)
    if isinstance(line, Refusal):
        return line
    take_number(ctx, pool=short.code, number=number, service=service)
    take_number(ctx, pool=full.code, number=line, service=service)
    return NumberPair(number, line)


def release_numbers(ctx: Context, *, service: ServiceId) -> list[str]:
    """Take back the numbers of a service that ended; they rest before anybody else gets them (o2/3.1-a)."""
    days = shelf_of(ctx).sheet(NumberPoolTerms, ctx.today).default_number_quarantine_days
    return rest_numbers(ctx, service=service, free_from=rests_until(released_on=ctx.today, days=days).value)
