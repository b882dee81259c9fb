"""What parts cost by their sort: a unit price, the nickname's in its place, the surcharge beside it (o2/1.4, 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.kernel.money import Money, Rounding
from spojka.network.messaging.prices.terms import MessageBillTerms, PricesByNetwork
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, rule
from spojka.terms.units import UnitPrice

Kind = Literal["sms", "mms"]
Destination = Literal["own", "other_cz", "foreign"]


def exact_price(price: UnitPrice, decimals: int) -> Money:
    """A unit price as exactly as it is counted with, half up."""
    return price.money.rounded(Rounding(f"{decimals}_decimals_half_up", int(10 ** (6 - decimals))))


@rule(
    cs="{parts} × {price} = {result}; počítají se díly předané do sítě, i když pak nedošly",
    en="{parts} × {price} = {result}; parts handed over to a network count, whether they arrived or not",
)
def messages_cost(
    *,
    parts: int,
    price: Term[UnitPrice],
    decimals: Term[int],
    charged_when: Term[Literal["dispatched"]],
    price_at: Term[Literal["acceptance"]],
    undelivered: Term[bool],
    special: Term[Literal["instead"]] | None,
) -> Money:
    """
    What dispatched parts of one price come to, exactly (o2/1.4, 4.4, 5.1).

    Args:
        parts: SMS parts, or MMS.
        price: the unit price that held when they were accepted.
        decimals: how exact it is.
        charged_when: only dispatched parts are counted.
        price_at: acceptance decides the price.
        undelivered: parts that did not arrive are counted too.
        special: the price is the nickname's, in place of the ordinary one; `None` for the ordinary one.

    """
    assert charged_when.value == "dispatched", charged_when
    assert price_at.value == "acceptance", price_at
    assert undelivered.value, undelivered
    assert special is None or special.value == "instead", special
    return exact_price(price.value, decimals.value).times(parts)


@rule(
    cs="Příplatek za prioritu {parts} × {surcharge} = {result}, za každý odeslaný díl",
    en="Surcharge for priority {parts} × {surcharge} = {result}, for each part that was sent",
)
def priority_cost(*, parts: int, surcharge: Term[UnitPrice], decimals: Term[int], per: Term[Literal["part"]]) -> Money:
    """What the surcharge for priority comes to, beside the price of the parts themselves (o2/5.1-e)."""
    assert per.value == "part", per
    return exact_price(surcharge.value, decimals.value).times(parts)


@dataclass(frozen=True, slots=True)
class Sort:
    """
    What decides the price of a message, besides when it was accepted.

    Args:
        kind: SMS or MMS.
        destination: the class of the network it goes to.
        nickname: its sender is a nickname.
        priority: it is sent as priority.

    """

    kind: Kind
    destination: Destination
    nickname: bool
    priority: bool


def price_of(terms: MessageBillTerms, sort: Sort) -> tuple[Term[UnitPrice] | None, bool]:
    """The price of a part, or `None` without one; and whether it is the nickname's (o2/5.1)."""
    if sort.kind == "sms" and sort.nickname:
        special = _in_network(terms.price.nickname_sms, sort.destination)
        if special is not None:
            return special, True
    return _in_network(terms.price.sms if sort.kind == "sms" else terms.price.mms, sort.destination), False


def _in_network(prices: PricesByNetwork, destination: Destination) -> Term[UnitPrice] | None:
    match destination:
        case "own":
            return prices.own
        case "other_cz":
            return prices.other_cz
        case "foreign":
            return prices.foreign


def cost_of(terms: MessageBillTerms, price: Term[UnitPrice], *, special: bool, parts: int) -> Finding[Money]:
    """What parts of one price come to."""
    return messages_cost(
        parts=parts,
        price=price,
        decimals=terms.unit_price_max_decimals,
        charged_when=terms.charged_when,
        price_at=terms.default_message_price_at,
        undelivered=terms.default_undelivered_charged,
        special=terms.default_special_price_is if special else None,
    )


def surcharge_of(terms: MessageBillTerms, surcharge: Term[UnitPrice], *, parts: int) -> Finding[Money]:
    """What the surcharge for priority comes to."""
    per = terms.default_priority_surcharge_per
    return priority_cost(parts=parts, surcharge=surcharge, decimals=terms.unit_price_max_decimals, per=per)


def price_of_parts(terms: MessageBillTerms, sort: Sort, *, parts: int) -> Money | None:
    """What a message costs once it is dispatched, all its lines together; `None` where a price is missing (o2/1.4)."""
    price, special = price_of(terms, sort)
    if price is None:
        return None
    cost = cost_of(terms, price, special=special, parts=parts).value
    if not (sort.priority and sort.kind == "sms"):
        return cost
    surcharge = terms.price.priority_surcharge
    return None if surcharge is None else cost + surcharge_of(terms, surcharge, parts=parts).value
