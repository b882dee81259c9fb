"""Bringing a provider's pack into a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from spojka.access.deadlines.store import set_deadline
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, at_local
from spojka.trade.numbering.operations import Received, receive_numbers, receive_sims
from spojka.trade.publications.operations import Published, publish_pack
from spojka.trade.publications.packs import MOBILE, Pack
from spojka.trade.publications.shelf import pack_of

EXAMPLE_SIMS = 100
EXAMPLE_NUMBERS_FROM = 500_000
"""Where in the pack's range example numbers are taken from: the ones before are left to be asked for by name."""

CLOSES_AT = time(2)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load brought: editions of the pack, how many of them were new, cards put into the stock."""

    editions: int
    new: int
    sims: int


@operation(
    "provider.load",
    permission="provider.write",
    refusals=(
        "EDITION_NOT_READABLE",
        "FIGURE_NOT_SAID",
        "EDITION_EXISTS",
        "VERSION_CONFLICT",
        "VALID_FROM_MISSING",
        "WRONG_PRICE_UNIT",
    ),
)
def load(ctx: Context, *, editions: list[str] = [], sims: int = EXAMPLE_SIMS) -> Loaded | Refusal:  # noqa: B006
    """
    Publish the tenant's pack, put example cards and numbers into the stock and promise the close of the running period.

    A pack without ranges of cards or numbers brings none; one without mobile services has no volumes to carry over.

    Safe to repeat. `editions` like `price-list@2021-08` narrow a document to the named editions.
    """
    pack = pack_of(ctx)
    published = publish_pack(ctx, pack, editions)
    if isinstance(published, Refusal):
        return published
    assert isinstance(published, Published)
    received = receive_sims(ctx, count=sims) if pack.has_sims else Received(0)
    if pack.number_ranges:
        receive_numbers(ctx, count=sims, first=EXAMPLE_NUMBERS_FROM)
    _promise_periods(ctx, pack)
    return Loaded(published.editions, published.new, received.new)


def _promise_periods(ctx: Context, pack: Pack) -> None:
    """The close of the running period, and the start of the next one where volumes are bought for a period."""
    period = Period.containing(ctx.today)
    set_deadline(
        ctx,
        due_at=at_local(period.ends_on, CLOSES_AT),
        operation="billing.close_period",
        arguments={"period": str(period)},
        subject="billing",
        key=f"close:{period}",
        clauses=pack.rests_on("billing_period"),
    )
    if not pack.products_of(MOBILE):
        return
    set_deadline(
        ctx,
        due_at=period.ends_at,
        operation="balances.open_period",
        arguments={"period": str(period.next())},
        subject="balances",
        key=f"open:{period.next()}",
        clauses=pack.rests_on("carried_volumes"),
    )
