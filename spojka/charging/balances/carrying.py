"""What is left of bought volumes passes to the next period, for all services at once (nej/2.17)."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.charging.balances.rules import carried_rest
from spojka.charging.balances.store import purchased_rests, services_with_volumes, set_carried
from spojka.charging.balances.terms import BalanceTerms
from spojka.charging.rating.runs import run_rating
from spojka.kernel.time import Period
from spojka.trade.publications.shelf import shelf_of


def carry_over(ctx: Context, from_period: Period) -> int:
    """
    Carry what is left of volumes bought in a period into the next one; returns for how many services that changed.

    The rest of basic and carried volumes ends with the period. Safe to repeat: a late record that took some of a bought
    volume lowers what was carried.
    """
    services = services_with_volumes(ctx, from_period)
    if not services:
        return 0
    run_rating(ctx, from_period, services)
    into = from_period.next()
    most = shelf_of(ctx).sheet(BalanceTerms, into.starts_on).purchased_volume_rollovers_max
    rests = purchased_rests(ctx, from_period, into.starts_at)
    changed = set_carried(
        ctx, from_period, {one: carried_rest(rest=left, rollovers_max=most) for one, left in rests.items()}
    )
    if changed:
        run_rating(ctx, into, changed)
    return len(changed)
