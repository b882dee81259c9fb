"""The class of one number now: the plan that binds and the network the number is in."""

from __future__ import annotations

from datetime import date

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.trade.numbering.numbers import normalise
from spojka.trade.numbering.plan import NumberPlan
from spojka.trade.numbering.ported import PortedNumbers, Stay, blocks_between
from spojka.trade.numbering.reading import read_number_plan
from spojka.trade.numbering.refusals import INVALID_NUMBER
from spojka.trade.publications.shelf import pack_of, shelf_of

OWN_NETWORK_NAME = "own"
"""The provider's own network in the ported-number table."""

_plans: dict[tuple[str, ...], NumberPlan] = {}


def plan_on(ctx: Context, on: date) -> NumberPlan:
    """The number plan that binds on a day, read once for the same editions."""
    bound = shelf_of(ctx).bound(on)
    key = tuple(edition.digest for edition in bound.editions)
    if key not in _plans:
        _plans[key] = read_number_plan(bound)
    return _plans[key]


def ported_numbers(ctx: Context) -> PortedNumbers:
    """The ported-number table of the tenant, and its own numbers as being in its own network."""
    rows: list[Row] = ctx.db.execute(
        "SELECT msisdn, network, valid_from, valid_to FROM ported_number WHERE tenant_id = %s"
        " ORDER BY msisdn, valid_from",
        [ctx.tenant],
    ).fetchall()
    stays = [Stay(row["msisdn"], row["network"], row["valid_from"], row["valid_to"]) for row in rows]
    own = [block for first, last in pack_of(ctx).number_ranges for block in blocks_between(first, last)]
    return PortedNumbers.of(stays, version=str(len(rows)), blocks=dict.fromkeys(own, OWN_NETWORK_NAME))


def class_of(ctx: Context, *, to: str) -> str | Refusal:
    """The class of a number as dialled now, or why it has none."""
    number = normalise(to)
    if number is None:
        return Refusal(INVALID_NUMBER, plan_on(ctx, ctx.today).clauses, {"number": to})
    network = ported_numbers(ctx).network_at(number, ctx.now)
    found = plan_on(ctx, ctx.today).classify(number, network=network, own_network=OWN_NETWORK_NAME)
    return found if isinstance(found, Refusal) else found.dest_class
