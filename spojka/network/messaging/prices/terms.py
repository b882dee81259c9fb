"""The terms that messages are priced by; each price may be missing, which is an error of the messages it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.terms.clauses import Term
from spojka.terms.units import UnitPrice


@dataclass(frozen=True, slots=True)
class PricesByNetwork:
    """The price of one SMS part or one MMS by class of network."""

    own: Term[UnitPrice] | None
    other_cz: Term[UnitPrice] | None
    foreign: Term[UnitPrice] | None


@dataclass(frozen=True, slots=True)
class PricesOfMessages:
    """What messages cost; `nickname_sms` takes the place of `sms` where it has a price (o2/5.1)."""

    sms: PricesByNetwork
    mms: PricesByNetwork
    nickname_sms: PricesByNetwork
    priority_surcharge: Term[UnitPrice] | None


@dataclass(frozen=True, slots=True)
class MessageBillTerms:
    """
    Which messages are paid, at which price (o2/1.4, 4.4, 5.1, 5.1-e).

    Args:
        price: by kind of message.
        charged_when: what makes a message payable.
        default_message_price_at: the instant whose price list counts.
        unit_price_max_decimals: how exact a price is.
        default_undelivered_charged: whether a message that did not arrive is paid too.
        default_special_price_is: what the nickname's price is to the ordinary one.
        default_priority_surcharge_per: what the surcharge is counted by.

    """

    price: PricesOfMessages
    charged_when: Term[Literal["dispatched"]]
    default_message_price_at: Term[Literal["acceptance"]]
    unit_price_max_decimals: Term[int]
    default_undelivered_charged: Term[bool]
    default_special_price_is: Term[Literal["instead"]]
    default_priority_surcharge_per: Term[Literal["part"]]
