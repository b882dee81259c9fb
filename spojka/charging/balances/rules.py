"""Pure decisions about what is left: what a pool was granted, whether data go on, how the roaming limit stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spojka.charging.balances.terms import BalanceTerms
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse, rule
from spojka.terms.units import FreeUnits
from spojka.trade.catalogue.terms import AfterExhaustion

DataState = Literal["open", "interrupted", "throttled"]
RoamingState = Literal["active", "reached", "off"]
Action = Literal["notify", "restrict", "interrupt"]


@dataclass(frozen=True, slots=True)
class Limit:
    """
    The most that use of a service may cost in a period, and what happens then (nej/4.18).

    `advance_micros` was paid ahead for the period: it lowers what counts as spent, so use may cost that much more.
    """

    value_micros: int
    action: Action
    set_by: str
    advance_micros: int = 0

    @property
    def most_micros(self) -> int:
        """What use may cost, all in all."""
        return self.value_micros + self.advance_micros


Granting = Sequence[Term[FreeUnits] | Term[int]]
"""Terms that name an amount of free units, or of MB."""


@rule(
    cs="Na období náleží {result} {unit}; podle ceníku {amounts}",
    en="The period brings {result} {unit}; by the price list {amounts}",
)
def units_granted(*, granted: int, unit: str, amounts: Granting, part: int | None, rules: Sequence[Term[Any]]) -> int:
    """
    Units that a pool was granted in the period (nej/2.13).

    Args:
        granted: what rating granted in all.
        unit: `s` or `SMS`.
        amounts: what tariffs and add-ons name.
        part: the proportional part of the last of them, for a part of the period.
        rules: further terms that decided.

    """
    assert granted >= 0, granted
    assert unit, "units are named"
    assert amounts, "a pool stands in some clause"
    assert part is None or part >= 0, part
    assert rules, rules
    return granted


@rule(
    cs="Na období náleží {mb} MB ({result} B); podle ceníku {amounts} MB",
    en="The period brings {mb} MB ({result} B); by the price list {amounts} MB",
)
def volume_granted(*, granted: int, mb: int, amounts: Granting, part: int | None, rules: Sequence[Term[Any]]) -> int:
    """Bytes of a data bucket in the period (nej/2.17); see `units_granted`."""
    assert granted >= mb >= 0, (granted, mb)
    assert amounts or rules, "a bucket stands in some clause"
    assert part is None or part >= 0, part
    return granted


@rule(cs="Neomezeně ({amounts})", en="Unlimited ({amounts})")
def without_end(*, amounts: Granting, rules: Sequence[Term[Any]]) -> None:
    """A pool that never runs out (nej/2.13)."""
    assert amounts, "a pool stands in some clause"
    assert rules, rules


@rule(cs="Data: {result}; zbývá {left} B", en="Data: {result}; {left} B are left")
def data_state(*, left: int | None, after: Term[AfterExhaustion], rules: Sequence[Term[Any]]) -> DataState:
    """Whether data at home go on, slow down or stop; `left` is `None` when the volume never ends (nej/2.17, 4.20)."""
    assert rules, "what happens with no volume left stands in some clause"
    if left is None or left > 0:
        return "open"
    return "throttled" if after.value == "throttle" else "interrupted"


@rule(
    cs="Roamingový datový limit {limit}: {result}, načteno {counted}",
    en="Roaming data limit {limit}: {result}, {counted} counted",
)
def roaming_state(*, is_on: bool, is_reached: bool, counted: Money, limit: Term[Money]) -> RoamingState:
    """How the roaming limit stands: what line *30 tells (nej/2.19)."""
    if not is_on:
        return "off"
    return "reached" if is_reached or counted >= limit.value else "active"


@rule(cs="{counted} z {threshold}: {result} %", en="{counted} of {threshold}: {result} %")
def counter_pct(*, counted: int, threshold: Term[int], shown_from_pct: Term[int]) -> int:
    """Whole percent of the highest ordinary use; shown to the customer from a share on (nej/2.20-h)."""
    assert shown_from_pct.value >= 0, shown_from_pct
    return counted * 100 // threshold.value


@rule(cs="Cena dokoupení: {result}", en="The price of the top-up: {result}")
def topup_price(*, price: Term[Money], data_mb: Term[int], rollovers_max: Term[int]) -> Money:
    """What a bought volume costs; what is left of it may pass to the next period (nej/2.17)."""
    assert data_mb.value > 0, data_mb
    assert rollovers_max.value >= 0, rollovers_max
    return price.value


def refuse_channel(channel: str, channels: Term[list[str]]) -> Refusal | None:
    """Why a request by a channel is not taken, or `None`."""
    if channel in channels.value:
        return None
    return refuse("CHANNEL_NOT_OFFERED", channels, figures={"channel": channel, "channels": channels.value})


def refuse_topup(*, topup: str, tariff: str, offered: Term[list[str]], terms: BalanceTerms) -> Refusal | None:
    """Why a volume cannot be bought with a tariff, or `None` (nej/2.17)."""
    if topup in offered.value:
        return None
    figures = {"topup": topup, "tariff": tariff, "offered": offered.value}
    return refuse("TOPUP_NOT_FOR_TARIFF", offered, terms.bucket_order, figures=figures)


def refuse_switch(*, is_on: bool, wanted: bool, terms: BalanceTerms) -> Refusal | None:
    """Why switching the roaming limit would change nothing, or `None` (nej/2.19)."""
    if is_on != wanted:
        return None
    limit = terms.roaming_data_limit_czk_incl_vat
    code = "LIMIT_ALREADY_ACTIVE" if wanted else "LIMIT_ALREADY_OFF"
    return refuse(code, terms.toggle_channels, figures={"limit": limit.value})


def refuse_limit(
    *, value: Money, providers: Money | None, by_customer: bool, notice: Term[list[int]]
) -> Refusal | None:
    """Why a spending limit cannot be set, or `None`: a customer's own one lies below the provider's (nej/4.18)."""
    if value < Money.zero():
        return refuse("LIMIT_NOT_POSSIBLE", notice, figures={"value": value})
    if by_customer and providers is not None and value > providers:
        return refuse("LIMIT_ABOVE_PROVIDERS", notice, figures={"value": value, "providers": providers})
    return None


def carried_rest(*, rest: int, rollovers_max: Term[int]) -> int:
    """
    What of a bought volume passes to the next period; a carried one passes no more (nej/2.17).

    >>> from spojka.terms.clauses import ClauseRef
    >>> once = Term("purchased_volume_rollovers_max", 1, ClauseRef("d", "e", "2.17", "nej"))
    >>> carried_rest(rest=380, rollovers_max=once)
    380
    """
    return rest if rollovers_max.value > 0 else 0


Part = Finding[int] | None
"""The proportional part of an amount, when it is not whole."""
